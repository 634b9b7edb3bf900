"""Lists and pairs of texts in a form's text area: what is shown reads back as it was, whatever it holds."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.assets.line_format import read_list, read_pair, read_text, written_list, written_pair
from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World

# No CR: browsers send every line end of a text area as CR LF.
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=30)
ODD = st.text(st.sampled_from("\" \\,\n+=>'\tax\u00a0\u2028"), max_size=12)
LINE = st.one_of(ANY, ODD).map(lambda text: text.replace("\n", " "))


@given(st.lists(st.one_of(ANY, ODD), max_size=5))
@example(["", ""])
@example(["+++"])
@example([" very", "very ", '"quoted"', '" quoted"', '""', "a\\b ", ", ", "a\n\n+++\n b", "\n"])
@example(['" "', '"""', '"""" """"', " \n", "+++ ", "one\u2028two"])
def test_texts_of_a_list_read_back_from_what_is_shown(texts: list[str]) -> None:
    shown = written_list(texts)
    assert read_list(shown) == texts
    assert read_list(shown.replace("\n", "\r\n")) == texts
    assert written_list(read_list(shown)) == shown


@given(LINE.filter(bool), LINE)
@example('"a', 'b" => c')
@example('a" => "b', "c")
@example('"a"', '"b" => "c"')
@example(" => ", " ")
@example('" x"', "=>")
@example("a", "")
def test_pairs_read_back_from_what_is_shown(left: str, right: str) -> None:
    shown = written_pair(left, right)
    assert read_pair(shown) == (left, right)
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("  hype  ", "hype"),
        ('" hype"', " hype"),
        ('  "hype "  ', "hype "),
        ('" say ""hype"""', ' say "hype"'),
        ('"hype"', '"hype"'),
        ('"Go," she said, "now."', '"Go," she said, "now."'),
        ('" unclosed', '" unclosed'),
        (r'"\bhype "', r"\bhype "),
        ('""', ""),
    ],
)
def test_a_line_means_what_a_writer_means(line: str, text: str) -> None:
    assert read_text(line) == text


@pytest.mark.parametrize("line", ["utilise", "=> use", " => ", '"utilise"'])
def test_a_line_without_two_sides_is_no_pair(line: str) -> None:
    assert read_pair(line) is None


RULES: dict[str, dict[str, Any]] = {
    "existence": {"tokens": [" basically", "just ", '"so-called"', r"\bvery "], "exceptions": [" not "]},
    "substitution": {"swap": {" via ": " by ", "a => b": "c", '"utilise"': "use", "drop": ""}},
    "occurrence": {"token": " and ", "max": 2},
    "repetition": {"tokens": [" ha", r"[^\s]+"]},
    "consistency": {"either": {" e-mail": "email "}},
    "conditional": {"first": r" ([A-Z]{3})", "second": r"\(([A-Z]{3}) "},
    "capitalization": {"match": " [A-Z].* "},
}


def sent(html: str) -> dict[str, str]:
    """Return what a browser would send for the item form of a page."""
    form = html.partition('id="item-form"')[2].partition("</form>")[0]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attrs and (attrs.get("type") != "checkbox" or " checked" in tag):
            fields[attrs["name"]] = unescape(attrs.get("value", "y"))
    for name, text in re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = re.sub("\r?\n", "\r\n", re.sub("^\r?\n", "", unescape(text)))
    for name, options in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"|value="([^"]*)"[^>]*selected', options)
        fields[name] = next(filter(None, chosen.groups()), "") if chosen else ""
    return fields


def page_of(world: World, rule: dict[str, Any]) -> str:
    """Add a style guide with one rule and return the address of the rule's form."""
    name = add_asset(world, Kind.STYLE_GUIDE, {"title": "House", "rules": [rule]})
    return f"/w/acme/assets/style_guide/{name}/items/rules/edit/{rule['id']}"


@pytest.mark.parametrize("kind", sorted(RULES))
def test_a_rule_keeps_the_outer_spaces_of_its_patterns(world: World, kind: str) -> None:
    rule = {"id": "one", "title": "One", "kind": kind, "definition": RULES[kind]}
    client, page = world.client("editor"), page_of(world, rule)
    fields = sent(client.get(page).text)
    answer = client.post(page, data={**fields, "title": "Another title"})
    assert answer.status_code == 303, answer.text
    with world.session() as session:
        draft = asset_of(session, world, Kind.STYLE_GUIDE).draft
        assert draft is not None
        held = draft.content["rules"][0]
    assert (held["title"], held["definition"]) == ("Another title", RULES[kind])


def test_an_editor_types_a_space_that_counts_and_sees_it(world: World) -> None:
    rule = {"id": "one", "title": "One", "kind": "existence", "definition": {"tokens": ["very", " so"]}}
    client, page = world.client("editor"), page_of(world, rule)
    fields = sent(client.get(page).text)
    assert fields["definition__tokens"] == 'very\r\n" so"'
    typed = {**fields, "definition__tokens": ' very \r\n\r\n" so"\r\n"just "\r\n'}
    assert client.post(page, data=typed).status_code == 303
    with world.session() as session:
        draft = asset_of(session, world, Kind.STYLE_GUIDE).draft
        assert draft is not None
        assert draft.content["rules"][0]["definition"]["tokens"] == ["very", " so", "just "]
