"""Editors at work in a real Chromium: autosave, live findings, two people in one entry, and WCAG."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import PASSWORD, World, make_world
from tests.functional.in_process import served
from tests.functional.page_faults import faults, faults_at, sideways

TIMEOUT_MS = 30_000
TERM = "/glossary/glossary/items/terms/edit/outlet"
PAGES = (
    "/glossary",
    "/glossary/new",
    "/glossary/glossary",
    TERM,
    "/glossary/glossary/history",
    "/glossary/glossary/import",
    "/glossary/glossary/save",
    "/glossary/glossary/revisions/1",
    "/style_guide/style-guide",
    "/style_guide/style-guide/items/rules/edit/hype",
    "/style_guide/style-guide/parts/head",
    "/prompt/app-push",
    "/prompt/app-push/items/blocks/edit/brief",
    "/prompt/app-push/parts/output",
    "/forbidden_topics/forbidden-topics/items/topics/edit/medical",
    "/forbidden_topics/forbidden-topics/save",
    "/style_guide/style-guide/import",
    "/fact_sheet/fact-sheet/items/facts/new",
    "/fallbacks/fallbacks",
    "/limits/limits",
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    world = make_world(tmp_path_factory.mktemp("assets"), WTF_CSRF_ENABLED=True)
    for kind in Kind:
        add_asset(world, kind)
    with served(world.app) as address:
        yield world, address


def _person(chromium: Browser, address: str, who: str, **options: Any) -> BrowserContext:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, **options)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill(f"{who}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.close()
    return context


def _open(context: BrowserContext, address: str, path: str) -> Page:
    page = context.new_page()
    answer = page.goto(f"{address}/w/acme/assets{path}")
    assert answer
    assert answer.status == 200, path
    return page


@pytest.fixture(scope="module")
def editor(chromium: Browser, console: tuple[World, str]) -> Iterator[BrowserContext]:
    _world, address = console
    context = _person(chromium, address, "editor")
    yield context
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_fault(editor: BrowserContext, console: tuple[World, str], path: str) -> None:
    _world, address = console
    page = editor.new_page()
    assert faults_at(page, f"{address}/w/acme/assets{path}") == []
    assert list(sideways(page, [320])) == []
    page.close()


def test_a_term_saves_itself_and_findings_follow_the_typing(
    chromium: Browser, console: tuple[World, str]
) -> None:
    world, address = console
    context = _person(chromium, address, "editor")
    page = _open(context, address, "/glossary/glossary/items/terms/edit/tent")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.get_by_label("Sample").fill("Come to our outlet.")
    expect(page.get_by_role("heading", name="1 finding")).to_be_visible()
    page.get_by_role("textbox", name="Why").fill("People look for it.")
    expect(page.locator("#saved")).to_contain_text("Saved in the draft")
    with world.session() as session:
        draft = asset_of(session, world, Kind.GLOSSARY).draft
        assert draft
        assert draft.content["terms"][1]["why"] == "People look for it."
    context.close()
    assert complaints == []


def test_a_text_that_is_refused_is_told_why_and_keeps_no_findings_of_the_last_one(
    editor: BrowserContext, console: tuple[World, str]
) -> None:
    page = _open(editor, console[1], "/glossary/glossary/items/terms/edit/tent")
    page.get_by_label("Sample").fill("Come to our outlet.")
    panel = page.locator("[data-live-check]")
    expect(panel.get_by_role("heading", name="1 finding")).to_be_visible()
    page.get_by_label("Sample").fill("Come to our\0 tent.")
    expect(panel).to_contain_text(
        "The field “text” holds a NUL character (U+0000) in line 1, column 12. Remove it and send again."
    )
    expect(panel.get_by_role("heading")).to_have_text("Findings")
    expect(panel.get_by_role("listitem")).not_to_be_visible()
    page.get_by_label("Sample").fill("Come to the outlet.")
    expect(panel.get_by_role("heading", name="1 finding")).to_be_visible()
    expect(panel.get_by_role("listitem").first).to_be_visible()
    expect(panel).not_to_contain_text("NUL")
    page.close()


def test_a_draft_that_cannot_be_kept_says_why_and_saves_itself_once_that_is_mended(
    editor: BrowserContext, console: tuple[World, str]
) -> None:
    page = _open(editor, console[1], "/glossary/glossary/items/terms/edit/outlet")
    why = page.get_by_role("textbox", name="Why")
    why.fill("One line,\nand\0 one more.")
    expect(page.locator("#saved")).to_have_text(
        "Not saved. The field “why” holds a NUL character (U+0000) in line 2, column 4. "
        "Remove it and send again. Your text is kept here."
    )
    why.fill("One line.")
    expect(page.locator("#saved")).to_contain_text("Saved in the draft")
    page.close()


def test_every_check_says_how_it_stands_and_answers_when_it_has_learned(
    chromium: Browser, console: tuple[World, str]
) -> None:
    _world, address = console
    context = _person(chromium, address, "editor")
    page = _open(context, address, "/limits/limits")
    page.get_by_label("Sample").fill("You are a worthless idiot and everybody hates you.")
    states = page.locator("[data-live-check] details")
    expect(states.locator("summary")).to_contain_text("Checks: ")
    expect(states.locator("summary")).not_to_contain_text("learning", timeout=TIMEOUT_MS)
    page.get_by_text("Checks: ").click()
    expect(states.get_by_text("Toxicity")).to_be_visible()
    context.close()


def test_a_rules_examples_pass_or_fail_as_they_are_typed(
    chromium: Browser, console: tuple[World, str]
) -> None:
    _world, address = console
    context = _person(chromium, address, "editor2")
    page = _open(context, address, "/style_guide/style-guide/items/rules/edit/hype")
    panel = page.locator("[data-live-check]")
    expect(panel).to_contain_text("is found, as a bad example has to be")
    page.get_by_label("Bad examples").evaluate("field => field.scrollIntoView()")
    page.get_by_label("Bad examples").fill("A dull tent.")
    failing = panel.get_by_role("listitem").first
    expect(failing).to_contain_text("“No hype” does not find its bad example “A dull tent.”.")
    expect(failing).to_be_in_viewport()  # beside the field it speaks of, however far down the page that is
    page.get_by_label("Bad examples").fill("An amazing tent.")
    expect(panel).to_contain_text("is found, as a bad example has to be")
    context.close()


def test_on_a_phone_a_line_beside_the_typing_leads_to_what_fails(
    editor: BrowserContext, console: tuple[World, str]
) -> None:
    page = _open(editor, console[1], "/style_guide/style-guide/items/rules/edit/hype")
    page.set_viewport_size({"width": 390, "height": 844})
    field, line = page.get_by_label("Bad examples"), page.locator("[data-live-line]")
    field.evaluate("field => field.scrollIntoView()")
    field.fill("A dull tent.")
    expect(line).to_contain_text("1 thing to mend “No hype” does not find its bad example “A dull tent.”.")
    expect(line).to_be_in_viewport(ratio=1)
    bar, shown, edited = page.locator(".topbar").bounding_box(), line.bounding_box(), field.bounding_box()
    assert bar
    assert shown
    assert edited
    assert bar["y"] + bar["height"] <= shown["y"]
    assert shown["y"] + shown["height"] <= edited["y"]
    line.click()
    expect(page.locator("#live-title")).to_be_in_viewport()
    field.fill("An amazing tent.")
    expect(line).not_to_contain_text("to mend")
    page.close()


def test_a_package_of_vale_comes_in_through_the_page(chromium: Browser, console: tuple[World, str]) -> None:
    _world, address = console
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("House/Wordy.yml", "extends: substitution\nmessage: Use '%s'.\nswap:\n  utilise: use\n")
        made.writestr("House/Tagged.yml", "extends: sequence\nmessage: No.\ntokens:\n  - tag: NN\n")
        made.writestr("config/vocabularies/House/accept.txt", "Tarnholt\n")
    context = _person(chromium, address, "editor")
    page = _open(context, address, "/style_guide/style-guide/import")
    page.locator("#file").set_input_files(
        {"name": "House.zip", "mimeType": "application/zip", "buffer": archive.getvalue()}
    )
    page.get_by_role("button", name="Import into the draft").click()
    expect(page.get_by_role("row", name="House/Tagged.yml")).to_contain_text("Kept, not enforced")
    assert faults(page) == []
    page.get_by_role("button", name="Put them into the glossary's draft").click()
    expect(page.locator("#flashes")).to_contain_text("1 term is new in the draft")
    context.close()


def test_the_second_of_two_people_sees_both_texts_and_merges(
    chromium: Browser, console: tuple[World, str]
) -> None:
    world, address = console
    one, two = _person(chromium, address, "editor"), _person(chromium, address, "editor2")
    first, second = _open(one, address, TERM), _open(two, address, TERM)
    first.get_by_label("Use instead").fill("store")
    expect(first.locator("#saved")).to_contain_text("Saved in the draft")
    second.get_by_label("Use instead").fill("branch")
    expect(second.locator("#saved")).to_contain_text("while you were editing")
    second.get_by_role("button", name="Compare and merge").click()
    expect(second.locator("#conflict")).to_contain_text("Your text is kept")
    expect(second.locator(".diff del")).to_contain_text("store")
    expect(second.get_by_label("Use instead")).to_have_value("branch")
    second.get_by_label("Use instead").fill("store or branch")
    second.get_by_role("button", name="Save in the draft").click()
    expect(second.get_by_role("cell", name="store or branch")).to_be_visible()
    one.close()
    two.close()
    with world.session() as session:
        draft = asset_of(session, world, Kind.GLOSSARY).draft
        assert draft
        assert draft.content["terms"][0]["use_instead"] == "store or branch"


def test_everything_works_without_scripts(chromium: Browser, console: tuple[World, str]) -> None:
    world, address = console
    context = _person(chromium, address, "editor", java_script_enabled=False)
    page = _open(context, address, "/prompt/app-push/items/blocks/edit/brief")
    page.get_by_role("textbox", name="Text").fill("Write two lines about {{ product }}.")
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_role("link", name="Save r2").first.click()
    page.get_by_label("What changed, and why").fill("Two lines read better.")
    page.get_by_role("button", name="Save revision").click()
    expect(page.get_by_text("Saved as r2.")).to_be_visible()
    page.goto(f"{address}/w/acme/assets/prompt/app-push/history?old=1&new=2")
    expect(page.locator(".diff ins").first).to_contain_text("two lines")
    context.close()
    with world.session() as session:
        assert asset_of(session, world, Kind.PROMPT).last_revision_number == 2


def test_a_refused_form_has_no_fault(editor: BrowserContext, console: tuple[World, str]) -> None:
    _world, address = console
    page = _open(editor, address, "/glossary/glossary/items/terms/new")
    page.locator("main form").get_by_role("button", name=re.compile("^(Save|Add)")).first.click()
    expect(page.locator(".errorsummary")).to_contain_text("to mend")
    assert faults(page) == []
    page.close()
