"""A console whose policy holds the demo's assets; each test gets a golden set of its own in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from console.assets import operations as assets
from console.demo.content import load_demo
from console.golden import operations as golden
from console.golden import queries
from console.golden.editing import cases_of, working_copy
from console.golden.vocabulary import Vocabulary, vocabulary
from copydesk.assets import Kind
from models import Policy
from tests.factories.console import World, make_world


@dataclass
class Place:
    """A golden set of its own: revision 1 holds the first cases of the demo."""

    world: World
    name: str

    @property
    def url(self) -> str:
        """Address of its pages."""
        return f"/w/acme/golden/{self.name}"

    @property
    def api(self) -> str:
        """Address of its API."""
        return f"/api/v1/workspaces/acme/golden-sets/{self.name}"

    def cases(self) -> list[dict[str, Any]]:
        """Return the cases as they are edited now."""
        with self.world.session() as session:
            found = queries.find_golden_set(session, self.world.workspace_id, self.name)
            return cases_of(working_copy(session, found).content)

    def case(self, key: str) -> dict[str, Any]:
        """Return one case as it is edited now."""
        return next(case for case in self.cases() if case["id"] == key)

    def revision(self) -> int:
        """Return the number of the newest revision."""
        with self.world.session() as session:
            return queries.find_golden_set(session, self.world.workspace_id, self.name).last_revision_number


def fill(world: World) -> None:
    """Put the demo's assets and a golden set `cases` into the world's policy, saved by the editor."""
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
    add_set(world, "cases", len(demo.golden_set.cases))


def add_set(world: World, name: str, count: int) -> None:
    """Save a golden set with the first cases of the demo as revision 1."""
    demo, by = load_demo(), world.actor("editor")
    with world.app.test_request_context(), world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        content = {
            "title": demo.golden_set.title,
            "cases": [dict(case) for case in demo.golden_set.cases[:count]],
        }
        made = golden.create_golden_set(session, policy, name=name, title="Mails", by=by, content=content)
        golden.save_revision(session, made, base_lock=1, message="First cases", by=by)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a world with the demo's assets, once for the tests of a file."""
    world = make_world(tmp_path_factory.mktemp("golden"))
    fill(world)
    return world


@pytest.fixture
def place(filled: World) -> Place:
    """Make a golden set of this test's own, with eight cases."""
    name = f"set-{uuid.uuid4().hex[:8]}"
    add_set(filled, name, 8)
    return Place(filled, name)


@pytest.fixture(scope="module")
def editor(filled: World) -> FlaskClient:
    """Sign the editor in."""
    return filled.client("editor")


@pytest.fixture
def words(filled: World) -> Iterator[Vocabulary]:
    """Give the words of the demo's policy, in a request, as reading files happens in one."""
    with filled.app.test_request_context(), filled.session() as session:
        yield vocabulary(session, filled.policy_id)
