"""Measuring how far a policy's judge agrees with the people who labelled texts for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from console.audit.operations import record
from console.clock import now
from console.database import Database
from console.errors import ConflictError
from console.jobs import ledger
from console.judge.agreement import tally, to_json
from console.judge.judging import NAME, Judge, Ruling
from console.judge.purse import Purse
from console.judge.queries import OPEN, last_agreement
from console.judge.rubric import Asked, criteria_of, identity
from console.judge.terms import JudgeTerms
from console.permissions import Actor, Permission
from console.quality import queries
from console.quality.cases import Label, cases_sha256
from console.runs import operations as runs
from console.runs.queries import gate_content, gate_setting
from copydesk.assets import parse_assets
from models import JudgeAgreement, Policy, WorkState

JOB = "quality.agreement"
OVERALL = "overall"
# Enough to see what judge and editors see differently; the figures count all.
MAX_DIFFERENCES = 40
MAX_REASONS = 3
# A judge takes its time over a text: this often somebody is told how far it is, and asked whether to go on.
LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class JudgeState:
    """A policy's judge as it stands: terms (None: there is none), criteria, and texts labelled for them.

    `stray` counts labelled texts that name no criterion of the newest revisions; nobody can be asked of them.
    """

    terms: JudgeTerms | None
    criteria: tuple[Asked, ...]
    labels: tuple[Label, ...]
    stray: int

    @property
    def sha256(self) -> str | None:
        """The judge's identity, None where there is none."""
        return identity(self.terms, self.criteria) if self.terms is not None else None


def judge_state(session: Session, policy_id: int) -> JudgeState:
    """Return a policy's judge on its newest revisions.

    Raises:
        ContentError: content that an older console saved and this one does not understand.
    """
    state = queries.policy_state(session, policy_id)
    guides = {"style_guide": dict(state.contents.get("style_guide", {}))}
    criteria = criteria_of(parse_assets(guides))
    known = {asked.rule_id for asked in criteria}
    labels = queries.active_labels(session, policy_id, [NAME])
    of_criteria = tuple(label for label in labels if label.rule in known)
    terms = gate_content(gate_setting(session, policy_id)).judge
    return JudgeState(terms, criteria, of_criteria, len(labels) - len(of_criteria))


def set_judge(session: Session, policy: Policy, terms: JudgeTerms | None, *, by: Actor) -> None:
    """Name a policy's judge, or take it away; a new gate setting says so, the one before stays readable."""
    before = gate_content(gate_setting(session, policy.id))
    if before.judge != terms:
        runs.set_gate(session, policy, before.model_copy(update={"judge": terms}), by=by)


def ask_for_agreement(session: Session, policy: Policy, *, by: Actor) -> JudgeAgreement:
    """Have the judge asked about every labelled text by a job.

    Raises:
        ConflictError: there is no judge, nothing to ask it about, or it is being measured.
    """
    by.require(Permission.LABEL)
    state = judge_state(session, policy.id)
    if state.terms is None or state.sha256 is None:
        raise ConflictError("This policy has no judge. Name its model first.")
    if not state.labels:
        raise ConflictError("No text is labelled for a criterion yet, so there is nothing to compare with.")
    last = last_agreement(session, policy.id)
    if last is not None and last.state in OPEN:
        raise ConflictError("The judge is being measured. Wait until that is done.")
    row = JudgeAgreement(
        policy_id=policy.id,
        judge_sha256=state.sha256,
        cases_sha256=cases_sha256(state.labels),
        terms=state.terms.to_json(),
        total=len(state.labels),
        figures={},
        asked_by_id=by.user,
        created_at=now(),
    )
    session.add(row)
    session.flush()
    ledger.submit(session, JOB, f"{JOB}:{row.id}", {"agreement_id": row.id})
    record(session, "judge.measurement_asked", by=by, subject=("judge_agreement", row.id))
    return row


def stop_measuring(session: Session, policy: Policy, *, by: Actor) -> None:
    """Have a measurement under way end; what the judge answered until then stays known.

    Raises:
        ConflictError: none is under way.
    """
    by.require(Permission.LABEL)
    row = last_agreement(session, policy.id)
    if row is None or row.state not in OPEN:
        raise ConflictError("The judge is not being measured.")
    row.state, row.finished_at = WorkState.FAILED, now()
    row.failure = "Somebody stopped it. What the judge answered is kept: measure again to ask the rest."
    record(session, "judge.measurement_stopped", by=by, subject=("judge_agreement", row.id))


def purse_for(row: JudgeAgreement, policy: Policy, state: JudgeState, database: Database) -> Purse | None:
    """Return what pays for a measurement; None where it would not be of the judge and texts asked about."""
    asked = (row.judge_sha256, row.cases_sha256)
    if state.terms is None or (state.sha256, cases_sha256(state.labels)) != asked:
        return None
    return Purse(database, policy.id, policy.workspace_id, "agreement", row.id, state.terms)


def measure(
    judge: Judge, labels: Sequence[Label], tell: Callable[[int], bool], *, concurrency: int
) -> Mapping[str, Mapping[str, Any]] | None:
    """Ask the judge about labelled texts and count where both say the same.

    Args:
        labels: each names a criterion by its rule.
        tell: takes how many are done, and says whether to go on.
        concurrency: how many texts the judge is asked about at once.

    Returns:
        Figures per criterion and `overall`, which holds the texts on which they differ too; None when it was
        told to stop.
    """
    rulings = _rulings(judge, labels, tell, concurrency)
    if rulings is None:
        return None
    rules = sorted({str(label.rule) for label, _ in rulings})
    figures = {rule: _figures([pair for pair in rulings if pair[0].rule == rule]) for rule in rules}
    differences = [_difference(*pair) for pair in rulings if _opinions(*pair)[0] is not _opinions(*pair)[1]]
    overall = {"why_not_judged": _why_not_judged(rulings), "differences": differences[:MAX_DIFFERENCES]}
    return {OVERALL: {**_figures(rulings), **overall}, **figures}


def _rulings(
    judge: Judge, labels: Sequence[Label], tell: Callable[[int], bool], concurrency: int
) -> list[tuple[Label, Ruling]] | None:
    """Return what the judge says of each text, None when told to stop."""
    by_id = {asked.rule_id: asked for asked in judge.criteria}
    with ThreadPoolExecutor(concurrency, "judge") as pool:
        asked = [pool.submit(judge.rule, by_id[str(one.rule)], one.text, one.context) for one in labels]
        for done, future in enumerate(asked):
            if not _is_awaited(future, lambda done=done: tell(done)):  # type: ignore[misc]
                pool.shutdown(wait=False, cancel_futures=True)
                return None
    return [(label, future.result()) for label, future in zip(labels, asked, strict=True)]


def _is_awaited(future: Future[Ruling], goes_on: Callable[[], bool]) -> bool:
    """Wait for an answer; tell whether somebody still wants it."""
    is_wanted = goes_on()
    while is_wanted and not wait([future], LOOK_S).done:
        is_wanted = goes_on()
    return is_wanted


def _why_not_judged(rulings: Sequence[tuple[Label, Ruling]]) -> str | None:
    """Return the reasons why texts were not judged, the most common first, None where all were."""
    reasons = Counter(ruling.reason for _, ruling in rulings if ruling.reason).most_common(MAX_REASONS)
    if len(reasons) == 1:
        return reasons[0][0]
    return "; ".join(f"{reason} ({count})" for reason, count in reasons) or None


def _opinions(label: Label, ruling: Ruling) -> tuple[bool, bool | None]:
    """Return whether the editor fails the text, and whether the judge does; None: not judged."""
    return label.expects_finding, None if ruling.passes is None else not ruling.passes


def _figures(rulings: Sequence[tuple[Label, Ruling]]) -> dict[str, Any]:
    return to_json(tally([_opinions(*pair) for pair in rulings]))


def _difference(label: Label, ruling: Ruling) -> dict[str, Any]:
    opinion = ruling.opinion
    return {
        "label_id": label.id,
        "label_sha256": label.sha256,
        "judge_fails": _opinions(label, ruling)[1],
        "quotes": list(opinion.quotes) if opinion is not None else [],
        "reason": opinion.reason if opinion is not None else ruling.reason,
    }


def finish(session: Session, row: JudgeAgreement, figures: Mapping[str, Any]) -> None:
    """Store the figures of a measurement, unless somebody stopped it."""
    if row.state not in OPEN:
        return
    row.state, row.done, row.figures, row.finished_at = WorkState.DONE, row.total, dict(figures), now()
    record_by = Actor(kind="system", user_id=None, workspace_id=None)
    session.flush()
    record(
        session,
        "judge.measured",
        by=record_by,
        subject=("judge_agreement", row.id),
        after={"judge": row.judge_sha256, "kappa": figures[OVERALL]["kappa"]},
    )
