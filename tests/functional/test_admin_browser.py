"""My work, settings, services, the audit trail, people and tokens in a real Chromium: WCAG, widths, forms."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from console.clock import now
from console.extensions import db
from console.keys.operations import signer
from console.notices.operations import notify
from console.releases.operations import open_channels
from models import InstanceReport, Policy, ServiceToken
from tests.factories.console import PASSWORD, World, make_world
from tests.functional.in_process import served
from tests.functional.page_faults import WIDTHS_PX, Fault, complaints, faults

TIMEOUT_MS = 30_000
PAGES = (
    "/w/acme/",
    "/w/acme/settings",
    "/w/acme/audit",
    "/w/acme/services",
    "/w/acme/members",
    "/w/acme/tokens",
)
PAGES += ("/account",)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    world = make_world(tmp_path_factory.mktemp("admin"), WTF_CSRF_ENABLED=True)
    _fill(world)
    with served(world.app) as address:
        yield world, address
    db.engine.dispose()


def _fill(world: World) -> None:
    """A notification, a signing key, and services in every state."""
    with world.session() as session:
        open_channels(session, session.get_one(Policy, world.policy_id))
        signer(session, world.settings)
        for text in ("Legal approved candidate 3: delay replies name the courier", "Candidate 4 has run"):
            notify(
                session,
                world.workspace_id,
                [world.user_ids["admin"]],
                kind="review_decided",
                subject=("review", 1),
                text=text,
                url="/w/acme/reviews",
            )
        token = _token(world)
        session.add(token)
        session.flush()
        states = (("billing", "production", None, 0), ("chat", "production", 3, 1), ("batch", None, 2, 1))
        for service, channel, version, minutes in (*states, ("gone", "staging", 1, 9)):
            at = now() - timedelta(minutes=minutes)
            session.add(
                InstanceReport(
                    policy_id=world.policy_id,
                    token_id=token.id,
                    instance=f"{service}-7f3a9c",
                    service=service,
                    channel=channel,
                    version=version,
                    state="",
                    content={},
                    first_seen_at=at,
                    reported_at=at,
                )
            )


def _token(world: World) -> ServiceToken:
    return ServiceToken(
        workspace_id=world.workspace_id,
        purpose="runtime",
        name="billing-replies",
        secret_sha256="0" * 64,
        policies=[],
        channels=[],
        scopes=["read", "report"],
        created_by_id=world.user_ids["admin"],
        created_at=now(),
    )


def _person(chromium: Browser, address: str, who: str) -> BrowserContext:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill(f"{who}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.close()
    return context


def _keep_picture(page: Page, path: str) -> None:
    if folder := os.environ.get("COPYDESK_SHOTS"):
        name = path.strip("/").replace("/", "-") or "root"
        for width_px in WIDTHS_PX:
            page.set_viewport_size({"width": width_px, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width_px}.png", full_page=True)


def test_no_page_has_a_fault(chromium: Browser, console: tuple[World, str]) -> None:
    _world, address = console
    context = _person(chromium, address, "admin")
    page = context.new_page()
    said = complaints(page)
    found: list[Fault] = []
    for path in PAGES:
        answer = page.goto(f"{address}{path}")
        assert answer
        assert answer.status == 200, path
        for details in page.locator("main details").all()[:2]:
            details.locator("summary").click()
        found += faults(page)
        _keep_picture(page, path)
    context.clear_cookies()
    page.goto(f"{address}/sign-in")
    found += faults(page)
    _keep_picture(page, "/sign-in")
    context.close()
    assert found == []
    assert said == []


def test_reading_all_notifications_empties_the_list(chromium: Browser, console: tuple[World, str]) -> None:
    _world, address = console
    context = _person(chromium, address, "admin")
    page = context.new_page()
    page.goto(f"{address}/w/acme/")
    expect(page.get_by_role("link", name="Legal approved candidate 3")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("All read.")).to_be_visible()
    context.close()


def test_an_admin_changes_the_approvals_and_finds_the_change_in_the_trail(
    chromium: Browser, console: tuple[World, str]
) -> None:
    _world, address = console
    context = _person(chromium, address, "admin")
    page = context.new_page()
    page.goto(f"{address}/w/acme/settings")
    page.get_by_label("Brand reviewer").uncheck()
    page.get_by_role("button", name="Save approvals").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Brand reviewer")).not_to_be_checked()
    page.goto(f"{address}/w/acme/audit")
    page.get_by_label("What happened").select_option("workspace.required_roles_changed")
    page.get_by_role("button", name="Search").click()
    page.locator("tr summary").first.click()
    expect(page.get_by_text('"brand_reviewer"').first).to_be_visible()
    context.close()
