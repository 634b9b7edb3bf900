"""The JSON API of candidates, runs and the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.assets.drafting import find_revision
from console.errors import NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.runs import operations, progress, queries
from console.runs.errors import EmptyGoldenSetError
from console.runs.gate import GateContent
from console.web.access import actor, policy, workspace
from console.web.api_access import api_requires
from console.web.api_json import Answered, api_json
from console.web.api_lookup import in_policy, newest_first
from console.web.intake import RowId
from copydesk.assets.base import Content, Identifier, NonEmptyLine
from models import Candidate, GoldenRevision, GoldenSet, Run

bp = Blueprint("runs_api", __name__, url_prefix="/api/v1/workspaces/<workspace_slug>/policies/<policy_slug>")


class CandidateBody(Content):
    """A candidate to build; `pins` names revision ids by asset id where not the newest is wanted."""

    title: NonEmptyLine = Field(max_length=200)
    pins: dict[RowId, RowId] = Field(default_factory=dict)


class RunBody(Content):
    """A run to start, on the newest revision of a golden set."""

    candidate_id: RowId
    golden_set: Identifier
    repeats: int = Field(default=1, ge=1, le=operations.MAX_REPEATS)


@dataclass(frozen=True, slots=True)
class PinJson:
    """One pinned revision."""

    kind: str
    name: str
    revision: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CandidateJson:
    """A candidate."""

    id: int
    number: int
    title: str
    digest: str
    created_at: datetime
    pins: tuple[PinJson, ...]


@dataclass(frozen=True, slots=True)
class CandidateList:
    """Candidates, newest first; `older` is the cursor of the next page."""

    candidates: tuple[CandidateJson, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class ProgressJson:
    """How far a run is; `left_s` is the estimated time left in seconds."""

    done: int
    total: int
    newly_failing: int
    left_s: int | None


@dataclass(frozen=True, slots=True)
class RunJson:
    """A run; `gate` and `summary` are there when it is complete.

    `is_against_production` turns false when another version goes to production than the run was compared
    with: then it has to be started again before a review can be asked for.
    """

    id: int
    number: int
    state: str
    candidate_id: int
    golden_set: str
    golden_revision: int
    repeats: int
    created_at: datetime
    finished_at: datetime | None
    failure: str | None
    digest: str | None
    progress: ProgressJson
    is_against_production: bool
    gate: Mapping[str, Any] | None
    summary: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs, newest first; `older` is the cursor of the next page."""

    runs: tuple[RunJson, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class GateJson:
    """The gate in force; number 0 is the default one."""

    number: int
    content: GateContent


@bp.get("/candidates")
@api_requires(Permission.READ)
@api_json(answer=CandidateList)
def list_candidates() -> CandidateList:
    """List candidates, newest first."""
    page = newest_first(select(Candidate), Candidate.id)
    return CandidateList(tuple(_candidate(db.session, found) for found in page.items), page.older)


@bp.post("/candidates")
@api_requires(Permission.RUN)
@api_json(body=CandidateBody, answer=CandidateJson, status=201)
def build_candidate(body: CandidateBody) -> CandidateJson | Answered:
    """Pin the newest revisions into a candidate; the same revisions are the same candidate (200)."""
    newest = db.session.scalar(select(func.max(Candidate.id))) or 0
    made = operations.build_candidate(db.session, policy(), title=body.title, pins=body.pins, by=actor())
    db.session.commit()
    shown = _candidate(db.session, made)
    return shown if made.id > newest else Answered(shown, 200)


@bp.get("/candidates/<int:candidate_id>")
@api_requires(Permission.READ)
@api_json(answer=CandidateJson)
def candidate(candidate_id: int) -> CandidateJson:
    """Show a candidate."""
    return _candidate(db.session, _find_candidate(candidate_id))


@bp.get("/runs")
@api_requires(Permission.READ)
@api_json(answer=RunList)
def list_runs() -> RunList:
    """List runs, newest first."""
    page = newest_first(select(Run), Run.id)
    return RunList(tuple(_run(db.session, found) for found in page.items), page.older)


@bp.post("/runs")
@api_requires(Permission.RUN)
@api_json(body=RunBody, answer=RunJson, status=202)
def start_run(body: RunBody) -> RunJson:
    """Start a run of a candidate on a golden set."""
    found = _find_candidate(body.candidate_id)
    golden = _golden_revision(db.session, body.golden_set)
    run = operations.start_run(db.session, found, golden, repeats=body.repeats, by=actor())
    db.session.commit()
    return _run(db.session, run)


@bp.get("/runs/<int:run_id>")
@api_requires(Permission.READ)
@api_json(answer=RunJson)
def run(run_id: int) -> RunJson:
    """Show a run: its progress, then gate and figures."""
    return _run(db.session, _find_run(run_id))


@bp.post("/runs/<int:run_id>/cancel")
@api_requires(Permission.RUN)
@api_json(answer=RunJson, status=202)
def cancel_run(run_id: int) -> RunJson:
    """Ask a run to stop before its next case."""
    found = _find_run(run_id)
    operations.cancel_run(db.session, found, by=actor())
    db.session.commit()
    return _run(db.session, found)


@bp.get("/gate")
@api_requires(Permission.READ)
@api_json(answer=GateJson)
def gate() -> GateJson:
    """Show the gate in force."""
    setting = queries.gate_setting(db.session, policy().id)
    return GateJson(setting.number if setting else 0, queries.gate_content(setting))


@bp.put("/gate")
@api_requires(Permission.EDIT)
@api_json(body=GateContent, answer=GateJson)
def set_gate(body: GateContent) -> GateJson:
    """Write the gate anew; open reviews need new signatures."""
    setting = operations.set_gate(db.session, policy(), body, by=actor())
    db.session.commit()
    return GateJson(setting.number, body)


def _find_candidate(candidate_id: int) -> Candidate:
    return in_policy(queries.find_candidate(db.session, workspace().id, candidate_id), "candidate")


def _find_run(run_id: int) -> Run:
    return in_policy(queries.find_run(db.session, workspace().id, run_id), "run")


def _golden_revision(session: Session, name: str) -> GoldenRevision:
    statement = select(GoldenSet).where(GoldenSet.policy_id == policy().id, GoldenSet.name == name)
    found = session.scalar(statement)
    if found is None:
        raise NotFoundError(f"This policy has no golden set {name!r}.")
    if found.last_revision_number == 0:
        raise EmptyGoldenSetError
    revision = find_revision(session, found, found.last_revision_number)
    assert isinstance(revision, GoldenRevision)  # noqa: S101 - of a golden set it is always one
    return revision


def _candidate(session: Session, found: Candidate) -> CandidateJson:
    pins = tuple(
        PinJson(r.asset.kind, r.asset.name, r.number, r.sha256)
        for r in queries.pinned_revisions(session, found)
    )
    return CandidateJson(found.id, found.number, found.title, found.digest, found.created_at, pins)


def _run(session: Session, found: Run) -> RunJson:
    at = progress.read(session, found)
    summary = dict(found.summary) if found.summary else None
    golden = session.get_one(GoldenSet, found.golden_revision.golden_set_id)
    return RunJson(
        id=found.id,
        number=found.number,
        state=found.state,
        candidate_id=found.candidate_id,
        golden_set=golden.name,
        golden_revision=found.golden_revision.number,
        repeats=found.repeats,
        created_at=found.created_at,
        finished_at=found.finished_at,
        failure=found.failure,
        digest=found.digest,
        progress=ProgressJson(at.done, at.total, at.newly_failing, at.left_s),
        is_against_production=not queries.production_moved(session, found),
        gate=summary.pop("gate") if summary else None,
        summary=summary,
    )
