"""The console without a mouse, in a real Chromium: where the focus is, where acts leave it, what is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from console.golden.operations import create_golden_set
from copydesk.assets import Kind
from models import Policy
from tests.factories.assets import add_asset
from tests.factories.console import PASSWORD, make_world
from tests.functional.focus_faults import focus_faults
from tests.functional.in_process import served

PAGES = (
    "",
    "/assets/glossary/glossary",
    "/assets/style_guide/style-guide/items/rules/edit/hype",
    "/assets/prompt/app-push/items/blocks/edit/brief",
    "/golden/cases",
    "/golden/cases/cases/early",
)
WIDTHS_PX = (1440, 390)
CASE = {"prompt": "app-push", "variables": {"product": "tent"}, "text": "A tent for two."}
CASES = [
    {**CASE, "id": "early", "title": "An early walk", "audience": "newcomer"},
    {**CASE, "id": "late", "title": "A late walk", "audience": "regular"},
]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a console with a few assets and two cases."""
    world = make_world(tmp_path_factory.mktemp("keyboard"))
    for kind in (Kind.GLOSSARY, Kind.STYLE_GUIDE, Kind.PROMPT):
        add_asset(world, kind)
    with world.session() as session:
        policy, content = session.get_one(Policy, world.policy_id), {"title": "Walks", "cases": CASES}
        create_golden_set(
            session, policy, name="cases", title="Walks", by=world.actor("editor"), content=content
        )
    with served(world.app) as address:
        yield address


@pytest.fixture(scope="module")
def session(chromium: Browser, console: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Sign the editor in by keyboard; gives the file of the session."""
    state = tmp_path_factory.mktemp("session") / "state.json"
    page = chromium.new_page()
    page.goto(f"{console}/sign-in")
    page.get_by_label("E-mail").focus()
    page.keyboard.type("editor@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.context.storage_state(path=state)
    page.close()
    return str(state)


@pytest.fixture
def page(chromium: Browser, console: str, session: str) -> Iterator[Page]:
    """A page of the editor."""
    context = chromium.new_context(
        base_url=console, viewport={"width": 1440, "height": 900}, storage_state=session
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width_px", WIDTHS_PX)
def test_the_focus_is_seen_wherever_it_goes_and_goes_everywhere(page: Page, width_px: int) -> None:
    page.set_viewport_size({"width": width_px, "height": 700})
    found: list[str] = []
    for path in PAGES:
        page.goto(f"/w/acme{path}")
        found += focus_faults(page)
    assert found == []


def test_who_chooses_a_filter_by_arrow_keys_stays_in_it_and_is_told_what_fits(page: Page) -> None:
    page.goto("/w/acme/golden/cases")
    audience = page.get_by_label("Audience")
    audience.focus()
    for chosen, title in (("newcomer", "An early walk"), ("regular", "A late walk")):
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("table", name="Cases").get_by_role("row")).to_have_count(2)
        expect(page.get_by_role("link", name=title)).to_be_visible()
        expect(page.locator("#announcer")).to_have_text("1 case matches")
        expect(audience).to_be_focused()
        expect(audience).to_have_value(chosen)
    page.reload()
    expect(audience).to_have_value("regular")


def test_revisions_are_compared_by_arrow_keys(page: Page) -> None:
    page.goto("/w/acme/assets/glossary/glossary/history?old=1&new=1")
    page.get_by_label("From").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#announcer")).to_contain_text("3 entries changed")
    expect(page.get_by_label("From")).to_be_focused()
    expect(page.get_by_label("From")).to_have_value("0")


def test_terms_are_added_one_after_the_other_and_each_is_read_out(page: Page) -> None:
    page.goto("/w/acme/assets/glossary/glossary")
    page.get_by_label("Term", exact=True).focus()
    for term in ("sprocketeer", "gearhead"):
        page.keyboard.type(term)
        page.keyboard.press("Enter")
        expect(page.locator("#announcer")).to_contain_text(f"“{term}” is in the draft.")
        expect(page.get_by_label("Term", exact=True)).to_be_focused()


def test_a_block_is_moved_step_by_step(page: Page) -> None:
    page.goto("/w/acme/assets/prompt/app-push")
    page.get_by_role("button", name="Move Who is writing down").focus()
    for way, place in (("down", 2), ("up", 1), ("down", 2)):
        page.keyboard.press("Enter")
        expect(page.locator("#announcer")).to_contain_text(f"“Who is writing” is number {place} of 2 now.")
        expect(page.get_by_role("button", name=f"Move Who is writing {way}")).to_be_focused()
        page.keyboard.press("Shift+Tab" if way == "down" else "Tab")


def test_chosen_rows_are_counted_aloud_and_a_key_leads_to_what_is_done_with_them(page: Page) -> None:
    page.goto("/w/acme/golden/cases")
    page.get_by_label("Choose An early walk").focus()
    page.keyboard.press("Space")
    expect(page.locator("#announcer")).to_have_text("1 chosen")
    page.keyboard.press("Enter")  # on a box it does nothing
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("b")
    delete = page.locator("[data-bulk-bar]").get_by_role("button", name="Delete")
    expect(delete).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(delete).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Deleted by mistake?")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Put 1 case back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_have_text("1 case is back.")


def test_a_conflict_comes_into_view_and_leaves_the_focus_where_somebody_types(page: Page) -> None:
    place = "/w/acme/assets/glossary/glossary/items/terms/edit/outlet"
    page.goto(place)
    other = page.context.new_page()
    other.goto(place)
    other.get_by_label("Use instead").fill("store")
    expect(other.locator("#saved")).to_contain_text("Saved in the draft")
    note = page.get_by_role("textbox", name="Why")
    note.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Ada")
    expect(page.locator("#saved")).to_contain_text("while you were editing")
    page.keyboard.type(" Lovelace")
    expect(note).to_have_value("Ada Lovelace")
    expect(note).to_be_focused()
    expect(page.get_by_role("button", name="Compare and merge")).to_be_in_viewport()


def test_the_list_of_what_is_wrong_leads_to_each_field_whatever_it_is_made_of(page: Page) -> None:
    page.goto("/w/acme/assets/prompt/app-push/items/blocks/new")
    page.get_by_role("button", name="Save in the draft").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".errorsummary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Text")).to_be_focused()

    page.goto("/w/acme/tokens")
    page.get_by_label("Name").first.focus()
    page.keyboard.type("walk")
    page.keyboard.press("Enter")
    expect(page.locator(".errorsummary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Read", exact=True).first).to_be_focused()
