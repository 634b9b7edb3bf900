"""A policy with a criterion, texts labelled for it, and a model server with an opinion of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.assets import operations as assets
from console.quality import operations as quality
from console.quality.content import read_case
from copydesk.assets import Kind
from models import LabelSource, Policy
from tests.factories.console import World, make_world
from tests.factories.policies import write_policy
from tests.simulators.model_server import ModelServer, Reply, completion

TERMS = {"model": "judge-model", "votes": "3", "max_calls": "500", "max_cost_cents": ""}
CRITERION = {"id": "warm", "title": "Warm", "question": "Speaks as a friend would.", "severity": "error"}
PUSHY, WARM = "Hurry, number {n}, only today!", "Good to see you again, number {n}."


def strict_judge(_number: int, request: Mapping[str, Any]) -> Reply:
    """Fail whatever says hurry, and number 7 as well: one opinion that no editor shares."""
    asked = request["messages"][-1]["content"]
    fails = "Hurry" in asked or "number 7." in asked
    quotes = ["number"] if fails else []
    opinion = {"verdict": "fail" if fails else "pass", "quotes": quotes, "reason": "It presses."}
    return Reply(body=completion(json.dumps(opinion)))


def judged_world(home: Path, server: ModelServer | None = None, labelled: int = 0, **environ: str) -> World:
    """Make a console whose style guide has one criterion.

    Args:
        server: answers what the judge is asked; None: no model is configured.
        labelled: how many texts are labelled for the criterion; every second must fail. The judge and the
            editor differ on number 7 alone.
        environ: further settings, such as DATABASE_URL.
    """
    world = make_world(home, {"OPENAI_BASE_URL": server.url, **environ} if server else environ)
    write_policy(world)
    by = world.actor("editor")
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        content = {"title": "House style", "criteria": [CRITERION]}
        guide = assets.create_asset(
            session, world.workspace_id, [policy], kind=Kind.STYLE_GUIDE, name="house", content=content, by=by
        )
        assets.save_revision(session, guide, base_lock=1, message="First", by=by)
        for number in range(labelled):
            label = {
                "check": "judge",
                "rule": "house/warm",
                "expects": "finding" if number % 2 else "none",
                "text": (PUSHY if number % 2 else WARM).format(n=number),
            }
            if number == 7:
                label |= {"text": WARM.format(n=7), "expects": "none"}
            quality.add_case(session, policy, read_case(label), source=LabelSource.FORM, by=by)
    return world
