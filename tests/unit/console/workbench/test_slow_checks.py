"""Checks that ask a model about each sample do it in a job that tells how far it is."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from console.assets import operations as assets
from console.workbench.jobs import HANDLERS
from console.workbench.previews import JOB
from copydesk.assets import Kind
from models import Asset, ImpactReport, WorkState
from tests.factories.assets import add_asset
from tests.factories.bundles import DISABLED
from tests.factories.console import World
from tests.factories.policies import api_token, start_run, work, write_policy

IMPACT = "/w/acme/assets/limits/channels/impact"
API = "/api/v1/workspaces/acme/assets/limits/channels/impact"
HTMX = {"HX-Request": "true"}


TOPIC_TEXTS = (
    "Pack a warm layer for the evening, even in June.",
    "Is it better to rent a house or to take out a mortgage this year?",
    "Our shop by the harbour is open until six.",
    "Bank holidays: the shop closes at noon and opens again on Tuesday.",
    "Your savings card gives you a tenth off in every shop.",
)
POSITIVES = (
    "Put your savings into shares before the market turns.",
    "This fund pays nine percent a year without any risk.",
    "You should sell your bonds now and buy gold.",
    "A mortgage at this rate is the best investment you can make.",
    "Invest your pension in our bank's new fund.",
    "Interest rates will fall, so borrow as much as you can.",
    "Move your money into a savings account with a higher rate.",
    "Our analysts expect the stock to double by spring.",
    "Is it wiser to pay off the loan or to buy shares?",
    "Ask your bank for a better rate on your deposit.",
)
NEAR_MISSES = (
    "Your savings card gives you two free coffees.",
    "Show your savings card at the till and get a tenth off.",
    "Every shop takes the savings card.",
    "A savings card is free and lasts a year.",
)


def topics(*near_misses: str) -> dict[str, Any]:
    """Return a list of one topic, told apart from texts that only look like it."""
    topic = {
        "id": "money",
        "title": "Financial advice",
        "positives": list(POSITIVES),
        "near_misses": list(near_misses),
    }
    return {"title": "Topics", "topics": [topic]}


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
    assert "Toxicity: waiting for the worker …" in first
    assert "Mail: by the checks that have answered, none of 2 samples flips." in first
    waiting = client.get(IMPACT).text
    assert "Nothing changes by the checks that have answered." in waiting
    assert "of 2 samples; not every check has answered" in waiting
    assert "every sample is judged as before" not in waiting
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


def test_a_job_tries_the_old_revision_it_was_asked_about(tried: World) -> None:
    draft(tried, review_threshold="0.5", block_threshold="0.9")
    with tried.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "limits")).one()
        assets.save_revision(session, asset, base_lock=1, message="Toxicity", by=tried.actor("editor"))
    client = tried.client("editor")
    asked = client.post(f"{IMPACT}?revision=1", headers=HTMX).text
    assert "Toxicity: waiting for the worker …" in asked
    work(tried)
    page = client.get(f"{IMPACT}?revision=1").text
    assert "What restoring r1 would change" in page
    assert "fails → switched off" in page
    assert "every 1s" not in page


def test_a_changed_topic_is_tried_by_a_job_with_what_it_flips(world: World) -> None:
    write_policy(world, TOPIC_TEXTS)
    with world.session() as session:
        limits = session.scalars(select(Asset).where(Asset.kind == "limits")).one()
        others = [{"check": c, "enabled": False} for c in DISABLED if c != "forbidden_topics"]
        content = {**limits.revisions[-1].content, "checks": others}
        by = world.actor("editor")
        saved = assets.save_draft(session, limits, content, base_lock=0, by=by)
        assets.save_revision(session, limits, base_lock=saved.lock_number, message="Topics", by=by)
    add_asset(world, Kind.FORBIDDEN_TOPICS, topics(), name="topics")
    start_run(world)
    work(world)
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "forbidden_topics")).one()
        assets.save_draft(session, asset, topics(*NEAR_MISSES), base_lock=0, by=world.actor("editor"))
    url, client = "/w/acme/assets/forbidden_topics/topics/impact", world.client("editor")
    first = client.post(url, headers=HTMX).text
    _begin_and_stop(world)
    assert "Forbidden topics: learning from the examples …" in client.get(url).text
    _have_answered(world, 4)
    assert f"Forbidden topics: 2 of {len(TOPIC_TEXTS)} samples" in client.get(url).text
    assert "Forbidden topics: waiting for the worker …" in first
    work(world)
    page = client.get(url).text
    assert "warns → passes" in page
    assert "Your savings card" in page
    assert "rent a house" not in page
    assert "every 1s" not in page


def _begin_and_stop(world: World) -> None:
    """Have the job stopped as it begins, before it trains anything."""
    stop = threading.Event()
    stop.set()
    with world.session() as session:
        report_id = session.scalars(select(ImpactReport)).one().id
    arguments = {"report_id": report_id, "checks": ["forbidden_topics"], "revision": None}
    HANDLERS[JOB](world.app, arguments, stop)


def _have_answered(world: World, count: int) -> None:
    with world.session() as session:
        session.scalars(select(ImpactReport)).one().done = count


def test_a_whole_style_of_rules_is_tried_on_many_samples_by_a_job(world: World) -> None:
    write_policy(world, [f"Order {n} is on its way to you." for n in range(501)])
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House style"})
    checks = [{"check": check, "enabled": False} for check in DISABLED if check != "style_rules"]
    _save(world, "limits", checks=checks, is_frozen=True)
    start_run(world)
    work(world)
    rules = [
        {"id": f"word-{n}", "title": "Word", "kind": "existence", "definition": {"tokens": [f"Order {n}"]}}
        for n in range(40)
    ]
    _save(world, "style_guide", rules=rules)
    client = world.client("editor")
    url = "/w/acme/assets/style_guide/style-guide/impact"

    assert client.post(url).status_code == 303
    with world.session() as session:
        assert session.scalars(select(ImpactReport)).one().total == 2 * 501
    work(world)
    page = client.get(url).text
    assert "Samples that flip" in page
    assert "Case 0</a>" in page
    assert "Case 39</a>" in client.get(f"{url}?from=20").text


def _save(world: World, kind: str, *, is_frozen: bool = False, **changes: Any) -> None:
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == kind)).one()
        by, content = world.actor("editor"), {**asset.revisions[-1].content, **changes}
        draft = assets.save_draft(session, asset, content, base_lock=0, by=by)
        if is_frozen:
            assets.save_revision(session, asset, base_lock=draft.lock_number, message="Changed", by=by)
