"""Golden cases whose texts a model writes, on the small policy, judged by the fast checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from console.assets import drafting
from console.assets import operations as assets
from console.golden import operations as golden
from console.runs import operations as runs
from models import Asset, GoldenRevision, GoldenSet, Policy
from tests.factories.bundles import assets as small_assets
from tests.factories.console import World
from tests.factories.policies import write_policy

MODEL_CHECKS = ("forbidden_topics", "toxicity", "brand_voice")


def write_generated_policy(world: World, count: int, **of_case: Any) -> None:
    """Give the world's policy `count` cases without a text, and every check that needs no model."""
    write_policy(world)
    with world.session() as session:
        found = session.scalars(select(Asset).where(Asset.kind == "limits")).one()
        content = small_assets()["limits"]["channels"]
        content["checks"] = [{"check": check, "enabled": False} for check in MODEL_CHECKS]
        by = world.actor("editor")
        draft = drafting.open_draft(session, found, by=by)
        saved = assets.save_draft(session, found, content, base_lock=draft.lock_number, by=by)
        assets.save_revision(session, found, base_lock=saved.lock_number, message="Check more", by=by)
    write_cases(world, generated_cases(count, **of_case))


def generated_cases(count: int, **of_case: Any) -> list[dict[str, Any]]:
    """Return cases whose text is generated."""
    return [
        {
            "id": f"case-{n}",
            "title": f"Case {n}",
            "prompt": "welcome",
            "variables": {"first_name": f"Ada {n}"},
        }
        | of_case
        for n in range(count)
    ]


def write_cases(world: World, cases: Sequence[Mapping[str, Any]]) -> None:
    """Save these cases as the golden set's newest revision."""
    by = world.actor("editor")
    with world.session() as session:
        found = session.scalars(select(GoldenSet)).one()
        draft = drafting.open_draft(session, found, by=by)
        content = {"title": "Cases", "cases": [dict(case) for case in cases]}
        saved = golden.save_draft(session, found, content, base_lock=draft.lock_number, by=by)
        golden.save_revision(session, found, base_lock=saved.lock_number, message="Cases", by=by)


def start_generated_run(world: World, repeats: int = 1) -> int:
    """Start a run of the newest revisions; returns its id."""
    by = world.actor("editor")
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        candidate = runs.build_candidate(session, policy, title="A change", by=by)
        newest = select(GoldenRevision).order_by(GoldenRevision.number.desc()).limit(1)
        revision = session.scalars(newest).one()
        return runs.start_run(session, candidate, revision, by=by, repeats=repeats).id
