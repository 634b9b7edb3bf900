"""Reads of candidates, runs and what came out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, selectinload

from console.errors import NotFoundError
from console.judge.judging import ADVICE
from console.runs.gate import DEFAULT_GATE, CaseResult, GateContent
from copydesk.checks.contract import Outcome, Severity
from models import (
    Bundle,
    Candidate,
    Channel,
    CheckVerdict,
    GateSetting,
    Policy,
    Revision,
    Run,
    RunState,
    Sample,
    User,
)

PRODUCTION = "production"


def production_candidate(session: Session, policy_id: int) -> Candidate | None:
    """Return the candidate whose bundle is now in production."""
    statement = (
        select(Candidate)
        .join(Bundle, Bundle.candidate_id == Candidate.id)
        .join(Channel, Channel.bundle_id == Bundle.id)
        .where(Channel.policy_id == policy_id, Channel.name == PRODUCTION)
    )
    return session.scalar(statement)


def comparable_run(
    session: Session, candidate_id: int, golden_revision_id: int, *, repeats: int
) -> Run | None:
    """Return the newest run of a candidate on these cases that is complete or still at work."""
    statement = (
        select(Run)
        .where(
            Run.candidate_id == candidate_id,
            Run.golden_revision_id == golden_revision_id,
            Run.repeats == repeats,
            Run.state.in_([RunState.QUEUED, RunState.RUNNING, RunState.COMPLETE]),
        )
        .order_by(Run.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def find_run(session: Session, workspace_id: int, run_id: int) -> Run:
    """Return a run of the workspace.

    Raises:
        NotFoundError: no such run here.
    """
    statement = (
        select(Run)
        .join(Policy, Policy.id == Run.policy_id)
        .where(Run.id == run_id, Policy.workspace_id == workspace_id)
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFoundError("There is no such run in this workspace.")
    return found


def find_candidate(session: Session, workspace_id: int, candidate_id: int) -> Candidate:
    """Return a candidate of the workspace.

    Raises:
        NotFoundError: no such candidate here.
    """
    statement = (
        select(Candidate)
        .join(Policy, Policy.id == Candidate.policy_id)
        .where(Candidate.id == candidate_id, Policy.workspace_id == workspace_id)
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFoundError("There is no such candidate in this workspace.")
    return found


def pinned_revisions(session: Session, candidate: Candidate) -> list[Revision]:
    """Return the pinned revisions of a candidate, by kind and name."""
    ids = [pin.revision_id for pin in candidate.pins]
    statement = select(Revision).where(Revision.id.in_(ids)).options(selectinload(Revision.asset))
    return sorted(session.scalars(statement), key=lambda r: (r.asset.kind, r.asset.name))


def gate_setting(session: Session, policy_id: int) -> GateSetting | None:
    """Return the newest gate setting of a policy, None while the default is in force."""
    statement = (
        select(GateSetting)
        .where(GateSetting.policy_id == policy_id)
        .order_by(GateSetting.number.desc())
        .limit(1)
    )
    return session.scalar(statement)


def gate_settings(session: Session, policy_id: int) -> Sequence[GateSetting]:
    """Return all gate settings of a policy, newest first."""
    statement = (
        select(GateSetting).where(GateSetting.policy_id == policy_id).order_by(GateSetting.number.desc())
    )
    return session.scalars(statement).all()


def gate_content(setting: GateSetting | None) -> GateContent:
    """Return the conditions of a setting, or the default ones."""
    return GateContent.model_validate(setting.content) if setting else DEFAULT_GATE


def sample_count(session: Session, run_id: int) -> int:
    """Return how many samples of a run are there: its progress."""
    return session.scalar(select(func.count()).select_from(Sample).where(Sample.run_id == run_id)) or 0


def newly_failing_count(session: Session, run: Run) -> int:
    """Return how many cases fail by their samples so far that pass in the baseline run.

    As in the gate (`case_changes`), a case passes when more than half of its samples do.
    """
    if run.baseline_run_id is None:
        return 0
    before = Sample.__table__.alias("before")
    balances = [func.sum(case((passed, 1), else_=-1)) for passed in (Sample.passed, before.c.passed)]
    cases = (
        select(Sample.case_key)
        .join(
            before,
            (before.c.case_key == Sample.case_key) & (before.c.repeat_index == Sample.repeat_index),
        )
        .where(Sample.run_id == run.id, before.c.run_id == run.baseline_run_id)
        .group_by(Sample.case_key)
        .having(balances[0] <= 0, balances[1] > 0)
    )
    return session.scalar(select(func.count()).select_from(cases.subquery())) or 0


def case_results(session: Session, run_id: int) -> tuple[CaseResult, ...]:
    """Return what the gate looks at, sample by sample, in the order of case and repeat."""
    # Plain rows: thousands of samples with their verdicts as objects would take longer than judging them.
    samples = session.execute(
        select(Sample.id, Sample.case_key, Sample.repeat_index, Sample.segment, Sample.passed).where(
            Sample.run_id == run_id
        )
    )
    passed_by_check: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    not_run: defaultdict[int, list[str]] = defaultdict(list)
    verdicts = session.execute(
        select(CheckVerdict.sample_id, CheckVerdict.check, CheckVerdict.outcome, CheckVerdict.passed)
        .where(CheckVerdict.run_id == run_id, CheckVerdict.check != ADVICE)
        .order_by(CheckVerdict.check)
    )
    for sample_id, check, outcome, passed in verdicts:
        if outcome == Outcome.NOT_RUN:
            not_run[sample_id].append(check)
        else:
            passed_by_check[sample_id][check] = passed
    blockers = _blockers(session, run_id)
    results = [
        CaseResult(
            case_key, repeat_index, segment, passed,
            passed_by_check[sample_id], tuple(blockers[sample_id]), tuple(not_run[sample_id]),
        )
        for sample_id, case_key, repeat_index, segment, passed in samples
    ]  # fmt: skip
    return tuple(sorted(results, key=lambda result: (result.case_key, result.repeat_index)))


def _blockers(session: Session, run_id: int) -> Mapping[int, list[str]]:
    """Return the rules of the blocking findings that cases did not expect, by sample."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    failed = session.execute(
        select(CheckVerdict.sample_id, CheckVerdict.findings)
        .where(CheckVerdict.run_id == run_id, CheckVerdict.passed.is_(False))
        .order_by(CheckVerdict.check)
    )
    for sample_id, findings in failed:
        found[sample_id] += [f["rule_id"] for f in findings if f["severity"] == Severity.BLOCKER]
    return found


def person_name(session: Session, user_id: int) -> str:
    """Return the name of a person."""
    return session.get_one(User, user_id).name


def production_moved(session: Session, run: Run) -> bool:
    """Tell whether another candidate is in production now than the run was compared with.

    What changed and what got worse then no longer says what publishing would change (DECISIONS.md 6, 31).
    """
    production = production_candidate(session, run.policy_id)
    if production is not None and production.id == run.candidate_id:
        return False
    before = run.baseline_run.candidate_id if run.baseline_run else None
    return before != (production.id if production else None)


def version_of(session: Session, candidate: Candidate | None) -> int | None:
    """Return the newest version a candidate was published as."""
    if candidate is None:
        return None
    statement = select(func.max(Bundle.version)).where(Bundle.candidate_id == candidate.id)
    return session.scalar(statement)
