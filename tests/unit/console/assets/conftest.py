"""A world per test from one that is made once: migrating and hashing nine passwords takes seconds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from console.extensions import db
from console.factory import create_app
from tests.factories.console import World, make_settings, make_world


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """Make the world that the others are copies of."""
    home = tmp_path_factory.mktemp("first")
    world = make_world(home)
    db.engine.dispose()  # closes the database, so that all of it is in one file
    return home, world


@pytest.fixture
def world(first_world: tuple[Path, World], tmp_path: Path) -> World:
    """Make a console on a copy of the first world's database."""
    home, first = first_world
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    settings = make_settings(tmp_path)
    app = create_app(settings, {"TESTING": True, "WTF_CSRF_ENABLED": False})
    return replace(first, app=app, settings=settings, user_ids=dict(first.user_ids))
