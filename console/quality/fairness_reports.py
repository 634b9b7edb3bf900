"""A policy's report on fairness: which texts and checks it is of, asking for it, making and finding it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from console.clock import now
from console.jobs import ledger
from console.permissions import Actor
from console.quality import queries, scoring
from console.quality.compiling import CompiledCheck, compiled, input_sha256, setting_of
from console.quality.fairness import FairnessReport, Flip, OwnText, report_from_json, report_to_json
from console.quality.judging import Progress
from console.quality.state import PolicyState
from console.quality.swap_judging import Plan, Said, examine, plan_swaps
from console.runs.stored_samples import read_samples
from copydesk.assets import Kind, parse
from copydesk.assets.style_guide import DescriptorGroup, StyleGuide
from copydesk.canonical import digest
from copydesk.checks.contract import Context
from copydesk.checks.masking import mask_quotes
from copydesk.checks.personal_data import hide_personal_data
from copydesk.checks.registry import CHECK_NAMES
from copydesk.policy import NotRunAction
from models import FairnessMeasurement, Policy, WorkState

JOB = "quality.fairness"
OPEN = (WorkState.QUEUED, WorkState.RUNNING)


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A group of words for people, and the style guide that holds it."""

    asset: str
    group: DescriptorGroup

    @property
    def key(self) -> str:
        """What names the group among those of all style guides."""
        return f"{self.asset}/{self.group.id}"


def groups_of(state: PolicyState) -> tuple[GroupPlace, ...]:
    """Return the groups of words for people in the newest revisions of a policy's style guides.

    Raises:
        ContentError: a group that an older or newer console saved and this one does not understand.
    """
    return tuple(
        GroupPlace(name, group)
        for name, content in sorted(state.contents.get(Kind.STYLE_GUIDE, {}).items())
        if content.get("descriptors")
        for group in cast("StyleGuide", parse(Kind.STYLE_GUIDE, content)).descriptors
    )


def inputs_sha256(state: PolicyState) -> str:
    """Return the digest of all that decides what a report says, its texts aside."""
    groups = {name: c.get("descriptors", []) for name, c in state.contents.get(Kind.STYLE_GUIDE, {}).items()}
    return digest({"checks": [input_sha256(check, state) for check in CHECK_NAMES], "groups": groups})


def own_texts(session: Session, policy_id: int, state: PolicyState) -> Iterator[OwnText]:
    """Yield the samples of the newest runs, then the approved copy that is none of them, each text once.

    Raises:
        ContentError: golden content that an older console saved and this one does not understand.
    """
    seen: set[str] = set()
    for sample in read_samples(session, policy_id).items:
        if sample.text not in seen and sample.text.strip():
            seen.add(sample.text)
            yield OwnText("sample", sample.title, sample.text, sample.context, sample.id, sample.run_id)
    for copy in scoring.approved_copy(session, policy_id, state, ""):
        if copy.text not in seen:
            seen.add(copy.text)
            yield OwnText(copy.source, copy.place, copy.text, copy.context)


def plan(session: Session, policy_id: int, state: PolicyState) -> Plan:
    """Return which texts are to be judged, and in which variants; see `own_texts` and `groups_of`."""
    groups = [
        place.group.model_copy(update={"id": place.key})  # style guides may use the same id
        for place in groups_of(state)
    ]
    return plan_swaps(own_texts(session, policy_id, state), groups)


def make_report(planned: Plan, state: PolicyState, home: Path, progress: Progress) -> FairnessReport | None:
    """Judge what is planned by all checks that are switched on, training their heads where need be.

    Returns:
        None when it was told to stop.

    Raises:
        ContentError: the policy can't be compiled.
    """
    if not progress(0):
        return None
    checks = [
        made for check in CHECK_NAMES if (made := compiled(check, state, home, may_train=True)) is not None
    ]
    on_not_run: Mapping[str, NotRunAction] = {
        made.check: setting_of(made.check, state).on_not_run for made in checks
    }
    return examine(planned, lambda text, context: _said(checks, text, context), on_not_run, progress)


def _said(checks: list[CompiledCheck], text: str, context: Context) -> Said:
    results = tuple(result for made in checks for result in made.policy.check(text, context).results)
    return {result.check: result for result in mask_quotes(text, results)}


def ask_for_report(session: Session, policy: Policy, *, by: Actor) -> FairnessMeasurement:
    """Have own texts judged with words for people exchanged, by a job; while one works no other is asked."""
    newest = newest_measurement(session, policy.id)
    if newest is not None and newest.state in OPEN:
        return newest
    row = FairnessMeasurement(
        policy_id=policy.id,
        inputs_sha256=inputs_sha256(queries.policy_state(session, policy.id)),
        report={},
        asked_by_id=by.user_id,
        created_at=now(),
    )
    session.add(row)
    session.flush()
    ledger.submit(session, JOB, f"{JOB}:{row.id}", {"fairness_id": row.id})
    return row


def newest_measurement(
    session: Session, policy_id: int, state: WorkState | None = None
) -> FairnessMeasurement | None:
    """Return the newest measurement of a policy, or the newest in a state."""
    statement = select(FairnessMeasurement).where(FairnessMeasurement.policy_id == policy_id)
    if state is not None:
        statement = statement.where(FairnessMeasurement.state == state)
    return session.scalar(statement.order_by(FairnessMeasurement.id.desc()).limit(1))


def report_of(row: FairnessMeasurement | None) -> FairnessReport | None:
    """Return what a measurement found; None where it is not done, or another console version made it."""
    if row is None or row.state != WorkState.DONE:
        return None
    try:
        return report_from_json(row.report)
    except ValidationError:
        return None


def hidden_report(report: FairnessReport) -> FairnessReport:
    """Return a report whose texts hide their personal values, as they are shown to who only reads.

    A hidden text is as long as the text, so places hold in it too.
    """
    return replace(report, flips=tuple(_hidden(flip) for flip in report.flips))


def _hidden(flip: Flip) -> Flip:
    locale = flip.context["locale"]
    return replace(
        flip,
        text=hide_personal_data(flip.text, locale),
        variant=hide_personal_data(flip.variant, locale),
        context={**flip.context, "variables": {}},
        variant_context={**flip.variant_context, "variables": {}},
    )


def finish(session: Session, row: FairnessMeasurement, report: FairnessReport, state: PolicyState) -> None:
    """Store a report; older measurements of the policy go, for only the newest is shown."""
    row.inputs_sha256 = inputs_sha256(state)
    row.report, row.state, row.failure = report_to_json(report), WorkState.DONE, None
    row.done = row.total = report.holding
    row.finished_at = now()
    session.flush()
    session.execute(
        delete(FairnessMeasurement).where(
            FairnessMeasurement.policy_id == row.policy_id, FairnessMeasurement.id < row.id
        )
    )
