"""Rounds of review: who counts as an author, which signatures count, what the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from console.assets import operations as assets
from console.reviews import operations as reviews
from console.reviews.errors import FourEyesError
from console.runs import operations as runs
from console.runs.gate import GateContent
from models import Asset, Policy, Review, ReviewState
from tests.factories.policies import STRICT_GATE, approve, propose, publish, write_policy

if TYPE_CHECKING:
    from tests.factories.console import World


def _set_gate(world: World, author_id: int, rate: str) -> None:
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        by, floors = world.actor("editor"), {"floors": [{"check": "overall", "rate": rate}]}
        setting = runs.set_gate(session, policy, GateContent.model_validate(STRICT_GATE | floors), by=by)
        setting.author_id = author_id


def _state(world: World, review_id: int) -> str:
    with world.session() as session:
        return session.get_one(Review, review_id).state


def test_who_lowered_a_floor_cannot_approve_after_somebody_else_kept_it(world: World) -> None:
    write_policy(world)
    _set_gate(world, world.user_ids["legal"], "0.8")
    _set_gate(world, world.user_ids["editor2"], "0.9")
    review_id = propose(world).review_id

    with pytest.raises(FourEyesError):
        approve(world, review_id, "legal")


def test_a_signature_on_older_evidence_settles_nothing_and_can_be_given_again(world: World) -> None:
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id, "legal")
    _set_gate(world, world.user_ids["editor"], "0.8")
    shown = world.client("legal").get(f"/w/acme/reviews/{review_id}").text
    approve(world, review_id, "brand_reviewer")
    state_between = _state(world, review_id)
    approve(world, review_id, "legal")

    assert "The evidence changed after this signature" in shown
    assert state_between == ReviewState.OPEN
    assert _state(world, review_id) == ReviewState.APPROVED


def test_a_removed_asset_is_shown_and_who_archived_it_cannot_approve(world: World) -> None:
    write_policy(world)
    first = propose(world).review_id
    approve(world, first)
    publish(world, first)
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        title = asset.title
        by = world.actor("editor")
        # The person holds both roles: editor when archiving, legal when deciding.
        assets.archive(
            session, asset, by=type(by)("user", world.user_ids["legal"], by.workspace_id, by.roles)
        )
    review_id = propose(world).review_id

    page = world.client("brand_reviewer").get(f"/w/acme/reviews/{review_id}").text

    assert title in page
    assert "removed</span>" in page
    with pytest.raises(FourEyesError):
        approve(world, review_id, "legal")
    with world.session() as session:
        reviews.withdraw(session, session.get_one(Review, review_id), by=world.actor("editor"))


def test_who_chose_that_a_policy_ships_an_asset_cannot_approve_it(world: World) -> None:
    write_policy(world)
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        policy = session.get_one(Policy, world.policy_id)
        by = world.actor("editor")
        assets.ship_with(session, asset, [], by=by)
        # The person holds both roles: editor when choosing, legal when deciding.
        chooser = type(by)("user", world.user_ids["legal"], by.workspace_id, by.roles)
        assets.ship_with(session, asset, [policy], by=chooser)
    review_id = propose(world).review_id

    with pytest.raises(FourEyesError):
        approve(world, review_id, "legal")
    approve(world, review_id, "brand_reviewer")
