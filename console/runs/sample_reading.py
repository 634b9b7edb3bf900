"""Builds the page of one sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from console.assets.labelled import labelled_as_wrong
from console.assets.projection import describe
from console.assets.scores import score_facts
from console.assets.sentence_counts import count_sentences
from console.errors import NotFoundError
from console.judge.judging import ADVICE
from console.judge.judging import NAME as JUDGE
from console.permissions import Actor, Permission
from console.runs import queries
from console.runs.labels import check_label
from console.runs.marking import mark
from console.runs.pages import CheckView, SamplePage
from copydesk.assets import Kind, parse_assets
from copydesk.checks.contract import CheckResult, Context, Outcome, Verdict
from copydesk.checks.personal_data import hide_personal_data
from copydesk.checks.registry import compile_check
from copydesk.checks.wire import finding_from_json
from copydesk.errors import ContentError
from models import CheckVerdict, Run, Sample

FACTS = "facts"


def sample_page(session: Session, run: Run, sample: Sample, actor: Actor) -> SamplePage:
    """Read one sample with its findings in place."""
    cases = run.golden_revision.content["cases"]
    case: Mapping[str, Any] = next((case for case in cases if case["id"] == sample.case_key), {})
    found = [finding_from_json(f) for v in sample.verdicts for f in v.findings]
    may_label = actor.may(Permission.LABEL)
    text = _text_for(sample, may_label=may_label) or ""
    segments, views = mark(text, found)
    baseline = _baseline_sample(session, run, sample)
    return SamplePage(
        id=sample.id,
        run_id=run.id,
        run_number=run.number,
        case_key=sample.case_key,
        title=case.get("title", sample.case_key),
        repeat_index=sample.repeat_index,
        passed=sample.passed,
        failure=sample.failure,
        facts=tuple(_sample_facts(sample)),
        variables=_variables(case, sample.locale, may_label=may_label),
        segments=segments,
        findings=views,
        labelled=labelled_as_wrong(
            session,
            run.candidate.policy_id,
            sample.text or "",
            found,
            sample_id=sample.id,
            names={ADVICE: JUDGE},
        ),
        checks=tuple(_check_view(session, run, sample, case, verdict) for verdict in sample.verdicts),
        scores=_scores(sample),
        baseline_scores=_scores(baseline) if baseline else (),
        baseline_text=_text_for(baseline, may_label=may_label) if baseline else None,
        baseline_passed=baseline.passed if baseline else None,
        notes=case.get("notes", ""),
        policy_slug=run.candidate.policy.slug,
        may_label=may_label,
        hides=text != (sample.text or ""),
    )


def _text_for(sample: Sample, *, may_label: bool) -> str | None:
    """Return a sample's text; who only reads is not shown the personal values in it."""
    return sample.text if may_label or not sample.text else hide_personal_data(sample.text, sample.locale)


def _variables(
    case: Mapping[str, Any], locale: str | None, *, may_label: bool
) -> tuple[tuple[str, str], ...]:
    named = ((name, describe(value)) for name, value in sorted(case.get("variables", {}).items()))
    return tuple((name, text if may_label else hide_personal_data(text, locale)) for name, text in named)


def _check_view(
    session: Session, run: Run, sample: Sample, case: Mapping[str, Any], verdict: CheckVerdict
) -> CheckView:
    is_counted = verdict.check == FACTS and not verdict.reason
    note = _sentences(session, run, sample, case) if is_counted else verdict.reason
    return CheckView(check_label(verdict.check), verdict.outcome, verdict.passed, note, verdict.scores)


def _sentences(session: Session, run: Run, sample: Sample, case: Mapping[str, Any]) -> str | None:
    """Return what the candidate's fact sheets make of a sample's sentences on the day of the run, counted."""
    sheets = {
        revision.asset.name: revision.content
        for revision in queries.pinned_revisions(session, run.candidate)
        if revision.asset.kind == Kind.FACT_SHEET
    }
    if not sheets or not sample.text:
        return None
    try:
        check = compile_check(FACTS, parse_assets({Kind.FACT_SHEET: sheets}), in_console=True)
    except ContentError:
        return None  # saved by an older console; the run could not read it either
    context = Context(
        prompt=sample.prompt,
        audience=sample.audience,
        channel=sample.channel,
        locale=sample.locale,
        segment=sample.segment,
        variables=case.get("variables") or {},
        today=run.created_at.date().isoformat(),
    )
    return count_sentences(check, sample.text, context) or None


def _scores(sample: Sample) -> tuple[tuple[str, str], ...]:
    """Return the numbers of a sample as people read them, from what is stored of it."""
    if sample.text is None:
        return ()
    results = tuple(
        CheckResult(
            v.check,
            Outcome(v.outcome),
            tuple(map(finding_from_json, v.findings)),
            v.reason,
            {name: float(score) for name, score in v.scores.items()},
        )
        for v in sample.verdicts
    )
    return score_facts(sample.text, Verdict(Outcome(sample.outcome), results))


def _baseline_sample(session: Session, run: Run, sample: Sample) -> Sample | None:
    if run.baseline_run_id is None:
        return None
    statement = select(Sample).where(
        Sample.run_id == run.baseline_run_id,
        Sample.case_key == sample.case_key,
        Sample.repeat_index == sample.repeat_index,
    )
    return session.scalar(statement)


def _sample_facts(sample: Sample) -> list[tuple[str, str]]:
    sources = {
        "generated": _("Generated in this run"),
        "cached": _("From the cache: the same request was answered before"),
        "fixed": _("Fixed text of the case"),
        "failed": _("No text"),
    }
    pairs = [
        (_("Prompt"), sample.prompt),
        (_("Audience"), sample.audience or _("any")),
        (_("Channel"), sample.channel or _("any")),
        (_("Locale"), sample.locale or _("any")),
        (_("Segment"), sample.segment or _("any")),
        (_("Text"), sources.get(sample.source, sample.source)),
    ]
    if sample.model:
        pairs.append((_("Model"), sample.model))
    if sample.latency_ms is not None:
        pairs.append((_("Latency"), _("%(n)s ms", n=sample.latency_ms)))
    if sample.completion_tokens is not None:
        tokens = (sample.prompt_tokens or 0, sample.completion_tokens)
        pairs.append((_("Tokens"), _("%(p)s in, %(c)s out", p=tokens[0], c=tokens[1])))
    return pairs


def find_sample(session: Session, run: Run, sample_id: int) -> Sample:
    """Return one sample of a run.

    Raises:
        NotFoundError: the run has no such sample.
    """
    statement = (
        select(Sample)
        .where(Sample.id == sample_id, Sample.run_id == run.id)
        .options(selectinload(Sample.verdicts))
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFoundError("This run has no such sample.")
    return found
