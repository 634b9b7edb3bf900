"""The page of a run shows what came out as soon as the run ends, without a reload."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.factories.console import PASSWORD, make_world
from tests.factories.policies import BAD, GOOD, start_run, work, write_policy
from tests.functional import server

if TYPE_CHECKING:
    from tests.functional.conftest import SignIn

pytestmark = pytest.mark.browser
ENVIRONMENT = {"SECRET_KEY": "test", "KEY_PASSPHRASE": "test passphrase"}


def test_an_open_run_page_shows_its_samples_at_the_end_and_keeps_focus_and_place(
    tmp_path: Path, signed_in: SignIn
) -> None:
    world = make_world(tmp_path)
    write_policy(world, texts=[GOOD, BAD])
    _, run_id = start_run(world)
    with server.running(world.settings.home, ENVIRONMENT, only=("web",)) as console:
        context = signed_in(
            console.url, "editor@example.com", PASSWORD, viewport={"width": 900, "height": 420}
        )
        page = context.new_page()
        with page.expect_response("**/events"):  # the page listens
            page.goto(f"/w/acme/runs/{run_id}")
        expect(page.get_by_role("progressbar").first).to_be_visible()
        expect(page.get_by_role("link", name="Case 1")).to_have_count(0)
        page.evaluate("window.stays = true; document.getElementById('f-prompt').focus(); scrollTo(0, 150)")
        before = page.evaluate("scrollY")

        work(world)

        expect(page.get_by_role("link", name="Case 1")).to_be_attached()
        expect(page.get_by_role("heading", name="Evidence")).to_be_attached()
        expect(page.get_by_role("button", name="Request review")).to_be_attached()
        expect(page.locator("#f-prompt")).to_be_focused()
        assert page.evaluate("window.stays") is True
        assert before > 0
        assert abs(page.evaluate("document.getElementById('f-prompt').getBoundingClientRect().top")) < 420
    world.close()
