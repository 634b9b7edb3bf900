"""A full re-check of stored texts by every deterministic check, with the run machinery and its database."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from console.assets import operations as assets
from console.demo.content import load_demo
from console.extensions import db
from console.golden import operations as golden
from console.jobs.worker import Worker
from console.runs import operations as runs
from copydesk.assets import Kind
from models import GoldenRevision, Policy, Run, RunState
from tests.benchmarks.rows import REFERENCE_S, Row, calibrate, timed
from tests.factories.console import World, make_world

SAMPLES = 2000
MODEL_CHECKS = ("forbidden_topics", "toxicity", "brand_voice")


def measure() -> Iterator[Row]:
    """Yield the seconds from the start of the run to its summary."""
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        world = make_world(Path(folder))
        worker = Worker(world.app, db, world.app.extensions["copydesk_jobs"])
        run_id = _start(world)
        before, started = calibrate(), time.perf_counter()
        worker.run_until_idle()
        taken_s = time.perf_counter() - started
        slowness = (before + calibrate()) / 2 / REFERENCE_S
        with world.session() as session:
            run = session.get_one(Run, run_id)
            assert run.state == RunState.COMPLETE, run.failure
    yield timed(f"re-check of {SAMPLES} stored samples", taken_s, "s", 2.0, slowness)


def _start(world: World) -> int:
    by = world.actor("editor")
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        for item in load_demo().assets:
            content = dict(item.content)
            if item.kind == "limits":
                content["checks"] = _without_models(content["checks"])
            made = assets.create_asset(
                session,
                world.workspace_id,
                [policy],
                kind=Kind(item.kind),
                name=item.name,
                content=content,
                by=by,
            )
            assets.save_revision(session, made, base_lock=1, message="First", by=by)
        made_set = golden.create_golden_set(
            session, policy, name="stored", title="Stored", content=_cases(), by=by
        )
        golden.save_revision(session, made_set, base_lock=1, message="First", by=by)
        candidate = runs.build_candidate(session, policy, title="Re-check", by=by)
        return runs.start_run(session, candidate, session.scalars(select(GoldenRevision)).one(), by=by).id


def _without_models(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [check for check in checks if check["check"] not in MODEL_CHECKS]
    return [*kept, *({"check": check, "enabled": False} for check in MODEL_CHECKS)]


def _cases() -> dict[str, Any]:
    """Return as many cases as asked for, each with the recorded or fixed text of one of the demo's."""
    from console.demo import recorded

    texts = [case["text"] for case in load_demo().golden_set.cases if case.get("text")]
    if recorded.PATH.exists():
        import json

        texts += [json.loads(line)["text"] for line in recorded.PATH.read_text(encoding="utf-8").splitlines()]
    prompt = next(item.name for item in load_demo().assets if item.kind == "prompt")
    cases = [
        {"id": f"s{n}", "title": f"Sample {n}", "prompt": prompt, "text": f"{texts[n % len(texts)]} {n}."}
        for n in range(SAMPLES)
    ]
    return {"title": "Stored", "cases": cases}
