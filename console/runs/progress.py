"""How far a run is, for the run bar and its event stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from console.clock import now
from console.runs import queries
from models import Run, RunState


@dataclass(frozen=True, slots=True)
class RunProgress:
    """One moment of a run; `left_s` is the estimated time left in seconds, None when unknown."""

    run_id: int
    number: int
    state: str
    done: int
    total: int
    newly_failing: int
    left_s: int | None
    failure: str | None

    @property
    def is_active(self) -> bool:
        """Whether the run is still at work."""
        return self.state in {RunState.QUEUED, RunState.RUNNING}


def read(session: Session, run: Run) -> RunProgress:
    """Read the progress of a run: the count of its samples is the truth."""
    done, total = queries.sample_count(session, run.id), run.case_count * run.repeats
    return RunProgress(
        run_id=run.id,
        number=run.number,
        state=run.state,
        done=done,
        total=total,
        newly_failing=queries.newly_failing_count(session, run),
        left_s=_left_s(run.started_at, done, total) if run.state == RunState.RUNNING else None,
        failure=run.failure,
    )


def _left_s(started_at: datetime | None, done: int, total: int) -> int | None:
    if started_at is None or done == 0:
        return None
    per_sample_s = (now() - started_at).total_seconds() / done
    return round(per_sample_s * (total - done))
