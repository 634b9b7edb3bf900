"""Runtime tokens that are turned away: audited once a day, with the reason, with the next batch."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from console.accounts import tokens
from console.changes import ChangeSignal
from console.distribution.wire import DataPlane
from console.extensions import db
from models import AuditEntry, TokenPurpose

if TYPE_CHECKING:
    from tests.factories.console import World


async def _asks(secret: str, path: str, times: int) -> list[int]:
    plane, statuses = DataPlane(db, ChangeSignal(db)), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"authorization", b"Bearer " + secret.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    for _ in range(times):
        await plane(scope, receive, send)
    await plane.stop()
    return statuses


@pytest.mark.parametrize(
    ("path", "is_revoked", "status", "reason"),
    [
        ("/dist/v1/acme/other/channels/production", False, 403, "forbidden"),
        ("/dist/v1/acme/mail/channels/production", True, 401, "unauthenticated"),
    ],
    ids=["another policy", "revoked"],
)
def test_a_token_that_is_turned_away_is_audited_once(
    world: World, path: str, is_revoked: bool, status: int, reason: str
) -> None:
    admin = world.actor("admin")
    with world.session() as session:
        token, secret = tokens.create_token(
            session, world.workspace_id, purpose=TokenPurpose.RUNTIME, name="A service", scopes=["read"],
            policies=["mail"], channels=[], expires_at=None, by=admin,
        )  # fmt: skip
        token_id = token.id
        if is_revoked:
            tokens.revoke_token(session, world.workspace_id, token_id, by=admin)
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, _asks(secret, path, 3)).result() == [status] * 3
        thread.submit(asyncio.run, _asks(secret, path, 1)).result()
    with world.session() as session:
        statement = select(AuditEntry).where(AuditEntry.action == tokens.DENIED)
        (entry,) = session.scalars(statement).all()
        assert (entry.subject_id, entry.after) == (str(token_id), {"reason": reason})
