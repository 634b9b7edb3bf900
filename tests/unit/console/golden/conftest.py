"""A console whose policy holds the demo's assets, and a golden set with the demo's cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.assets import operations as assets
from console.demo.content import load_demo
from console.golden import operations as golden
from copydesk.assets import Kind
from models import Policy
from tests.factories.console import World, make_world


def fill(world: World) -> None:
    """Put the demo's assets and golden set into the world's policy, saved by the editor."""
    demo, by = load_demo(), world.actor("editor")
    with world.app.test_request_context(), world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        for item in demo.assets:
            asset = assets.create_asset(
                session,
                world.workspace_id,
                [policy],
                kind=Kind(item.kind),
                name=item.name,
                content=item.content,
                by=by,
            )
            assets.save_revision(session, asset, base_lock=1, message=item.message, by=by)
        content = {"title": demo.golden_set.title, "cases": [dict(case) for case in demo.golden_set.cases]}
        made = golden.create_golden_set(
            session, policy, name="cases", title=demo.golden_set.title, by=by, content=content
        )
        golden.save_revision(session, made, base_lock=1, message="First cases", by=by)


@pytest.fixture
def filled(tmp_path: Path) -> World:
    """Make a world with the demo's assets and cases."""
    world = make_world(tmp_path)
    fill(world)
    return world
