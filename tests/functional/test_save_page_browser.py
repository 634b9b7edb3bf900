"""The page that saves a draft, at the widths of a desk and a phone: what must be mended is read first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from console.assets import operations as assets
from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import PASSWORD, World, make_world
from tests.functional.in_process import served

pytestmark = pytest.mark.browser
TERMS = [{"id": "buy", "term": "outlet", "status": "preferred"}]
CLASHING = [*TERMS, {"id": "not", "term": "outlet", "status": "forbidden"}]


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    world = make_world(tmp_path_factory.mktemp("save"), WTF_CSRF_ENABLED=True)
    add_asset(world, Kind.GLOSSARY, {"title": "Words", "terms": TERMS})
    _draft(world)
    with served(world.app) as address:
        yield address


def _draft(world: World) -> None:
    with world.session() as session:
        asset = asset_of(session, world, Kind.GLOSSARY)
        content = {**asset.revisions[-1].content, "terms": CLASHING}
        assets.save_draft(session, asset, content, base_lock=0, by=world.actor("editor"))


def _open(chromium: Browser, address: str, width_px: int) -> Page:
    context = chromium.new_context(viewport={"width": width_px, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill("editor@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{address}/w/acme/assets/glossary/glossary/save")
    return page


def _box(page: Page, selector: str) -> dict[str, Any]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return dict(box)


def test_on_a_phone_conflicts_stand_above_the_changes_and_the_message_below(
    chromium: Browser, address: str
) -> None:
    page = _open(chromium, address, 390)
    conflicts, content = _box(page, "#conflicts"), _box(page, ".cols > .stack:not(.first)")
    message = _box(page, "#message-title")
    assert conflicts["y"] + conflicts["height"] < content["y"]
    assert content["y"] + content["height"] <= message["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_desk_conflicts_and_message_stand_beside_the_changes(chromium: Browser, address: str) -> None:
    page = _open(chromium, address, 1440)
    conflicts, content = _box(page, "#conflicts"), _box(page, ".cols > .stack:not(.first)")
    message, first = _box(page, "#message-title"), _box(page, ".cols > .first")
    assert conflicts["x"] >= content["x"] + content["width"]
    assert abs(first["y"] - content["y"]) < 1
    assert message["x"] == conflicts["x"]
    assert conflicts["y"] < message["y"] < first["y"] + first["height"] + 100
