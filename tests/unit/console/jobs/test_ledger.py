"""The lease ledger through its operations: who owns a job, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from console.clock import now
from console.jobs import ledger
from models import Job, JobState
from tests.factories.console import World


def _submit(world: World, key: str = "k", **values: Any) -> None:
    with world.session() as session:
        ledger.submit(session, "work", key, {"n": 1})
        session.execute(update(Job).where(Job.key == key).values(**values) if values else select(Job.id))


def _claim(world: World, owner: str = "a") -> ledger.Claim | None:
    with world.session() as session:
        return ledger.claim(session, owner)


def _job(world: World, key: str = "k") -> Job:
    with world.session() as session:
        return session.scalars(select(Job).where(Job.key == key)).one()


def _lapse(world: World) -> None:
    with world.session() as session:
        session.execute(update(Job).values(leased_until=now() - timedelta(seconds=1)))


def test_asking_twice_under_one_key_is_asking_once(world: World) -> None:
    _submit(world)
    _submit(world)
    with world.session() as session:
        assert len(session.scalars(select(Job)).all()) == 1


def test_a_claimed_job_is_nobody_elses(world_on_each_database: World) -> None:
    _submit(world_on_each_database)
    taken = _claim(world_on_each_database, "a")
    assert taken is not None
    assert (taken.kind, dict(taken.arguments), taken.owner) == ("work", {"n": 1}, "a")
    assert _claim(world_on_each_database, "b") is None


def test_the_oldest_due_job_comes_first(world: World) -> None:
    _submit(world, "later", not_before=now() + timedelta(hours=1))
    _submit(world, "first")
    _submit(world, "second")
    claimed = [_claim(world), _claim(world), _claim(world)]
    first, second = _job(world, "first"), _job(world, "second")
    assert [c.job_id if c else None for c in claimed] == [first.id, second.id, None]


@pytest.mark.parametrize(
    ("state", "leased_s", "not_before_s", "is_due"),
    [
        (JobState.QUEUED, None, -1, True),
        (JobState.QUEUED, None, 60, False),
        (JobState.RUNNING, 60, -1, False),
        (JobState.RUNNING, -1, -1, True),
        (JobState.RUNNING, -1, 60, True),
        (JobState.DONE, None, -1, False),
        (JobState.DONE, -1, -1, False),
        (JobState.FAILED, -1, -1, False),
    ],
)
def test_what_is_due(
    world: World, state: JobState, leased_s: int | None, not_before_s: int, is_due: bool
) -> None:
    leased = None if leased_s is None else now() + timedelta(seconds=leased_s)
    _submit(world, state=state, leased_until=leased, not_before=now() + timedelta(seconds=not_before_s))
    assert (_claim(world) is not None) is is_due


def test_a_lapsed_lease_passes_to_the_next_and_the_first_can_do_nothing_more(world: World) -> None:
    _submit(world)
    first = _claim(world, "a")
    assert first is not None
    with world.session() as session:
        assert ledger.extend(session, first)
    _lapse(world)
    second = _claim(world, "b")
    assert second is not None
    assert _job(world).attempts == 2
    with world.session() as session:
        assert not ledger.extend(session, first)
        assert not ledger.finish(session, first)
        assert not ledger.fail(session, first, "late")
    assert (_job(world).state, _job(world).owner, _job(world).failure) == (JobState.RUNNING, "b", None)
    with world.session() as session:
        assert ledger.finish(session, second)
    assert _job(world).state == JobState.DONE


def test_a_done_job_stays_done(world: World) -> None:
    _submit(world)
    taken = _claim(world)
    assert taken is not None
    with world.session() as session:
        assert ledger.finish(session, taken)
    with world.session() as session:
        assert not ledger.finish(session, taken)
        assert not ledger.fail(session, taken, "late")
    assert _claim(world, "b") is None
    _submit(world)
    assert _job(world).state == JobState.DONE


def test_a_failed_attempt_waits_longer_each_time_and_ends_for_good(world: World) -> None:
    _submit(world, max_attempts=3)
    waits = []
    for _ in range(3):
        with world.session() as session:
            session.execute(update(Job).values(not_before=now()))
        taken = _claim(world)
        assert taken is not None
        before = now()
        with world.session() as session:
            assert ledger.fail(session, taken, "the disk is full")
        waits.append(_job(world).not_before - before)
    job = _job(world)
    assert (job.state, job.failure, job.attempts) == (JobState.FAILED, "the disk is full", 3)
    assert job.finished_at is not None
    assert waits[1] > waits[0] >= ledger.RETRY_DELAY
    assert _claim(world) is None
