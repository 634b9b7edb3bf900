"""A company that has nothing yet, in a real Chromium: what is refused is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories.console import PASSWORD, make_world
from tests.functional.in_process import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a console whose only policy has nothing in it; gives its address."""
    world = make_world(tmp_path_factory.mktemp("empty"))
    with served(world.app) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, console: str) -> Iterator[Page]:
    """A page of the editor."""
    context = chromium.new_context(base_url=console)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("editor@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()


def test_a_refused_dialog_stands_open_says_why_and_stays_closed_once_closed(page: Page) -> None:
    page.goto("/w/acme/runs")
    page.get_by_role("button", name="Build a candidate").click()
    dialog = page.get_by_role("dialog", name="Build a candidate")
    dialog.get_by_label("What it is for").fill("The first")
    dialog.get_by_role("button", name="Build", exact=True).click()

    expect(dialog).to_be_visible()
    refused = dialog.get_by_role("alert")
    expect(refused).to_contain_text("Save a revision of at least one prompt first.")
    expect(refused).to_be_focused()
    expect(dialog.get_by_label("What it is for")).to_have_value("The first")

    dialog.get_by_role("button", name="Cancel").click()
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:after:swap', {detail: {}}))")
    expect(dialog).to_be_hidden()
