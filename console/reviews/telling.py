"""Telling people of a review round: its approvers when it waits for them, its requester of each decision."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.notices.operations import notify
from console.permissions import Actor
from console.reviews import invariant
from models import DecisionOutcome, Membership, Review, User, Workspace


def tell_approvers(session: Session, workspace: Workspace, review: Review, roles: Sequence[str] = ()) -> None:
    """Notify who could sign in one of the roles (in any of the round when none is named), but no author."""
    authors = invariant.author_ids(session, review)
    statement = select(Membership.user_id).where(
        Membership.workspace_id == workspace.id, Membership.role.in_(roles or review.required_roles)
    )
    people = [user_id for user_id in session.scalars(statement) if user_id not in authors]
    name = session.get_one(User, review.requested_by_id).name
    text = f"{name} asks for your decision on candidate {review.candidate.number}: {review.candidate.title}"
    url, subject = f"/w/{workspace.slug}/reviews/{review.id}", ("review", review.id)
    notify(session, workspace.id, people, kind="review_requested", subject=subject, text=text, url=url)


def tell_requester(session: Session, review: Review, by: Actor, outcome: DecisionOutcome) -> None:
    """Notify the requester of a decision."""
    workspace = session.get_one(Workspace, review.candidate.policy.workspace_id)
    words = {
        DecisionOutcome.APPROVE: "approved",
        DecisionOutcome.REQUEST_CHANGES: "asks for changes to",
        DecisionOutcome.REJECT: "refused",
    }
    name = session.get_one(User, by.user).name
    text = f"{name} {words[outcome]} candidate {review.candidate.number}: {review.candidate.title}"
    url = f"/w/{workspace.slug}/reviews/{review.id}"
    people, subject = [review.requested_by_id], ("review", review.id)
    notify(session, workspace.id, people, kind="review_decided", subject=subject, text=text, url=url)
