"""Builds the pages of runs from rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, selectinload

from console.golden.sensitivity import what_cases_show
from console.permissions import Actor, Permission
from console.runs import progress, queries
from console.runs.enforcement import read_unenforced
from console.runs.evidence import changes_of, evidence_of, score_rows, stats_of, with_grounds_told
from console.runs.labels import check_label, condition_label
from console.runs.pages import (
    CandidatePage,
    ConditionRow,
    Filters,
    PinRow,
    RunPage,
    RunRow,
    RunsPage,
    SampleRowView,
    UntestedRow,
)
from console.statistics import ALPHA
from console.web.paging import paginate
from copydesk.checks.contract import Outcome
from models import (
    Candidate,
    CheckVerdict,
    GenerationCacheEntry,
    GoldenSet,
    Policy,
    Run,
    RunState,
    Sample,
    User,
)

SAMPLES_PER_PAGE = 50
MAX_LISTED_RUNS = 20
MAX_UNTESTED = 5


def runs_page(
    session: Session, workspace_id: int, by: Actor, *, state: str, before: int | None, after: int | None
) -> RunsPage:
    """Read the runs of a workspace."""
    statement = _runs_of(workspace_id)
    if state in set(RunState):
        statement = statement.where(Run.state == state)
    page = paginate(session, statement, Run.id, before=before, after=after, size=MAX_LISTED_RUNS)
    rows = tuple(run_row(session, run) for run in page.items)
    active = session.scalars(
        _runs_of(workspace_id)
        .where(Run.state.in_([RunState.QUEUED, RunState.RUNNING]))
        .order_by(Run.id.desc())
    )
    bars = tuple(progress.read(session, run) for run in active)
    untested = () if state or before or after else _untested(session, workspace_id)
    return RunsPage(rows, untested, bars, page.older, page.newer, state, by.may(Permission.RUN))


def _untested(session: Session, workspace_id: int) -> tuple[UntestedRow, ...]:
    statement = (
        select(Candidate.id, Candidate.number, Policy.name, Candidate.title, User.name, Candidate.created_at)
        .join(Policy, Policy.id == Candidate.policy_id)
        .join(User, User.id == Candidate.created_by_id)
        .where(Policy.workspace_id == workspace_id, ~exists().where(Run.candidate_id == Candidate.id))
        .order_by(Candidate.id.desc())
        .limit(MAX_UNTESTED)
    )
    return tuple(UntestedRow(*row) for row in session.execute(statement))


def _runs_of(workspace_id: int) -> Select[Run]:
    return (
        select(Run)
        .join(Policy, Policy.id == Run.policy_id)
        .where(Policy.workspace_id == workspace_id)
        .options(selectinload(Run.candidate), selectinload(Run.golden_revision), selectinload(Run.started_by))
    )


def run_row(session: Session, run: Run) -> RunRow:
    """Return one run as a row of a list."""
    summary = run.summary or {}
    newly = summary.get("newly_failing")
    return RunRow(
        id=run.id,
        number=run.number,
        policy=session.get_one(Policy, run.policy_id).name,
        candidate_number=run.candidate.number,
        candidate_title=run.candidate.title,
        golden_title=run.golden_revision.content["title"],
        golden_number=run.golden_revision.number,
        state=run.state,
        passed=summary.get("passed"),
        total=run.case_count * run.repeats,
        newly_failing=None if newly is None else len(newly),
        is_gate_met=summary["gate"]["is_met"] if "gate" in summary else None,
        started_by=run.started_by.name,
        created_at=run.created_at,
    )


def candidate_page(session: Session, candidate: Candidate, by: Actor) -> CandidatePage:
    """Read one candidate."""
    production = queries.production_candidate(session, candidate.policy_id)
    before = {pin.asset_id: pin.revision.number for pin in production.pins} if production else {}
    pins = tuple(
        PinRow(r.asset.kind, r.asset.name, r.asset.title, r.number, before.get(r.asset_id))
        for r in queries.pinned_revisions(session, candidate)
    )
    runs = session.scalars(
        select(Run).where(Run.candidate_id == candidate.id).order_by(Run.id.desc()).limit(MAX_LISTED_RUNS)
    )
    golden = session.scalars(
        select(GoldenSet)
        .where(GoldenSet.policy_id == candidate.policy_id, GoldenSet.last_revision_number > 0)
        .order_by(GoldenSet.title)
    )
    return CandidatePage(
        id=candidate.id,
        number=candidate.number,
        title=candidate.title,
        digest=candidate.digest,
        policy=candidate.policy.name,
        created_by=candidate.created_by.name,
        created_at=candidate.created_at,
        pins=pins,
        runs=tuple(run_row(session, run) for run in runs),
        golden_sets=tuple((g.id, f"{g.title}, r{g.last_revision_number}") for g in golden),
        has_production=production is not None,
        may_run=by.may(Permission.RUN),
    )


def run_page(
    session: Session, run: Run, by: Actor, *, filters: Filters, before: int | None, review_url: str | None
) -> RunPage:
    """Read one run with one page of its samples, cases newly failing first."""
    summary = run.summary or {}
    samples, total, older = _sample_rows(session, run, filters, before or 0)
    gate = summary.get("gate", {"conditions": [], "is_met": None})
    return RunPage(
        id=run.id,
        number=run.number,
        policy=session.get_one(Policy, run.policy_id).name,
        candidate_id=run.candidate_id,
        candidate_number=run.candidate.number,
        candidate_title=run.candidate.title,
        golden_title=run.golden_revision.content["title"],
        golden_number=run.golden_revision.number,
        started_by=run.started_by.name,
        created_at=run.created_at,
        finished_at=run.finished_at,
        progress=progress.read(session, run),
        stats=stats_of(session, run),
        evidence=evidence_of(session, run),
        scores=score_rows(summary),
        unenforced=read_unenforced(summary),
        conditions=tuple(_condition(c, summary) for c in gate["conditions"]),
        evidence_limits=what_cases_show(run.case_count, float(summary.get("paired_alpha", ALPHA))),
        is_gate_met=gate["is_met"],
        generation=summary.get("generation", []),
        sources=summary.get("sources", {}),
        recorded_on=_recorded_on(session, run),
        digest=run.digest,
        engines=run.engines,
        samples=samples,
        sample_total=total,
        older=older,
        filters=filters,
        choices=_choices(session, run),
        comparable=_comparable(session, run),
        baseline_id=run.baseline_run_id,
        may_run=by.may(Permission.RUN),
        may_request=by.may(Permission.REQUEST_REVIEW) and run.state == RunState.COMPLETE,
        review_url=review_url,
    )


def case_titles(run: Run) -> dict[str, str]:
    """Return the titles of a run's cases; what is frozen in a revision was checked when it was saved."""
    return {case["id"]: case["title"] for case in run.golden_revision.content["cases"]}


def _sample_rows(
    session: Session, run: Run, filters: Filters, offset: int
) -> tuple[tuple[SampleRowView, ...], int, int | None]:
    """Return one page of the samples that match, how many match, and where the next page starts, if any."""
    titles = case_titles(run)
    changes = changes_of(session, run)
    ordered = _filtered(session, run, filters, changes)
    end = offset + SAMPLES_PER_PAGE
    shown = _load(session, [row[0] for row in ordered[offset:end]])
    rows = tuple(_sample_row(sample, titles, changes) for sample in shown)
    return rows, len(ordered), end if end < len(ordered) else None


def _condition(condition: Mapping[str, Any], summary: Mapping[str, Any]) -> ConditionRow:
    return ConditionRow(
        id=condition["id"],
        label=condition_label(condition["id"]),
        state=condition["state"],
        message=with_grounds_told(condition["id"], condition["message"], summary),
        case_keys=tuple(condition["case_keys"]),
    )


_ORDER = {"newly_failing": 0, "still_failing": 1, "new": 2, "newly_passing": 3, "still_passing": 4}


def _filtered(
    session: Session, run: Run, filters: Filters, changes: Mapping[tuple[str, int], str]
) -> list[tuple[int, str, int]]:
    """Return (id, case, repeat) of the samples that match: newly failing, failing, then the rest."""
    statement = select(Sample.id, Sample.case_key, Sample.repeat_index, Sample.passed).where(
        Sample.run_id == run.id
    )
    for name in ("prompt", "audience", "locale", "segment"):
        if value := getattr(filters, name):
            statement = statement.where(getattr(Sample, name) == value)
    if filters.check:
        verdict = select(CheckVerdict.sample_id).where(
            CheckVerdict.run_id == run.id, CheckVerdict.check == filters.check
        )
        if filters.show == "failing":
            verdict = verdict.where(CheckVerdict.passed.is_(False))
        statement = statement.where(Sample.id.in_(verdict))
    elif filters.show == "failing":
        statement = statement.where(Sample.passed.is_(False))
    rows: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(statement)]
    if filters.show in {"newly_failing", "newly_passing"}:
        rows = [row for row in rows if changes[row[1], row[2]] == filters.show]
    rows.sort(key=lambda row: (_ORDER[changes[row[1], row[2]]], row[3], row[1], row[2]))
    return [(row[0], row[1], row[2]) for row in rows]


def _load(session: Session, ids: Sequence[int]) -> list[Sample]:
    statement = select(Sample).where(Sample.id.in_(ids)).options(selectinload(Sample.verdicts))
    found = {sample.id: sample for sample in session.scalars(statement)}
    return [found[sample_id] for sample_id in ids]


def _sample_row(
    sample: Sample, titles: Mapping[str, str], changes: Mapping[tuple[str, int], str]
) -> SampleRowView:
    failed = [v for v in sample.verdicts if not v.passed]
    if sample.failure:
        summary = sample.failure
    elif failed:
        summary = "; ".join(f"{check_label(v.check)}: {_first_message(v)}" for v in failed[:2])
    else:
        summary = ""
    return SampleRowView(
        id=sample.id,
        case_key=sample.case_key,
        title=titles.get(sample.case_key, sample.case_key),
        repeat_index=sample.repeat_index,
        passed=sample.passed,
        change=changes[sample.case_key, sample.repeat_index],
        prompt=sample.prompt,
        audience=sample.audience or "",
        locale=sample.locale or "",
        segment=sample.segment or "",
        summary=summary,
    )


def _first_message(verdict: CheckVerdict) -> str:
    if verdict.outcome == Outcome.NOT_RUN and verdict.reason:
        return verdict.reason
    if not verdict.findings:
        return _("expected a finding, found none")
    worst = max(verdict.findings, key=lambda f: ("info", "warning", "error", "blocker").index(f["severity"]))
    return str(worst["message"])


def _choices(session: Session, run: Run) -> dict[str, tuple[str, ...]]:
    choices = {"check": tuple(e["check"] for e in run.engines)}
    for name in ("prompt", "audience", "locale", "segment"):
        column = getattr(Sample, name)
        values = session.scalars(select(column).where(Sample.run_id == run.id).distinct().order_by(column))
        choices[name] = tuple(value for value in values if value)
    return choices


def _comparable(session: Session, run: Run) -> tuple[tuple[int, str], ...]:
    statement = (
        select(Run)
        .where(Run.policy_id == run.policy_id, Run.id != run.id, Run.state == RunState.COMPLETE)
        .order_by(Run.id.desc())
        .limit(MAX_LISTED_RUNS)
    )
    return tuple(
        (other.id, _("Run %(n)s, candidate %(c)s", n=other.number, c=other.candidate.number))
        for other in session.scalars(statement)
    )


def _recorded_on(session: Session, run: Run) -> str | None:
    """Return the newest date of recorded generations a run used: those of the demo are labelled."""
    statement = (
        select(func.max(GenerationCacheEntry.recorded_on))
        .join(Sample, Sample.cache_key == GenerationCacheEntry.key)
        .where(Sample.run_id == run.id)
    )
    return session.scalar(statement)


def failing_samples(
    session: Session, run: Run, changes: Mapping[tuple[str, int], str]
) -> tuple[SampleRowView, ...]:
    """Return what a reviewer reads: samples newly failing, then failing, then newly passing."""
    titles = case_titles(run)
    failing = [row[0] for row in _filtered(session, run, Filters(show="failing"), changes)]
    passing = [row[0] for row in _filtered(session, run, Filters(show="newly_passing"), changes)]
    # Some samples of a case that newly passes may still fail: nobody reads them twice.
    shown = _load(session, list(dict.fromkeys([*failing, *passing]))[: 2 * SAMPLES_PER_PAGE])
    return tuple(_sample_row(sample, titles, changes) for sample in shown)
