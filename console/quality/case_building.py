"""Builds the page of one labelled case."""

from __future__ import annotations

from pathlib import Path

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from console.assets.projection import describe
from console.judge.judging import NAME
from console.permissions import Actor, Permission
from console.quality import queries
from console.quality.building import segments_of
from console.quality.cases import Label, label_of
from console.quality.hiding import hidden_judgement, hidden_label
from console.quality.judging import Judgement
from console.quality.labels import RESULT_KINDS, RESULTS, SOURCES, expectation_label
from console.quality.measuring import check_state
from console.quality.pages import CasePage
from console.runs.labels import check_label
from copydesk.checks.personal_data import hide_personal_data
from models import LabelledCase, Policy, Sample, Workspace


def case_page(session: Session, policy: Policy, case: LabelledCase, actor: Actor, home: Path) -> CasePage:
    """Return the page of one labelled case with what its check says of it now."""
    label = label_of(case)
    judgement = _judged_now(session, policy, label, home) if case.check != NAME else None
    result = judgement.result if judgement is not None else "waiting"
    may_label = actor.may(Permission.LABEL)
    shown = judgement or Judgement(label, "not_run")
    return CasePage(
        number=case.number,
        title=_("Labelled case %(n)s", n=case.number),
        check=case.check,
        check_label=check_label(case.check),
        # A judge is asked by a measurement, which shows the texts on which the two differ.
        result=str(RESULTS[result]) if case.check != NAME else "",
        result_kind=RESULT_KINDS[result],
        segments=segments_of(shown if may_label else hidden_judgement(shown)),
        messages=tuple(finding.message for finding in judgement.findings) if judgement else (),
        reason=(judgement.reason or "") if judgement else "",
        lacks_variables=result == "lacking",
        facts=_case_facts(session, case, may_label),
        note=hide_personal_data(case.note, case.locale),
        hides=not may_label and hidden_label(label).text != case.text,
        shows_values=may_label and hidden_label(label).text != case.text,
        sample_url=_url_of_origin(session, policy, case),
        is_withdrawn=case.withdrawn_at is not None,
        withdrawn=_withdrawn(session, case),
        may_label=may_label,
    )


def _judged_now(session: Session, policy: Policy, label: Label, home: Path) -> Judgement | None:
    state = queries.policy_state(session, policy.id)
    measured = queries.last_measurement(session, policy.id, label.check)
    found = check_state(state, label.check, [label], measured, home).judgements
    return found[0] if found else None


def _case_facts(session: Session, case: LabelledCase, may_label: bool) -> tuple[tuple[str, str], ...]:
    pairs = [
        (_("Label"), expectation_label(case.expects_finding, case.check)),
        (_("Criterion"), case.rule or _("none"))
        if case.check == NAME
        else (_("Rule"), case.rule or _("any rule of the check")),
        (_("Where from"), str(SOURCES[case.source])),
        (_("Labelled by"), f"{case.author.name}, {case.created_at:%Y-%m-%d}"),
    ]
    if case.edited_at is not None:
        who = queries.name_of(session, case.edited_by_id)
        pairs.append((_("Last changed by"), f"{who}, {case.edited_at:%Y-%m-%d}"))
    if case.variables:
        values = ((name, describe(value)) for name, value in sorted(case.variables.items()))
        pairs += [
            (name, text if may_label else hide_personal_data(text, case.locale)) for name, text in values
        ]
    if case.must_mention:
        pairs.append((_("Must mention"), ", ".join(case.must_mention)))
    return tuple(pairs)


def _url_of_origin(session: Session, policy: Policy, case: LabelledCase) -> str | None:
    sample = queries.find_policy_sample(session, policy.id, case.sample_id) if case.sample_id else None
    return sample_url(session, policy, sample)


def sample_url(session: Session, policy: Policy, sample: Sample | None) -> str | None:
    """Return where a sample is shown; None where there is none."""
    if sample is None:
        return None
    slug = session.get_one(Workspace, policy.workspace_id).slug
    return url_for("runs.sample", workspace_slug=slug, run_id=sample.run_id, sample_id=sample.id)


def _withdrawn(session: Session, case: LabelledCase) -> str:
    if case.withdrawn_at is None:
        return ""
    who = queries.name_of(session, case.withdrawn_by_id)
    return _(
        "Withdrawn by %(who)s on %(day)s: %(why)s",
        who=who,
        day=f"{case.withdrawn_at:%Y-%m-%d}",
        why=case.withdrawn_reason or "",
    )
