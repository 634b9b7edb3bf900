"""Pinning candidates, starting and cancelling runs, setting the gate."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.assets.preparation import system_message_problems
from console.audit.operations import record
from console.clock import now
from console.jobs import ledger
from console.permissions import Actor, Permission
from console.runs import queries
from console.runs.errors import (
    EmptyGoldenSetError,
    InvalidPinError,
    NothingToPinError,
    OutsideTextError,
    RunNotActiveError,
)
from console.runs.gate import GateContent
from copydesk.approval import candidate_digest
from copydesk.assets import Kind, parse
from copydesk.assets.prompt import Prompt
from copydesk.canonical import digest
from copydesk.errors import ContentError
from models import (
    Asset,
    Candidate,
    CandidatePin,
    GateSetting,
    GoldenRevision,
    GoldenSet,
    Policy,
    PolicyAsset,
    Revision,
    Run,
    RunState,
)

MAX_REPEATS = 10


def build_candidate(
    session: Session,
    policy: Policy,
    *,
    title: str,
    by: Actor,
    pins: Mapping[int, int] | None = None,
) -> Candidate:
    """Pin one revision of every asset of the policy; the same pins are the same candidate.

    Args:
        pins: revision id by asset id, for assets that should not be pinned at their newest revision.

    Raises:
        NothingToPinError: no asset of the policy has a revision.
        InvalidPinError: a pin is not a revision of that asset of the policy.
        OutsideTextError: a prompt puts free text from outside into its system message.
    """
    by.require(Permission.RUN)
    revisions = _pinned(session, policy, pins or {})
    _refuse_prompts(revisions)
    identity = candidate_digest(candidate_sources(revisions))
    same = select(Candidate).where(Candidate.policy_id == policy.id, Candidate.digest == identity)
    if (found := session.scalar(same)) is not None:
        return found
    candidate = Candidate(
        policy_id=policy.id,
        number=_next_number(session, Candidate, policy.id),
        digest=identity,
        title=title.strip(),
        created_by_id=by.user,
        created_at=now(),
        pins=[CandidatePin(asset_id=r.asset_id, revision_id=r.id) for r in revisions],
    )
    session.add(candidate)
    session.flush()
    after = {"digest": identity, "policy": policy.id, "number": candidate.number}
    record(session, "candidate.built", by=by, subject=("candidate", candidate.id), after=after)
    return candidate


def _refuse_prompts(revisions: list[Revision]) -> None:
    """Refuse to go without a prompt, or with one saved before its blocks were asked where free text goes."""
    prompts = [revision for revision in revisions if revision.asset.kind == Kind.PROMPT]
    if not prompts:
        raise NothingToPinError
    for revision in prompts:
        with suppress(ContentError):  # content that can't be read is told of by the run
            prompt = parse(Kind.PROMPT, revision.content)
            if isinstance(prompt, Prompt) and (problems := system_message_problems(prompt)):
                raise OutsideTextError(revision.asset.name, revision.number, problems)


def candidate_sources(revisions: list[Revision]) -> list[dict[str, Any]]:
    """Return what a candidate is made of: kind, name, revision and sha256 of each asset, sorted."""
    rows = [
        {"kind": r.asset.kind, "name": r.asset.name, "revision": r.number, "sha256": r.sha256}
        for r in revisions
    ]
    return sorted(rows, key=lambda row: (row["kind"], row["name"]))


def start_run(
    session: Session, candidate: Candidate, golden_revision: GoldenRevision, *, by: Actor, repeats: int = 1
) -> Run:
    """Start a run; when production was never run on these cases it is run on them first, as the baseline.

    Raises:
        EmptyGoldenSetError: the golden revision has no cases.
    """
    by.require(Permission.RUN)
    if golden_revision.case_count == 0:
        raise EmptyGoldenSetError
    baseline = _baseline_run(session, candidate, golden_revision, repeats=repeats, by=by)
    return _new_run(session, candidate, golden_revision, baseline, repeats=repeats, by=by)


def cancel_run(session: Session, run: Run, *, by: Actor) -> None:
    """Ask a run to stop; it ends before its next case, and what it has stays readable.

    Raises:
        RunNotActiveError: the run has ended.
    """
    by.require(Permission.RUN)
    if run.state not in {RunState.QUEUED, RunState.RUNNING}:
        raise RunNotActiveError
    run.cancel_requested = True
    record(session, "run.cancel_requested", by=by, subject=("run", run.id))


def set_gate(session: Session, policy: Policy, content: GateContent, *, by: Actor) -> GateSetting:
    """Write new gate conditions; the ones before stay readable under their number."""
    by.require(Permission.EDIT)
    before = queries.gate_setting(session, policy.id)
    data = content.to_json()
    setting = GateSetting(
        policy_id=policy.id,
        number=(before.number if before else 0) + 1,
        content=data,
        sha256=digest(data),
        author_id=by.user,
        created_at=now(),
    )
    session.add(setting)
    session.flush()
    record(
        session,
        "gate.set",
        by=by,
        subject=("gate_setting", setting.id),
        before={"sha256": before.sha256} if before else None,
        after={"sha256": setting.sha256, "policy": policy.id},
    )
    return setting


def _pinned(session: Session, policy: Policy, pins: Mapping[int, int]) -> list[Revision]:
    assets = session.scalars(
        select(Asset)
        .join(PolicyAsset, PolicyAsset.asset_id == Asset.id)
        .where(
            PolicyAsset.policy_id == policy.id, Asset.archived_at.is_(None), Asset.last_revision_number > 0
        )
        .order_by(Asset.kind, Asset.name)
    ).all()
    unknown = set(pins) - {asset.id for asset in assets}
    if unknown:
        raise InvalidPinError("A pinned asset is not part of this policy, or has no saved revision.")
    return [_pin(session, asset, pins.get(asset.id)) for asset in assets]


def _pin(session: Session, asset: Asset, revision_id: int | None) -> Revision:
    statement = select(Revision).where(Revision.asset_id == asset.id)
    if revision_id is None:
        return session.scalars(statement.where(Revision.number == asset.last_revision_number)).one()
    found = session.scalar(statement.where(Revision.id == revision_id))
    if found is None:
        raise InvalidPinError(f"The revision pinned for {asset.title} is not one of its own.")
    return found


def _baseline_run(
    session: Session, candidate: Candidate, golden: GoldenRevision, *, repeats: int, by: Actor
) -> Run | None:
    """Return production's run on the same cases, started now if there is none (DECISIONS.md 31)."""
    production = queries.production_candidate(session, candidate.policy_id)
    if production is None or production.id == candidate.id:
        return None
    found = queries.comparable_run(session, production.id, golden.id, repeats=repeats)
    return found or _new_run(session, production, golden, None, repeats=repeats, by=by)


def _new_run(
    session: Session,
    candidate: Candidate,
    golden: GoldenRevision,
    baseline: Run | None,
    *,
    repeats: int,
    by: Actor,
) -> Run:
    run = Run(
        policy_id=candidate.policy_id,
        number=_next_number(session, Run, candidate.policy_id),
        candidate_id=candidate.id,
        golden_revision_id=golden.id,
        baseline_run_id=baseline.id if baseline else None,
        state=RunState.QUEUED,
        repeats=max(1, min(repeats, MAX_REPEATS)),
        case_count=golden.case_count,
        engines=[],
        started_by_id=by.user,
        created_at=now(),
    )
    session.add(run)
    session.flush()
    ledger.submit(session, "run.start", f"run:{run.id}:start", {"run_id": run.id})
    golden_set = session.get_one(GoldenSet, golden.golden_set_id)
    after = {"candidate": candidate.digest, "golden_set": golden_set.id, "golden_revision": golden.number}
    record(session, "run.started", by=by, subject=("run", run.id), after=after)
    return run


def _next_number(session: Session, model: type[Candidate] | type[Run], policy_id: int) -> int:
    # Writers queue for the whole transaction on both databases (audit's lock), so max + 1 is safe after it.
    highest = session.scalar(select(func.max(model.number)).where(model.policy_id == policy_id))
    return (highest or 0) + 1
