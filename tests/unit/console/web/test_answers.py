"""The short way for repeated requests: which are answered at once, and which go the usual way."""

from __future__ import annotations

import asyncio
import contextvars
import math
import time
from types import SimpleNamespace
from typing import Any

import pytest

from console.web.answers import MAX_ANSWERS, Answers, Connection

GET = b"GET /dist/v1/acme/mail/bundles/1 HTTP/1.1\r\nHost: x\r\n%b\r\n"
KNOWN = GET % b""


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))


class Server(asyncio.Protocol):
    """Stands where gunicorn's protocol does: it keeps what reaches it, and the test answers for it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.context = contextvars.copy_context()
        self.received: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        self.received.append(data)


class Talk:
    """One connection, with a server behind it that has answered nothing yet."""

    def __init__(self, answers: Answers, keepalive: int = 60) -> None:
        self.answers, self.wire, self.server = answers, Wire(), Server()
        self.worker = SimpleNamespace(
            asgi=SimpleNamespace(answers=answers),
            cfg=SimpleNamespace(keepalive=keepalive),
            log=SimpleNamespace(access_log_enabled=False),
            alive=True,
        )
        self.connection = Connection(self.worker, self.server)
        self.connection.connection_made(self.wire)
        self.uses = 0

    def use(self) -> None:
        self.uses += 1

    def answer(self, headers: list[tuple[bytes, bytes]] | None = None, **more: Any) -> None:
        """Answer the request under way, as the application does."""
        scope = {"http_version": "1.1", "method": "GET", "headers": headers or []} | more.pop("scope", {})
        kept = {"seen_changes": self.answers.changes, "valid_until": math.inf, "on_use": self.use} | more
        self.server.context.run(self.answers.keep, scope, 200, [(b"etag", b'"1"')], b"body", **kept)

    def begun(self) -> Talk:
        """Ask something else first: the first request of a connection always reaches the server."""
        self.is_passed_on(GET % b"X: first\r\n")
        self.answer()
        return self

    def is_passed_on(self, data: bytes) -> bool:
        """Send something; tell whether it reached the server."""
        before = len(self.server.received)
        self.connection.data_received(data)
        return len(self.server.received) > before


@pytest.fixture
def talk() -> Talk:
    """A connection on which KNOWN was asked and answered."""
    made = Talk(Answers())
    assert made.is_passed_on(KNOWN)
    made.answer()
    return made


def test_the_same_request_is_answered_at_once_with_the_date(talk: Talk) -> None:
    assert not talk.is_passed_on(KNOWN)
    head, body = b"".join(talk.wire.written).split(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert (lines[0], body) == (b"HTTP/1.1 200 OK", b"body")
    assert lines[1].startswith(b"Date: ")
    assert lines[1].endswith(b" GMT")
    assert lines[2:] == [b'etag: "1"']
    assert talk.uses == 1


def test_any_other_byte_goes_the_usual_way(talk: Talk) -> None:
    assert talk.is_passed_on(GET % b"X: y\r\n")


def test_another_connection_knows_it_too_after_its_first_request(talk: Talk) -> None:
    # gunicorn closes idle connections from their first request on, so it has to see that one.
    assert Talk(talk.answers).is_passed_on(KNOWN)
    assert not Talk(talk.answers).begun().is_passed_on(KNOWN)


def test_nothing_is_answered_after_a_change(talk: Talk) -> None:
    talk.answers.forget()
    assert talk.is_passed_on(KNOWN)


def test_what_changed_while_it_was_answered_is_not_kept() -> None:
    talk = Talk(Answers())
    talk.is_passed_on(KNOWN)
    seen = talk.answers.changes
    talk.answers.forget()
    talk.answer(seen_changes=seen)
    assert talk.is_passed_on(KNOWN)


def test_an_answer_ends_with_its_token() -> None:
    talk = Talk(Answers())
    talk.is_passed_on(KNOWN)
    talk.answer(valid_until=time.time() - 1)
    assert talk.is_passed_on(KNOWN)


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ([(b"connection", b"close")], {}),
        ([(b"content-length", b"5")], {}),
        ([(b"transfer-encoding", b"chunked")], {}),
        ([(b"expect", b"100-continue")], {}),
        ([], {"http_version": "1.0"}),
        ([], {"http_version": "2"}),
        ([], {"method": "HEAD"}),
    ],
)
def test_unusual_requests_are_never_kept(headers: list[tuple[bytes, bytes]], scope: dict[str, str]) -> None:
    talk = Talk(Answers())
    talk.is_passed_on(KNOWN)
    talk.answer(headers, scope=scope)
    assert talk.is_passed_on(KNOWN)
    assert Talk(talk.answers).begun().is_passed_on(KNOWN)


@pytest.mark.parametrize(
    "pieces", [(KNOWN[:20], KNOWN[20:]), (KNOWN + KNOWN,), (KNOWN + b"GET",), (KNOWN, KNOWN)]
)
def test_requests_in_pieces_or_one_after_the_other_are_not_kept(pieces: tuple[bytes, ...]) -> None:
    talk = Talk(Answers())
    for piece in pieces:
        assert talk.is_passed_on(piece)
    talk.answer()
    assert Talk(talk.answers).begun().is_passed_on(KNOWN)
    assert talk.is_passed_on(KNOWN)


def test_nothing_overtakes_a_request_under_way(talk: Talk) -> None:
    assert talk.is_passed_on(GET % b"X: y\r\n")
    assert talk.is_passed_on(KNOWN)


def test_a_slow_reader_waits_as_usual(talk: Talk) -> None:
    talk.connection.pause_writing()
    assert talk.is_passed_on(KNOWN)


def test_a_worker_that_ends_or_logs_each_access_answers_itself(talk: Talk) -> None:
    talk.worker.log.access_log_enabled = True
    assert talk.is_passed_on(KNOWN)
    talk.answer()
    talk.worker.log.access_log_enabled = False
    assert not talk.is_passed_on(KNOWN)
    talk.worker.alive = False
    assert talk.is_passed_on(KNOWN)


def test_the_server_sees_requests_often_enough_to_keep_the_connection() -> None:
    talk = Talk(Answers(), keepalive=0)
    talk.is_passed_on(KNOWN)
    talk.answer()
    assert talk.is_passed_on(KNOWN)


def test_large_answers_and_many_do_not_pile_up() -> None:
    answers = Answers()
    talk = Talk(answers)
    for number in range(MAX_ANSWERS + 1):
        talk.is_passed_on(GET % f"X: {number}\r\n".encode())
        talk.answer()
    assert talk.is_passed_on(GET % b"X: 0\r\n")
    talk.answer()
    assert not talk.is_passed_on(GET % b"X: 5\r\n")
