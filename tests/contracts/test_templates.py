"""House rules of the templates and of what the browser may be sent, held for every file there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "src" / "js").rglob("*.js"))

# What a strict content security policy refuses, or what turns a value into markup unseen.
FORBIDDEN = {
    "hx-on needs unsafe-eval": r"\bhx-on[:=-]",
    "hx-vals js: needs unsafe-eval": r"hx-(?:vals|headers|config)(?::\w+)*\s*=\s*[\"']\s*(?:js|javascript):",
    "hx-live needs unsafe-eval": r"\bhx-live\b",
    "trigger filters need unsafe-eval": r"hx-trigger(?::\w+)*\s*=\s*[\"'][^\"']*\[",
    "inline styles are refused": r"\sstyle\s*=",
    "inline handlers are refused": r"\son[a-z]+\s*=\s*[\"']",
    "style elements are refused": r"<style\b",
    "javascript: addresses are refused": r"[\"']\s*javascript:",
    "escaping is never switched off": r"\|\s*safe\b|\{%-?\s*autoescape",
    "nothing is loaded from elsewhere": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
VISIBLE_ATTRIBUTES = re.compile(r"\s(?:aria-label|title|placeholder|alt)=\"([^\"{]*[A-Za-z]{2}[^\"{]*)\"")


def _without_comments(template: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_templates_to_look_at() -> None:
    assert len(COMPONENTS) > 30


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_a_template_holds_nothing_that_the_policy_refuses(template: Path) -> None:
    text = _without_comments(template)
    found = {
        why: text.count("\n", 0, match.start()) + 1
        for why, pattern in FORBIDDEN.items()
        if (match := re.search(pattern, text))
    }
    assert found == {}


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_a_script_element_is_data_or_a_built_file(template: Path) -> None:
    for script in SCRIPT.finditer(_without_comments(template)):
        is_data = 'type="application/json"' in script["attributes"]
        is_file = 'src="{{ asset(' in script["attributes"] and not script["body"].strip()
        assert is_data or is_file, script[0][:80]


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_attributes_that_people_read_are_translated(template: Path) -> None:
    assert VISIBLE_ATTRIBUTES.findall(_without_comments(template)) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=_name)
def test_every_post_form_carries_the_token(template: Path) -> None:
    text = _without_comments(template)
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, flags=re.DOTALL):
        assert re.search(r"hidden_tag\(\)|csrf_field\(\)|csrf_token", form), form[:120]


@pytest.mark.parametrize("component", COMPONENTS, ids=_name)
def test_a_component_is_named_after_its_macro_and_says_what_it_takes(component: Path) -> None:
    text = component.read_text(encoding="utf-8")
    assert text.startswith("{# "), "the comment with the parameters comes first"
    assert re.search(rf"{{%-? macro {component.stem}\(", text)
    assert f"{component.stem}(" in text.partition("#}")[0]


@pytest.mark.parametrize("script", SCRIPTS, ids=_name)
def test_scripts_turn_no_text_into_code(script: Path) -> None:
    assert not re.search(
        r"\beval\(|new Function\b|setTimeout\(\s*[\"'`]|document\.write\(", script.read_text(encoding="utf-8")
    )


def test_every_icon_a_template_names_is_in_the_sprites_list() -> None:
    listed = set((ROOT / "static" / "icons.txt").read_text(encoding="utf-8").split())
    named = {
        icon
        for template in TEMPLATES
        for icon in re.findall(r"\bicon(?:\(|=)\s*\"([a-z0-9-]+)\"", template.read_text(encoding="utf-8"))
    }
    assert named <= listed


def test_no_lock_line_names_a_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "registry" not in lock
