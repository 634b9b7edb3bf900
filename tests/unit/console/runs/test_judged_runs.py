"""Runs in which a model judges: as advice first, counted once it agrees with editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from console.assets import operations as assets
from console.clock import now
from console.judge.agreement import Agreement, to_json
from console.judge.judging import ADVICE, NAME
from console.judge.rubric import criteria_of, identity
from console.judge.terms import JudgeTerms
from console.runs import operations as runs
from console.runs.gate import GateContent
from copydesk.assets import Kind, parse_assets
from models import Asset, CheckVerdict, JudgeAgreement, JudgeCall, Policy, Run, RunState, WorkState
from tests.factories.console import World, make_world
from tests.factories.generated import start_generated_run, write_generated_policy
from tests.factories.policies import work
from tests.simulators.model_server import ModelServer, Reply, completion, echoing

CRITERION = {"id": "warm", "title": "Warm", "question": "Speaks as a friend would.", "severity": "error"}
NAMES = ("Ada 0", "Ada 1", "Ada 2")
TERMS = {"model": "judge-model", "votes": 3, "counts": True}


def _judging(number: int, request: Mapping[str, Any]) -> Reply:
    """Fail what is written to Ada 1, pass the rest; write what is not asked for an opinion."""
    if "response_format" not in request:
        who = next(name for name in NAMES if name in request["messages"][-1]["content"])
        return Reply(body=completion(f"Welcome back, {who}."))
    fails = "Ada 1" in request["messages"][-1]["content"]
    opinion = {
        "verdict": "fail" if fails else "pass",
        "quotes": ["Welcome back"] if fails else [],
        "reason": "Cold." if fails else "",
    }
    return Reply(body=completion(json.dumps(opinion), model="judge-model"))


def _judged_world(home: Path, server: ModelServer) -> World:
    world = make_world(home, {"OPENAI_BASE_URL": server.url, "GENERATION_TIMEOUT_S": "20"})
    write_generated_policy(world, 3)
    by = world.actor("editor")
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        content = {"title": "House style", "criteria": [CRITERION]}
        guide = assets.create_asset(
            session, world.workspace_id, [policy], kind=Kind.STYLE_GUIDE, name="house", content=content, by=by
        )
        assets.save_revision(session, guide, base_lock=1, message="First", by=by)
        gate = {
            "floors": [{"check": "judge", "rate": "1"}],
            "is_paired": False,
            "stop_on_blockers": False,
            "judge": TERMS,
        }
        runs.set_gate(session, policy, GateContent.model_validate(gate), by=by)
    return world


def _measure_agreement(world: World, agreement: Agreement) -> None:
    with world.session() as session:
        guide = session.scalars(select(Asset).where(Asset.kind == "style_guide")).one()
        criteria = criteria_of(
            parse_assets({"style_guide": {guide.name: {"title": "x", "criteria": [CRITERION]}}})
        )
        session.add(
            JudgeAgreement(
                policy_id=world.policy_id,
                judge_sha256=identity(JudgeTerms.model_validate(TERMS), criteria),
                cases_sha256="0" * 64,
                terms=TERMS,
                state=WorkState.DONE,
                figures={"overall": to_json(agreement)},
                asked_by_id=world.user_ids["editor"],
                created_at=now(),
            )
        )


def _done(world: World) -> tuple[Run, dict[str, CheckVerdict], int]:
    run_id = start_generated_run(world)
    work(world)
    with world.session() as session:
        run = session.get_one(Run, run_id)
        assert run.state == RunState.COMPLETE, run.failure
        verdicts = session.scalars(select(CheckVerdict).where(CheckVerdict.run_id == run_id))
        judged = {v.sample.case_key: v for v in verdicts if v.check in {NAME, ADVICE}}
        return run, judged, len(session.scalars(select(JudgeCall)).all())


def _conditions(run: Run) -> dict[str, str]:
    assert run.summary is not None
    return {c["id"]: c["state"] for c in run.summary["gate"]["conditions"]}


def test_an_unmeasured_judge_advises_and_does_not_count(tmp_path: Path) -> None:
    with ModelServer(_judging) as server:
        world = _judged_world(tmp_path, server)
        run, judged, calls = _done(world)
    assert {v.check for v in judged.values()} == {ADVICE}
    assert judged["case-1"].outcome == "fail"
    assert judged["case-1"].findings[0]["message"] == "Warm: Cold."
    assert calls == 2 + 2  # the fail is confirmed by a second vote
    assert run.engines[-1]["check"] == ADVICE
    assert run.summary is not None
    assert run.summary["passed"] == run.summary["total"]
    assert _conditions(run)["floor:judge"] == "too_few"


def test_a_judge_that_agrees_with_editors_counts(tmp_path: Path) -> None:
    with ModelServer(_judging) as server:
        world = _judged_world(tmp_path, server)
        _measure_agreement(world, Agreement(50, 4, 4, 60))
        run, judged, _calls = _done(world)
    assert {v.check for v in judged.values()} == {NAME}
    assert [key for key, verdict in judged.items() if not verdict.passed] == ["case-1"]
    assert _conditions(run)["floor:judge"] == "not_met"
    assert run.summary is not None
    assert run.summary["passed"] == run.summary["total"] - 1


def test_a_judge_that_disagrees_with_editors_does_not_count(tmp_path: Path) -> None:
    with ModelServer(_judging) as server:
        world = _judged_world(tmp_path, server)
        _measure_agreement(world, Agreement(30, 30, 30, 30))
        _run, judged, _calls = _done(world)
    assert {v.check for v in judged.values()} == {ADVICE}


def test_running_again_pays_for_no_opinion_twice(tmp_path: Path) -> None:
    with ModelServer(_judging) as server:
        world = _judged_world(tmp_path, server)
        first, _judged, paid = _done(world)
        second, _judged, in_all = _done(world)
    assert in_all == paid
    assert first.digest == second.digest


def test_a_judge_that_is_down_is_never_a_pass(tmp_path: Path) -> None:
    def down(number: int, request: Mapping[str, Any]) -> Reply:
        if "response_format" in request:
            return Reply(401, {"error": {"message": "no"}})
        return echoing()(number, request)

    with ModelServer(down) as server:
        world = _judged_world(tmp_path, server)
        _measure_agreement(world, Agreement(50, 4, 4, 60))
        run, judged, _calls = _done(world)
    assert {(v.outcome, v.passed) for v in judged.values()} == {("not_run", False)}
    assert _conditions(run)["not_run"] == "not_met"
