"""Review rounds: request, decide, waive, comment, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.audit.operations import record
from console.clock import now
from console.errors import ConflictError, InvalidError
from console.permissions import Actor, Permission
from console.reviews import invariant, rounds
from console.reviews.errors import (
    FourEyesError,
    NotAnApproverError,
    NothingChangedError,
    ProductionMovedError,
    ReviewClosedError,
    ReviewOpenError,
    RunNotReviewableError,
    SecondSignatureError,
    StaleEvidenceError,
)
from console.reviews.telling import tell_approvers, tell_requester
from console.runs import queries as runs
from copydesk.errors import Problem
from models import (
    Bundle,
    Comment,
    Decision,
    DecisionOutcome,
    Policy,
    ReadMark,
    Review,
    ReviewState,
    Run,
    RunState,
    Waiver,
    Workspace,
)

MAX_WAIVER_DAYS = 366


def request_review(session: Session, run: Run, *, note: str, by: Actor) -> Review:
    """Open a round on a complete run's candidate; an open round of the policy is superseded.

    Raises:
        RunNotReviewableError: the run is not complete.
        NothingChangedError: the candidate is in production.
        ProductionMovedError: the run was compared with what is in production no more.
        ReviewOpenError: this candidate is under review already.
    """
    by.require(Permission.REQUEST_REVIEW)
    _refuse_unreviewable(session, run)
    _supersede_open(session, run, by)
    workspace = session.get_one(Workspace, run.candidate.policy.workspace_id)
    setting = runs.gate_setting(session, run.policy_id)
    highest = session.scalar(select(func.max(Review.number)).where(Review.policy_id == run.policy_id))
    review = Review(
        policy_id=run.policy_id,
        number=(highest or 0) + 1,
        candidate=run.candidate,
        run=run,
        gate_setting_id=setting.id if setting else None,
        state=ReviewState.OPEN,
        required_roles=list(workspace.required_roles),
        evidence_digest="",
        note=note.strip(),
        requested_by_id=by.user,
        requested_at=now(),
    )
    session.add(review)
    session.flush()
    review.evidence_digest = invariant.current_evidence_digest(session, review)
    after = {"candidate": run.candidate.digest, "run": run.digest, "evidence": review.evidence_digest}
    record(session, "review.requested", by=by, subject=("review", review.id), after=after)
    tell_approvers(session, workspace, review)
    return review


def decide(
    session: Session, review: Review, *, outcome: DecisionOutcome, note: str, seen_digest: str, by: Actor
) -> Decision:
    """Record one person's decision and close the round when it is settled.

    Args:
        note: needed unless it is an approval of a run in which no case newly fails.
        seen_digest: evidence digest of the page the decision was made on.

    Raises:
        ReviewClosedError: the round has ended and its signatures still count.
        NotAnApproverError, FourEyesError, SecondSignatureError: this person may not decide.
        ProductionMovedError: an approval of a run that says nothing about today's production.
        StaleEvidenceError: the evidence moved since the page was shown.
        InvalidError: a reason is missing.
    """
    by.require(Permission.DECIDE)
    if not rounds.takes_decisions(session, review):
        raise ReviewClosedError
    digest_now = invariant.current_evidence_digest(session, review)
    _void_stale(review, digest_now)
    role = _deciding_role(session, review, by)
    if outcome is DecisionOutcome.APPROVE:
        _refuse_approval(session, review, by)
    if seen_digest != digest_now:
        raise StaleEvidenceError
    _ask_for_reason(review, outcome, note)
    if review.state == ReviewState.APPROVED:
        _reopen(session, review, by)
    decision = _sign(session, review, digest_now, outcome=outcome, role=role, note=note, by=by)
    _settle(session, review)
    after = {"outcome": str(outcome), "role": role, "evidence": digest_now, "state": review.state}
    record(session, "review.decided", by=by, subject=("review", review.id), after=after)
    tell_requester(session, review, by, outcome)
    return decision


def withdraw(session: Session, review: Review, *, by: Actor) -> None:
    """End an open round without a decision.

    Raises:
        ReviewClosedError: it has ended.
    """
    by.require(Permission.REQUEST_REVIEW)
    if review.state != ReviewState.OPEN:
        raise ReviewClosedError
    _close(review, ReviewState.WITHDRAWN)
    record(session, "review.withdrawn", by=by, subject=("review", review.id))


def follow_required_roles(session: Session, workspace: Workspace, *, by: Actor) -> None:
    """Bring the workspace's unpublished rounds in line after its required roles changed.

    An approved round that lacks a role now opens again and its approvers are told; an open one whose last
    missing role is needed no more is settled.
    """
    statement = (
        select(Review)
        .join(Policy, Policy.id == Review.policy_id)
        .where(
            Policy.workspace_id == workspace.id,
            Review.state.in_([ReviewState.OPEN, ReviewState.APPROVED]),
            Review.id.not_in(select(Bundle.review_id)),
        )
    )
    for review in session.scalars(statement).all():
        missing = rounds.missing_roles(session, review, rounds.standing_approvals(session, review))
        if review.state == ReviewState.OPEN:
            _settle(session, review)
        elif missing and not runs.production_moved(session, review.run):
            _reopen(session, review, by)
        if missing and review.state == ReviewState.OPEN:
            tell_approvers(session, workspace, review, missing)


def add_waiver(
    session: Session,
    review: Review,
    *,
    condition: str,
    case_keys: Sequence[str],
    reason: str,
    expires_at: datetime,
    by: Actor,
) -> Waiver:
    """Accept one unmet gate condition until a date; approvals given before are void.

    Raises:
        ReviewClosedError: the round has ended.
        InvalidError: no reason, a date that is past or over a year away, or a condition that is met.
    """
    by.require(Permission.WAIVE)
    if review.state != ReviewState.OPEN:
        raise ReviewClosedError
    _refuse_bad_waiver(session, review, condition, reason, expires_at)
    waiver = Waiver(
        review_id=review.id,
        condition=condition,
        case_keys=sorted(set(case_keys)),
        reason=reason.strip(),
        signer_id=by.user,
        created_at=now(),
        expires_at=expires_at,
    )
    session.add(waiver)
    session.flush()
    after = {"condition": condition, "expires_at": expires_at.isoformat(), "review": review.id}
    record(session, "waiver.signed", by=by, subject=("waiver", waiver.id), after=after)
    _void_approvals(session, review, "A waiver was added after this signature.")
    return waiver


def revoke_waiver(session: Session, waiver: Waiver, *, by: Actor) -> None:
    """Take a waiver back; approvals that rested on it are void.

    Raises:
        ConflictError: it was taken back before.
    """
    by.require(Permission.WAIVE)
    if waiver.revoked_at is not None:
        raise ConflictError("This waiver was taken back before.")
    waiver.revoked_at = now()
    record(session, "waiver.revoked", by=by, subject=("waiver", waiver.id))
    _void_approvals(session, waiver.review, "A waiver was taken back after this signature.")
    if waiver.review.state == ReviewState.APPROVED and rounds.takes_decisions(session, waiver.review):
        _reopen(session, waiver.review, by)


def add_comment(
    session: Session, review: Review, *, text: str, asset_id: int | None, place: str, by: Actor
) -> Comment:
    """Add a remark to a review, perhaps on one place of a changed asset.

    Raises:
        InvalidError: an empty text.
    """
    by.require(Permission.COMMENT)
    if not text.strip():
        raise InvalidError([Problem("text", "Write something first.")])
    comment = Comment(
        review_id=review.id,
        asset_id=asset_id,
        place=place,
        text=text.strip(),
        author_id=by.user,
        created_at=now(),
    )
    session.add(comment)
    session.flush()
    record(session, "comment.added", by=by, subject=("comment", comment.id), after={"review": review.id})
    return comment


def resolve_comment(session: Session, comment: Comment, *, by: Actor) -> None:
    """Mark a remark as settled; doing it twice changes nothing."""
    by.require(Permission.COMMENT)
    if comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by_id = now(), by.user
        record(session, "comment.resolved", by=by, subject=("comment", comment.id))


def mark_read(session: Session, review: Review, asset_id: int, *, is_read: bool, by: Actor) -> None:
    """Tick or untick one changed asset as read by this person."""
    by.require(Permission.READ)
    key = {"review_id": review.id, "user_id": by.user, "asset_id": asset_id}
    found = session.get(ReadMark, key)
    if is_read and found is None:
        session.add(ReadMark(**key, at=now()))
    elif not is_read and found is not None:
        session.delete(found)
    session.flush()


def _refuse_unreviewable(session: Session, run: Run) -> None:
    if run.state != RunState.COMPLETE or run.digest is None:
        raise RunNotReviewableError
    production = runs.production_candidate(session, run.policy_id)
    if production is not None and production.id == run.candidate_id:
        raise NothingChangedError
    if runs.production_moved(session, run):
        raise ProductionMovedError


def _refuse_approval(session: Session, review: Review, by: Actor) -> None:
    if by.user in invariant.author_ids(session, review):
        raise FourEyesError
    if runs.production_moved(session, review.run):
        raise ProductionMovedError


def _sign(
    session: Session,
    review: Review,
    evidence: str,
    *,
    outcome: DecisionOutcome,
    role: str,
    note: str,
    by: Actor,
) -> Decision:
    """Write a decision down with the digests of everything it was made on."""
    facts = invariant.approval_facts(session, review)
    decision = Decision(
        review=review,
        user_id=by.user,
        role=role,
        outcome=outcome,
        note=note.strip(),
        candidate_digest=facts.candidate_digest,
        golden_digest=facts.golden_digest,
        run_digest=facts.run_digest,
        evidence_digest=evidence,
        created_at=now(),
    )
    session.add(decision)
    session.flush()
    return decision


def _deciding_role(session: Session, review: Review, by: Actor) -> str:
    """Return the required role this person decides in; the first one still open."""
    standing = rounds.standing_approvals(session, review)
    if any(decision.user_id == by.user for decision in standing):
        raise SecondSignatureError
    needed = [role for role in invariant.required_roles(session, review) if role in by.roles]
    if not needed:
        raise NotAnApproverError
    missing = rounds.missing_roles(session, review, standing)
    return str(next((role for role in needed if role in missing), needed[0]))


def _ask_for_reason(review: Review, outcome: DecisionOutcome, note: str) -> None:
    if note.strip():
        return
    if outcome is not DecisionOutcome.APPROVE:
        raise InvalidError([Problem("comment", "Say what has to change, or why it is refused.")])
    newly_failing = (review.run.summary or {}).get("newly_failing") or []
    if newly_failing:
        count = len(newly_failing)
        text = (
            f"{count} {'case newly fails' if count == 1 else 'cases newly fail'}. Say why that is acceptable."
        )
        raise InvalidError([Problem("comment", text)])


def _settle(session: Session, review: Review) -> None:
    """The one writer of a round's state after a decision."""
    session.refresh(review, ["decisions"])
    live = [decision for decision in review.decisions if decision.voided_at is None]
    if any(decision.outcome == DecisionOutcome.REJECT for decision in live):
        _close(review, ReviewState.REJECTED)
    elif any(decision.outcome == DecisionOutcome.REQUEST_CHANGES for decision in live):
        _close(review, ReviewState.CHANGES_REQUESTED)
    elif not rounds.missing_roles(session, review, rounds.standing_approvals(session, review)):
        _close(review, ReviewState.APPROVED)


def _reopen(session: Session, review: Review, by: Actor) -> None:
    # Approved by signatures of which one counts no more: whoever can give it anew must be able to.
    review.state, review.closed_at = ReviewState.OPEN, None
    session.flush()
    record(session, "review.reopened", by=by, subject=("review", review.id))


def _close(review: Review, state: ReviewState) -> None:
    review.state, review.closed_at = state, now()


def _void_approvals(session: Session, review: Review, reason: str) -> None:
    for decision in review.decisions:
        if decision.voided_at is None and decision.outcome == DecisionOutcome.APPROVE:
            decision.voided_at, decision.voided_reason = now(), reason
    review.evidence_digest = invariant.current_evidence_digest(session, review)
    session.flush()


def _void_stale(review: Review, digest_now: str) -> None:
    # What was signed on other evidence settles nothing: its signer may sign again, the round stays open.
    for decision in review.decisions:
        is_approval = decision.voided_at is None and decision.outcome == DecisionOutcome.APPROVE
        if is_approval and decision.evidence_digest != digest_now:
            decision.voided_at, decision.voided_reason = now(), "The evidence changed after this signature."


def _refuse_bad_waiver(
    session: Session, review: Review, condition: str, reason: str, expires_at: datetime
) -> None:
    problems = []
    if not reason.strip():
        problems.append(Problem("reason", "Say why this failure is acceptable."))
    if expires_at <= now() or (expires_at - now()).days > MAX_WAIVER_DAYS:
        problems.append(Problem("expires_on", "Choose a day in the future, at most a year away."))
    unmet = {failure.id for failure in invariant.current_gate(session, review.run).failures}
    if condition not in unmet:
        problems.append(Problem("condition", "Choose a condition that is not met."))
    if problems:
        raise InvalidError(problems)


def _supersede_open(session: Session, run: Run, by: Actor) -> None:
    statement = select(Review).where(Review.policy_id == run.policy_id, Review.state == ReviewState.OPEN)
    for review in session.scalars(statement):
        if review.candidate_id == run.candidate_id and review.run_id == run.id:
            raise ReviewOpenError(review.number)
        _close(review, ReviewState.SUPERSEDED)
        record(session, "review.superseded", by=by, subject=("review", review.id))
