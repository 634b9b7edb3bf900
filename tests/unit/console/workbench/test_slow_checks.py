"""Checks that ask a model about each sample do it in a job that tells how far it is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from console.assets import operations as assets
from models import Asset, ImpactReport, WorkState
from tests.factories.bundles import DISABLED
from tests.factories.console import World
from tests.factories.policies import api_token, start_run, work, write_policy

IMPACT = "/w/acme/assets/limits/channels/impact"
API = "/api/v1/workspaces/acme/assets/limits/channels/impact"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def tried(world: World) -> World:
    """Give a policy with all but the glossary switched off, and a complete run on two texts."""
    write_policy(world, ("A warm welcome.", "You stupid idiot, shut up."))
    start_run(world)
    work(world)
    return world


def draft(world: World, **toxicity: Any) -> None:
    """Write a draft of the limits with another setting of the toxicity check."""
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "limits")).one()
        checks = [{"check": check, "enabled": False} for check in DISABLED if check != "toxicity"]
        content = {**asset.revisions[-1].content, "checks": [*checks, {"check": "toxicity", **toxicity}]}
        lock = asset.draft.lock_number if asset.draft else 0
        assets.save_draft(session, asset, content, base_lock=lock, by=world.actor("editor"))


def test_a_threshold_is_tried_by_a_job_and_its_flips_are_listed(tried: World) -> None:
    draft(tried, review_threshold="0.5", block_threshold="0.9")
    client = tried.client("editor")
    first = client.post(f"{IMPACT}?view=summary", headers=HTMX).text
    assert 'hx-trigger="every 1s"' in first
    assert "Toxicity: 0 of 4 answers" in first
    assert 'hx-trigger="every 1s"' in client.get(IMPACT).text
    work(tried)
    then = client.get(f"{IMPACT}?view=summary", headers=HTMX).text
    assert "every 1s" not in then
    assert "Mail: 1 of 2 samples flip." in then
    page = client.get(f"{IMPACT}?check=toxicity").text
    assert "switched off → fails" in page
    assert "You stupid idiot" in page


def test_nothing_slow_begins_unless_somebody_who_edits_asks(tried: World) -> None:
    draft(tried, review_threshold="0.5")
    page = tried.client("viewer").get(IMPACT).text
    assert "not asked yet" in page
    assert "Ask them too" in tried.client("editor").get(IMPACT).text
    with tried.session() as session:
        assert session.scalars(select(ImpactReport)).all() == []


def test_another_threshold_makes_the_report_on_the_first_go(tried: World) -> None:
    client = tried.client("editor")
    draft(tried, review_threshold="0.5")
    client.post(IMPACT)
    draft(tried, review_threshold="0.6")
    client.post(IMPACT)
    work(tried)
    with tried.session() as session:
        report = session.scalars(select(ImpactReport)).one()
        assert (report.state, report.done, report.total) == (WorkState.DONE, 4, 4)


def test_a_job_whose_draft_moved_on_says_so_and_can_be_asked_again(tried: World) -> None:
    client = tried.client("editor")
    draft(tried, review_threshold="0.5")
    client.post(IMPACT)
    draft(tried, review_threshold="0.6")
    work(tried)
    draft(tried, review_threshold="0.5")
    page = client.get(IMPACT).text
    assert "changed meanwhile" in page
    client.post(IMPACT)
    work(tried)
    assert "You stupid idiot" in client.get(IMPACT).text


def test_programs_ask_and_come_again(tried: World) -> None:
    draft(tried, review_threshold="0.5", block_threshold="0.9")
    client = tried.app.test_client()
    headers = {"Authorization": f"Bearer {api_token(tried, 'editor')}"}

    def state(answer: Any) -> str:
        (policy,) = answer.get_json()["policies"]
        return str(next(row["state"] for row in policy["checks"] if row["check"] == "toxicity"))

    assert state(client.get(API, headers=headers)) == "unknown"
    asked = client.post(API, headers=headers)
    assert (asked.status_code, state(asked)) == (202, "waiting")
    work(tried)
    done = client.get(API, headers=headers)
    assert state(done) == "done"
    (policy,) = done.get_json()["policies"]
    assert [(c["case"], c["was"], c["becomes"]) for c in policy["changes"]] == [("case-1", "off", "fail")]
    viewer = {"Authorization": f"Bearer {api_token(tried, 'viewer')}"}
    assert client.post(API, headers=viewer).status_code == 403
