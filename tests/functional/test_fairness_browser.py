"""In a real Chromium: the demo's texts are judged about somebody else, and a flip becomes a labelled case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.functional.page_faults import complaints, faults

if TYPE_CHECKING:
    from tests.functional.conftest import Enter

POLICY = "/w/tarnholt/p/customer-messages"
JOB_LIMIT_MS = 180_000

pytestmark = pytest.mark.browser


def test_own_texts_are_compared_with_themselves_about_somebody_else(enter_as_editor: Enter) -> None:
    page = enter_as_editor()
    said = complaints(page)
    page.goto(f"{POLICY}/checks")
    page.get_by_role("link", name="Fair to everyone?").click()
    groups = page.get_by_role("table", name="Words that change places")
    expect(groups).to_contain_text("Aisha, Gareth, Moira")
    assert faults(page) == []
    page.get_by_role("button", name="Exchange and compare").click()
    expect(page.get_by_text("The texts are being judged.")).to_be_visible()
    page.get_by_role("link", name="Show the figures").click(timeout=JOB_LIMIT_MS)

    expect(page.get_by_role("table", name="Check by check")).to_contain_text("Toxicity")
    page.get_by_role("link", name="A rule names the word").click()
    flip = page.locator("[data-flip]").first
    expect(flip).to_contain_text("walker → outdoorsman")
    expect(flip.locator("del")).to_contain_text("walker")
    expect(flip.locator("ins")).to_contain_text("outdoorsman")
    assert faults(page) == []
    flip.get_by_role("link", name="This finding is wrong").click()
    expect(page.get_by_label("Words that are meant")).to_have_value("outdoorsman")
    expect(page.get_by_role("radio", name="Leave this text alone")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The case counts from now on.")).to_be_visible()
    assert said == []
    page.close()


def test_a_group_of_words_is_written_in_the_style_guide(enter_as_editor: Enter) -> None:
    page = enter_as_editor()
    page.goto("/w/tarnholt/assets/style_guide/house-style/items/descriptors/new")
    assert faults(page) == []
    page.get_by_label("Group", exact=True).fill("Ages")
    page.get_by_label("Words", exact=True).fill("student, students\npensioner")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#terms-error")).to_contain_text("give every term as many forms")
    page.get_by_label("Words", exact=True).fill("student, students\npensioner, pensioners")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("link", name="Ages")).to_be_visible()
    page.close()
