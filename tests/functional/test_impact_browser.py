"""The impact preview in a real Chromium: on the page that saves a draft and on its own; layout and access."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.functional.page_faults import faults_at

if TYPE_CHECKING:
    from tests.functional.conftest import Enter

ASSET = "/w/tarnholt/assets/glossary/house-glossary"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def enter(enter_as_editor: Enter) -> Enter:
    """Give a function that opens a browser window of the demo's first editor; a draft forbids `your`."""
    page = enter_as_editor()
    page.goto(f"{ASSET}/items/terms/new")
    page.get_by_label("Term", exact=True).fill("your")
    page.get_by_label("Status", exact=True).select_option("forbidden")
    page.get_by_role("button", name="Save").first.click()
    page.close()
    return enter_as_editor


def test_the_page_that_saves_a_draft_leads_to_the_samples_that_flip(enter: Enter) -> None:
    page = enter()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{ASSET}/save")
    region = page.get_by_role("region", name="The last samples")
    expect(region).to_contain_text("samples flip.")
    expect(region.locator("mark.fail").first).to_contain_text("your", ignore_case=True)
    region.get_by_role("link", name="All that would change, with filters").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What this draft would change")
    samples = page.get_by_role("region", name="Samples", exact=True)
    before = samples.get_by_text("change matches").or_(samples.get_by_text("changes match")).inner_text()
    samples.get_by_label("Prompt").select_option(index=1)
    page.wait_for_url("**prompt=**")
    after = samples.get_by_text("change matches").or_(samples.get_by_text("changes match")).inner_text()
    assert int(after.split()[0]) < int(before.split()[0])
    samples.get_by_role("link", name="Gets worse").click()
    expect(samples.get_by_role("link", name="Gets worse")).to_have_attribute("aria-current", "true")
    samples.get_by_role("listitem").first.get_by_role("link").first.click()
    expect(page.locator("#sample-text")).to_be_visible()
    assert said == []
    page.close()


def test_the_dialog_that_restores_a_revision_leads_to_what_that_would_change(enter: Enter) -> None:
    page = enter()
    page.goto(f"{ASSET}/revisions/1")
    page.get_by_role("button", name="Restore r1").click()
    page.get_by_role("link", name="See what this would change on the last samples").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What restoring r1 would change")
    expect(page.get_by_role("region", name="Samples", exact=True)).to_be_visible()
    page.get_by_role("link", name="Back to r1").click()
    expect(page.get_by_role("button", name="Restore r1")).to_be_visible()
    page.close()


@pytest.mark.parametrize(
    "path", ["impact", "impact?audience=nobody", "impact?revision=1", "save", "effect", "effect?revision=1"]
)
def test_no_page_of_what_a_draft_would_change_has_a_fault(enter: Enter, path: str) -> None:
    page = enter()
    assert faults_at(page, f"{ASSET}/{path}") == []
    page.close()
