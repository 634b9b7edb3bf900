"""How a check does on its labelled cases now: what was measured before, and what is new judged on the spot.

A page may judge what takes well under a second; the rest waits for a job, and the page says how many wait.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from console.clock import now
from console.errors import NotFoundError
from console.jobs import ledger
from console.judge.judging import NAME
from console.permissions import Actor
from console.quality import queries
from console.quality.cases import Label
from console.quality.compiling import MODEL_CHECKS, CompiledCheck, compiled, input_sha256
from console.quality.figures import Confusion
from console.quality.judging import (
    Judgement,
    confusion,
    judge,
    judgement_from_json,
    judgement_to_json,
    lacking_judgement,
)
from console.quality.state import PolicyState
from copydesk.checks.wire import engine_to_json
from copydesk.errors import ContentError
from models import CheckMeasurement, Policy, WorkState

# What one request may judge: about half a second on one core, of texts of 1 KB.
MAX_NOW_RUNTIME = 1_000
MAX_NOW_MODEL = 25
MAX_NOW_CHARS = 300_000
MAX_REMEMBERED = 20_000
JOB = "quality.measure"

_remembered: OrderedDict[tuple[str, str], Judgement] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class CheckState:
    """One check on its labelled cases: what it said of each, and how many it was not asked about yet.

    `compiled` is None where training comes first, or the content can't be compiled (`failure` says why).
    """

    check: str
    judgements: tuple[Judgement, ...]
    waiting: int
    compiled: CompiledCheck | None
    failure: str | None = None

    @property
    def counts(self) -> Confusion:
        """The four counts of what is judged."""
        return confusion(self.judgements)

    @property
    def by_case(self) -> dict[int, Judgement]:
        """The judgements by id of their case."""
        return {judgement.label.id: judgement for judgement in self.judgements}


def check_state(
    state: PolicyState,
    check: str,
    labels: Sequence[Label],
    measured: CheckMeasurement | None,
    home: Path,
) -> CheckState:
    """Return how a check does on its labelled cases, asking it only where that is quick.

    Args:
        labels: the check's labelled cases.
        measured: its last finished measurement.
        home: where trained heads are kept.
    """
    key = input_sha256(check, state)
    known = measured.judged if measured is not None and measured.input_sha256 == key else {}
    try:
        made = compiled(check, state, home, may_train=False)
    except ContentError as error:
        return CheckState(check, (), len(labels), None, str(error))
    judgements: list[Judgement] = []
    waiting: list[Label] = []
    for label in labels:
        found = _known(key, label, known)
        if found is not None:
            judgements.append(found)
        else:
            waiting.append(label)
    if made is not None:
        now_count = _quick_count(waiting, MAX_NOW_MODEL if check in MODEL_CHECKS else MAX_NOW_RUNTIME)
        judgements += [_judge(made, label) for label in waiting[:now_count]]
        waiting = waiting[now_count:]
    judgements.sort(key=lambda judgement: judgement.label.id)
    return CheckState(check, tuple(judgements), len(waiting), made)


def _quick_count(labels: Sequence[Label], most: int) -> int:
    """Return how many of the labels a request may judge, by their number and length."""
    chars = 0
    for count, label in enumerate(labels[:most]):
        chars += len(label.text)
        if chars > MAX_NOW_CHARS:
            return count
    return min(len(labels), most)


def _known(key: str, label: Label, known: Mapping[str, Any]) -> Judgement | None:
    if (lacking := lacking_judgement(label)) is not None:
        return lacking  # an older measurement took it for left alone
    with _lock:
        found = _remembered.get((key, label.sha256))
    if found is not None:
        return Judgement(label, found.result, found.findings, found.reason)
    data = known.get(str(label.id))
    return judgement_from_json(label, data) if data else None


def _judge(made: CompiledCheck, label: Label) -> Judgement:
    judgement = judge(made.policy, label)
    if judgement.result != "not_run":  # an engine may be installed in the meantime
        with _lock:
            _remembered[made.input_sha256, label.sha256] = judgement
            while len(_remembered) > MAX_REMEMBERED:
                _remembered.popitem(last=False)
    return judgement


def ask_for_measurement(session: Session, policy: Policy, check: str, *, by: Actor | None) -> None:
    """Have a check asked about all its labelled cases by a job; the same question is asked once.

    Args:
        by: who asks, None where a change of the policy does.
    """
    if check == NAME:
        return  # a judge costs money: its agreement is measured when somebody asks for it
    state = queries.policy_state(session, policy.id)
    labels = queries.active_labels(session, policy.id, [check])
    if not labels:
        return
    key = input_sha256(check, state)
    last = queries.last_measurement(session, policy.id, check)
    if last is not None and last.input_sha256 == key and _covers(last, labels):
        return
    waiting = queries.open_measurement(session, policy.id, check)
    if waiting is not None and waiting.state == WorkState.QUEUED:
        return  # it looks at the cases when it starts
    row = CheckMeasurement(
        policy_id=policy.id,
        check=check,
        input_sha256=key,
        policy_sha256=state.sha256,
        engine={},
        total=len(labels),
        judged={},
        counts={},
        asked_by_id=by.user_id if by is not None else None,
        created_at=now(),
    )
    session.add(row)
    session.flush()
    ledger.submit(session, JOB, f"{JOB}:{row.id}", {"measurement_id": row.id})


def _covers(measured: CheckMeasurement, labels: Sequence[Label]) -> bool:
    there = {key: data.get("sha256") for key, data in measured.judged.items()}
    return there == {str(label.id): label.sha256 for label in labels}


def finish_measurement(
    session: Session,
    row: CheckMeasurement,
    made: CompiledCheck,
    state: PolicyState,
    judgements: Sequence[Judgement],
) -> None:
    """Store what a check said of all its cases; of older measurements only the counts are kept."""
    counts = confusion(judgements)
    row.input_sha256, row.policy_sha256 = made.input_sha256, state.sha256
    row.engine = engine_to_json(made.engine) if made.engine is not None else {}
    row.state, row.done, row.total = WorkState.DONE, len(judgements), len(judgements)
    row.judged = {str(j.label.id): judgement_to_json(j) for j in judgements}
    row.counts = {
        "hits": counts.hits,
        "misses": counts.misses,
        "false_alarms": counts.false_alarms,
        "clean": counts.clean,
        "not_run": counts.not_run,
        "lacking": counts.lacking,
    }
    row.failure, row.finished_at = None, now()
    session.flush()
    queries.forget_judged(session, row)


def require_check(check: str, known: Sequence[str]) -> str:
    """Return the name of a check.

    Raises:
        NotFoundError: there is none of this name.
    """
    if check not in known:
        raise NotFoundError("There is no such check.")
    return check
