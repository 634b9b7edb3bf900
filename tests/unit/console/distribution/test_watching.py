"""A service that waits for a channel to move, while its token is revoked."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from console.accounts import tokens
from console.changes import ChangeSignal
from console.distribution.wire import DataPlane
from console.extensions import db
from console.releases import operations as releases
from models import Channel, Policy, TokenPurpose

if TYPE_CHECKING:
    from tests.factories.console import World


def test_a_revoked_token_gets_no_pointer_that_it_waited_for(world: World) -> None:
    admin = world.actor("admin")
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        releases.open_channels(session, policy)
        channel = session.scalars(select(Channel).where(Channel.name == "production")).one()
        channel.sequence, channel.pointer_jws = 1, "first"
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
        channel_id, token_id = channel.id, token.id

    def revoke_and_move() -> None:
        with world.session() as session:
            tokens.revoke_token(session, world.workspace_id, token_id, by=admin)
            moved = session.get_one(Channel, channel_id)
            moved.sequence, moved.pointer_jws = 2, "second"

    # In a thread: the browser of the session keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, _watch(secret, revoke_and_move)).result() == 401


async def _watch(secret: str, change: Any) -> int:
    changes, sent, asked = ChangeSignal(db), [], asyncio.Event()
    plane = DataPlane(db, changes)
    changes.start()

    async def receive() -> dict[str, str]:
        asked.set()  # the data plane listens for the client leaving: it waits
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", b"Bearer " + secret.encode()), (b"if-none-match", b'"1"')]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/dist/v1/acme/mail/channels/production",
        "query_string": b"wait=1",
        "headers": headers,
    }
    waiting = asyncio.create_task(plane(scope, receive, send))
    await asked.wait()
    await asyncio.to_thread(change)
    await waiting
    await changes.stop()
    return int(sent[0]["status"])
