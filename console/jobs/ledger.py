"""The lease ledger: background work as rows, claimed by one conditional UPDATE, safe against kill -9.

A worker claims a job, extends its lease while it works, and may finish it only while it still owns it. When
a worker dies its lease lapses and the next one claims the job again, so every job must be safe to run twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from console.clock import now
from models import Job, JobState

LEASE = timedelta(seconds=6)
HEARTBEAT_S = 2.0
RETRY_DELAY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """One job this worker owns until its lease lapses."""

    job_id: int
    kind: str
    arguments: Mapping[str, Any]
    owner: str


def submit(
    session: Session,
    kind: str,
    key: str,
    arguments: Mapping[str, Any],
    *,
    not_before: datetime | None = None,
) -> None:
    """Ask for a piece of work; asking twice under one key is asking once.

    Args:
        not_before: when it is due; at once when None.
    """
    if session.scalar(select(Job.id).where(Job.key == key)) is None:
        at = now()
        session.add(
            Job(key=key, kind=kind, arguments=dict(arguments), created_at=at, not_before=not_before or at)
        )
        session.flush()


def claim(session: Session, owner: str) -> Claim | None:
    """Take the oldest job that is due: queued, or running under a lapsed lease; None when there is none."""
    at = now()
    lapsed = and_(Job.state == JobState.RUNNING, Job.leased_until < at)
    due = or_(and_(Job.state == JobState.QUEUED, Job.not_before <= at), lapsed)
    for job in session.scalars(select(Job).where(due).order_by(Job.id).limit(5)):
        statement = (
            update(Job)
            .where(Job.id == job.id, due)
            .values(state=JobState.RUNNING, owner=owner, leased_until=at + LEASE, attempts=Job.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        if session.connection().execute(statement).rowcount:
            return Claim(job.id, job.kind, dict(job.arguments), owner)
    return None


def extend(session: Session, taken: Claim) -> bool:
    """Extend the lease; False when the job was taken over and the work should stop."""
    return _update_own(session, taken, leased_until=now() + LEASE)


def finish(session: Session, taken: Claim) -> bool:
    """Mark the job done, if it is still ours."""
    return _update_own(session, taken, state=JobState.DONE, finished_at=now(), leased_until=None)


class NotYetError(Exception):
    """Raised by a job that waits for other work: it is tried again soon, and no attempt is counted."""


def postpone(session: Session, taken: Claim) -> bool:
    """Queue the job again after a pause, as if it had not been tried."""
    return _update_own(
        session, taken, state=JobState.QUEUED, attempts=Job.attempts - 1,
        not_before=now() + RETRY_DELAY, leased_until=None,
    )  # fmt: skip


def fail(session: Session, taken: Claim, reason: str) -> bool:
    """Queue the job again after a pause, or give up after its last attempt."""
    job = session.get_one(Job, taken.job_id)
    if job.attempts >= job.max_attempts:
        return _update_own(
            session, taken, state=JobState.FAILED, failure=reason, finished_at=now(), leased_until=None
        )
    pause: datetime = now() + RETRY_DELAY * min(job.attempts, 15)
    return _update_own(
        session, taken, state=JobState.QUEUED, failure=reason, not_before=pause, leased_until=None
    )


def _update_own(session: Session, taken: Claim, **values: Any) -> bool:
    statement = (
        update(Job)
        .where(Job.id == taken.job_id, Job.owner == taken.owner, Job.state == JobState.RUNNING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(session.connection().execute(statement).rowcount)
