"""A console on a fresh database, with a workspace and one person of every role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from console.accounts import operations as accounts
from console.config import Settings, load_settings
from console.factory import create_app
from console.permissions import SYSTEM, Actor
from models import Policy, Role, User
from models.migrate import migrate

PASSWORD = "correct horse battery"


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

    def client(self, who: str | None = None) -> FlaskClient:
        """Return a browser, signed in as the person of this name."""
        client = self.app.test_client()
        if who is not None:
            answer = client.post("/sign-in", data={"email": f"{who}@example.com", "password": PASSWORD})
            assert answer.status_code == 303, answer.text
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
    """Make a console in a folder: migrated, with workspaces, people and a policy."""
    settings = make_settings(home, environ)
    app = create_app(settings, {"TESTING": True, "WTF_CSRF_ENABLED": False, **overrides})
    world = World(app, settings)
    from console.extensions import db

    migrate(db.engine)
    with world.session() as session:
        _people(session, world)
    return world


def _people(session: Session, world: World) -> None:
    acme = accounts.create_workspace(session, slug="acme", name="Acme", by=SYSTEM)
    other = accounts.create_workspace(session, slug="other", name="Other", by=SYSTEM)
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
    return accounts.create_user(
        session,
        email=f"{name}@example.com",
        name=name.replace("_", " ").title(),
        password=PASSWORD,
        by=SYSTEM,
    )
