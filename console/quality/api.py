"""The JSON API of labelled cases and of how right the checks are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, request
from pydantic import Field

from console.config import Settings
from console.extensions import db
from console.permissions import Permission
from console.quality import fairness_reports, importing, measuring, operations, queries
from console.quality.cases import by_check
from console.quality.compiling import setting_of
from console.quality.content import CaseContent
from console.quality.fairness import FairnessReport
from console.quality.figures import Rate
from console.web.access import actor, policy
from console.web.api_access import api_requires
from console.web.api_json import api_json
from console.web.paging import cursor
from copydesk.assets.base import Content, NonEmptyText
from copydesk.checks.registry import CHECK_NAMES
from models import LabelledCase, LabelSource, WorkState

bp = Blueprint(
    "quality_api", __name__, url_prefix="/api/v1/workspaces/<workspace_slug>/policies/<policy_slug>"
)


class WithdrawBody(Content):
    """Why a case does not count any more."""

    reason: NonEmptyText = Field(max_length=2000)


@dataclass(frozen=True, slots=True)
class LabelledCaseJson:
    """A labelled case; `expects` is finding or none, `start` the place of `quote` in code points.

    Who may not label gets dots for the letters and digits of personal values.
    """

    number: int
    check: str
    expects: str
    text: str
    rule: str
    quote: str
    start: int | None
    prompt: str | None
    audience: str | None
    channel: str | None
    locale: str | None
    segment: str | None
    variables: dict[str, Any]
    must_mention: list[str]
    note: str
    source: str
    author: str
    created_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class LabelledCaseList:
    """Labelled cases, newest first; `older` is the cursor of the next page."""

    cases: tuple[LabelledCaseJson, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class RateJson:
    """A share with its 95 % interval over `n` cases; `value` None: there is no case to say it of."""

    value: float | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class CheckJson:
    """How right a check is on its labelled cases; `waiting` were not asked about yet."""

    check: str
    enabled: bool
    cases: int
    hits: int
    misses: int
    false_alarms: int
    clean: int
    not_run: int
    lacking: int
    waiting: int
    precision: RateJson
    recall: RateJson
    f1: RateJson


@dataclass(frozen=True, slots=True)
class CheckList:
    """All checks of a policy."""

    checks: tuple[CheckJson, ...]


@dataclass(frozen=True, slots=True)
class FairnessJson:
    """The last report on fairness; `state` and `failure` are those of the newest attempt, if any."""

    state: WorkState | None
    failure: str | None
    measured_at: datetime | None
    is_stale: bool
    report: FairnessReport | None


@bp.get("/labelled-cases")
@api_requires(Permission.READ)
@api_json(answer=LabelledCaseList)
def list_cases() -> LabelledCaseList:
    """List labelled cases, newest first: `?check=`, `?expects=`, `?q=`, `?show=withdrawn`, `?before=`."""
    arguments = request.args
    narrowed = queries.CaseFilter(
        words=arguments.get("q", "")[:200],
        check=arguments.get("check", ""),
        expects=arguments.get("expects", ""),
        source=arguments.get("source", ""),
        show=arguments.get("show", ""),
    )
    page = queries.list_cases(db.session, policy().id, narrowed, before=cursor(arguments.get("before")))
    return LabelledCaseList(tuple(_json(case) for case in page.items), page.older)


@bp.post("/labelled-cases")
@api_requires(Permission.LABEL)
@api_json(body=CaseContent, answer=LabelledCaseJson, status=201)
def add_case(body: CaseContent) -> LabelledCaseJson:
    """Label a text; it counts at once."""
    case = operations.add_case(db.session, policy(), body, source=LabelSource.API, by=actor())
    return _stored(case)


@bp.get("/labelled-cases/<int:number>")
@api_requires(Permission.READ)
@api_json(answer=LabelledCaseJson)
def show_case(number: int) -> LabelledCaseJson:
    """Return a labelled case."""
    return _json(queries.find_case(db.session, policy().id, number))


@bp.put("/labelled-cases/<int:number>")
@api_requires(Permission.LABEL)
@api_json(body=CaseContent, answer=LabelledCaseJson)
def edit_case(number: int, body: CaseContent) -> LabelledCaseJson:
    """Write a labelled case anew."""
    case = queries.find_case(db.session, policy().id, number)
    operations.edit_case(db.session, case, body, by=actor())
    return _stored(case)


@bp.post("/labelled-cases/<int:number>/withdraw")
@api_requires(Permission.LABEL)
@api_json(body=WithdrawBody, answer=LabelledCaseJson)
def withdraw_case(number: int, body: WithdrawBody) -> LabelledCaseJson:
    """Take a labelled case out of all figures; it stays to be read."""
    case = queries.find_case(db.session, policy().id, number)
    operations.withdraw_case(db.session, case, reason=body.reason, by=actor())
    return _stored(case)


@bp.get("/checks")
@api_requires(Permission.READ)
@api_json(answer=CheckList)
def list_checks() -> CheckList:
    """Tell how right each check is on the policy's labelled cases."""
    settings: Settings = current_app.extensions["copydesk_settings"]
    state = queries.policy_state(db.session, policy().id)
    labels = by_check(queries.active_labels(db.session, policy().id))
    rows = []
    for check in CHECK_NAMES:
        group = labels.get(check, ())
        measured = queries.last_measurement(db.session, policy().id, check)
        found = measuring.check_state(state, check, group, measured, settings.home)
        counts = found.counts
        rows.append(
            CheckJson(
                check=check,
                enabled=setting_of(check, state).enabled,
                cases=len(group),
                hits=counts.hits,
                misses=counts.misses,
                false_alarms=counts.false_alarms,
                clean=counts.clean,
                not_run=counts.not_run,
                lacking=counts.lacking,
                waiting=found.waiting,
                precision=_rate(counts.precision),
                recall=_rate(counts.recall),
                f1=_rate(counts.f1),
            )
        )
    return CheckList(tuple(rows))


@bp.get("/fairness")
@api_requires(Permission.READ)
@api_json(answer=FairnessJson)
def show_fairness() -> FairnessJson:
    """Tell what the checks say of own texts with words for people exchanged, when that was last compared."""
    return _fairness()


@bp.post("/fairness")
@api_requires(Permission.LABEL)
@api_json(answer=FairnessJson, status=202)
def measure_fairness() -> FairnessJson:
    """Have own texts judged with words for people exchanged; the report shown is the last one until then."""
    fairness_reports.ask_for_report(db.session, policy(), by=actor())
    db.session.commit()
    return _fairness()


def _fairness() -> FairnessJson:
    newest = fairness_reports.newest_measurement(db.session, policy().id)
    done = fairness_reports.newest_measurement(db.session, policy().id, WorkState.DONE)
    report = fairness_reports.report_of(done)
    now_sha256 = fairness_reports.inputs_sha256(queries.policy_state(db.session, policy().id))
    return FairnessJson(
        state=WorkState(newest.state) if newest is not None else None,
        failure=newest.failure if newest is not None else None,
        measured_at=done.finished_at if done is not None else None,
        is_stale=done is not None and done.inputs_sha256 != now_sha256,
        report=fairness_reports.hidden_report(report) if report is not None else None,
    )


def _rate(rate: Rate) -> RateJson:
    return RateJson(rate.value, rate.low, rate.high, rate.n)


def _stored(case: LabelledCase) -> LabelledCaseJson:
    measuring.ask_for_measurement(db.session, policy(), case.check, by=actor())
    db.session.commit()
    return _json(case)


def _json(case: LabelledCase) -> LabelledCaseJson:
    data = importing.case_json(case, hides=not actor().may(Permission.LABEL))
    data["created_at"] = case.created_at
    return LabelledCaseJson(**data, withdrawn_at=case.withdrawn_at)
