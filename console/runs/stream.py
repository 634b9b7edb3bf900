"""Progress of runs as server-sent events, from the asyncio door."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, render_template
from flask_login import current_user
from werkzeug.test import EnvironBuilder

from console.changes import ChangeSignal
from console.database import Database
from console.errors import ConsoleError
from console.permissions import Permission
from console.runs import progress, queries
from console.web.access import actor, enter, workspace
from console.web.asgi_types import Receive, Scope, Send, disconnected
from models import RunState

EVENTS_PATH = re.compile(r"/w/([a-z0-9][a-z0-9_.-]{0,63})/runs/([0-9]{1,9})/events")
MIN_PAUSE_S = 0.4
KEEP_ALIVE_S = 15.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One rendered state of a run; `count` is the event's id."""

    count: int
    html: str
    is_final: bool


class RunStream:
    """Sends the run bar's fragment whenever it changes, until the run has ended."""

    def __init__(self, app: Flask, database: Database, changes: ChangeSignal) -> None:
        self._app = app
        self._db = database
        self._changes = changes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream one run to one browser."""
        if scope["method"] not in {"GET", "HEAD"}:
            headers = [(b"allow", b"GET, HEAD")]
            await send({"type": "http.response.start", "status": 405, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        frame = await asyncio.to_thread(self._frame, scope)
        if isinstance(frame, int):
            await send({"type": "http.response.start", "status": frame, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"),
                   (b"x-accel-buffering", b"no")]  # fmt: skip
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        await self._stream(scope, receive, send, frame)

    async def _stream(self, scope: Scope, receive: Receive, send: Send, frame: Frame) -> None:
        gone = asyncio.create_task(disconnected(receive))
        sent: Frame | None = None
        try:
            while not gone.done() and not self._changes.is_closing:
                if sent is None or frame != sent:
                    await _event(send, frame)
                    sent = frame
                if frame.is_final:
                    break
                changed = asyncio.create_task(self._changes.wait())
                await asyncio.wait({changed, gone}, timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                await asyncio.sleep(MIN_PAUSE_S)
                found = await asyncio.to_thread(self._frame, scope)
                if isinstance(found, int):
                    break
                frame = found
            await send({"type": "http.response.body", "body": b"event: end\ndata: end\n\n"})
        finally:
            gone.cancel()

    def _frame(self, scope: Scope) -> Frame | int:
        """Render the run's bar for the session's person; a status code when they may not see it."""
        match = EVENTS_PATH.fullmatch(scope["path"])
        if match is None:
            return 404
        slug, run_id = match[1], int(match[2])
        with self._app.request_context(_environ(scope)):
            g.reads_only = True
            if not current_user.is_authenticated:
                return 401
            try:
                enter(slug)
                actor().require(Permission.READ)
                run = queries.find_run(self._session(), workspace().id, run_id)
            except ConsoleError as error:
                return error.status
            page = progress.read(self._session(), run)
            html = render_template("runs/_progress.html", page=page)
            return Frame(page.done, html, run.state not in {RunState.QUEUED, RunState.RUNNING})

    def _session(self) -> Any:
        return self._db.session


def _environ(scope: Scope) -> dict[str, Any]:
    cookies = b"; ".join(value for key, value in scope["headers"] if key == b"cookie").decode("latin-1")
    agent: str = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"user-agent"), "")
    address = (scope.get("client") or ("", 0))[0]
    base: dict[str, Any] = {"REMOTE_ADDR": address}
    headers: list[tuple[str, str]] = [("Cookie", cookies), ("User-Agent", agent)]
    builder = EnvironBuilder(path=scope["path"], headers=headers,
                             environ_base=base)  # fmt: skip
    return builder.get_environ()


async def _event(send: Send, frame: Frame) -> None:
    lines = "".join(f"data: {line}\n" for line in frame.html.splitlines() if line.strip())
    body = f"id: {frame.count}\n{lines}\n".encode()
    await send({"type": "http.response.body", "body": body, "more_body": True})
