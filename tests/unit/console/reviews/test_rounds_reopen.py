"""An approved round whose signatures no longer suffice opens again, and whoever is missing can sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from console.accounts import operations as accounts
from console.permissions import SYSTEM
from console.reviews import invariant, operations
from console.reviews.errors import ReviewClosedError
from console.settings import operations as settings
from models import AuditEntry, DecisionOutcome, Notice, Review, ReviewState, User, Workspace
from tests.factories.policies import approve, propose, publish, write_policy

if TYPE_CHECKING:
    from tests.factories.console import World


@pytest.fixture
def legal_only(world: World) -> World:
    write_policy(world)
    _require(world, "legal")
    return world


def _require(world: World, *roles: str) -> None:
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        settings.set_required_roles(session, workspace, roles, by=world.actor("admin"))


def _state(world: World, review_id: int) -> str:
    with world.session() as session:
        return session.get_one(Review, review_id).state


def _approved_by_legal(world: World) -> int:
    review_id = propose(world).review_id
    approve(world, review_id, "legal")
    assert _state(world, review_id) == ReviewState.APPROVED
    return review_id


def test_a_role_added_after_approval_opens_the_round_and_that_role_signs(legal_only: World) -> None:
    review_id = _approved_by_legal(legal_only)

    _require(legal_only, "legal", "brand_reviewer")
    opened = _state(legal_only, review_id)
    page = legal_only.client("brand_reviewer").get(f"/w/acme/reviews/{review_id}").text
    approve(legal_only, review_id, "brand_reviewer")

    assert opened == ReviewState.OPEN
    assert "Sign here as" in page
    assert "Brand review" in page
    assert _state(legal_only, review_id) == ReviewState.APPROVED
    assert publish(legal_only, review_id) == 1


def test_who_holds_the_added_role_is_told_and_the_reopening_is_recorded(legal_only: World) -> None:
    review_id = _approved_by_legal(legal_only)

    _require(legal_only, "legal", "brand_reviewer")

    brand = legal_only.user_ids["brand_reviewer"]
    with legal_only.session() as session:
        told = session.scalars(select(Notice.url).where(Notice.user_id == brand)).all()
        recorded = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "review.reopened")
        )
    assert told == [f"/w/acme/reviews/{review_id}"]
    assert recorded == 1
    assert "A change" in legal_only.client("brand_reviewer").get("/w/acme/").text


def test_a_role_added_while_the_round_is_open_signs_too(legal_only: World) -> None:
    review_id = propose(legal_only).review_id
    _require(legal_only, "legal", "brand_reviewer")

    approve(legal_only, review_id, "legal")
    between = _state(legal_only, review_id)
    approve(legal_only, review_id, "brand_reviewer")

    assert (between, _state(legal_only, review_id)) == (ReviewState.OPEN, ReviewState.APPROVED)


def test_a_role_that_is_no_longer_required_does_not_keep_the_round_open(legal_only: World) -> None:
    review_id = propose(legal_only).review_id
    _require(legal_only, "legal", "brand_reviewer")
    approve(legal_only, review_id, "legal")

    _require(legal_only, "legal")

    assert _state(legal_only, review_id) == ReviewState.APPROVED


def test_when_an_approver_leaves_somebody_else_of_the_role_signs(world: World) -> None:
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        left, came = (session.get_one(User, world.user_ids[name]) for name in ("legal", "viewer"))
        accounts.set_roles(session, workspace, left, [], by=SYSTEM)
        accounts.set_roles(session, workspace, came, ["legal"], by=SYSTEM)
    client = world.client("viewer")
    page = client.get(f"/w/acme/reviews/{review_id}").text
    waiting = client.get("/w/acme/").text
    seen = client.get(f"/api/v1/workspaces/acme/policies/mail/reviews/{review_id}").get_json()

    data = {"outcome": "approve", "comment": "", "seen": seen["evidence_digest"]}
    signed = client.post(f"/w/acme/reviews/{review_id}/decision", data=data)

    assert "The person no longer holds the role" in page
    assert f"/reviews/{review_id}" in waiting
    assert signed.status_code == 303
    assert publish(world, review_id) == 1


def test_a_round_whose_signatures_count_takes_no_more(world: World) -> None:
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        came = session.get_one(User, world.user_ids["viewer"])
        accounts.set_roles(session, workspace, came, ["legal"], by=SYSTEM)
        by = world.actor("legal")
    viewer = type(by)("user", world.user_ids["viewer"], by.workspace_id, by.roles)

    with world.session() as session:
        review = session.get_one(Review, review_id)
        decision = {
            "outcome": DecisionOutcome.APPROVE,
            "note": "",
            "seen_digest": invariant.current_evidence_digest(session, review),
        }
        with pytest.raises(ReviewClosedError):
            operations.decide(session, review, **decision, by=viewer)


def test_what_is_published_stays_published_when_roles_are_added(legal_only: World) -> None:
    review_id = _approved_by_legal(legal_only)
    publish(legal_only, review_id)

    _require(legal_only, "legal", "brand_reviewer")

    assert _state(legal_only, review_id) == ReviewState.APPROVED
    page = legal_only.client("brand_reviewer").get(f"/w/acme/reviews/{review_id}").text
    assert "Sign here as" not in page
