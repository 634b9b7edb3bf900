"""With the switch on, personal values reach neither a model nor samples, and the checks still see them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from console.assets import drafting
from console.assets import operations as assets
from console.runs import operations as runs
from console.runs.gate import GateContent
from console.settings.operations import set_masking
from copydesk.assets import Kind
from models import Asset, CheckVerdict, GenerationCacheEntry, Policy, Run, Sample, Workspace
from tests.factories.bundles import assets as small_assets
from tests.factories.console import World, make_world
from tests.factories.generated import start_generated_run, write_cases, write_generated_policy
from tests.factories.policies import api_token, work
from tests.simulators.model_server import ModelServer, Reply, Script, completion

CARD, MADE_UP = "5555 5555 5555 4444", "4111 1111 1111 1111"
NAME = "Anneliese"
NOTE = f"{NAME} says: my card is {CARD}, or write to jo@mailbox.org."
CASE = {
    "id": "case-0",
    "title": "Case 0",
    "prompt": "welcome",
    "variables": {"first_name": NAME, "note": NOTE, "born": "1971-05-03"},
}


def _world(home: Path, server: ModelServer, *, masks: bool = True) -> World:
    world = make_world(home, {"OPENAI_BASE_URL": server.url, "GENERATION_TIMEOUT_S": "20"})
    write_generated_policy(world, 1)
    prompt = deepcopy(small_assets()["prompt"]["welcome"])
    prompt["variables"] = [
        {"name": "first_name", "is_personal": True},
        {"name": "note"},
        {"name": "born", "type": "date", "is_personal": True},
    ]
    prompt["blocks"][-1]["text"] = (
        "Welcome {{ first_name }} back, born {{ born }}. Shop: help@shop.example. {{ note | data }}"
    )
    prompt["output"] = {"required_phrases": [NAME]}  # only who sees the name can tell that it is there
    by = world.actor("editor")
    with world.session() as session:
        found = session.scalars(select(Asset).where(Asset.kind == "prompt")).one()
        draft = drafting.open_draft(session, found, by=by)
        saved = assets.save_draft(session, found, prompt, base_lock=draft.lock_number, by=by)
        assets.save_revision(session, found, base_lock=saved.lock_number, message="Personal", by=by)
        if masks:
            set_masking(
                session, session.get_one(Workspace, world.workspace_id), True, by=world.actor("admin")
            )
    write_cases(world, [CASE])
    return world


def _run(world: World) -> tuple[Run, Sample, dict[str, CheckVerdict]]:
    run_id = start_generated_run(world)
    work(world)
    with world.session() as session:
        sample = session.scalars(select(Sample).where(Sample.run_id == run_id)).one()
        verdicts = {v.check: v for v in sample.verdicts}
        return session.get_one(Run, run_id), sample, verdicts


def _saying(text: str) -> Script:
    return lambda _number, _request: Reply(body=completion(text))


def _stored(home: Path) -> Mapping[str, str]:
    """Return all that the database holds of generation, in one text per table."""
    (path,) = home.rglob("copydesk.db")
    with sqlite3.connect(path) as connection:
        tables = ("samples", "check_verdicts", "generation_cache", "audit_entries")
        rows = {table: connection.execute(f"select * from {table}").fetchall() for table in tables}  # noqa: S608
    return {table: json.dumps(found, default=str, ensure_ascii=False) for table, found in rows.items()}


def test_neither_the_model_nor_the_database_gets_the_values(tmp_path: Path) -> None:
    with ModelServer(_saying("Welcome back, [first_name]. We charge [card 1].")) as server:
        world = _world(tmp_path, server)
        _, sample, verdicts = _run(world)
        asked = json.dumps(server.requests, ensure_ascii=False)
    for value in (CARD, NAME, "jo@mailbox.org", "1971"):
        assert value not in asked
    user = server.requests[0]["messages"][-1]["content"]
    assert "Welcome [first_name] back, born 15 January 2026. Shop: help@shop.example." in user
    assert "[first_name] says: my card is [card 1], or write to [email 1]." in user
    assert sample.text == "Welcome back, •••••••••. We charge •••• •••• •••• 4444."
    # The checks saw what readers would see: the name that the prompt's contract asks for.
    assert verdicts["limits"].findings == []
    for table, text in _stored(tmp_path).items():
        for value in (CARD, NAME, "jo@mailbox.org"):
            assert value not in text, table


def test_a_masked_text_comes_from_the_cache_and_is_judged_alike(tmp_path: Path) -> None:
    with ModelServer(_saying("Welcome back, [First_name].")) as server:
        world = _world(tmp_path, server)
        first, one, _ = _run(world)
        second, two, _ = _run(world)
        assert len(server.requests) == 1
    assert (one.source, two.source) == ("generated", "cached")
    assert one.text == two.text == "Welcome back, •••••••••."
    assert first.digest == second.digest


def test_personal_data_that_a_model_makes_up_is_found_each_time_and_kept_nowhere(tmp_path: Path) -> None:
    with ModelServer(_saying(f"Dear [first_name], pay with {MADE_UP}.")) as server:
        world = _world(tmp_path, server)
        _, one, before = _run(world)
        _, two, after = _run(world)
        assert len(server.requests) == 2
    assert one.text == two.text == "Dear •••••••••, pay with •••• •••• •••• 1111."
    (found,) = before["personal_data"].findings
    assert one.text[slice(*found["span"])] == "•••• •••• •••• 1111"
    assert found["evidence"]["masked"] == "••••1111"
    assert before["personal_data"].outcome == after["personal_data"].outcome == "fail"
    with world.session() as session:
        assert session.scalars(select(GenerationCacheEntry)).all() == []
    assert all(MADE_UP not in text for text in _stored(tmp_path).values())


def test_a_failure_says_nothing_of_the_value(tmp_path: Path) -> None:
    with ModelServer(_saying("Welcome.")) as server:
        world = _world(tmp_path, server)
        write_cases(world, [{**CASE, "variables": {**CASE["variables"], "born": "1971-02-31"}}])  # type: ignore[dict-item]
        _, sample, _ = _run(world)
    assert sample.text is None
    assert "a day that does not exist" in str(sample.failure)
    assert "1971" not in str(sample.failure)


def test_a_fixed_text_is_stored_masked(tmp_path: Path) -> None:
    with ModelServer(_saying("")) as server:
        world = _world(tmp_path, server)
        write_cases(world, [{**CASE, "text": f"Dear {NAME}, your card {MADE_UP} is fine."}])
        _, sample, verdicts = _run(world)
    assert sample.text == "Dear •••••••••, your card •••• •••• •••• 1111 is fine."
    assert verdicts["personal_data"].outcome == "fail"


def test_a_judge_is_shown_no_more_than_is_stored(tmp_path: Path) -> None:
    passes = json.dumps({"verdict": "pass", "quotes": [], "reason": ""})
    with ModelServer(_saying(passes)) as server:
        world = _world(tmp_path, server)
        by = world.actor("editor")
        guide = {"title": "House style", "criteria": [{"id": "warm", "title": "Warm", "question": "Is it?"}]}
        gate = {"judge": {"model": "judge-model", "votes": 1, "counts": False}, "is_paired": False}
        with world.session() as session:
            policy = session.get_one(Policy, world.policy_id)
            made = assets.create_asset(
                session, world.workspace_id, [policy], kind=Kind.STYLE_GUIDE, name="g", content=guide, by=by
            )
            assets.save_revision(session, made, base_lock=1, message="First", by=by)
            runs.set_gate(session, policy, GateContent.model_validate(gate), by=by)
        write_cases(world, [{**CASE, "text": f"Dear {NAME}, your card {MADE_UP} is fine."}])
        _, sample, _ = _run(world)
        (asked,) = server.requests
    question = asked["messages"][-1]["content"]
    assert str(sample.text) in question
    assert NAME not in question
    assert MADE_UP not in question


def test_a_draft_is_not_said_to_mend_what_is_only_masked(tmp_path: Path) -> None:
    with ModelServer(_saying("")) as server:
        world = _world(tmp_path, server)
        write_cases(world, [{**CASE, "text": f"Dear {NAME}, your card {MADE_UP} is fine."}])
        _run(world)
    by = world.actor("editor")
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "fallbacks")).one()
        content = {**asset.revisions[-1].content, "title": "Another title"}
        draft = drafting.open_draft(session, asset, by=by)
        assets.save_draft(session, asset, content, base_lock=draft.lock_number, by=by)
        url = f"/api/v1/workspaces/acme/assets/fallbacks/{asset.name}/impact"
    headers = {"Authorization": f"Bearer {api_token(world, 'viewer')}"}
    answer = world.app.test_client().get(url, headers=headers).get_json()["policies"][0]
    assert answer["samples"] == 1
    assert "personal_data" in [row["check"] for row in answer["checks"]]
    assert answer["changes"] == []


@pytest.mark.parametrize("masks", [True, False])
def test_off_is_as_it_was(tmp_path: Path, *, masks: bool) -> None:
    with ModelServer(_saying("Welcome back, Anneliese.")) as server:
        world = _world(tmp_path, server, masks=masks)
        _, sample, _ = _run(world)
        asked = json.dumps(server.requests)
    assert (NAME in asked, CARD in asked) == (not masks, not masks)
    assert sample.text == ("Welcome back, •••••••••." if masks else "Welcome back, Anneliese.")


def test_the_switch_is_an_admins_and_audited(world: World) -> None:
    url = "/w/acme/settings"
    assert "Mask personal data" in world.client("admin").get(url).text
    assert "Mask personal data" not in world.client("editor").get(url).text
    assert world.client("editor").post(f"{url}/masking", data={"is_on": "y"}).status_code == 403
    for data, is_on in (({"is_on": "y"}, True), ({"is_on": "y"}, True), ({}, False)):
        assert world.client("admin").post(f"{url}/masking", data=data).status_code == 303
        with world.session() as session:
            settings: dict[str, Any] = session.get_one(Workspace, world.workspace_id).settings
            assert settings["mask_personal_data"] is is_on
    page = world.client("auditor").get("/w/acme/audit").text
    assert page.count("workspace.masking_changed") >= 2 or page.count("masking") >= 2
