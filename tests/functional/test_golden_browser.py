"""Golden sets in a real Chromium: pages hold WCAG 2.2 AA, and a case is written, deleted and put back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories.console import PASSWORD, make_world
from tests.functional.in_process import served
from tests.functional.page_faults import faults
from tests.unit.console.golden.conftest import fill

PAGES = (
    "",
    "/cases",
    "/cases/cases/welcome-01",
    "/cases/new-case",
    "/cases/coverage",
    "/cases/history?old=0&new=1",
    "/cases/revisions/1",
    "/cases/import",
    "/cases/save",
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a console with the demo's cases; gives the address of its golden sets."""
    world = make_world(tmp_path_factory.mktemp("golden"))
    fill(world)
    with served(world.app) as address:
        yield address


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, console: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Sign the editor in once; gives the file of the session."""
    state = tmp_path_factory.mktemp("session") / "state.json"
    page = chromium.new_page()
    page.goto(f"{console}/sign-in")
    page.get_by_label("E-mail").fill("editor@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.context.storage_state(path=state)
    page.close()
    return str(state)


@pytest.fixture
def page(chromium: Browser, signed_in: str) -> Iterator[Page]:
    """A page of the editor that fails the test when a script throws or the policy refuses anything."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, storage_state=signed_in)
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type in {"error", "warning"} and "Failed to load resource" not in said.text
            else None
        ),
    )
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_fault(page: Page, console: str, name: str) -> None:
    answer = page.goto(f"{console}/w/acme/golden{name}")
    assert answer
    assert answer.status == 200
    assert faults(page) == []


def test_a_case_is_written_with_the_variables_of_its_prompt(page: Page, console: str) -> None:
    page.goto(f"{console}/w/acme/golden/cases")
    page.get_by_role("link", name="Add a case").click()
    page.get_by_label("Title").fill("A tent that comes late")
    page.get_by_label("Prompt", exact=True).select_option("welcome-back-email")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Prompt", exact=True).select_option("delay-reply")
    expect(page.get_by_role("heading", name="Variables of")).to_have_text(
        "Variables of Reply in chat when a parcel is late"
    )
    expect(page.get_by_label("First name")).to_have_value("Ada")
    expect(page.get_by_label("Title")).to_have_value("A tent that comes late")
    expect(page.get_by_role("button", name="Show its variables")).to_have_count(0)
    page.get_by_label("Product").fill("tent")
    page.get_by_label("New date").fill("2027-03-12")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("link", name="Reason")).to_be_visible()
    page.get_by_label("Reason").select_option("a strike at the port")
    page.get_by_text("Choose more facts").click()
    page.get_by_label("Find a fact").fill("guarantee")
    page.get_by_label("boots: guarantee").check()
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator("#flashes")).to_contain_text("A tent that comes late")


def test_a_case_saves_itself_and_can_be_deleted_after_that(page: Page, console: str) -> None:
    page.goto(f"{console}/w/acme/golden/cases/cases/welcome-03")
    expect(page.locator("#saved")).to_contain_text("Saves itself")
    page.get_by_role("textbox", name="Notes").fill("Seen by legal.")
    expect(page.locator("#saved")).to_contain_text("Saved in the draft at")
    page.get_by_label("Title").fill("")
    expect(page.locator("#saved")).to_contain_text("Not saved yet: Title")
    page.reload()
    expect(page.get_by_role("textbox", name="Notes")).to_have_value("Seen by legal.")
    page.get_by_role("textbox", name="Notes").fill("Seen twice.")
    expect(page.locator("#saved")).to_contain_text("Saved in the draft at")
    page.get_by_role("button", name="Delete this case").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#flashes")).to_contain_text("1 case deleted")
    page.get_by_role("button", name="Put 1 case back").click()
    expect(page.locator("#flashes")).to_contain_text("1 case is back")


def test_deleted_cases_are_put_back_with_one_click(page: Page, console: str) -> None:
    page.goto(f"{console}/w/acme/golden/cases?q=welcome-02")
    page.get_by_label("Choose Club member, a year without a tent").check()
    page.locator("[data-bulk-bar]").get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#flashes")).to_contain_text("1 case deleted")
    page.get_by_role("button", name="Put 1 case back").click()
    expect(page.locator("#flashes")).to_contain_text("1 case is back")
    page.goto(f"{console}/w/acme/golden/cases?q=welcome-02")
    expect(page.get_by_role("link", name="Club member, a year without a tent")).to_be_visible()
