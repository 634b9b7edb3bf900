"""A run whose worker is killed -9, again and again, ends as one that nobody touched."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from console.config import ROOT
from models import CheckVerdict, Run, RunState, Sample
from tests.factories.console import World, make_world
from tests.factories.generated import start_generated_run, write_generated_policy
from tests.factories.policies import work
from tests.simulators.model_server import ModelServer, echoing

CONCURRENCY, REPEATS, SEED = 4, 2, 20261104
DEADLINE_S = 300.0


def _environ(home: Path, server: ModelServer) -> dict[str, str]:
    return {
        "COPYDESK_HOME": str(home),
        "SECRET_KEY": "test",
        "KEY_PASSPHRASE": "test passphrase",
        "OPENAI_BASE_URL": server.url,
        "GENERATION_CONCURRENCY": str(CONCURRENCY),
    }


@contextmanager
def _worker(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker process; kills it at the end."""
    command = [sys.executable, "-m", "flask", "--app", "app:app", "worker"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _state(world: World, run_id: int) -> str:
    with world.session() as session:
        return session.get_one(Run, run_id).state


def _wait_until_ended(world: World, run_id: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while _state(world, run_id) in {RunState.QUEUED, RunState.RUNNING}:
        assert time.monotonic() < deadline, "the run did not end"
        time.sleep(0.2)


def _untouched(home: Path, cases: int) -> tuple[str, int]:
    """Return the digest of the same run without kills, and how many requests it took."""
    with ModelServer(echoing()) as server:
        world = make_world(home, _environ(home, server))
        write_generated_policy(world, cases)
        run_id = start_generated_run(world, repeats=REPEATS)
        work(world)
        with world.session() as session:
            run = session.get_one(Run, run_id)
            assert run.state == RunState.COMPLETE
            digest = str(run.digest)
        world.close()
        return digest, len(server.requests)


def _killed(home: Path, cases: int, points: Sequence[int], **more: str) -> tuple[World, int, int]:
    """Run with a kill -9 after each of these numbers of requests; returns world, run id and requests."""
    with ModelServer(echoing(delay_s=0.05)) as server:
        environ = {**_environ(home, server), **more}
        world = make_world(home, environ)
        write_generated_policy(world, cases)
        run_id = start_generated_run(world, repeats=REPEATS)
        for point in points:
            with _worker(environ):
                server.wait_for(point, DEADLINE_S)
        with _worker(environ):
            _wait_until_ended(world, run_id)
        return world, run_id, len(server.requests)


def _assert_whole(home: Path, cases: int, points: Sequence[int], **more: str) -> None:
    digest, needed = _untouched(home / "untouched", cases)
    world, run_id, asked = _killed(home / "killed", cases, points, **more)
    with world.session() as session:
        run = session.get_one(Run, run_id)
        samples = session.scalar(select(func.count()).where(Sample.run_id == run_id))
        verdicts = session.scalar(select(func.count()).where(CheckVerdict.run_id == run_id))
        assert (run.state, run.failure) == (RunState.COMPLETE, None)
        assert samples == needed == cases * REPEATS
        assert verdicts == cases * REPEATS * len(run.engines)
        assert run.digest == digest
    world.close()
    # Only what was in flight at a kill is asked for again.
    assert needed <= asked <= needed + CONCURRENCY * len(points)


def _points(kills: int, requests: int) -> list[int]:
    return sorted(random.Random(SEED).sample(range(1, requests - CONCURRENCY), kills))


def test_a_run_survives_kills_of_its_worker(tmp_path: Path) -> None:
    _assert_whole(tmp_path, 30, _points(3, 60))


@pytest.mark.postgres
def test_a_run_on_postgresql_survives_a_kill_of_its_worker(tmp_path: Path, postgres_url: str) -> None:
    _assert_whole(tmp_path, 15, _points(1, 30), DATABASE_URL=postgres_url)


@pytest.mark.soak
def test_a_run_survives_twenty_kills_of_its_worker(tmp_path: Path, is_soak: bool) -> None:
    if not is_soak:
        pytest.skip("twenty kills take minutes: make soak")
    _assert_whole(tmp_path, 100, _points(20, 200))
