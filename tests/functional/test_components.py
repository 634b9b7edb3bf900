"""Every component, in the layouts that use them, in a real Chromium under the product's own policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.functional.gallery.app import create_gallery
from tests.functional.gallery.samples import TEXT
from tests.functional.in_process import served
from tests.functional.page_faults import faults, sideways

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("review", "editor", "release", "components", "components?errors=1", "signin", "errors/409")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with served(create_gallery()) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that fails the test when a script throws or the policy refuses anything."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    yield page
    context.close()
    assert complaints == []


def _is_complaint(message: Any) -> bool:
    # The browser also logs the 4xx that a test provokes; refused styles and scripts are what matters here.
    return message.type in {"error", "warning"} and "Failed to load resource" not in message.text


def _open(page: Page, gallery: str, name: str) -> None:
    answer = page.goto(f"{gallery}/{name}")
    assert answer
    assert answer.status == (int(name.rpartition("/")[2]) if name.startswith("errors/") else 200)


def _text_of_editor(page: Page) -> str:
    return str(page.locator("#text").input_value())


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_fault(page: Page, gallery: str, name: str) -> None:
    _open(page, gallery, name)
    if name == "editor":
        expect(page.locator("#draft .cm-content")).to_be_visible()
    assert faults(page) == []
    assert list(sideways(page, [320, 832, 1088])) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_icon_asked_for_is_in_the_sprite(page: Page, gallery: str, name: str) -> None:
    _open(page, gallery, name)
    uses = page.eval_on_selector_all("svg.icon use", "uses => uses.map(use => use.getAttribute('href'))")
    wanted = {use.partition("#")[2] for use in uses}
    listed = {line.strip() for line in (ROOT / "static" / "icons.txt").read_text().splitlines()}
    assert wanted <= listed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_persons_theme_wins_over_the_systems(chromium: Browser, gallery: str, theme: str) -> None:
    page = chromium.new_page(color_scheme="dark" if theme == "light" else "light")
    page.goto(f"{gallery}/signin?theme={theme}")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.close()
    assert paper == {"light": "rgb(242, 244, 247)", "dark": "rgb(14, 20, 27)"}[theme]


def test_findings_follow_the_text_and_a_suggestion_is_taken_with_one_click(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/editor")
    expect(page.locator("#draft .cm-content mark.fail")).to_have_text("24 months")
    page.get_by_role("button", name="Use “18 months”").click()
    expect(page.get_by_role("heading", name="3 findings")).to_be_visible()
    # The offsets count code points; the emoji before this finding would shift UTF-16 offsets by one.
    assert "guaranteed for 18 months from" in _text_of_editor(page)
    expect(page.locator("#draft .cm-content mark.fail")).to_have_count(0)


def test_typing_in_the_editor_saves_the_draft_and_moves_its_base(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/editor")
    page.locator("#draft .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("One more line.")
    expect(page.locator("#saved")).to_contain_text("Saved,")
    expect(page.locator("input[name=base]")).to_have_value("8")
    assert _text_of_editor(page) == TEXT + "One more line."


def test_a_conflict_is_shown_and_the_text_stays(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/editor")
    page.locator("#draft .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("conflict")
    expect(page.locator("#saved")).to_contain_text("Ines saved r15 while you were editing")
    expect(page.locator("#saved")).to_be_in_viewport()
    expect(page.locator("#draft .cm-content")).to_be_focused()
    assert _text_of_editor(page).endswith("conflict")


def test_tab_leaves_the_editor_and_f8_goes_to_the_next_finding(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/editor")
    page.locator("#draft .cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("F8")
    expect(page.locator("#announcer")).to_have_text("Opens with a refusal")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save r15")).to_be_focused()


def test_unknown_variables_are_marked(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/editor")
    expect(page.locator(".cm-variable-unknown")).to_have_text(["{{ unknown }}", "{{ order }}"])
    expect(page.locator(".cm-variable")).to_have_count(4)
    expect(page.locator(".cm-liquid-tag")).to_have_text(["{% if name %}", "{% endif %}"])


def test_the_draft_is_a_plain_field_without_scripts(chromium: Browser, gallery: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery}/editor")
    expect(page.locator("#text")).to_have_value(TEXT)
    context.close()


def test_a_refused_form_comes_back_in_place_with_the_text_and_the_focus_on_what_to_mend(
    page: Page, gallery: str
) -> None:
    page.goto(f"{gallery}/components")
    page.get_by_label("Why").fill("Readers know it.")
    page.get_by_role("button", name="Save the term").click()
    summary = page.locator(".errorsummary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("3 things to mend. Your text is kept.")
    expect(page.get_by_label("Why")).to_have_value("Readers know it.")
    expect(page.get_by_label("Term", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Term", exact=True).fill("standing charge")
    page.get_by_label("Longest text, characters").fill("120")
    page.get_by_label("Password").fill("long enough")
    page.get_by_role("button", name="Save the term").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def test_a_dangerous_act_asks_first_and_escape_keeps_things(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.locator("form[data-confirm*=fixed] button").click()
    question = page.get_by_role("dialog", name="Delete the term “fixed fee”?")
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert page.url.endswith("/components")
    page.locator("form[data-confirm*=fixed] button").click()
    question.get_by_role("button", name="Delete term").click()
    expect(page.locator("body")).to_have_text("deleted")


def test_dialogs_open_by_command_and_give_the_focus_back(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/release")
    opener = page.get_by_role("button", name="Roll back to 40")
    opener.click()
    dialog = page.get_by_role("dialog", name="Roll production back to 40?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_words_and_chips_filter_what_is_on_the_page(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.keyboard.press("/")
    page.keyboard.type("standing")
    expect(page.locator("#terms tr:visible")).to_have_count(2)
    page.keyboard.type(" nothing")
    expect(page.get_by_text("No term has these words.")).to_be_visible()
    page.goto(f"{gallery}/release")
    page.get_by_role("button", name="Not matching").click()
    expect(page.locator("#services tr:visible")).to_have_count(3)
    expect(page.get_by_role("button", name="Not matching")).to_have_attribute("aria-pressed", "true")


def test_rows_are_chosen_one_by_one_by_range_and_all_at_once(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    boxes = page.locator("[data-bulk-item]")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("3")
    expect(boxes.nth(1)).to_be_checked()


def test_keys_walk_rows_and_changes_and_can_be_switched_off(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/release")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="letters-batch")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="billing-replies", exact=True)).to_be_focused()
    page.goto(f"{gallery}/review")
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator("[data-change]").nth(1)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.goto(f"{gallery}/review?shortcuts=off")
    page.keyboard.press("n")
    expect(page.locator("[data-change]").first).not_to_be_focused()


def test_a_failed_request_is_said_in_words_and_takes_nothing_away(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.get_by_role("button", name="Ask the broken door").click()
    expect(page.locator("#flashes")).to_contain_text("That did not work, and nothing was half done.")
    expect(page.locator("#flashes")).to_be_focused()
    expect(page.locator(".answer")).to_have_text("Kept")


def test_a_run_reports_itself_until_it_ends(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components?live=1")
    expect(page.locator("#runbar [role=status]")).to_contain_text("3 of 3 cases passed, none newly failing.")


def test_the_menu_of_small_screens_holds_every_place(page: Page, gallery: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{gallery}/release")
    page.get_by_role("button", name="Menu").click()
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu.get_by_role("link")).to_have_count(11)
    expect(menu.get_by_role("link", name="Releases")).to_have_attribute("aria-current", "page")


def test_rows_are_added_under_the_next_number_and_removed(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.get_by_role("button", name="Add an example").click()
    added = page.locator("[name=examples-1-text]")
    expect(added).to_be_focused()
    page.locator("[data-remove-row]").first.click()
    expect(page.locator("[name=examples-0-text]")).to_have_count(0)
    expect(added).to_be_focused()


def test_a_form_that_saved_may_lead_to_another_page_without_a_question(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.get_by_label("Term", exact=True).fill("leave")
    page.get_by_label("Longest text, characters").fill("120")
    page.get_by_label("Password").fill("long enough")
    page.get_by_role("button", name="Save the term").click()
    page.wait_for_url("**/signin")


def test_text_that_came_back_with_errors_is_still_guarded(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.get_by_label("Why").fill("Unsaved")
    page.get_by_role("button", name="Save the term").click()
    expect(page.locator(".errorsummary")).to_be_focused()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{gallery}/signin")
    assert asked == ["beforeunload"]


def test_leaving_with_unsaved_text_asks(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.get_by_label("Why").fill("Unsaved")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{gallery}/signin")
    assert asked == ["beforeunload"]


def test_printed_evidence_has_tables_and_no_controls(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/review")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.get_by_role("button", name="Approve and sign")).to_be_hidden()
    expect(page.get_by_text("Evidence digest (SHA-256)")).to_be_visible()
    assert (
        page.locator("table.evidence tr").nth(1).evaluate("row => getComputedStyle(row).display")
        == "table-row"
    )
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
