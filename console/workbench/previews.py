"""The question what a draft would change on a policy's stored samples, and its answers.

Checks of the runtime tier are asked at once. The others are work for a job, whose report is the only thing
that is written down; it goes when the draft moves on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from console.assets.preparation import prepare
from console.clock import now
from console.jobs import ledger
from console.quality import queries
from console.quality.compiling import CompiledCheck, compiled, input_sha256
from console.quality.state import PolicyState
from console.runs.stored_samples import MAX_SAMPLES, Samples, read_samples
from console.workbench import rule_changes
from console.workbench.impact import Change, Impact, Progress, impact, together
from console.workbench.judging import (
    Stored,
    is_slow,
    judged,
    narrowed,
    stored_results,
    touched_checks,
    unavailable_reason,
)
from console.workbench.rule_changes import rule_change
from copydesk.assets import Kind, parse
from copydesk.canonical import digest
from copydesk.checks.wire import finding_from_json, finding_to_json
from models import Asset, ImpactReport, Policy, WorkState

Json = Mapping[str, Any]
JOB = "workbench.impact"


@dataclass(frozen=True, slots=True)
class Question:
    """One policy as it stands and with one content of one asset in it, and the samples to try both on."""

    policy_id: int
    policy_slug: str
    policy_name: str
    asset_id: int
    before: PolicyState
    after: PolicyState
    checks: tuple[str, ...]
    samples: Samples


@dataclass(frozen=True, slots=True)
class Pending:
    """Slow checks without an answer: nobody asked (`unknown`), a job works (`waiting`), or it failed.

    `done` and `total` count samples; `has_begun` tells whether the job is at work yet.
    """

    checks: tuple[str, ...]
    state: Literal["unknown", "waiting", "failed"]
    done: int = 0
    total: int = 0
    failure: str = ""
    has_begun: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of a question by now; `broken` holds (check, reason) of those that can't be set up."""

    question: Question
    impact: Impact
    pending: Pending | None = None
    broken: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known at once: the impact by quick checks, and which checks are left to a job.

    `broken` holds (check, reason) of those that can't be set up.
    """

    impact: Impact
    slow: tuple[str, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()


def questions(
    session: Session, asset: Asset, content: Json, *, policy_slug: str | None = None
) -> tuple[Question, ...]:
    """Return the question of every policy that ships an asset, or of one of them.

    The samples they may take together are shared out evenly between the policies.

    Args:
        content: the draft, or any content.
        policy_slug: of the one policy that is wanted.

    Raises:
        ContentError: the content does not fit its kind.
    """
    frozen = _prepared(Kind(asset.kind), content)
    policies = queries.policies_of_asset(session, asset.id)
    share = MAX_SAMPLES // max(1, len(policies))
    wanted = [policy for policy in policies if policy_slug in {None, policy.slug}]
    return tuple(_question(session, policy, asset, frozen, share) for policy in wanted)


def _prepared(kind: Kind, content: Json) -> dict[str, Any]:
    # A rule whose examples fail can't be saved; what it would find is worth seeing all the same.
    return parse(kind, content).to_json() if kind is Kind.STYLE_GUIDE else prepare(kind, content)


def _question(session: Session, policy: Policy, asset: Asset, frozen: Json, share: int) -> Question:
    before = queries.policy_state(session, policy.id)
    after = before.with_content(asset.kind, asset.name, frozen)
    checks = touched_checks(before, after)
    samples = read_samples(session, policy.id, share) if checks else Samples()
    return Question(policy.id, policy.slug, policy.name, asset.id, before, after, checks, samples)


def look(session: Session, question: Question, home: Path) -> Preview:
    """Return what is known of a question: quick checks are asked now, slow ones as far as a job was.

    Raises:
        ContentError: content that an older console saved and this one does not understand.
    """
    found = answer_at_once(session, question, home)
    if not found.slow:
        return Preview(question, found.impact, broken=found.broken)
    row = find_report(session, question, found.slow)
    if row is not None and row.state == WorkState.DONE:
        both = together([found.impact, read_report(row, question.samples)], len(question.samples.items))
        return Preview(question, both, broken=found.broken)
    return Preview(question, found.impact, _pending(row, question, found.slow), found.broken)


def _pending(row: ImpactReport | None, question: Question, checks: tuple[str, ...]) -> Pending:
    if row is None:
        return Pending(checks, "unknown")
    if row.state == WorkState.FAILED:
        return Pending(checks, "failed", failure=row.failure or "")
    # The job counts answers: each check is asked about a sample without the change and with it.
    count = len(question.samples.items)
    done = row.done * count // max(1, row.total)
    return Pending(checks, "waiting", done, count, has_begun=row.state == WorkState.RUNNING)


def ask(session: Session, preview: Preview, revision: int | None = None) -> None:
    """Have a job ask the slow checks, unless one is at it.

    Args:
        revision: number of the old revision that is tried; None: the draft is.
    """
    pending = preview.pending
    if pending is None or pending.state == "waiting":
        return
    row = open_report(session, preview.question, pending.checks)
    attempt = row.finished_at.isoformat() if row.finished_at else ""
    arguments = {"report_id": row.id, "checks": list(pending.checks), "revision": revision}
    ledger.submit(session, JOB, f"{JOB}:{row.id}:{attempt}", arguments)


def answer_at_once(session: Session, question: Question, home: Path) -> Answer:
    """Ask the quick checks about all samples.

    Args:
        home: where trained heads are kept.

    Raises:
        ContentError: content that an older console saved and this one does not understand.
    """
    impacts, slow, broken = list[Impact](), list[str](), list[tuple[str, str]]()
    samples = question.samples
    for check in question.checks if samples.items else ():
        if _takes_long(check, question, home):
            slow.append(check)
            continue
        changed = rule_change(question.before, question.after) if check == rule_changes.CHECK else None
        if changed is not None:
            impacts.append(rule_changes.impact_of_rules(session, changed, question.before, samples, home))
            continue
        after = compiled(check, narrowed(check, question.after), home, may_train=False)
        assert after is not None  # noqa: S101 - what has to be trained is slow
        if reason := unavailable_reason(after):
            broken.append((check, reason))
            continue
        impacts.append(_impact_of_quick(session, question, after, home))
    return Answer(together(impacts, len(samples.items)), tuple(slow), tuple(broken))


def _takes_long(check: str, question: Question, home: Path) -> bool:
    if check == rule_changes.CHECK:
        return rule_changes.take_long(question.before, question.after, question.samples)
    return is_slow(check, question.after, home) or is_slow(check, question.before, home)


def _impact_of_quick(session: Session, question: Question, after: CompiledCheck, home: Path) -> Impact:
    check, samples = after.check, question.samples
    before = compiled(check, narrowed(check, question.before), home, may_train=False)
    assert before is not None  # noqa: S101 - what has to be trained is slow
    stored = stored_results(session, after, question.before, samples)
    return impact(check, samples.items, judged(before, samples, stored), judged(after, samples))


def set_up(question: Question, checks: Sequence[str], home: Path) -> tuple[CompiledCheck, ...]:
    """Compile slow checks with the change in them; trains what has to be trained, which takes seconds."""
    made = (compiled(check, question.after, home, may_train=True) for check in checks)
    return tuple(one for one in made if one is not None)


def stored_of(session: Session, question: Question, made: Sequence[CompiledCheck]) -> dict[str, Stored]:
    """Return what the newest complete run stored of each check, where it still holds."""
    return {one.check: stored_results(session, one, question.before, question.samples) for one in made}


def count_unknown(question: Question, checks: Sequence[str], stored: Mapping[str, Stored]) -> int:
    """Return how many answers a job has to ask for: those of both sides that no run stored."""
    return 2 * len(checks) * len(question.samples.items) - sum(len(known) for known in stored.values())


def answer_by_job(
    question: Question, checks: Sequence[str], stored: Mapping[str, Stored], home: Path, progress: Progress
) -> Impact | None:
    """Ask slow checks about all samples, with and without the change.

    Args:
        progress: told how many of `count_unknown` answers are there; returns False to stop.

    Returns:
        None where it was stopped.
    """
    samples, impacts, done = question.samples, list[Impact](), 0
    for check in checks:
        sides = []
        for state, known in ((question.before, stored.get(check, {})), (question.after, {})):
            made = compiled(check, state, home, may_train=True)
            assert made is not None  # noqa: S101 - a job may train
            said = judged(made, samples, known, lambda n, base=done: progress(base + n))  # type: ignore[misc]
            if len(said) < len(samples.items):
                return None
            sides.append(said)
            done += len(samples.items) - len(known)
        impacts.append(impact(check, samples.items, *sides))
    return together(impacts, len(samples.items))


def inputs_sha256(question: Question, checks: Sequence[str]) -> str:
    """Return the digest of what some checks are compiled from, without the change and with it."""
    sides = (question.before, question.after)
    return digest({check: [input_sha256(check, state) for state in sides] for check in checks})


def find_report(session: Session, question: Question, checks: Sequence[str]) -> ImpactReport | None:
    """Return the report on these checks, done or on its way."""
    statement = select(ImpactReport).where(
        ImpactReport.policy_id == question.policy_id,
        ImpactReport.asset_id == question.asset_id,
        ImpactReport.inputs_sha256 == inputs_sha256(question, checks),
        ImpactReport.samples_sha256 == question.samples.sha256,
    )
    return session.scalar(statement)


def open_report(session: Session, question: Question, checks: Sequence[str]) -> ImpactReport:
    """Return the report on these checks, to be worked at; those on earlier drafts go."""
    row = find_report(session, question, checks)
    if row is None:
        row = ImpactReport(
            policy_id=question.policy_id,
            asset_id=question.asset_id,
            inputs_sha256=inputs_sha256(question, checks),
            samples_sha256=question.samples.sha256,
            total=2 * len(checks) * len(question.samples.items),
            report={},
            created_at=now(),
        )
        session.add(row)
    elif row.state == WorkState.FAILED:
        row.state, row.failure, row.done = WorkState.QUEUED, None, 0
    session.flush()
    session.execute(
        delete(ImpactReport)
        .where(
            ImpactReport.policy_id == question.policy_id,
            ImpactReport.asset_id == question.asset_id,
            ImpactReport.id != row.id,
        )
        .execution_options(synchronize_session=False)
    )
    return row


def close_report(session: Session, row: ImpactReport, found: Impact) -> None:
    """Write down what slow checks would say."""
    row.state, row.done, row.failure, row.finished_at = WorkState.DONE, row.total, None, now()
    row.report = {"checks": list(found.checks), "changes": [_change_json(c) for c in found.changes]}
    session.flush()


def read_report(row: ImpactReport, samples: Samples) -> Impact:
    """Return what `close_report` wrote of these very samples."""
    by_id = {sample.id: sample for sample in samples.items}
    changes = tuple(
        Change(
            by_id[data["sample"]],
            data["check"],
            data["direction"],
            data["was"],
            data["becomes"],
            tuple(finding_from_json(item) for item in data["added"]),
            tuple(finding_from_json(item) for item in data["gone"]),
            data["reason"],
            data["was_expected"],
            data["is_expected"],
        )
        for data in row.report["changes"]
    )
    return Impact(tuple(row.report["checks"]), len(samples.items), changes)


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "sample": change.sample.id,
        "check": change.check,
        "direction": change.direction,
        "was": change.was,
        "becomes": change.becomes,
        "added": [finding_to_json(finding) for finding in change.added],
        "gone": [finding_to_json(finding) for finding in change.gone],
        "reason": change.reason,
        "was_expected": change.was_expected,
        "is_expected": change.is_expected,
    }
