"""What the page of a policy's judge shows, and how it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from console.judge.agreement import Agreement, from_json
from console.judge.queries import OPEN, agreement_of, last_agreement, why_not_counting
from console.judge.terms import MIN_KAPPA, MIN_LABELLED_ITEMS
from console.permissions import Actor, Permission
from console.quality import queries
from console.quality.agreeing import OVERALL, JudgeState
from console.quality.building import percent
from console.quality.labels import expectation_label
from console.quality.pages import Progress
from models import JudgeAgreement, Policy, WorkState

MAX_CASES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion with how far judge and editors agree on it."""

    rule_id: str
    title: str
    question: str
    labelled: int
    measured: str
    agree: str
    kappa: str
    interval: str


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """One text labelled for the judge."""

    number: int
    text: str
    rule: str
    expects: str


@dataclass(frozen=True, slots=True)
class JudgePage:
    """A policy's judge."""

    policy_name: str
    is_named: bool
    standing: str
    standing_kind: str
    why: str
    rows: tuple[CriterionRow, ...]
    overall: CriterionRow | None
    labelled: int
    stray: int
    needed: int
    min_kappa: str
    measured_at: datetime | None
    not_judged: str
    progress: Progress | None
    cases: tuple[JudgedCase, ...]
    same_model: bool
    style_guides: tuple[tuple[str, str], ...]
    may_edit: bool
    may_label: bool


def judge_page(session: Session, policy: Policy, state: JudgeState, actor: Actor) -> JudgePage:
    """Return the page of a policy's judge."""
    measured = agreement_of(session, policy.id, state.sha256) if state.sha256 else None
    figures = {k: from_json(v) for k, v in measured.figures.items()} if measured is not None else {}
    standing, kind, why = _standing(session, policy, state)
    contents = queries.policy_state(session, policy.id).contents
    overall = figures.get(OVERALL)
    return JudgePage(
        policy_name=policy.name,
        is_named=state.terms is not None,
        standing=standing,
        standing_kind=kind,
        why=why,
        rows=tuple(
            _row(a.rule_id, a.criterion.title, a.criterion.question, state, figures) for a in state.criteria
        ),
        overall=_row(OVERALL, _("All criteria"), "", state, figures) if overall is not None else None,
        labelled=len(state.labels),
        stray=state.stray,
        needed=MIN_LABELLED_ITEMS,
        min_kappa=f"{MIN_KAPPA:.1f}",
        measured_at=measured.finished_at if measured is not None else None,
        not_judged=_not_judged(measured),
        progress=progress_of(last_agreement(session, policy.id)),
        cases=tuple(
            JudgedCase(x.number, x.text[:160], x.rule or "", expectation_label(x.expects_finding))
            for x in state.labels[-MAX_CASES_SHOWN:][::-1]
        ),
        same_model=state.terms is not None and state.terms.model in _generators(contents.get("prompt", {})),
        style_guides=tuple(
            (name, str(content.get("title") or name))
            for name, content in sorted(contents.get("style_guide", {}).items())
        ),
        may_edit=actor.may(Permission.EDIT),
        may_label=actor.may(Permission.LABEL),
    )


def _generators(prompts: object) -> set[str]:
    values = prompts.values() if isinstance(prompts, dict) else ()
    return {str(content.get("model", {}).get("model")) for content in values}


def _standing(session: Session, policy: Policy, state: JudgeState) -> tuple[str, str, str]:
    if state.terms is None or state.sha256 is None:
        return _("No judge"), "", _("Name a model, and its opinion is shown with every sample of a run.")
    if not state.criteria:
        return _("Nothing to judge"), "warn", _("The style guide has no criterion. Add one there.")
    problem = why_not_counting(session, policy.id, state.sha256)
    if problem is not None:
        return _("Advice only"), "info", problem
    if not state.terms.counts:
        return _("Advice only"), "info", _("It agrees well enough to count; the terms below leave it out.")
    return _("Counts in the gate"), "pass", _("From the next run on.")


def _row(
    key: str, title: str, question: str, state: JudgeState, figures: dict[str, Agreement]
) -> CriterionRow:
    labelled = len(state.labels) if key == OVERALL else sum(label.rule == key for label in state.labels)
    found = figures.get(key)
    if found is None or found.rate is None:
        return CriterionRow(key, title, question, labelled, "", "", "", "")
    low_high = found.interval
    return CriterionRow(
        key,
        title,
        question,
        labelled,
        str(found.items),
        percent(found.rate),
        "–" if found.kappa is None else f"{found.kappa:.2f}",
        "" if low_high is None else f"{low_high[0]:.2f} – {low_high[1]:.2f}",
    )


def _not_judged(measured: JudgeAgreement | None) -> str:
    overall = measured.figures.get(OVERALL, {}) if measured is not None else {}
    count = int(overall.get("not_judged", 0))
    if not count:
        return ""
    return _("%(n)s texts were not judged: %(why)s.", n=count, why=overall.get("why_not_judged") or "")


def progress_of(row: JudgeAgreement | None) -> Progress | None:
    """Return how far a measurement is, None when none is under way or failed."""
    if row is None or row.state not in (*OPEN, WorkState.FAILED):
        return None
    return Progress(
        done=row.done, total=row.total, url=url_for("quality.judge_progress"), failure=row.failure or ""
    )
