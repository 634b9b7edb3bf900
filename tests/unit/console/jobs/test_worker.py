"""The worker with real rows and handlers of the test."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from console.clock import now
from console.extensions import db
from console.jobs import ledger
from console.jobs.worker import Handler, Worker
from models import Job, JobState
from tests.factories.console import World


def _submit(world: World, *numbers: int) -> None:
    with world.session() as session:
        for number in numbers:
            ledger.submit(session, "work", f"k{number}", {"n": number})


def _worker(world: World, handler: Handler) -> Worker:
    return Worker(world.app, db, {"work": handler})


def _jobs(world: World) -> list[Job]:
    with world.session() as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def test_every_due_job_is_run_once_in_order(world: World) -> None:
    seen = []

    def handler(_app: Flask, arguments: Mapping[str, Any], _stop: threading.Event) -> None:
        seen.append(arguments["n"])

    _submit(world, 1, 2, 3)
    worker = _worker(world, handler)
    assert worker.run_until_idle() == 3
    assert worker.run_until_idle() == 0
    assert seen == [1, 2, 3]
    assert {job.state for job in _jobs(world)} == {JobState.DONE}


def test_a_job_that_raises_keeps_the_reason_and_the_worker_goes_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(_app: Flask, arguments: Mapping[str, Any], _stop: threading.Event) -> None:
        if arguments["n"] == 1:
            raise ValueError("no " + "x" * 900)

    _submit(world, 1, 2)
    with caplog.at_level(logging.CRITICAL):
        assert _worker(world, handler).run_until_idle() == 2
    broken, fine = _jobs(world)
    assert (broken.state, fine.state) == (JobState.QUEUED, JobState.DONE)
    assert str(broken.failure).startswith("ValueError: no x")
    assert len(str(broken.failure)) == 500
    assert broken.not_before > now()


def test_a_job_of_an_unknown_kind_is_not_lost(world: World, caplog: pytest.LogCaptureFixture) -> None:
    _submit(world, 1)
    with caplog.at_level(logging.CRITICAL):
        Worker(world.app, db, {}).run_until_idle()
    assert _jobs(world)[0].state == JobState.QUEUED


def test_a_worker_that_lost_its_lease_does_not_finish_the_job(world: World) -> None:
    def handler(_app: Flask, _arguments: Mapping[str, Any], _stop: threading.Event) -> None:
        with db.write() as session:
            session.execute(update(Job).values(owner="another"))

    _submit(world, 1)
    _worker(world, handler).work_once()
    job = _jobs(world)[0]
    assert (job.state, job.owner) == (JobState.RUNNING, "another")


def test_the_heartbeat_tells_a_job_that_its_lease_is_lost(world: World) -> None:
    told = []

    def handler(_app: Flask, _arguments: Mapping[str, Any], stop: threading.Event) -> None:
        with db.write() as session:
            session.execute(update(Job).values(owner="another"))
        told.append(stop.wait(30))

    _submit(world, 1)
    _worker(world, handler).work_once()
    assert told == [True]


def test_a_stopping_worker_leaves_its_job_to_the_next(world: World) -> None:
    def handler(_app: Flask, _arguments: Mapping[str, Any], stop: threading.Event) -> None:
        worker.stopping.set()
        assert stop.wait(30)

    _submit(world, 1, 2)
    worker = _worker(world, handler)
    worker.run()
    assert [job.state for job in _jobs(world)] == [JobState.RUNNING, JobState.QUEUED]


def test_a_job_that_waits_for_other_work_uses_up_no_attempt(world: World) -> None:
    def handler(_app: Flask, _arguments: Mapping[str, Any], _stop: threading.Event) -> None:
        raise ledger.NotYetError

    _submit(world, 1)
    _worker(world, handler).run_until_idle()
    job = _jobs(world)[0]
    assert (job.state, job.attempts, job.failure) == (JobState.QUEUED, 0, None)
    assert job.not_before > now()


def test_a_job_that_gives_up_says_so_to_its_area(world: World, caplog: pytest.LogCaptureFixture) -> None:
    gone: list[tuple[int, str]] = []

    def handler(_app: Flask, _arguments: Mapping[str, Any], _stop: threading.Event) -> None:
        raise ValueError("never")

    def gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
        gone.append((arguments["n"], reason))

    _submit(world, 1)
    with world.session() as session:
        session.execute(update(Job).values(max_attempts=1))
    with caplog.at_level(logging.CRITICAL):
        Worker(world.app, db, {"work": handler}, {"work": gave_up}).run_until_idle()
    assert gone == [(1, "ValueError: never")]
    assert _jobs(world)[0].state == JobState.FAILED
