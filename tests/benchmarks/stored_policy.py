"""The demo's assets without model checks, and a golden set of fixed texts, for benches of the machinery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.assets import operations as assets
from console.demo.content import load_demo
from console.golden import operations as golden
from console.runs import operations as runs
from copydesk.assets import Kind
from models import Policy
from tests.factories.console import World

MODEL_CHECKS = ("forbidden_topics", "toxicity", "brand_voice")


def write_policy(world: World, cases: Mapping[str, Any], title: str) -> tuple[int, int]:
    """Write assets and golden set and build a candidate; returns the ids of candidate and golden set."""
    by = world.actor("editor")
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        for item in load_demo().assets:
            if item.kind == "forbidden_topics":
                continue
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
            session, policy, name="stored", title="Stored", content=dict(cases), by=by
        )
        golden.save_revision(session, made_set, base_lock=1, message="First", by=by)
        return runs.build_candidate(session, policy, title=title, by=by).id, made_set.id


def _without_models(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [check for check in checks if check["check"] not in MODEL_CHECKS]
    return [*kept, *({"check": check, "enabled": False} for check in MODEL_CHECKS)]
