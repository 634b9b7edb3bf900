"""Answering again, at once, what was just answered.

Runtime services ask the same question again and again, byte for byte. gunicorn's worker takes about fifty
microseconds to parse a request, build its scope and run a task for it; looking these bytes up takes two. It
is no second parser: a request is known when exactly these bytes were parsed by gunicorn and answered by the
application before, and all is forgotten as soon as anything changes. What is not known goes the usual way.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from console.web.asgi_types import Scope

MAX_ANSWERS = 4_096
MAX_ANSWER_BYTES = 64 * 1024 * 1024
MAX_HEAD_BYTES = 4_096
# Larger bodies are written by themselves: joining them to their head would copy them.
MAX_JOINED_BYTES = 16 * 1024
HEAD_END = b"\r\n\r\n"
# Headers that make a request more than its head, or change what becomes of the connection.
UNUSUAL = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer"})

_connection: ContextVar[Connection | None] = ContextVar("connection", default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as bytes, but for its date; `on_use` is told of each use.

    `valid_until` is in seconds of `time.time`.
    """

    status_line: bytes
    rest_of_head: bytes
    body: bytes
    valid_until: float
    on_use: Callable[[], None]


class Answers:
    """What was answered since the last change, by the very bytes of the request. For one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Answer] = OrderedDict()
        self._kept_bytes = 0
        self._date, self._date_s = b"", 0
        self.changes = 0

    def forget(self) -> None:
        """Drop everything, and what is being answered right now is not kept either."""
        self.changes += 1
        self._kept.clear()
        self._kept_bytes = 0

    def keep(
        self,
        scope: Scope,
        status: int,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        *,
        seen_changes: int,
        valid_until: float,
        on_use: Callable[[], None],
    ) -> None:
        """Remember what the request of this connection was answered; called after it was sent.

        Args:
            seen_changes: the value of `changes` before the answer was looked up.
            valid_until: when the answer ends to be right without a change, in seconds of `time.time`.
        """
        connection = _connection.get()
        request = connection.settle() if connection is not None and _is_usual(scope) else None
        if request is None or seen_changes != self.changes:
            return
        status_line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
        rest = b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n"
        self._kept[request] = Answer(status_line, rest, body, valid_until, on_use)
        self._kept_bytes += len(body)
        while len(self._kept) > MAX_ANSWERS or self._kept_bytes > MAX_ANSWER_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped.body)

    def find(self, request: bytes) -> Answer | None:
        """Return the answer to exactly this request, None where there is none that still holds."""
        answer = self._kept.get(request)
        return answer if answer is not None and time.time() < answer.valid_until else None

    def date(self) -> bytes:
        """Return the Date header (RFC 9110, section 6.6.1) of this second."""
        second = int(time.time())
        if second != self._date_s:
            self._date, self._date_s = f"Date: {formatdate(second, usegmt=True)}\r\n".encode(), second
        return self._date


def _is_usual(scope: Scope) -> bool:
    """Tell whether a request is a plain GET on a connection that stays open."""
    if scope["http_version"] != "1.1" or scope["method"] != "GET":
        return False
    for name, value in scope["headers"]:
        if name in UNUSUAL or (name == b"connection" and value.lower() != b"keep-alive"):
            return False
    return True


class Connection(asyncio.Protocol):
    """Stands before gunicorn's protocol and answers what is known; all else is passed on.

    Only whole requests are looked up, and only while none is under way: `_is_between` says that everything
    received so far was answered, by us or by the application.
    """

    def __init__(self, worker: Any, inner: asyncio.Protocol) -> None:
        self._worker = worker
        self._inner = inner
        self._answers: Answers | None = getattr(worker.asgi, "answers", None)
        # gunicorn closes a connection this long after the last request that it saw, so it must see some.
        self._unseen_s = worker.cfg.keepalive / 2
        self._seen_at = float("-inf")
        self._is_between = True
        self._is_writable = True
        self._request: bytes | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the application find this connection: gunicorn's tasks inherit the variable."""
        self._transport: Any = transport
        token = _connection.set(self)
        try:
            self._inner.connection_made(transport)
        finally:
            _connection.reset(token)

    def data_received(self, data: bytes) -> None:
        """Answer at once, or pass on."""
        if self._is_between and self._answers is not None:
            answer = self._answers.find(data)
            if answer is not None and self._may_answer():
                self._write(self._answers, answer)
                return
            is_whole = len(data) <= MAX_HEAD_BYTES and data.find(HEAD_END) == len(data) - len(HEAD_END)
            self._request = bytes(data) if is_whole else None
            self._seen_at = time.monotonic()
        else:
            self._request = None
        self._is_between = False
        self._inner.data_received(data)

    def settle(self) -> bytes | None:
        """Return the request that was answered, if it was received in one piece and nothing came after it."""
        request, self._request = self._request, None
        self._is_between = request is not None
        return request

    def _may_answer(self) -> bool:
        # A worker that ends, or that logs each access, has more to do than to answer.
        is_quiet = self._worker.alive and not self._worker.log.access_log_enabled
        return is_quiet and self._is_writable and time.monotonic() - self._seen_at < self._unseen_s

    def _write(self, answers: Answers, answer: Answer) -> None:
        answer.on_use()
        head = answer.status_line + answers.date() + answer.rest_of_head
        if len(answer.body) <= MAX_JOINED_BYTES:
            self._transport.write(head + answer.body)
        else:
            self._transport.write(head)
            self._transport.write(answer.body)

    def close_if_idle(self) -> None:
        """Close a connection on which nothing is being asked."""
        if getattr(self._inner, "_awaiting_request", False) and not self._transport.is_closing():
            self._transport.close()

    def eof_received(self) -> bool | None:
        """Pass on."""
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on."""
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Let gunicorn wait for a slow reader."""
        self._is_writable = False
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Go on."""
        self._is_writable = True
        self._inner.resume_writing()
