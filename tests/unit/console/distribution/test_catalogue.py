"""What the data plane remembers is never older than the last change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from console.accounts import tokens
from console.distribution.catalogue import Catalogue
from console.extensions import db
from models import TokenPurpose

if TYPE_CHECKING:
    from tests.factories.console import World


def test_a_token_revoked_while_it_was_read_is_not_remembered_as_usable(world: World) -> None:
    catalogue, admin = Catalogue(), world.actor("admin")
    with world.session() as session:
        token, secret = tokens.create_token(
            session,
            world.workspace_id,
            purpose=TokenPurpose.RUNTIME,
            name="A program",
            scopes=["read"],
            policies=[],
            channels=[],
            expires_at=None,
            by=admin,
        )
        token_id = token.id

    done: list[str] = []

    @event.listens_for(db.engine, "after_cursor_execute")
    def _revoke(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if done or "service_tokens" not in statement:
            return
        done.append(statement)
        # The row is read; before it is kept, another process revokes the token and the watcher notices.
        with db.write() as other:
            tokens.revoke_token(other, world.workspace_id, token_id, by=admin)
        catalogue.forget()

    with db.read() as reader:
        catalogue.load_token(reader, secret)

    is_known, _ = catalogue.cached_token(secret)
    assert done
    assert not is_known
