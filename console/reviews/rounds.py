"""Which signatures of a round count, which are missing, and whether it still takes decisions.

A round that was approved opens again when its signatures no longer do: a role was added to the required ones,
an approver left, the evidence moved. Nothing is published meanwhile (console.reviews.invariant).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.reviews import invariant
from models import Bundle, Candidate, Decision, DecisionOutcome, Review, ReviewState

_LIVE = frozenset({ReviewState.OPEN, ReviewState.APPROVED})


def published_bundle(session: Session, review: Review) -> Bundle | None:
    """Return the version that a review gave."""
    return session.scalar(select(Bundle).where(Bundle.review_id == review.id))


def approvals_of(bundle: Bundle) -> list[Decision]:
    """Return the approvals a version rests on: those that were not void when it was published.

    What is taken back later (a waiver, a role) changes nothing about who signed for what was published.
    """
    return [
        decision
        for decision in bundle.review.decisions
        if decision.outcome == DecisionOutcome.APPROVE
        and decision.created_at <= bundle.published_at
        and (decision.voided_at is None or decision.voided_at >= bundle.published_at)
    ]


def standing_approvals(session: Session, review: Review) -> list[Decision]:
    """Return the approvals that count now; of a published or ended round those that counted then."""
    bundle = published_bundle(session, review)
    if bundle is not None:
        return approvals_of(bundle)
    given = [d for d in review.decisions if d.outcome == DecisionOutcome.APPROVE and d.voided_at is None]
    if not given or review.state not in _LIVE:
        return given
    digest_now = invariant.current_evidence_digest(session, review)
    authors = invariant.author_ids(session, review)
    return [
        decision
        for decision in given
        if decision.evidence_digest == digest_now
        and decision.user_id not in authors
        and invariant.holds_role(session, review, decision)
    ]


def missing_roles(session: Session, review: Review, standing: Sequence[Decision]) -> tuple[str, ...]:
    """Return the required roles that nobody signed in yet."""
    signed = {decision.role for decision in standing}
    return tuple(role for role in invariant.required_roles(session, review) if role not in signed)


def takes_decisions(session: Session, review: Review) -> bool:
    """Tell whether the round is open, or approved by signatures of which one no longer counts."""
    if review.state == ReviewState.OPEN:
        return True
    if review.state != ReviewState.APPROVED or published_bundle(session, review) is not None:
        return False
    return bool(missing_roles(session, review, standing_approvals(session, review)))


def compared_with(review: Review) -> Candidate | None:
    """Return the candidate in production that the round's run was compared with."""
    return review.run.baseline_run.candidate if review.run.baseline_run else None
