"""Runs through the worker with a scripted model: samples, cache, failures, cancelling, digest."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from console.clock import now
from console.extensions import db
from console.jobs.worker import Worker
from console.runs import operations as runs
from models import AuditEntry, CheckVerdict, Job, Run, RunState, Sample
from tests.factories.console import World, make_world
from tests.factories.generated import (
    generated_cases,
    start_generated_run,
    write_cases,
    write_generated_policy,
)
from tests.factories.policies import work
from tests.simulators.model_server import ModelServer, Reply, completion, echoing


def _world(home: Path, server: ModelServer, **environ: str) -> World:
    return make_world(home, {"OPENAI_BASE_URL": server.url, "GENERATION_TIMEOUT_S": "20", **environ})


def _run(world: World, run_id: int) -> Run:
    with world.session() as session:
        return session.get_one(Run, run_id)


def _samples(world: World, run_id: int) -> list[Sample]:
    with world.session() as session:
        ordered = select(Sample).where(Sample.run_id == run_id).order_by(Sample.case_key, Sample.repeat_index)
        return list(session.scalars(ordered))


def test_a_run_makes_every_case_and_repeat_once(tmp_path: Path) -> None:
    with ModelServer(echoing()) as server:
        world = _world(tmp_path, server)
        write_generated_policy(world, 7)
        run_id = start_generated_run(world, repeats=2)
        work(world)
    run, samples = _run(world, run_id), _samples(world, run_id)
    assert run.state == RunState.COMPLETE
    assert len(server.requests) == len(samples) == 14
    assert {(s.case_key, s.repeat_index) for s in samples} == {
        (f"case-{n}", r) for n in range(7) for r in (0, 1)
    }
    with world.session() as session:
        verdicts = session.scalar(select(func.count()).select_from(CheckVerdict)) or 0
    assert verdicts == 14 * len(run.engines)
    assert run.summary is not None
    assert run.summary["total"] == 14
    assert run.summary["sources"] == {"generated": 14}
    figures = run.summary["generation"][0]
    assert (figures["model"], figures["calls"], figures["prompt_tokens"]) == ("small-model", 14, 14 * 11)


def test_running_unchanged_prompts_again_calls_no_model(tmp_path: Path) -> None:
    with ModelServer(echoing()) as server:
        world = _world(tmp_path, server)
        write_generated_policy(world, 5)
        first = start_generated_run(world)
        work(world)
        asked = len(server.requests)
        second = start_generated_run(world)
        work(world)
        assert len(server.requests) == asked == 5
    assert {s.source for s in _samples(world, second)} == {"cached"}
    assert _run(world, first).digest == _run(world, second).digest


def test_the_digest_knows_neither_latency_nor_order(tmp_path: Path) -> None:
    def slow_for_some(number: int, request: Mapping[str, Any]) -> Reply:
        return Reply(body=echoing()(number, request).body, delay_s=0.05 * (number % 3))

    digests = set()
    for name, script, concurrency in (("a", echoing(), "1"), ("b", slow_for_some, "4")):
        with ModelServer(script) as server:
            world = _world(tmp_path / name, server, GENERATION_CONCURRENCY=concurrency)
            write_generated_policy(world, 6)
            run_id = start_generated_run(world)
            work(world)
        digests.add(_run(world, run_id).digest)
    assert len(digests) == 1
    assert None not in digests


def test_another_text_is_another_digest(tmp_path: Path) -> None:
    digests = set()
    for name, text in (("a", "Welcome back."), ("b", "Welcome back!")):
        with ModelServer(lambda *_, text=text: Reply(body=completion(text))) as server:
            world = _world(tmp_path / name, server)
            write_generated_policy(world, 1)
            run_id = start_generated_run(world)
            work(world)
        digests.add(_run(world, run_id).digest)
    assert len(digests) == 2


def test_a_failed_generation_is_a_failed_case_with_its_reason(tmp_path: Path) -> None:
    def refuses_ada_2(number: int, request: Mapping[str, Any]) -> Reply:
        if "Ada 2" in request["messages"][-1]["content"]:
            return Reply(401, {"error": {"message": "bad key"}})
        return echoing()(number, request)

    with ModelServer(refuses_ada_2) as server:
        world = _world(tmp_path, server)
        write_generated_policy(world, 4)
        run_id = start_generated_run(world)
        work(world)
    failed = [s for s in _samples(world, run_id) if s.failure]
    assert [(s.case_key, s.passed, s.text) for s in failed] == [("case-2", False, None)]
    assert "answered 401" in str(failed[0].failure)
    run = _run(world, run_id)
    assert run.state == RunState.COMPLETE
    assert run.summary is not None
    assert not run.summary["gate"]["is_met"]
    unmet = {c["id"] for c in run.summary["gate"]["conditions"] if c["state"] == "not_met"}
    assert {"floor:overall", "not_run"} <= unmet


def test_a_case_whose_prompt_is_missing_fails_with_the_name(tmp_path: Path) -> None:
    with ModelServer(echoing()) as server:
        world = _world(tmp_path, server)
        write_generated_policy(world, 1)
        cases = generated_cases(3)
        cases[1]["prompt"] = "gone"
        cases[2]["variables"] = {"nobody": "asked"}
        write_cases(world, cases)
        run_id = start_generated_run(world)
        work(world)
    fine, gone, unfit = _samples(world, run_id)
    assert fine.failure is None
    assert "no prompt 'gone'" in str(gone.failure)
    assert "can't be rendered" in str(unfit.failure)
    assert _run(world, run_id).state == RunState.COMPLETE


def test_without_a_model_every_case_says_what_to_set(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    write_generated_policy(world, 2)
    run_id = start_generated_run(world)
    work(world)
    assert all("OPENAI_BASE_URL" in str(s.failure) for s in _samples(world, run_id))


def test_cancelling_stops_before_the_next_case_and_keeps_what_is_there(tmp_path: Path) -> None:
    with ModelServer(echoing(delay_s=0.1)) as server:
        world = _world(tmp_path, server, GENERATION_CONCURRENCY="1")
        write_generated_policy(world, 80)
        run_id = start_generated_run(world)
        worker = Worker(world.app, db, world.app.extensions["copydesk_jobs"])
        thread = threading.Thread(target=worker.run_until_idle)
        thread.start()
        server.wait_for(3)
        with world.session() as session:
            runs.cancel_run(session, session.get_one(Run, run_id), by=world.actor("editor"))
        thread.join(60)
        assert not thread.is_alive()
        asked = len(server.requests)
    run = _run(world, run_id)
    assert run.state == RunState.CANCELLED
    assert (run.digest, run.summary) == (None, None)
    assert 0 < asked < 80
    assert all(s.text for s in _samples(world, run_id))
    with world.session() as session:
        entries = select(AuditEntry.action).where(AuditEntry.action.like("run.%")).order_by(AuditEntry.seq)
        actions = session.scalars(entries).all()
    assert actions == ["run.started", "run.cancel_requested", "run.cancelled"]


def test_a_run_cancelled_before_it_began_asks_no_model(tmp_path: Path) -> None:
    with ModelServer(echoing()) as server:
        world = _world(tmp_path, server)
        write_generated_policy(world, 3)
        run_id = start_generated_run(world)
        with world.session() as session:
            runs.cancel_run(session, session.get_one(Run, run_id), by=world.actor("editor"))
        work(world)
    assert (_run(world, run_id).state, server.requests) == (RunState.CANCELLED, [])


def test_a_run_whose_job_gives_up_has_failed(tmp_path: Path) -> None:
    with ModelServer(echoing()) as server:
        world = _world(tmp_path, server)
        write_generated_policy(world, 1)
        run_id = start_generated_run(world)
        with world.session() as session:
            session.execute(update(Job).values(max_attempts=1, not_before=now()))
        known = world.app.extensions

        def breaks(*_: Any) -> None:
            raise OSError("disk full")

        Worker(
            world.app, db, {**known["copydesk_jobs"], "run.start": breaks}, known["copydesk_jobs_gave_up"]
        ).run_until_idle()
    run = _run(world, run_id)
    assert run.state == RunState.FAILED
    assert "disk full" in str(run.failure)
