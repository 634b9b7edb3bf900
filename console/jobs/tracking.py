"""What a job writes into the row that somebody waits for: how far it is, or why it failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import cast

from console.clock import now
from console.extensions import db
from models import (
    CheckMeasurement,
    FairnessMeasurement,
    ImpactReport,
    JudgeAgreement,
    LabelEffect,
    OffBrandBatch,
    ScoreSet,
    WorkState,
)

PROGRESS_S = 0.5
Work = (
    CheckMeasurement
    | LabelEffect
    | ScoreSet
    | JudgeAgreement
    | ImpactReport
    | FairnessMeasurement
    | OffBrandBatch
)


def teller(
    model: type[Work], row_id: int, stop: threading.Event, *, total: int | None = None
) -> Callable[[int], bool]:
    """Return what writes progress now and then, and says whether to go on.

    A row that is gone, or whose work was stopped, is one nobody waits for any more.

    Args:
        total: how much there is to do; None leaves what the row says.
    """
    told, is_wanted = 0.0, True

    def tell(done: int) -> bool:
        nonlocal told, is_wanted
        if time.monotonic() - told > PROGRESS_S:
            told = time.monotonic()
            is_wanted = _note(model, row_id, done, total)
        return is_wanted and not stop.is_set()

    return tell


def _note(model: type[Work], row_id: int, done: int, total: int | None) -> bool:
    """Write progress down; tell whether there is still a row that waits for it."""
    with db.write() as session:
        row = cast("Work | None", session.get(model, row_id))
        if row is None or row.state == WorkState.FAILED:
            return False
        row.state, row.done = WorkState.RUNNING, done
        if total is not None:
            row.total = total
        return True


def fail(model: type[Work], row_id: int, reason: str) -> None:
    """Say of a row's work why it failed, to whoever still waits for it."""
    with db.write() as session:
        row = cast("Work | None", session.get(model, row_id))
        if row is not None:
            row.state, row.failure, row.finished_at = WorkState.FAILED, reason, now()
