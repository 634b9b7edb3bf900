"""Reading what a client still sends before it is answered.

Whoever refuses a request without reading its body leaves the server no choice but to close the connection:
the next request on it is lost, and so may be the answer (RFC 9112, sections 9.3 and 9.6).
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from console.web.asgi_types import Receive, Scope, Send

MAX_DRAINED_BYTES = 256 * 1024 * 1024
DRAIN_LIMIT_S = 10.0


def drained(scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Return `receive` and `send` of a request that is answered when all its body is read, used or not.

    A body that is too long or too slow for that is answered with `Connection: close`, so that the client
    knows; so is one that waits to be asked for (`Expect: 100-continue`).
    """
    names = {name for name, _ in scope["headers"]}
    if not names & {b"content-length", b"transfer-encoding"}:
        return receive, send
    exchange = _Exchange(receive, send, is_waiting=b"expect" in names)
    return exchange.receive, exchange.send


class _Exchange:
    def __init__(self, receive: Receive, send: Send, *, is_waiting: bool) -> None:
        self._receive, self._send = receive, send
        self._is_waiting = is_waiting
        self._is_read = False

    async def receive(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        self._is_waiting = False
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._is_read = True
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and not self._is_read:
            await self._drain()
            if not self._is_read:
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
        await self._send(message)

    async def _drain(self) -> None:
        left = 0 if self._is_waiting else MAX_DRAINED_BYTES
        try:
            async with asyncio.timeout(DRAIN_LIMIT_S):
                while not self._is_read and left > 0:
                    left -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            return
