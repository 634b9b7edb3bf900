"""Builds the pages of checks and labelled cases from what the queries and the checks say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets.grounds import has_grounds
from console.permissions import Actor, Permission
from console.quality import operations, queries, scoring
from console.quality.accuracy import public_accuracy
from console.quality.cases import Label, by_check, label_of
from console.quality.compiling import setting_of
from console.quality.figures import Rate
from console.quality.hiding import hidden_judgement, hidden_label, variables_read
from console.quality.judging import Judgement, confusion
from console.quality.labels import (
    ENFORCED,
    ON_NOT_RUN,
    RESULT_KINDS,
    RESULTS,
    about,
    expectation_label,
    reads,
)
from console.quality.measuring import CheckState, check_state
from console.quality.pages import (
    CaseEffect,
    CaseList,
    CaseRow,
    CheckPage,
    CheckRow,
    ChecksPage,
    Example,
    Progress,
)
from console.quality.state import PolicyState
from console.quality.voice_examples import why_no_voice
from console.quality.voice_thresholds import voice_threshold
from console.runs.labels import check_label, nothing_to_go_by
from console.runs.marking import mark
from console.web.components import Stat, Tab, TextSegment
from console.web.paging import Page
from copydesk.checks.contract import Span
from copydesk.checks.personal_data import hide_personal_data
from copydesk.checks.registry import CHECK_NAMES
from models import CheckMeasurement, LabelledCase, Policy, Workspace, WorkState

MAX_EXAMPLES = 5
EXCERPT_CHARS = 180


def checks_page(
    session: Session, workspace: Workspace, policy: Policy, actor: Actor, home: Path
) -> ChecksPage:
    """Return the list of a policy's checks with their figures."""
    state = queries.policy_state(session, policy.id)
    labels = by_check(queries.active_labels(session, policy.id))
    withdrawn = queries.CaseFilter(show="withdrawn")
    return ChecksPage(
        policy_name=policy.name,
        rows=tuple(_check_row(session, state, check, labels.get(check, ()), home) for check in CHECK_NAMES),
        case_count=sum(len(labels.get(check, ())) for check in CHECK_NAMES),
        withdrawn_count=len(queries.all_cases(session, policy.id, withdrawn)),
        blocks=operations.is_blocking(workspace),
        may_label=actor.may(Permission.LABEL),
        may_manage=actor.may(Permission.MANAGE_SETTINGS),
        accuracy_date=public_accuracy().measured_on,
    )


def _check_row(
    session: Session, state: PolicyState, check: str, labels: Sequence[Label], home: Path
) -> CheckRow:
    measured = queries.last_measurement(session, state.policy_id, check)
    found = check_state(state, check, labels, measured, home)
    counts = found.counts
    return CheckRow(
        check=check,
        label=check_label(check),
        url=url_for("quality.check", check=check),
        about=about(check),
        engine=_engine_line(found, measured),
        is_on=setting_of(check, state).enabled,
        case_count=len(labels),
        wrong=counts.misses + counts.false_alarms,
        waiting=found.waiting,
        precision=counts.precision,
        recall=counts.recall,
        f1=counts.f1,
        measured_at=measured.finished_at if measured is not None else None,
    )


def _engine_line(found: CheckState, measured: CheckMeasurement | None) -> str:
    if found.compiled is not None and found.compiled.engine is not None:
        return f"{found.compiled.engine.engine} {found.compiled.engine.engine_version}"
    if measured is not None and measured.engine:
        return f"{measured.engine['engine']} {measured.engine['engine_version']}"
    return ""


def check_page(
    session: Session, policy: Policy, check: str, actor: Actor, home: Path, arguments: Mapping[str, str]
) -> CheckPage:
    """Return the page of one check.

    Args:
        arguments: filters of the list of cases, as in the address.
    """
    state = queries.policy_state(session, policy.id)
    labels = queries.active_labels(session, policy.id, [check])
    measured = queries.last_measurement(session, policy.id, check)
    found = check_state(state, check, labels, measured, home)
    accuracy = public_accuracy()
    return CheckPage(
        check=check,
        label=check_label(check),
        about=about(check),
        is_on=setting_of(check, state).enabled,
        failure=found.failure,
        without_grounds="" if has_grounds(check, state.contents) else nothing_to_go_by(check),
        without_voice=(why_no_voice(state) or "") if check == scoring.VOICE else "",
        facts=_facts(state, check, found, measured),
        measurement=_measurement_facts(session, measured),
        measured_at=measured.finished_at if measured is not None else None,
        is_stale=_is_stale(found, measured, len(labels)),
        stats=_stats(found),
        of_case=_effect_of_case(found, _int(arguments.get("case"))),
        case_count=len(labels),
        counts=found.counts,
        not_run_reason=next((j.reason for j in found.judgements if j.result == "not_run" and j.reason), ""),
        waiting=found.waiting,
        progress=progress_of(queries.open_measurement(session, policy.id, check), check),
        false_alarms=_examples(session, found.judgements, "false_alarm"),
        misses=_examples(session, found.judgements, "miss"),
        public=accuracy.of(check),
        public_date=accuracy.measured_on,
        cases=case_list(session, policy, arguments, check=check, judged=found.by_case),
        tabs=check_tabs(check, state, "check"),
        may_label=actor.may(Permission.LABEL),
    )


def check_tabs(check: str, state: PolicyState, current: str) -> tuple[Tab, ...]:
    """Return the views of a check; none where there is one only."""
    if not scoring.levels(check, state):
        return ()
    return (
        Tab(_("How right it is"), url_for("quality.check", check=check), current == "check"),
        Tab(_("Threshold"), url_for("quality.threshold", check=check), current == "threshold"),
    )


def _is_stale(found: CheckState, measured: CheckMeasurement | None, case_count: int) -> bool:
    if measured is None:
        return case_count > 0
    key = found.compiled.input_sha256 if found.compiled is not None else ""
    there = {str(j.label.id): j.label.sha256 for j in found.judgements}
    return measured.input_sha256 != key or there != {k: v["sha256"] for k, v in measured.judged.items()}


def _facts(
    state: PolicyState, check: str, found: CheckState, measured: CheckMeasurement | None
) -> tuple[tuple[str, str], ...]:
    setting = setting_of(check, state)
    engine = found.compiled.engine if found.compiled is not None else None
    pairs = [
        (_("Engine"), _engine_line(found, measured) or _("none")),
        (_("Weights"), engine.weights_sha256[:12] if engine and engine.weights_sha256 else _("none")),
        (_("Enforced"), str(ENFORCED[setting.enforced_at])),
        (_("When it can't run"), str(ON_NOT_RUN[setting.on_not_run])),
    ]
    if engine is not None and (languages := reads(check, engine.engine)):
        pairs.insert(2, (_("Reads"), languages))
    if check == scoring.VOICE and not found.failure:
        pairs.append((_("Threshold"), " ".join(filter(None, voice_threshold(state, found.compiled)))))
    if not setting.enabled:
        pairs.insert(0, (_("State"), _("switched off in this policy")))
    return tuple(pairs)


def _measurement_facts(session: Session, measured: CheckMeasurement | None) -> tuple[tuple[str, str], ...]:
    if measured is None:
        return ()
    engine = measured.engine
    version = f"{engine['engine']} {engine['engine_version']}" if engine else _("switched off")
    return (
        (_("Engine"), version),
        (_("Policy revisions"), measured.policy_sha256[:12]),
        (_("Labelled cases"), str(measured.total)),
        (_("Asked by"), queries.name_of(session, measured.asked_by_id) or _("a change of the policy")),
    )


def _stats(found: CheckState) -> tuple[Stat, ...]:
    counts = found.counts
    return (
        _stat(_("Precision"), counts.precision, _("of its findings are right")),
        _stat(_("Recall"), counts.recall, _("of what must be found is found")),
        _stat(_("F1"), counts.f1, _("both in one figure")),
    )


def _stat(label: str, rate: Rate, words: str) -> Stat:
    if rate.value is None:
        return Stat(label, "–", _("no labelled case says it yet"), kind="meh")
    return Stat(label, percent(rate.value), f"{words}; {interval(rate)}", small=_("of %(n)s", n=rate.n))


def _effect_of_case(found: CheckState, number: int | None) -> CaseEffect | None:
    """Say what the case of this number does to the figures: with it and, as they were, without it."""
    judgement = next((one for one in found.judgements if one.label.number == number), None)
    if judgement is None or judgement.result in {"not_run", "lacking"}:
        return None
    without = confusion([one for one in found.judgements if one is not judgement])
    counts = found.counts
    pairs = (
        (_("Precision"), without.precision, counts.precision),
        (_("Recall"), without.recall, counts.recall),
        (_("F1"), without.f1, counts.f1),
    )
    kind = RESULT_KINDS[judgement.result]
    result = str(RESULTS[judgement.result])
    return CaseEffect(
        "pass" if kind == "pass" else "warn",
        _("Case %(n)s counts: %(result)s.", n=number, result=result[:1].lower() + result[1:]),
        "; ".join(_change(label, before, after) for label, before, after in pairs),
    )


def _change(label: str, before: Rate, after: Rate) -> str:
    was, becomes = ("–" if rate.value is None else percent(rate.value) for rate in (before, after))
    if was == becomes:
        return _("%(figure)s %(value)s, with it or without", figure=label, value=becomes)
    return _("%(figure)s %(becomes)s, without it %(was)s", figure=label, was=was, becomes=becomes)


def percent(share: float) -> str:
    """Write a share as people read it."""
    digits = 0 if share in {0, 1} else 1
    return f"{share * 100:.{digits}f}\N{NO-BREAK SPACE}%"


def interval(rate: Rate) -> str:
    """Write a 95 % interval."""
    return _("95 %% interval %(low)s to %(high)s", low=percent(rate.low), high=percent(rate.high))


def _examples(session: Session, judgements: Sequence[Judgement], result: str) -> tuple[Example, ...]:
    wrong = [judgement for judgement in reversed(judgements) if judgement.result == result][:MAX_EXAMPLES]
    ids = [judgement.label.id for judgement in wrong]
    notes = dict(
        session.execute(select(LabelledCase.id, LabelledCase.note).where(LabelledCase.id.in_(ids))).all()
    )
    return tuple(
        Example(
            number=judgement.label.number,
            url=url_for("quality.case", number=judgement.label.number),
            segments=segments_of(hidden_judgement(judgement)),
            messages=tuple(finding.message for finding in judgement.findings[:3]),
            note=hide_personal_data(notes.get(judgement.label.id, "")),
            rule=judgement.label.rule or "",
            variables=variables_read(judgement.label),
        )
        for judgement in wrong
    )


def segments_of(judgement: Judgement) -> tuple[TextSegment, ...]:
    """Cut a case's text at what was found, or else at what should have been."""
    label = judgement.label
    segments, _views = mark(label.text, judgement.findings)
    if any(segment.severity for segment in segments) or label.span is None:
        return segments
    return span_segments(label.text, [label.span])


def span_segments(text: str, spans: Sequence[Span]) -> tuple[TextSegment, ...]:
    """Cut a text at places; those that overlap an earlier one or leave the text are left out."""
    segments: list[TextSegment] = []
    end = 0
    for span in sorted(spans, key=lambda found: found.start):
        if span.start < end or span.end > len(text) or span.end <= span.start:
            continue
        if span.start > end:
            segments.append(TextSegment(text[end : span.start]))
        segments.append(TextSegment(text[span.start : span.end], "info"))
        end = span.end
    if end < len(text):
        segments.append(TextSegment(text[end:]))
    return tuple(segments)


def progress_of(row: CheckMeasurement | None, check: str) -> Progress | None:
    """Return how far a measurement is; None where none is under way."""
    if row is None:
        return None
    failure = row.failure if row.state == WorkState.FAILED else None
    return Progress(row.done, row.total, failure, url_for("quality.progress", check=check))


def case_list(
    session: Session,
    policy: Policy,
    arguments: Mapping[str, str],
    *,
    check: str,
    judged: Mapping[int, Judgement],
) -> CaseList:
    """Return a page of a check's labelled cases.

    Args:
        arguments: `q`, `expects`, `source`, `result`, `show`, and the cursors `before` and `after`.
        judged: what the check says of its cases, by id.
    """
    narrowed = _narrowing(arguments, check, judged)
    page: Page[Any] = queries.list_cases(
        session, policy.id, narrowed, before=_int(arguments.get("before")), after=_int(arguments.get("after"))
    )
    query = {
        key: arguments[key] for key in ("q", "expects", "source", "result", "show") if arguments.get(key)
    }
    here = partial(url_for, "quality.check", check=check, _anchor="cases", **cast("Any", query))
    return CaseList(
        rows=tuple(_case_row(case, judged.get(case.id)) for case in page.items),
        words=narrowed.words,
        expects=narrowed.expects,
        source=narrowed.source,
        result=arguments.get("result", ""),
        show=narrowed.show,
        newer_url=here(after=page.newer) if page.newer else None,
        older_url=here(before=page.older) if page.older else None,
        is_narrowed=bool(query),
        total=len(judged),
    )


def _narrowing(
    arguments: Mapping[str, str], check: str, judged: Mapping[int, Judgement]
) -> queries.CaseFilter:
    return queries.CaseFilter(
        words=arguments.get("q", "")[:200],
        check=check,
        expects=arguments.get("expects", ""),
        source=arguments.get("source", ""),
        show=arguments.get("show", ""),
        ids=_ids_with(arguments.get("result", ""), judged),
    )


def _int(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None


def _ids_with(result: str, judged: Mapping[int, Judgement]) -> frozenset[int] | None:
    if result not in RESULTS:
        return None
    return frozenset(key for key, judgement in judged.items() if judgement.result == result)


def _case_row(case: LabelledCase, judgement: Judgement | None) -> CaseRow:
    result = judgement.result if judgement is not None else "waiting"
    is_withdrawn = case.withdrawn_at is not None
    text = hidden_label(label_of(case)).text
    text = text if len(text) <= EXCERPT_CHARS else f"{text[:EXCERPT_CHARS].rstrip()} …"
    places = (case.audience, case.channel, case.locale)
    return CaseRow(
        number=case.number,
        url=url_for("quality.case", number=case.number),
        text=text,
        expects=expectation_label(case.expects_finding, case.check),
        expects_finding=case.expects_finding,
        check=check_label(case.check),
        rule=case.rule or "",
        result=_("Withdrawn") if is_withdrawn else str(RESULTS[result]),
        result_kind="" if is_withdrawn else RESULT_KINDS[result],
        place=", ".join(place for place in places if place),
        note=hide_personal_data(case.note),
        author=case.author.name,
        created_at=case.created_at,
        is_withdrawn=is_withdrawn,
        variables=variables_read(label_of(case)),
    )
