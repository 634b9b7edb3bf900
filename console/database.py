"""The database of the application: engine, sessions, and one fair queue of writers on both databases."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

WRITE_LOCK_TIMEOUT_S = 30.0
WRITE_LOCK_POLL_S = 0.001
# Any constant will do: it names the one lock that all writers on PostgreSQL queue for.
POSTGRES_WRITERS = 0x0C0_DE5
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class WriteLockTimeoutError(Exception):
    """Another writer held the SQLite database for longer than WRITE_LOCK_TIMEOUT_S."""


class Database:
    """Engine and sessions. `session` is the one of the current request or command."""

    def __init__(self) -> None:
        self.engine: Engine
        self._write_sessions: sessionmaker[Session]
        self._read_sessions: sessionmaker[Session]

    def init_app(self, app: Flask, url: str) -> None:
        """Connect the application to the database at the URL; an application made before is disconnected."""
        previous: Engine | None = getattr(self, "engine", None)
        if previous is not None:
            previous.dispose()
        self.engine = make_engine(url)
        self._write_sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._read_sessions = sessionmaker(
            self.engine.execution_options(copydesk_read_only=True), expire_on_commit=False
        )
        app.teardown_appcontext(self._close)

    @property
    def session(self) -> Session:
        """The session of this application context: writing unless the request only reads."""
        if "db_session" not in g:
            g.db_session = self._read_sessions() if _only_reads() else self._write_sessions()
        session: Session = g.db_session
        return session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session of its own that only reads."""
        with self._read_sessions() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session of its own; committed at the end, rolled back on an exception."""
        with self._write_sessions() as session, session.begin():
            yield session

    def _close(self, _error: BaseException | None) -> None:
        session: Session | None = g.pop("db_session", None)
        if session is not None:
            session.close()


def _only_reads() -> bool:
    # Views that are POST only for the size of their input (live checks, previews) set g.reads_only.
    return has_request_context() and (request.method in SAFE_METHODS or g.get("reads_only", False))


def make_engine(url: str) -> Engine:
    """Create the engine; SQLite gets WAL, foreign keys and full sync, and writers queue on both databases."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "begin", _queue_on_postgres)
        return engine
    path = url.removeprefix("sqlite:///")
    if path and path != url:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": WRITE_LOCK_TIMEOUT_S, "check_same_thread": False})
    lock_path = f"{path}.write-lock" if path and path != url and path != ":memory:" else None
    _listen(engine, lock_path)
    return engine


def _queue_on_postgres(connection: Connection) -> None:
    # As on SQLite, who writes sees everything that was committed before: a number one above the highest is
    # free, and what a publish was judged on can't change before it is committed.
    if not connection.get_execution_options().get("copydesk_read_only"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRES_WRITERS})")


def _listen(engine: Engine, lock_path: str | None) -> None:
    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see _begin
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("copydesk_read_only"):
            connection.exec_driver_sql("BEGIN")
            return
        # Busy-waiting writers starve each other on SQLite (6 s seen): queue before BEGIN instead.
        if lock_path is not None:
            connection.info["write_lock"] = _take_lock(lock_path)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "commit")
    def _committed(connection: Connection) -> None:
        # The event comes before the COMMIT itself, so commit here and let the driver's own be a no-op.
        connection.exec_driver_sql("COMMIT")
        _release_lock(connection)

    @event.listens_for(engine, "rollback")
    def _rolled_back(connection: Connection) -> None:
        if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("ROLLBACK")
        _release_lock(connection)

    @event.listens_for(engine, "checkin")
    def _returned(_connection: Any, record: Any) -> None:
        lock = record.info.pop("write_lock", None)
        if lock is not None:
            lock.close()


def _take_lock(path: str) -> Any:
    lock = Path(path).open("w")  # noqa: SIM115 - held until the transaction ends
    deadline = time.monotonic() + WRITE_LOCK_TIMEOUT_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() > deadline:
                lock.close()
                raise WriteLockTimeoutError(path) from None
            time.sleep(WRITE_LOCK_POLL_S)


def _release_lock(connection: Connection) -> None:
    lock = connection.info.pop("write_lock", None)
    if lock is not None:
        lock.close()
