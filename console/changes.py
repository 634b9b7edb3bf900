"""Noticing that any process committed a change, without a message bus.

SQLite counts commits of other connections in `PRAGMA data_version`; on PostgreSQL the head of the audit
chain moves with every change of state. Either is one cheap read, polled; whoever wakes reads again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, func, select

from console.database import Database
from models import AuditEntry

LOG = logging.getLogger(__name__)
CHANGE_POLL_S = 0.05
POSTGRES_POLL_S = 0.2
RETRY_S = 1.0


class ChangeSignal:
    """Wakes everybody who waits, and calls the subscribers, after each committed change."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._subscribers: list[Callable[[], None]] = []
        self._waiters = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.is_closing = False

    def subscribe(self, on_change: Callable[[], None]) -> None:
        """Call this in the event loop after each change."""
        self._subscribers.append(on_change)

    async def wait(self) -> None:
        """Return at the next change, or when the server closes."""
        await self._waiters.wait()

    def start(self) -> None:
        """Begin to watch; called once in the server's event loop."""
        self._task = asyncio.create_task(self._watch())

    def let_go(self) -> None:
        """Wake all waiters for the last time: the server is about to close."""
        self.is_closing = True
        self._wake()

    async def stop(self) -> None:
        """Let the waiters go and end."""
        self.let_go()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _wake(self) -> None:
        for on_change in self._subscribers:
            on_change()
        waiters, self._waiters = self._waiters, asyncio.Event()
        waiters.set()

    async def _watch(self) -> None:
        while True:
            try:
                await self._watch_connection()
            except Exception:
                # A database that is away for a moment must not end the watch; what was cached may be old.
                LOG.exception("watching for changes failed; trying again")
                self._wake()
                await asyncio.sleep(RETRY_S)

    async def _watch_connection(self) -> None:
        is_sqlite = self._db.engine.dialect.name == "sqlite"
        read, pause_s = (_sqlite_counter, CHANGE_POLL_S) if is_sqlite else (_audit_head, POSTGRES_POLL_S)
        connection = await asyncio.to_thread(self._db.engine.connect)
        connection = connection.execution_options(isolation_level="AUTOCOMMIT", copydesk_read_only=True)
        try:
            seen = await asyncio.to_thread(read, connection)
            while True:
                await asyncio.sleep(pause_s)
                # One pragma is a microsecond's work: a thread hop would cost more than it saves.
                found = read(connection) if is_sqlite else await asyncio.to_thread(read, connection)
                if found != seen:
                    seen = found
                    self._wake()
        finally:
            await asyncio.to_thread(connection.close)


def _sqlite_counter(connection: Connection) -> int:
    return int(connection.connection.dbapi_connection.execute("PRAGMA data_version").fetchone()[0])  # type: ignore[union-attr]


def _audit_head(connection: Connection) -> int:
    return connection.execute(select(func.max(AuditEntry.seq))).scalar() or 0
