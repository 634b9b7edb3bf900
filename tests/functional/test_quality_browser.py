"""Labelling in a real Chromium: from a sample's finding to the check's figures; the pages' layout, access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.functional.page_faults import faults, faults_at

if TYPE_CHECKING:
    from tests.functional.conftest import Enter

HOME = "/w/tarnholt"
POLICY = f"{HOME}/p/customer-messages"
PAGES = (
    f"{HOME}/checks",
    f"{POLICY}/checks",
    f"{POLICY}/checks/brand_voice",
    f"{POLICY}/checks/judge",
    f"{POLICY}/checks/glossary",
    f"{POLICY}/checks/toxicity",
    f"{POLICY}/checks/toxicity/threshold",
    f"{POLICY}/checks/forbidden_topics/threshold",
    f"{POLICY}/labelled-cases/new?check=glossary",
    f"{POLICY}/labelled-cases/1",
    f"{POLICY}/labelled-cases/import",
)

pytestmark = pytest.mark.browser


def case_counts(page: Page) -> Mapping[str, int]:
    """Return how many labelled cases the list of checks counts for each."""
    page.goto(f"{POLICY}/checks")
    rows = page.get_by_role("table", name="All checks").locator("tbody tr").all()
    return {
        row.get_by_role("link").inner_text(): int(row.get_by_role("cell").first.inner_text()) for row in rows
    }


def sample_with_findings(page: Page) -> None:
    """Follow the links to a sample of the newest run in which something was found."""
    page.goto(f"{HOME}/runs")
    page.get_by_role("table", name="Runs").get_by_role("link").first.click()
    page.get_by_role("table", name="Samples of the run").get_by_role("link").first.click()


def test_a_wrong_finding_of_a_sample_counts_on_the_check_page(enter_as_editor: Enter) -> None:
    page = enter_as_editor()
    before = case_counts(page)
    sample_with_findings(page)
    page.get_by_role("link", name="This finding is wrong").first.click()
    expect(page.get_by_role("radio", name="Leave this text alone")).to_be_checked()
    text = page.get_by_label("Text", exact=True).input_value()
    assert page.get_by_label("Words that are meant").input_value() in text
    page.get_by_label("Note").fill("A name, not a claim.")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The case counts from now on.")).to_be_visible()
    expect(page.get_by_role("table", name="Labelled cases")).to_contain_text("A name, not a claim.")
    check = page.get_by_role("heading", level=1).inner_text()
    assert case_counts(page) == {**before, check: before[check] + 1}
    page.close()


def test_words_marked_in_a_sample_are_taken_along_when_they_were_missed(enter_as_editor: Enter) -> None:
    page = enter_as_editor()
    sample_with_findings(page)
    words = page.evaluate(
        """() => {
            const passage = document.querySelector("#sample-text .manuscript");
            const texts = [...passage.childNodes].filter((node) => node.nodeType === 3);
            const node = texts.findLast((text) => text.data.trim().length > 12);
            const range = document.createRange();
            range.setStart(node, 2);
            range.setEnd(node, 10);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            return range.toString();
        }"""
    )
    page.get_by_role("link", name="This was missed").click()
    text = page.get_by_label("Text", exact=True).input_value()
    assert page.get_by_label("Words that are meant").input_value() == words
    start = int(page.locator("#start").input_value())
    assert text[start : start + len(words)] == words
    expect(page.get_by_role("radio", name="Find something in this text")).to_be_checked()
    page.close()


def test_words_marked_in_the_form_become_the_words_that_are_meant(enter_as_editor: Enter) -> None:
    page = enter_as_editor()
    page.goto(f"{POLICY}/labelled-cases/new")
    area = page.get_by_label("Text", exact=True)
    area.fill("An emoji 🎒 and a cheap tent.")
    area.evaluate("(field) => { field.focus(); field.setSelectionRange(18, 23); }")
    expect(page.get_by_label("Words that are meant")).to_have_value("cheap")
    # An emoji is one character to a person and two to the browser.
    expect(page.locator("#start")).to_have_value("17")
    page.close()


def test_cases_that_a_draft_makes_worse_are_listed_on_the_page_that_saves_it(enter_as_editor: Enter) -> None:
    page = enter_as_editor(reduced_motion="reduce")
    page.goto(f"{HOME}/assets/glossary/house-glossary/items/terms/edit/cheap")
    page.get_by_label("Status", exact=True).select_option("allowed")
    page.get_by_role("button", name="Save").first.click()
    page.goto(f"{HOME}/assets/glossary/house-glossary/save")
    region = page.get_by_role("region", name="Labelled cases")
    expect(region).to_contain_text("labelled cases get worse")
    expect(region).to_contain_text("The smaller tent is cheap")
    assert faults(page) == []
    page.close()


def test_a_live_finding_opens_the_form_with_the_text_that_was_typed(enter_as_editor: Enter) -> None:
    page = enter_as_editor()
    page.goto(f"{HOME}/assets/glossary/house-glossary")
    page.locator("#sample").fill("A bombproof tent for everybody.")
    link = page.get_by_role("link", name="This finding is wrong").first
    with page.context.expect_page() as opened:
        link.click()
    form = opened.value
    expect(form.get_by_label("Text", exact=True)).to_have_value("A bombproof tent for everybody.")
    expect(form.get_by_label("Words that are meant")).to_have_value("bombproof")
    form.close()
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_checks_has_a_fault(enter_as_editor: Enter, path: str) -> None:
    page = enter_as_editor()
    assert faults_at(page, path) == []
    page.close()
