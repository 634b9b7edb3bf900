"""The facts of the approval invariant, read from the database as they are now.

The rule itself is `copydesk.approval.approval_problems`, one pure function for console and client.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from console.clock import now
from console.runs import queries as runs
from console.runs.gate import GateResult, evaluate
from copydesk.approval import Approval, ApprovalFacts, WaiverFact, candidate_digest, evidence_digest
from copydesk.canonical import digest
from models import (
    AuditEntry,
    Bundle,
    Candidate,
    CandidatePin,
    Channel,
    Decision,
    DecisionOutcome,
    GateSetting,
    GoldenRevision,
    Membership,
    Review,
    Revision,
    Run,
    RunState,
    ServiceToken,
    User,
    Waiver,
    Workspace,
)

PRODUCTION = "production"
_MOVES = ("asset.archived", "asset.unarchived", "asset.policies_changed")


def production_bundle(session: Session, policy_id: int) -> Bundle | None:
    """Return the bundle that production points at."""
    statement = (
        select(Bundle)
        .join(Channel, Channel.bundle_id == Bundle.id)
        .where(Channel.policy_id == policy_id, Channel.name == PRODUCTION)
    )
    return session.scalar(statement)


def production_digest(session: Session, policy_id: int) -> str | None:
    """Return the digest of the candidate in production, None where nothing is."""
    production = runs.production_candidate(session, policy_id)
    return production.digest if production else None


def gate_digest(setting: GateSetting | None) -> str:
    """Return the digest of the gate's conditions, the default ones included."""
    return setting.sha256 if setting else digest(runs.gate_content(None).to_json())


def live_waivers(session: Session, review: Review) -> list[Waiver]:
    """Return the waivers of a review that were not revoked; expired ones are among them."""
    statement = select(Waiver).where(Waiver.review_id == review.id, Waiver.revoked_at.is_(None))
    return list(session.scalars(statement.order_by(Waiver.id)))


def waiver_fact(waiver: Waiver) -> WaiverFact:
    """Return a waiver as the invariant knows it."""
    return WaiverFact(
        id=str(waiver.id),
        condition=waiver.condition,
        signer=str(waiver.signer_id),
        expires_at=waiver.expires_at,
        case_keys=tuple(waiver.case_keys),
        reason=waiver.reason,
    )


def current_evidence_digest(session: Session, review: Review) -> str:
    """Return the digest of what an approver of this review signs now."""
    run = review.run
    return evidence_digest(
        candidate=_candidate_digest_now(session, review.candidate),
        golden=_golden_digest_now(session, run),
        run=run.digest or "",
        gate_sha256=gate_digest(runs.gate_setting(session, review.policy_id)),
        waivers=[waiver_fact(waiver) for waiver in live_waivers(session, review)],
        engines=run.engines,
    )


def current_gate(session: Session, run: Run) -> GateResult:
    """Judge a run by the gate setting in force now."""
    setting = runs.gate_setting(session, run.policy_id)
    baseline = runs.case_results(session, run.baseline_run_id) if run.baseline_run_id else None
    return evaluate(runs.gate_content(setting), runs.case_results(session, run.id), baseline)


def approval_facts(session: Session, review: Review, *, at: datetime | None = None) -> ApprovalFacts:
    """Gather everything the invariant depends on, as it is at this moment of this transaction."""
    run = review.run
    return ApprovalFacts(
        candidate_digest=_candidate_digest_now(session, review.candidate),
        golden_digest=_golden_digest_now(session, run),
        run_digest=run.digest or "",
        evidence_digest=current_evidence_digest(session, review),
        required_roles=required_roles(session, review),
        approvals=tuple(_approval(session, review, decision) for decision in _approving(review)),
        authors=frozenset(map(str, author_ids(session, review))),
        run_candidate_digest=run.candidate.digest,
        run_golden_digest=run.golden_revision.sha256,
        is_run_complete=run.state == RunState.COMPLETE and run.digest is not None,
        unmet_conditions=tuple(condition.id for condition in current_gate(session, run).failures),
        waivers=tuple(waiver_fact(waiver) for waiver in live_waivers(session, review)),
        now=at or now(),
        run_baseline_digest=run.baseline_run.candidate.digest if run.baseline_run else None,
        production_digest=production_digest(session, review.policy_id),
    )


def author_ids(session: Session, review: Review) -> frozenset[int]:
    """Return who authored or edited anything that changed since production (DECISIONS.md 6).

    Without a bundle in production everything counts as changed.
    """
    base = production_bundle(session, review.policy_id)
    people: set[int] = set()
    for revision in changed_revisions(session, review.candidate, base.candidate if base else None):
        people |= {revision.author_id, *revision.coauthor_ids}
    for golden in _changed_golden(session, review.run, base):
        people |= {golden.author_id, *golden.coauthor_ids}
    people |= _gate_authors(session, review, base)
    people |= _who_moved(session, review.candidate, base.candidate if base else None)
    people |= {waiver.signer_id for waiver in live_waivers(session, review)}
    return frozenset(people)


def changed_revisions(session: Session, candidate: Candidate, base: Candidate | None) -> Sequence[Revision]:
    """Return every revision that went into the candidate since the base's, the pinned ones included."""
    before = {pin.asset_id: pin.revision.number for pin in base.pins} if base else {}
    changed: list[Revision] = []
    for pin in candidate.pins:
        was, is_now = before.get(pin.asset_id, 0), pin.revision.number
        if was == is_now:
            continue
        # Going back to an older revision also changes what ships: its own author counts.
        low, high = (was, is_now) if was < is_now else (is_now - 1, is_now)
        statement = select(Revision).where(
            Revision.asset_id == pin.asset_id, Revision.number > low, Revision.number <= high
        )
        changed += session.scalars(statement)
    return changed


def removed_pins(candidate: Candidate, base: Candidate | None) -> list[CandidatePin]:
    """Return the pins of the base whose assets are not in the candidate any more."""
    kept = {pin.asset_id for pin in candidate.pins}
    return [pin for pin in base.pins if pin.asset_id not in kept] if base else []


def _who_moved(session: Session, candidate: Candidate, base: Candidate | None) -> set[int]:
    """Return who archived, brought back or moved what the candidate has beyond its base, or lacks.

    The audit trail alone knows.
    """
    before = {pin.asset_id for pin in base.pins} if base else set()
    ids = [str(asset_id) for asset_id in before ^ {pin.asset_id for pin in candidate.pins}]
    if not ids:
        return set()
    person = case((AuditEntry.actor_kind == "token", ServiceToken.user_id), else_=AuditEntry.actor_id)
    statement = (
        select(person)
        .select_from(AuditEntry)
        .outerjoin(ServiceToken, ServiceToken.id == AuditEntry.actor_id)
        .where(
            AuditEntry.action.in_(_MOVES),
            AuditEntry.subject_kind == "asset",
            AuditEntry.subject_id.in_(ids),
        )
    )
    return {user_id for user_id in session.scalars(statement) if user_id is not None}


def _gate_authors(session: Session, review: Review, base: Bundle | None) -> set[int]:
    """Return who wrote gate conditions since the base's: later ones may keep a floor somebody lowered."""
    before = session.get(GateSetting, base.review.gate_setting_id or 0) if base else None
    statement = select(GateSetting.author_id).where(
        GateSetting.policy_id == review.policy_id, GateSetting.number > (before.number if before else 0)
    )
    return set(session.scalars(statement))


def _changed_golden(session: Session, run: Run, base: Bundle | None) -> Sequence[GoldenRevision]:
    golden = run.golden_revision
    was = 0
    if base is not None and base.review.run.golden_revision.golden_set_id == golden.golden_set_id:
        was = base.review.run.golden_revision.number
    statement = select(GoldenRevision).where(
        GoldenRevision.golden_set_id == golden.golden_set_id,
        GoldenRevision.number > was,
        GoldenRevision.number <= golden.number,
    )
    return session.scalars(statement).all()


def _candidate_digest_now(session: Session, candidate: Candidate) -> str:
    """Recompute the candidate's digest from the very content that would ship."""
    revisions = runs.pinned_revisions(session, candidate)
    rows = [
        {"kind": r.asset.kind, "name": r.asset.name, "revision": r.number, "sha256": digest(r.content)}
        for r in revisions
    ]
    return candidate_digest(rows)


def _golden_digest_now(session: Session, run: Run) -> str:
    """Return the digest of the golden set's newest revision: a newer one voids what was approved before."""
    statement = (
        select(GoldenRevision.sha256)
        .where(GoldenRevision.golden_set_id == run.golden_revision.golden_set_id)
        .order_by(GoldenRevision.number.desc())
        .limit(1)
    )
    return session.scalars(statement).one()


def required_roles(session: Session, review: Review) -> tuple[str, ...]:
    """Return the stricter of then and now: roles added since the round opened are needed too."""
    # The column is asked for: the workspace itself may have been read before this transaction.
    workspace_id = review.candidate.policy.workspace_id
    now_required = session.scalars(select(Workspace.required_roles).where(Workspace.id == workspace_id)).one()
    return tuple(dict.fromkeys([*review.required_roles, *now_required]))


def _approving(review: Review) -> list[Decision]:
    return [d for d in review.decisions if d.outcome == DecisionOutcome.APPROVE and d.voided_at is None]


def holds_role(session: Session, review: Review, decision: Decision) -> bool:
    """Tell whether who decided still has the role they decided in."""
    workspace_id = review.candidate.policy.workspace_id
    held = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.workspace_id == workspace_id,
            Membership.user_id == decision.user_id,
            Membership.role == decision.role,
            User.is_active,
        )
    )
    return bool(session.scalar(held))


def _approval(session: Session, review: Review, decision: Decision) -> Approval:
    return Approval(
        user=str(decision.user_id),
        role=decision.role,
        candidate_digest=decision.candidate_digest,
        golden_digest=decision.golden_digest,
        run_digest=decision.run_digest,
        evidence_digest=decision.evidence_digest,
        at=decision.created_at,
        holds_role=holds_role(session, review, decision),
    )
