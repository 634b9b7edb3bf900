"""What a draft would do to the labelled cases of the policies it ships in; whether a revision may be saved.

Re-judging takes its time and has its own short transactions; the save only looks whether a report on the very
content that is frozen is there, and what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from console.assets.drafting import find_revision
from console.assets.editing import working_copy
from console.assets.preparation import prepare
from console.clock import now
from console.permissions import Actor
from console.quality import operations, queries
from console.quality.cases import Label, cases_sha256
from console.quality.compiling import MODEL_CHECKS, changed_checks, compiled
from console.quality.errors import CasesGetWorseError
from console.quality.judging import Effect, Flip, Progress, effect_on_labelled_cases
from console.quality.measuring import MAX_NOW_CHARS, MAX_NOW_MODEL, MAX_NOW_RUNTIME, ask_for_measurement
from console.quality.state import PolicyState
from copydesk.assets import Kind
from copydesk.canonical import canonical_bytes, sha256_hex
from copydesk.errors import ContentError
from models import Asset, LabelEffect, Policy, Revision, Workspace, WorkState

Json = Mapping[str, Any]
JOB = "quality.effect"
MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One policy, one content of one of its assets, and the labelled cases whose checks read it."""

    policy_id: int
    policy_slug: str
    policy_name: str
    asset_id: int
    before: PolicyState
    after: PolicyState
    content_sha256: str
    labels: tuple[Label, ...]
    checks: tuple[str, ...]

    @property
    def is_quick(self) -> bool:
        """Whether one request can answer it: half a second on one core."""
        slow = sum(label.check in MODEL_CHECKS for label in self.labels)
        chars = sum(len(label.text) for label in self.labels)
        is_short = chars <= MAX_NOW_CHARS // 2
        return is_short and len(self.labels) - slow <= MAX_NOW_RUNTIME // 2 and slow <= MAX_NOW_MODEL // 2

    @property
    def cases_sha256(self) -> str:
        """Digest of the cases."""
        return cases_sha256(self.labels)


@dataclass(frozen=True, slots=True)
class Untrained:
    """The question needs heads that are not trained yet: it is work for a job."""

    check: str


def content_tried(session: Session, asset: Asset, revision: int | None) -> Json:
    """Return what would become the newest revision: the draft, or an old revision to bring back.

    Raises:
        NoSuchRevisionError: there is none of this number.
    """
    if revision is not None:
        return find_revision(session, asset, revision).content
    return working_copy(session, asset).content


def questions(session: Session, asset: Asset, content: Json) -> tuple[Question, ...]:
    """Return what has to be asked before a content of an asset is frozen: one question per policy.

    Args:
        content: the draft, or any content; it is prepared as a save would.

    Raises:
        ContentError: the content does not hold together yet.
    """
    frozen = prepare(Kind(asset.kind), content)
    sha256 = sha256_hex(canonical_bytes(frozen))
    found = (
        _question(session, policy, asset, frozen, sha256)
        for policy in queries.policies_of_asset(session, asset.id)
    )
    return tuple(question for question in found if question is not None)


def _question(
    session: Session, policy: Policy, asset: Asset, frozen: dict[str, Any], sha256: str
) -> Question | None:
    if not queries.count_active(session, policy.id):
        return None
    before = queries.policy_state(session, policy.id)
    after = before.with_content(asset.kind, asset.name, frozen, sha256)
    checks = changed_checks(before, after)
    labels = queries.active_labels(session, policy.id, checks) if checks else ()
    return Question(
        policy.id, policy.slug, policy.name, asset.id, before, after, sha256, labels, tuple(checks)
    )


def answer(
    question: Question, home: Path, *, may_train: bool, progress: Progress | None = None
) -> Effect | Untrained:
    """Judge the question's cases by the policy as it stands and with the change in it.

    Args:
        home: where trained heads are kept.
        may_train: see `compiling.compiled`.
        progress: told how many cases are done; returns False to stop.
    """
    effects: list[Effect] = []
    done = 0
    for check in question.checks:
        labels = [label for label in question.labels if label.check == check]
        if not labels:
            continue
        before = compiled(check, question.before, home, may_train=may_train)
        after = compiled(check, question.after, home, may_train=may_train)
        if before is None or after is None:
            return Untrained(check)
        base = done
        step = (lambda n, base=base: progress(base + n)) if progress is not None else None
        effects.append(effect_on_labelled_cases(before.policy, after.policy, labels, step))
        done += len(labels)
    return Effect(
        tuple(flip for effect in effects for flip in effect.worse),
        tuple(flip for effect in effects for flip in effect.better),
        sum(effect.unchanged for effect in effects),
    )


def find_report(session: Session, question: Question) -> LabelEffect | None:
    """Return the report on a question, done or on its way."""
    return queries.find_effect(
        session,
        question.policy_id,
        question.asset_id,
        base=question.before.sha256,
        content=question.content_sha256,
        cases=question.cases_sha256,
    )


def open_report(session: Session, question: Question) -> LabelEffect:
    """Return the report on a question, made now where there is none."""
    found = find_report(session, question)
    if found is None:
        found = LabelEffect(
            policy_id=question.policy_id,
            asset_id=question.asset_id,
            base_sha256=question.before.sha256,
            content_sha256=question.content_sha256,
            cases_sha256=question.cases_sha256,
            total=len(question.labels),
            report={},
            created_at=now(),
        )
        session.add(found)
        session.flush()
    return found


def close_report(session: Session, question: Question, effect: Effect) -> LabelEffect:
    """Write down what a change does to the cases."""
    row = open_report(session, question)
    row.state, row.done, row.failure, row.finished_at = WorkState.DONE, len(question.labels), None, now()
    row.report = effect_json(effect, question.checks)
    session.flush()
    return row


def effect_json(effect: Effect, checks: Sequence[str]) -> dict[str, Any]:
    """Return an effect as JSON data: which cases get worse and better, and of which checks."""
    return {
        "checks": list(checks),
        "worse": [_flip_json(flip) for flip in effect.worse],
        "better": [_flip_json(flip) for flip in effect.better],
        "unchanged": effect.unchanged,
    }


def _flip_json(flip: Flip) -> dict[str, Any]:
    shown = flip.after if flip.after.findings else flip.before
    spans = [[f.span.start, f.span.end] for f in shown.findings if f.span is not None]
    label = flip.label
    if not spans and label.span is not None:
        spans = [[label.span.start, label.span.end]]
    return {
        "number": label.number,
        "check": label.check,
        "text": label.text,
        "spans": spans,
        "before": flip.before.result,
        "after": flip.after.result,
        "reason": flip.after.reason,
        "messages": [finding.message for finding in shown.findings[:3]],
    }


def guard_revision(session: Session, asset: Asset, revision: Revision, by: Actor) -> None:  # noqa: ARG001
    """Refuse a revision that makes labelled cases worse where the workspace says so; measure anew otherwise.

    Raises:
        CasesGetWorseError: cases get worse, or were not judged by this very content yet.
    """
    workspace = session.get_one(Workspace, asset.workspace_id)
    policies = queries.policies_of_asset(session, asset.id)
    labelled = [policy for policy in policies if queries.count_active(session, policy.id)]
    if not labelled:
        return
    if operations.is_blocking(workspace):
        for policy in labelled:
            _require_report(session, policy, asset, revision)
    for policy in labelled:
        for check in _question_of_revision(session, policy, asset, revision).checks:
            ask_for_measurement(session, policy, check, by=None)


def _require_report(session: Session, policy: Policy, asset: Asset, revision: Revision) -> None:
    question = _question_of_revision(session, policy, asset, revision)
    if not question.labels:
        return
    row = find_report(session, question)
    if row is None or row.state != WorkState.DONE:
        raise CasesGetWorseError(
            f"Not saved: {len(question.labels)} labelled cases of “{policy.name}” have to be judged by this"
            " content first. Look at the effect on labelled cases, wait until it is there, and save again."
        )
    worse = row.report["worse"]
    if worse:
        raise CasesGetWorseError(worse_sentence(worse))


def _question_of_revision(session: Session, policy: Policy, asset: Asset, revision: Revision) -> Question:
    now_state = queries.policy_state(session, policy.id)
    before = queries.policy_state(session, policy.id, instead=(asset.id, revision.number - 1))
    checks = changed_checks(before, now_state)
    labels = queries.active_labels(session, policy.id, checks) if checks else ()
    return Question(
        policy.id, policy.slug, policy.name, asset.id, before, now_state, revision.sha256, labels,
        tuple(checks),
    )  # fmt: skip


def worse_sentence(worse: Sequence[Json]) -> str:
    """Say which labelled cases get worse, and what to do."""
    named = ", ".join(f"{flip['number']} ({flip['check'].replace('_', ' ')})" for flip in worse[:MAX_NAMED])
    more = f" and {len(worse) - MAX_NAMED} more" if len(worse) > MAX_NAMED else ""
    count = "1 labelled case gets" if len(worse) == 1 else f"{len(worse)} labelled cases get"
    return (
        f"Not saved: {count} worse: case {named}{more}. Change the draft, or edit or withdraw the cases that"
        " are no longer right; an admin can let such revisions through on the page of the checks."
    )


def try_to_answer(question: Question, home: Path) -> Effect | Untrained | ContentError:
    """Answer a question in a request where that is quick; what can't be compiled is a value too."""
    try:
        if not question.is_quick:
            return Untrained("")
        return answer(question, home, may_train=False)
    except ContentError as error:
        return error
