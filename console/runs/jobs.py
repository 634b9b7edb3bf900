"""Background work of runs: start, chunk by chunk, finish. Each takes ids and is safe to run twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets.heads import heads_for
from console.audit.operations import record
from console.clock import now
from console.config import Settings
from console.extensions import db
from console.generation.masking import Masker, is_masking
from console.golden.content import parse_golden
from console.jobs import ledger
from console.permissions import Actor
from console.runs import benches, enforcement, evidence, queries, samples
from console.runs.runner import Item, RunPlan, run_chunk
from console.runs.summary import summarise
from copydesk.assets import PolicyAssets, parse_assets
from copydesk.checks.contract import EngineInfo
from copydesk.errors import CopydeskError
from copydesk.policy import CompiledPolicy
from models import Run, RunState, Workspace

# Enough chunks for several workers to share a run, few enough that claiming them costs nothing.
MIN_CHUNK_ITEMS, MAX_CHUNKS = 100, 8
CANCEL_POLL_S = 0.5
MAX_PLANS = 4
_ACTIVE = (RunState.QUEUED, RunState.RUNNING)
_plans: OrderedDict[int, RunPlan] = OrderedDict()


def start(app: Flask, arguments: Mapping[str, Any], _stop: threading.Event) -> None:
    """Compile the candidate, note which engines take part, and cut the run into chunks."""
    run_id = int(arguments["run_id"])
    try:
        plan = _plan(run_id, app.extensions["copydesk_settings"])
    except CopydeskError as error:
        _end(run_id, RunState.FAILED, failure=f"The candidate can't be compiled: {error}")
        return
    with db.write() as session:
        run = session.get_one(Run, run_id)
        if run.state != RunState.QUEUED:
            return
        run.state, run.started_at = RunState.RUNNING, now()
        run.engines = [_engine_json(engine) for engine in plan.policy.engines]
        if plan.bench is not None:
            run.engines = [*run.engines, _engine_json(plan.bench.engine)]
        total = run.case_count * run.repeats
        size = max(MIN_CHUNK_ITEMS, -(-total // MAX_CHUNKS))
        for first in range(0, total, size):
            arguments = {"run_id": run_id, "first": first, "count": size}
            ledger.submit(session, "run.chunk", f"run:{run_id}:chunk:{first}", arguments)


def chunk(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Make and check the samples of one chunk; the last chunk to end finishes the run."""
    settings: Settings = app.extensions["copydesk_settings"]
    run_id = int(arguments["run_id"])
    with db.read() as session:
        run = session.get_one(Run, run_id)
        is_active, is_cancelled = run.state in _ACTIVE, run.cancel_requested
    if not is_active:
        return
    if not is_cancelled:
        plan = _plan(run_id, settings)
        items = plan.items[arguments["first"] : arguments["first"] + arguments["count"]]
        with db.read() as session:
            there = samples.stored_keys(session, run_id, {item.case.id for item in items})
        missing = [item for item in items if (item.case.id, item.repeat_index) not in there]
        with _cancel_watch(run_id, stop) as halt:
            run_chunk(plan, missing, settings=settings, database=db, stop=halt)
    if not stop.is_set():
        _conclude(run_id)


class _cancel_watch:  # noqa: N801 - used like a function
    """Sets an event when the job must stop or somebody cancelled the run."""

    def __init__(self, run_id: int, stop: threading.Event) -> None:
        self._run_id = run_id
        self._stop = stop
        self._halt = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> threading.Event:
        self._thread.start()
        return self._halt

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(CANCEL_POLL_S):
            with db.read() as session:
                flag = select(Run.cancel_requested).where(Run.id == self._run_id)
                if self._stop.is_set() or session.scalar(flag):
                    self._halt.set()
                    return


def _conclude(run_id: int) -> None:
    """End the run when it was cancelled or every sample is there."""
    with db.read() as session:
        run = session.get_one(Run, run_id)
        is_whole = queries.sample_count(session, run_id) >= run.case_count * run.repeats
        is_cancelled = run.cancel_requested
    if is_whole:
        with db.write() as session:
            ledger.submit(session, "run.finish", f"run:{run_id}:finish", {"run_id": run_id})
    elif is_cancelled:
        _end(run_id, RunState.CANCELLED)


def finish(app: Flask, arguments: Mapping[str, Any], _stop: threading.Event) -> None:
    """Compute the digest and the summary of a whole run; waits for its baseline run."""
    run_id = int(arguments["run_id"])
    with db.read() as session:
        run = session.get_one(Run, run_id)
        if run.state not in _ACTIVE:
            return
        if run.baseline_run is not None and run.baseline_run.state in _ACTIVE:
            raise ledger.NotYetError
        digest, summary = samples.run_digest(session, run), summarise(session, run)
        summary[evidence.WITHOUT_GROUNDS] = evidence.without_grounds(session, run)
    plan = _plan(run_id, app.extensions["copydesk_settings"])
    summary[enforcement.KEY] = enforcement.unenforced_rules(plan.policy)
    _end(run_id, RunState.COMPLETE, digest=digest, summary=summary)


def _end(run_id: int, state: RunState, **values: Any) -> None:
    """The one writer of a run's final states."""
    with db.write() as session:
        run = session.get_one(Run, run_id)
        if run.state not in _ACTIVE:
            return
        run.state, run.finished_at = state, now()
        for name, value in values.items():
            setattr(run, name, value)
        session.flush()
        record(
            session,
            f"run.{state}",
            by=Actor(kind="system", user_id=None, workspace_id=run.candidate.policy.workspace_id),
            subject=("run", run.id),
            after={"digest": run.digest, "failure": run.failure},
        )
    with suppress(KeyError):
        del _plans[run_id]


def _plan(run_id: int, settings: Settings) -> RunPlan:
    """Compile a run's candidate and read its cases, once per worker process."""
    with db.read() as session:
        run = session.get_one(Run, run_id)
        masks = is_masking(session.get_one(Workspace, run.candidate.policy.workspace_id))
        if run_id in _plans and (_plans[run_id].masker is not None) == masks:
            _plans.move_to_end(run_id)
            return _plans[run_id]
        assets, items, today = candidate_assets(session, run), _items(run), run.created_at.date()
        bench = benches.bench_of(session, run, assets, db)
    policy = CompiledPolicy.compile(assets, heads_for(assets, settings))
    plan = RunPlan(run_id, assets, policy, items, today, bench, Masker(assets) if masks else None)
    _plans[run_id] = plan
    while len(_plans) > MAX_PLANS:
        _plans.popitem(last=False)
    return plan


def candidate_assets(session: Session, run: Run) -> PolicyAssets:
    """Read the pinned content of a run's candidate.

    Raises:
        ContentError: content that an older console saved and this one does not understand.
    """
    data: dict[str, dict[str, Any]] = {}
    for revision in queries.pinned_revisions(session, run.candidate):
        data.setdefault(revision.asset.kind, {})[revision.asset.name] = revision.content
    return parse_assets(data)


def _items(run: Run) -> tuple[Item, ...]:
    cases = parse_golden(run.golden_revision.content).cases
    return tuple(Item(case, repeat) for case in cases for repeat in range(run.repeats))


def _engine_json(engine: EngineInfo) -> dict[str, Any]:
    return {
        "check": engine.check,
        "engine": engine.engine,
        "engine_version": engine.engine_version,
        "weights_sha256": engine.weights_sha256,
    }


def gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Fail the run whose job failed at every attempt, so that nobody waits for it."""
    _end(int(arguments["run_id"]), RunState.FAILED, failure=f"A part of the run failed every time: {reason}")


HANDLERS = {"run.start": start, "run.chunk": chunk, "run.finish": finish}
GAVE_UP = dict.fromkeys(HANDLERS, gave_up)
