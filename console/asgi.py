"""One process: asyncio doors natively, every console page through Flask in a pool of threads."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask

from console.changes import ChangeSignal
from console.distribution.wire import DataPlane
from console.extensions import db
from console.health import is_ready
from console.runs.stream import EVENTS_PATH, RunStream
from console.web.answers import Answers
from console.web.asgi_types import Receive, Scope, Send
from console.web.draining import drained

CONSOLE_THREADS = 16

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class Doors:
    """Routes by path: data plane and event streams here, the rest to Flask."""

    def __init__(self, app: Flask) -> None:
        self._changes = ChangeSignal(db)
        self.answers = Answers()  # the worker answers what is known from here, see console.web.answers
        self._data_plane = DataPlane(db, self._changes, self.answers)
        self._stream = RunStream(app, db, self._changes)
        self._app = app
        self._console: Any = WSGIMiddleware(app.wsgi_app, workers=CONSOLE_THREADS)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        receive, send = drained(scope, receive, send)
        if scope["path"].startswith("/dist/"):
            await self._data_plane(scope, receive, send)
        elif EVENTS_PATH.fullmatch(scope["path"]):
            await self._stream(scope, receive, send)
        elif scope["path"] in {"/healthz", "/readyz"}:
            await self._health(scope, send)
        else:
            await self._console(scope, receive, send)

    def let_go(self) -> None:
        """Answer whoever waits for a change; called when the server begins to close."""
        self._changes.let_go()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._changes.start()
                self._data_plane.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._changes.stop()
                await self._data_plane.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _health(self, scope: Scope, send: Send) -> None:
        """Liveness: the loop answers. Readiness: the database has the newest schema."""
        state = {"status": "ok"} if scope["path"] == "/healthz" else await is_ready(db)
        status = 200 if state["status"] == "ok" else 503
        body = json.dumps(state).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def create_asgi(app: Flask) -> Asgi:
    """Make the ASGI application around the Flask one."""
    return Doors(app)
