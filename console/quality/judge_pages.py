"""What the page of a policy's judge shows, and how it is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from console.generation.prices import TOKENS_PER_PRICE, cost_of, prices_of
from console.judge.agreement import Agreement, from_json
from console.judge.judging import JUDGES, NAME
from console.judge.queries import (
    OPEN,
    Outlay,
    agreement_of,
    last_agreement,
    outlays,
    why_not_counting,
)
from console.judge.terms import MIN_KAPPA, MIN_LABELLED_ITEMS, JudgeTerms, model_family
from console.permissions import Actor, Permission
from console.quality import queries
from console.quality.agreeing import OVERALL, JudgeState, judge_state
from console.quality.building import percent, span_segments
from console.quality.cases import Label, cases_sha256
from console.quality.labels import expectation_label
from console.quality.pages import Example, Progress
from console.web.access import workspace
from copydesk.checks.contract import Span
from copydesk.checks.personal_data import hide_personal_data
from models import JudgeAgreement, Policy, Run, Workspace, WorkState

MAX_CASES_SHOWN = 20
MAX_OUTLAYS_SHOWN = 5


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
class OutlayRow:
    """What one run or measurement asked of the judge and cost; `url` leads to a run."""

    title: str
    url: str | None
    calls: int
    tokens: int
    cost: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The last measurement of this very judge: when and of what, and the texts on which the two differ.

    `is_stale`: texts were labelled or changed since.
    """

    at: datetime | None
    facts: tuple[tuple[str, str], ...]
    is_stale: bool
    only_judge: tuple[Example, ...]
    only_editor: tuple[Example, ...]
    unjudged: tuple[Example, ...]
    why_unjudged: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """The texts labelled for a judge: the newest, all counted; `stray` name no criterion that is there."""

    cases: tuple[JudgedCase, ...]
    count: int
    stray: int


@dataclass(frozen=True, slots=True)
class JudgePage:
    """A policy's judge.

    `lacks_server`: no model server is named. `lacks_price`: a limit on the cost has no price to go by.
    """

    policy_name: str
    is_named: bool
    standing: str
    standing_kind: str
    why: str
    rows: tuple[CriterionRow, ...]
    needed: int
    min_kappa: str
    measured: Measured | None
    progress: Progress | None
    labelled: Labelled
    terms: tuple[tuple[str, str], ...]
    is_the_writer: bool
    is_a_relative: bool
    lacks_server: bool
    lacks_price: bool
    outlays: tuple[OutlayRow, ...]
    style_guides: tuple[tuple[str, str], ...]
    may_edit: bool
    may_label: bool


def judge_page(
    session: Session, policy: Policy, state: JudgeState, actor: Actor, *, has_server: bool
) -> JudgePage:
    """Return the page of a policy's judge; `has_server`: the settings name a model server."""
    row = agreement_of(session, policy.id, state.sha256) if state.sha256 else None
    standing, kind, why = _standing(session, policy, state)
    contents = queries.policy_state(session, policy.id).contents
    judge = state.terms.model if state.terms is not None else ""
    writers = _generators(contents.get("prompt", {}))
    prices = prices_of(session.get_one(Workspace, policy.workspace_id))
    spent = outlays(session, policy.id, MAX_OUTLAYS_SHOWN)
    return JudgePage(
        policy_name=policy.name,
        is_named=state.terms is not None,
        standing=standing,
        standing_kind=kind,
        why=why,
        rows=_rows(state, row),
        needed=MIN_LABELLED_ITEMS,
        min_kappa=f"{MIN_KAPPA:.1f}",
        measured=_measured(session, row, state) if row is not None else None,
        progress=progress_of(last_agreement(session, policy.id), actor),
        labelled=_labelled(state),
        terms=_terms(state.terms),
        is_the_writer=judge in writers,
        is_a_relative=model_family(judge) in {model_family(writer) for writer in writers},
        lacks_server=state.terms is not None and not has_server,
        lacks_price=_lacks_price(state, prices),
        outlays=tuple(_outlay_row(session, one, prices) for one in spent),
        style_guides=tuple(
            (name, str(content.get("title") or name))
            for name, content in sorted(contents.get("style_guide", {}).items())
        ),
        may_edit=actor.may(Permission.EDIT),
        may_label=actor.may(Permission.LABEL),
    )


def why_unasked(session: Session, policy: Policy, *, has_server: bool) -> str:
    """Return why the judge that is set will be asked nothing; "" where it will be asked."""
    if not has_server:
        return _("no model server is set up.")  # the page goes on to say what to do
    state = judge_state(session, policy.id)
    if not state.criteria:
        return _("the style guide has no criterion. Add one there.")
    if _lacks_price(state, prices_of(session.get_one(Workspace, policy.workspace_id))):
        return _("the limit on the cost has no price to go by.")
    return ""


def _rows(state: JudgeState, row: JudgeAgreement | None) -> tuple[CriterionRow, ...]:
    """Return a row per criterion, and one of all where they were measured."""
    figures = {k: from_json(v) for k, v in row.figures.items()} if row is not None else {}
    rows = [_row(a.rule_id, a.criterion.title, a.criterion.question, state, figures) for a in state.criteria]
    if OVERALL in figures:
        rows.append(_row(OVERALL, _("All criteria"), "", state, figures))
    return tuple(rows)


def _labelled(state: JudgeState) -> Labelled:
    newest = state.labels[-MAX_CASES_SHOWN:][::-1]
    cases = tuple(
        JudgedCase(
            x.number,
            hide_personal_data(x.text)[:160],
            x.rule or "",
            expectation_label(x.expects_finding, NAME),
        )
        for x in newest
    )
    return Labelled(cases, len(state.labels), state.stray)


def _measured(session: Session, row: JudgeAgreement, state: JudgeState) -> Measured:
    differing = _differences(row, state)
    return Measured(
        at=row.finished_at,
        facts=(
            (_("Judge"), f"model:{row.terms['model']} {row.judge_sha256[:16]}"),
            (_("Votes on a fail"), str(row.terms["votes"])),
            (_("Labelled texts"), f"{row.total}, {row.cases_sha256[:12]}"),
            (_("Asked by"), queries.name_of(session, row.asked_by_id)),
        ),
        is_stale=row.cases_sha256 != cases_sha256(state.labels),
        only_judge=differing[True],
        only_editor=differing[False],
        unjudged=differing[None],
        why_unjudged=_not_judged(row),
    )


def _terms(terms: JudgeTerms | None) -> tuple[tuple[str, str], ...]:
    """Return the terms for those who read them and do not set them."""
    if terms is None:
        return ()
    cap = terms.max_cost_cents
    return (
        (_("Model"), terms.model),
        (_("Votes on a fail"), str(terms.votes)),
        (_("Calls per run or measurement, at most"), f"{terms.max_calls:,}"),
        (_("Cost per run or measurement, at most"), _("no limit") if cap is None else f"{cap / 100:,.2f}"),
        (_("Counts in the gate"), _("once its agreement is good enough") if terms.counts else _("never")),
    )


def _generators(prompts: object) -> set[str]:
    values = prompts.values() if isinstance(prompts, dict) else ()
    return {str(name) for content in values if (name := content.get("model", {}).get("model"))}


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


def _differences(measured: JudgeAgreement, state: JudgeState) -> Mapping[bool | None, tuple[Example, ...]]:
    """Return the texts on which judge and editors differ, by whether the judge fails them."""
    found: dict[bool | None, list[Example]] = {True: [], False: [], None: []}
    there = {label.id: label for label in state.labels}
    for one in measured.figures.get(OVERALL, {}).get("differences", ()):
        label = there.get(one["label_id"])
        if label is not None and label.sha256 == one["label_sha256"]:
            found[one["judge_fails"]].append(_example(label, one))
    return {key: tuple(examples) for key, examples in found.items()}


def _example(label: Label, one: Mapping[str, Any]) -> Example:
    starts = [(label.text.find(quote), len(quote)) for quote in one["quotes"]]
    spans = [Span(start, start + length) for start, length in starts if start >= 0]
    return Example(
        number=label.number,
        url=url_for("quality.case", number=label.number),
        segments=span_segments(hide_personal_data(label.text, label.context.locale), spans),
        messages=(one["reason"],) if one["reason"] else (),
        note="",
        rule=label.rule or "",
    )


def _lacks_price(state: JudgeState, prices: Mapping[str, Any]) -> bool:
    terms = state.terms
    return terms is not None and terms.max_cost_cents is not None and terms.model not in prices


def _outlay_row(session: Session, outlay: Outlay, prices: Mapping[str, Any]) -> OutlayRow:
    title, url, model = _("Agreement measured"), None, None
    if outlay.purpose == "run":
        run = session.get_one(Run, outlay.subject_id)
        title = _("Run %(n)s", n=run.number)
        url = url_for("runs.run", run_id=run.id, workspace_slug=workspace().slug)
        model = next((e["engine"].partition(":")[2] for e in run.engines if e["check"] in JUDGES), None)
    else:
        model = session.get_one(JudgeAgreement, outlay.subject_id).terms["model"]
    price = prices.get(model or "")
    millionths = cost_of(price, outlay.prompt_tokens, outlay.completion_tokens)
    cost = _("no price entered")
    if price is not None and millionths is not None:
        # Minor units to units, as the page of a run has them.
        cost = f"{millionths / TOKENS_PER_PRICE / 100:.4f} {price.get('currency', 'USD')}"
    return OutlayRow(title, url, outlay.calls, outlay.prompt_tokens + outlay.completion_tokens, cost)


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


def _not_judged(measured: JudgeAgreement) -> str:
    overall = measured.figures.get(OVERALL, {})
    count = int(overall.get("not_judged", 0))
    if not count:
        return ""
    return _("%(n)s texts were not judged: %(why)s.", n=count, why=overall.get("why_not_judged") or "")


def progress_of(row: JudgeAgreement | None, actor: Actor) -> Progress | None:
    """Return how far a measurement is, None when none is under way or failed."""
    if row is None or row.state not in (*OPEN, WorkState.FAILED):
        return None
    return Progress(
        done=row.done,
        total=row.total,
        url=url_for("quality.judge_progress"),
        failure=row.failure or "",
        stop_url=url_for("quality.stop_measuring_judge") if actor.may(Permission.LABEL) else None,
    )
