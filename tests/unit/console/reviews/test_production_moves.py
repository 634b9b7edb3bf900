"""A run counts only against today's production: what was compared with another one is run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from console.releases import operations as releases
from console.releases.errors import NotApprovedError, OtherProductionError
from console.reviews import operations as reviews
from console.reviews.errors import ProductionMovedError
from models import Bundle, Channel, Run
from tests.factories.policies import approve, change_term, propose, publish, start_run, work, write_policy

if TYPE_CHECKING:
    from tests.factories.console import World


@pytest.fixture
def written(world: World) -> World:
    write_policy(world)
    return world


def _put_into_production(world: World, term: str, channel: str = "production") -> int:
    change_term(world, term)
    review_id = propose(world).review_id
    approve(world, review_id)
    return publish(world, review_id, channel)


def _promote(world: World, version: int) -> None:
    with world.session() as session:
        bundle = session.scalars(select(Bundle).where(Bundle.version == version)).one()
        production = session.scalars(select(Channel).where(Channel.name == "production")).one()
        by = world.actor("releaser")
        releases.promote(session, bundle, production, reason="", settings=world.settings, by=by)


def _request(world: World, run_id: int) -> int:
    with world.session() as session:
        run = session.get_one(Run, run_id)
        return reviews.request_review(session, run, note="", by=world.actor("editor")).id


def test_of_two_candidates_run_side_by_side_the_second_is_run_again(written: World) -> None:
    first = propose(written).review_id
    approve(written, first)
    change_term(written, "bargain")
    second = propose(written).review_id  # nothing is in production yet: compared with nothing
    approve(written, second)
    publish(written, first)

    with pytest.raises(NotApprovedError, match="another production than today's"):
        publish(written, second)
    again = propose(written).review_id
    approve(written, again)

    assert publish(written, again) == 2


def test_no_review_opens_on_a_run_against_an_older_production(written: World) -> None:
    _, run_id = start_run(written)
    work(written)
    _put_into_production(written, "bargain")

    with pytest.raises(ProductionMovedError, match="Run the candidate again"):
        _request(written, run_id)


def test_nobody_signs_a_run_against_an_older_production_and_the_page_says_why(written: World) -> None:
    first = propose(written).review_id
    approve(written, first)
    change_term(written, "bargain")
    second = propose(written).review_id
    publish(written, first)
    client = written.client("legal")

    page = client.get(f"/w/acme/reviews/{second}").text
    listed = client.get("/w/acme/").text

    assert "Production has moved on since this run" in page
    assert "Approve and sign" not in page
    assert f"/reviews/{second}" not in listed.split('id="decide"')[-1].split("</section>")[0]
    with pytest.raises(ProductionMovedError):
        approve(written, second, "legal")


def test_the_run_page_says_that_production_moved_on_and_offers_the_run(written: World) -> None:
    candidate_id, run_id = start_run(written)
    work(written)
    client = written.client("editor")
    before = client.get(f"/w/acme/runs/{run_id}").text
    _put_into_production(written, "bargain")

    after = client.get(f"/w/acme/runs/{run_id}").text
    told = client.get(f"/api/v1/workspaces/acme/policies/mail/runs/{run_id}").get_json()

    assert "Production has moved on since this run" not in before
    assert "Production has moved on since this run" in after
    assert f'action="/w/acme/candidates/{candidate_id}/runs"' in after
    assert told["is_against_production"] is False


def test_a_staged_version_does_not_undo_what_went_live_meanwhile(written: World) -> None:
    first = propose(written).review_id
    approve(written, first)
    publish(written, first)
    staged = _put_into_production(written, "bargain", "staging")
    _put_into_production(written, "steal")

    with pytest.raises(OtherProductionError, match="Production is at version 3 now"):
        _promote(written, staged)


def test_a_version_that_was_in_production_before_comes_back_without_a_new_run(written: World) -> None:
    first = propose(written).review_id
    approve(written, first)
    publish(written, first)
    second = _put_into_production(written, "bargain")
    _put_into_production(written, "steal")
    with written.session() as session:
        bundle = session.scalars(select(Bundle).where(Bundle.version == 1)).one()
        production = session.scalars(select(Channel).where(Channel.name == "production")).one()
        settings, by = written.settings, written.actor("releaser")
        releases.roll_back(session, production, bundle, reason="Back.", settings=settings, by=by)

    _promote(written, second)

    with written.session() as session:
        production = session.scalars(select(Channel).where(Channel.name == "production")).one()
        assert production.bundle is not None
        assert production.bundle.version == second


def test_a_published_review_keeps_showing_what_it_changed(written: World) -> None:
    first = propose(written).review_id
    approve(written, first)
    publish(written, first)
    change_term(written, "bargain")
    second = propose(written).review_id
    approve(written, second)
    publish(written, second)

    page = written.client("legal").get(f"/w/acme/reviews/{second}").text

    assert "Forbid bargain" in page
    assert "Compared with version 1 in production." in page
