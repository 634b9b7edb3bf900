"""Review rounds: request, decide, waive, comment, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.audit.operations import record
from console.clock import now
from console.errors import ConflictError, InvalidError
from console.notices.operations import notify
from console.permissions import Actor, Permission
from console.reviews import invariant
from console.reviews.errors import (
    FourEyesError,
    NotAnApproverError,
    NothingChangedError,
    ReviewClosedError,
    ReviewOpenError,
    RunNotReviewableError,
    SecondSignatureError,
    StaleEvidenceError,
)
from console.runs import queries as runs
from copydesk.errors import Problem
from models import (
    Comment,
    Decision,
    DecisionOutcome,
    Membership,
    ReadMark,
    Review,
    ReviewState,
    Run,
    RunState,
    User,
    Waiver,
    Workspace,
)

MAX_WAIVER_DAYS = 366


def request_review(session: Session, run: Run, *, note: str, by: Actor) -> Review:
    """Open a round on a complete run's candidate; an open round of the policy is superseded.

    Raises:
        RunNotReviewableError: the run is not complete.
        NothingChangedError: the candidate is in production.
        ReviewOpenError: this candidate is under review already.
    """
    by.require(Permission.REQUEST_REVIEW)
    if run.state != RunState.COMPLETE or run.digest is None:
        raise RunNotReviewableError
    production = runs.production_candidate(session, run.policy_id)
    if production is not None and production.id == run.candidate_id:
        raise NothingChangedError
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
    _tell_approvers(session, workspace, review)
    return review


def decide(
    session: Session,
    review: Review,
    *,
    outcome: DecisionOutcome,
    note: str,
    seen_digest: str,
    by: Actor,
) -> Decision:
    """Record one person's decision and close the round when it is settled.

    Args:
        note: needed unless it is an approval of a run in which no case newly fails.
        seen_digest: evidence digest of the page the decision was made on.

    Raises:
        ReviewClosedError: the round has ended.
        NotAnApproverError, FourEyesError, SecondSignatureError: this person may not decide.
        StaleEvidenceError: the evidence moved since the page was shown.
        InvalidError: a reason is missing.
    """
    by.require(Permission.DECIDE)
    if review.state != ReviewState.OPEN:
        raise ReviewClosedError
    digest_now = invariant.current_evidence_digest(session, review)
    _void_stale(review, digest_now)
    role = _deciding_role(review, by)
    if outcome is DecisionOutcome.APPROVE and by.user in invariant.author_ids(session, review):
        raise FourEyesError
    if seen_digest != digest_now:
        raise StaleEvidenceError
    _ask_for_reason(review, outcome, note)
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
        evidence_digest=digest_now,
        created_at=now(),
    )
    session.add(decision)
    session.flush()
    _settle(session, review)
    after = {"outcome": str(outcome), "role": role, "evidence": digest_now, "state": review.state}
    record(session, "review.decided", by=by, subject=("review", review.id), after=after)
    _tell_requester(session, review, by, outcome)
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


def _deciding_role(review: Review, by: Actor) -> str:
    """Return the required role this person decides in; the first one still open."""
    signed = [d for d in review.decisions if d.outcome == DecisionOutcome.APPROVE and d.voided_at is None]
    if any(decision.user_id == by.user for decision in signed):
        raise SecondSignatureError
    needed = [role for role in review.required_roles if role in by.roles]
    if not needed:
        raise NotAnApproverError
    given = {decision.role for decision in signed}
    return str(next((role for role in needed if role not in given), needed[0]))


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
    elif set(review.required_roles) <= {d.role for d in live if d.outcome == DecisionOutcome.APPROVE}:
        _close(review, ReviewState.APPROVED)


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


def _tell_approvers(session: Session, workspace: Workspace, review: Review) -> None:
    authors = invariant.author_ids(session, review)
    statement = select(Membership.user_id).where(
        Membership.workspace_id == workspace.id, Membership.role.in_(review.required_roles)
    )
    people = [user_id for user_id in session.scalars(statement) if user_id not in authors]
    name = session.get_one(User, review.requested_by_id).name
    text = f"{name} asks for your decision on candidate {review.candidate.number}: {review.candidate.title}"
    url, subject = f"/w/{workspace.slug}/reviews/{review.id}", ("review", review.id)
    notify(session, workspace.id, people, kind="review_requested", subject=subject, text=text, url=url)


def _tell_requester(session: Session, review: Review, by: Actor, outcome: DecisionOutcome) -> None:
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
