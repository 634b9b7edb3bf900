"""The pages of the main job on the demo data, in a real Chromium: access, layout, keyboard, print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from console.demo.content import load_demo
from tests.functional.page_faults import faults_at

if TYPE_CHECKING:
    from tests.functional.conftest import SignIn
    from tests.functional.server import Console

HOME = "/w/tarnholt"
PRODUCTION = f"{HOME}/p/customer-messages"
A4_PX = {"width": 794, "height": 1123}
# Every page is looked at as the person it is made for.
PEOPLE = {
    "runs index": "editor",
    "run": "editor",
    "sample": "editor",
    "compare": "editor",
    "candidate": "editor",
    "gate": "editor",
    "reviews": "legal",
    "review": "legal",
    "releases": "releaser",
    "version": "releaser",
    "tokens": "admin",
    "members": "admin",
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def people() -> Mapping[str, str]:
    """Map each role to the address of the first person who has it."""
    found: dict[str, str] = {}
    for user in load_demo().users:
        for role in user.roles:
            found.setdefault(role, user.email)
    return found


@pytest.fixture(scope="module")
def enter(demo: Console, signed_in: SignIn, people: Mapping[str, str]) -> Any:
    """Give a function that opens a browser window of somebody with a role."""
    password = load_demo().company.demo_password

    def enter_as(role: str, **settings: Any) -> Page:
        return signed_in(demo.url, people[role], password, **settings).new_page()

    return enter_as


@pytest.fixture(scope="module")
def places(enter: Any) -> Mapping[str, str]:
    """Find the addresses by following the links that people follow."""
    page = enter("editor")
    found = {"runs index": f"{HOME}/runs", "gate": f"{PRODUCTION}/gate", "reviews": f"{HOME}/reviews"}
    found |= {"releases": f"{PRODUCTION}/releases", "tokens": f"{HOME}/tokens", "members": f"{HOME}/members"}
    page.goto(found["runs index"])
    found["run"] = _first_link(page, "Runs")
    page.goto(found["run"])
    found["sample"] = _first_link(page, "Samples of the run")
    found["candidate"] = page.get_by_role("link", name="Candidate 2").get_attribute("href") or ""
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare?*")
    found["compare"] = page.url
    page.goto(found["reviews"])
    found["review"] = _first_link(page, "Reviews")
    page.goto(found["releases"])
    found["version"] = _first_link(page, "Versions of the policy")
    page.close()
    return found


@pytest.fixture
def legal(enter: Any) -> Iterator[Page]:
    """Open a window of the person who has to decide."""
    page = enter("legal", viewport={"width": 1440, "height": 900})
    yield page
    page.close()


def _first_link(page: Page, table: str) -> str:
    link = page.get_by_role("table", name=table).get_by_role("link").first
    return link.get_attribute("href") or ""


@pytest.mark.parametrize(("name", "role"), PEOPLE.items())
def test_no_main_page_has_a_fault(enter: Any, places: Mapping[str, str], name: str, role: str) -> None:
    page = enter(role)
    assert faults_at(page, places[name]) == []
    page.close()


def test_a_decision_can_be_reached_and_written_by_keyboard_alone(
    legal: Page, places: Mapping[str, str]
) -> None:
    legal.goto(places["review"])
    legal.keyboard.press("Tab")
    expect(legal.get_by_role("link", name="Skip to content")).to_be_focused()
    legal.keyboard.press("Enter")
    button = legal.get_by_role("button", name="Approve and sign")
    seen = set()
    for _ in range(400):
        legal.keyboard.press("Tab")
        seen.add(legal.evaluate("document.activeElement.name || document.activeElement.id"))
        if button.evaluate("button => button === document.activeElement"):
            break
    assert {"outcome", "comment"} <= seen
    expect(button).to_be_focused()


def test_the_sign_off_stays_in_view_while_the_changes_are_read(
    legal: Page, places: Mapping[str, str]
) -> None:
    legal.set_viewport_size({"width": 1440, "height": 1000})
    legal.goto(places["review"])
    legal.mouse.wheel(0, 1500)
    expect(legal.get_by_role("heading", name="Your sign-off")).to_be_in_viewport()


def test_a_printed_review_names_its_evidence_and_has_no_controls(
    legal: Page, places: Mapping[str, str]
) -> None:
    legal.goto(places["review"])
    legal.emulate_media(media="print")
    legal.set_viewport_size(A4_PX)
    expect(legal.locator(".rail")).to_be_hidden()
    expect(legal.locator(".topbar")).to_be_hidden()
    expect(legal.get_by_text("Evidence digest (SHA-256)")).to_be_visible()
    for name in ("Print evidence", "Approve and sign", "Waive a condition"):
        expect(legal.get_by_role("button", name=name)).to_be_hidden()
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert legal.evaluate(width) == 0


def test_a_refusal_without_a_reason_is_named_in_the_box_and_stays_chosen(
    legal: Page, places: Mapping[str, str]
) -> None:
    legal.goto(places["review"])
    box = legal.locator("#sign-off")
    box.get_by_label("Refuse; this ends the review").check()
    box.get_by_role("button", name="Approve and sign").click()
    expect(box.get_by_label("Comment", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(box.get_by_label("Refuse; this ends the review")).to_be_checked()
    expect(box.locator(".error")).to_contain_text("Say what has to change, or why it is refused.")
    expect(legal.locator("#flashes")).to_be_empty()


def test_signing_without_scripts_works_as_a_plain_form(enter: Any, places: Mapping[str, str]) -> None:
    page = enter("brand_reviewer", java_script_enabled=False)
    page.goto(places["review"])
    page.get_by_label("Comment", exact=True).last.fill("Reads like us; the failing cases are replaced.")
    page.get_by_role("button", name="Approve and sign").click()
    expect(page.get_by_role("heading", name="Sign-off", exact=True)).to_be_visible()
    expect(page.locator("#sign-off")).to_contain_text("Approved")
    expect(page.locator("#flashes")).to_contain_text("Signed: you approved this.")
    page.close()
