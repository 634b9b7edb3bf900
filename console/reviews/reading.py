"""Finds reviews, lists them, and says who may decide on them."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from console.errors import NotFoundError
from console.permissions import Actor, Permission
from console.reviews import invariant, rounds
from console.reviews.pages import (
    ReviewRow,
    ReviewsPage,
)
from console.runs import queries as runs
from console.web.paging import paginate
from models import (
    Asset,
    Bundle,
    Policy,
    Review,
    ReviewState,
    Workspace,
)

MAX_WAITING = 50


def find_review(session: Session, workspace_id: int, review_id: int) -> Review:
    """Return a review of the workspace.

    Raises:
        NotFoundError: no such review here.
    """
    statement = (
        select(Review)
        .join(Policy, Policy.id == Review.policy_id)
        .where(Review.id == review_id, Policy.workspace_id == workspace_id)
        .options(selectinload(Review.decisions), selectinload(Review.waivers))
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFoundError("There is no such review in this workspace.")
    return found


def reviews_page(
    session: Session, workspace_id: int, by: Actor, *, state: str, before: int | None, after: int | None
) -> ReviewsPage:
    """Read the reviews of a workspace."""
    statement = (
        select(Review)
        .join(Policy, Policy.id == Review.policy_id)
        .where(Policy.workspace_id == workspace_id)
        .options(selectinload(Review.decisions), selectinload(Review.candidate))
    )
    if state in set(ReviewState):
        statement = statement.where(Review.state == state)
    page = paginate(session, statement, Review.id, before=before, after=after)
    return ReviewsPage(tuple(_row(session, r, by) for r in page.items), page.older, page.newer, state)


def _row(session: Session, review: Review, by: Actor) -> ReviewRow:
    standing = rounds.standing_approvals(session, review)
    required = (
        invariant.required_roles(session, review) if review.closed_at is None else review.required_roles
    )
    signed = {decision.role for decision in standing} & set(required)
    return ReviewRow(
        id=review.id,
        number=review.number,
        policy=session.get_one(Policy, review.policy_id).name,
        candidate_number=review.candidate.number,
        title=review.candidate.title,
        state=review.state,
        requested_by=review.requested_by.name,
        requested_at=review.requested_at,
        signed=len(signed),
        required=len(required),
        waits_for_me=blocked_reason(session, review, by) is None,
    )


def waiting_for(session: Session, workspace_id: int, by: Actor) -> list[ReviewRow]:
    """Return the reviews that wait for this person's decision."""
    statement = (
        select(Review)
        .join(Policy, Policy.id == Review.policy_id)
        .where(
            Policy.workspace_id == workspace_id,
            # An approved round waits too when one of its signatures counts no more.
            Review.state.in_([ReviewState.OPEN, ReviewState.APPROVED]),
            Review.id.not_in(select(Bundle.review_id)),
        )
        .options(selectinload(Review.decisions), selectinload(Review.candidate))
        .order_by(Review.id.desc())
        .limit(MAX_WAITING)
    )
    found = [r for r in session.scalars(statement) if blocked_reason(session, r, by) is None]
    return [_row(session, review, by) for review in found]


def blocked_reason(session: Session, review: Review, by: Actor) -> str | None:
    """Say why this person can't decide on the review now; None when they can."""
    if not by.may(Permission.DECIDE) or not set(invariant.required_roles(session, review)) & by.roles:
        return _("Your role takes no part in this review.")
    if not rounds.takes_decisions(session, review):
        return _("This review has ended.")
    if any(decision.user_id == by.user_id for decision in rounds.standing_approvals(session, review)):
        return _("You have signed.")
    if runs.production_moved(session, review.run):
        return _(
            "Another version went to production after the run. It has to be run again before anybody signs."
        )
    if by.user_id in invariant.author_ids(session, review):
        return _("You wrote or edited something in this candidate, so somebody else has to decide.")
    return None


def asset_of(session: Session, workspace: Workspace, asset_id: int) -> Asset:
    """Return an asset of the workspace.

    Raises:
        NotFoundError: no such asset here.
    """
    found = session.get(Asset, asset_id)
    if found is None or found.workspace_id != workspace.id:
        raise NotFoundError("There is no such asset in this workspace.")
    return found
