"""A console on a fresh database, with a workspace and one person of every role."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from console.accounts import operations as accounts
from console.accounts.passwords import hash_password
from console.config import Settings, load_settings
from console.permissions import SYSTEM, Actor
from models import Policy, Role, User
from models.migrate import migrate
from tests.factories.apps import make_app

PASSWORD = "correct horse battery"
_SESSIONS: dict[str, str] = {}


@dataclass
class World:
    """A console with one workspace `acme`, its policy `mail`, and people named after their roles.

    `editor2` is a second editor; `outsider` is admin and editor of another workspace, `other`.
    """

    app: Flask
    settings: Settings
    workspace_id: int = 0
    policy_id: int = 0
    other_workspace_id: int = 0
    user_ids: dict[str, int] = field(default_factory=dict)
    is_copy: bool = False

    def client(self, who: str | None = None) -> FlaskClient:
        """Return a browser, signed in as the person of this name."""
        client = self.app.test_client()
        if who is None:
            return client
        # Worlds on SQLite are copies of one, with its accounts and secret: a session of one holds in all.
        known = _SESSIONS if self.is_copy else {}
        if who not in known:
            answer = client.post("/sign-in", data={"email": f"{who}@example.com", "password": PASSWORD})
            assert answer.status_code == 303, answer.text
            cookie = client.get_cookie("copydesk")
            assert cookie is not None
            known[who] = cookie.value
        client.set_cookie("copydesk", known[who])
        return client

    def actor(self, who: str) -> Actor:
        """Return the person of this name as operations know them."""
        roles = {who.rstrip("2")} if who != "outsider" else {"admin", "editor"}
        workspace_id = self.other_workspace_id if who == "outsider" else self.workspace_id
        return Actor("user", self.user_ids[who], workspace_id, frozenset(roles))

    def close(self) -> None:
        """Close all connections to the database."""
        from console.extensions import db

        db.engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a writing session that commits at the end."""
        from console.extensions import db

        with self.app.app_context(), db.write() as session:
            yield session


def make_settings(home: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return development settings in a folder of their own."""
    return load_settings(
        {
            "COPYDESK_HOME": str(home),
            "SECRET_KEY": "test",
            "KEY_PASSPHRASE": "test passphrase",
            **(environ or {}),
        }
    )


def make_world(home: Path, environ: Mapping[str, str] | None = None, **overrides: Any) -> World:
    """Make a console in a folder: migrated, with workspaces, people and a policy.

    On SQLite it starts from a copy: migrating anew for each test takes seconds.
    """
    settings = make_settings(home, environ)
    on_sqlite = settings.database_url == make_settings(home).database_url
    # Before the application: extensions belong to the one that was made last.
    ready = _ready_world() if on_sqlite else None
    world = World(make_app(settings, **overrides), settings)
    if ready is None:
        _fill(world)
        return world
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(_database_file(ready.settings.home), _database_file(home))
    world.is_copy = True
    world.workspace_id, world.other_workspace_id = ready.workspace_id, ready.other_workspace_id
    world.policy_id, world.user_ids = ready.policy_id, dict(ready.user_ids)
    return world


@cache
def _ready_world() -> World:
    home = Path(tempfile.mkdtemp(prefix="copydesk-world-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    settings = make_settings(home)
    world = World(make_app(settings), settings)
    _fill(world)
    # The last connection that closes empties the write-ahead log into the one file that is copied.
    world.close()
    return world


def _database_file(home: Path) -> Path:
    return home / "copydesk.db"


def _fill(world: World) -> None:
    from console.extensions import db

    migrate(db.engine)
    with world.session() as session:
        _people(session, world)


def _people(session: Session, world: World) -> None:
    acme = accounts.create_workspace(session, slug="acme", name="Acme", by=SYSTEM)
    other = accounts.create_workspace(session, slug="other", name="Other", by=SYSTEM)
    world.is_copy = True
    world.workspace_id, world.other_workspace_id = acme.id, other.id
    for name in [*Role, "editor2"]:
        user = _user(session, str(name))
        accounts.set_roles(session, acme, user, [str(name).rstrip("2")], by=SYSTEM)
        world.user_ids[str(name)] = user.id
    outsider = _user(session, "outsider")
    accounts.set_roles(session, other, outsider, ["admin", "editor"], by=SYSTEM)
    world.user_ids["outsider"] = outsider.id
    from console.clock import now

    policy = Policy(workspace_id=acme.id, slug="mail", name="Mail", created_at=now())
    session.add(policy)
    session.flush()
    world.policy_id = policy.id


def _user(session: Session, name: str) -> User:
    title = name.replace("_", " ").title()
    user = accounts.create_user(session, email=f"{name}@example.com", name=title, password=None, by=SYSTEM)
    user.password_hash = _password_hash()
    return user


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)
