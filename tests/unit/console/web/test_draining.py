"""A request is answered when its body is read, or the client learns that the connection ends."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from console.web import draining
from console.web.draining import drained

CLOSE = (b"connection", b"close")


class Wire:
    """A client that sends these parts, and all that was answered to it."""

    def __init__(self, *parts: bytes | None, headers: tuple[bytes, ...] = (b"content-length",)) -> None:
        self.parts = list(parts)
        self.asked = 0
        self.sent: list[MutableMapping[str, Any]] = []
        self.scope = {"type": "http", "headers": [(name, b"1") for name in headers]}

    async def receive(self) -> MutableMapping[str, Any]:
        self.asked += 1
        part = self.parts.pop(0) if self.parts else None
        if part is None:
            await asyncio.Event().wait()  # nothing more ever comes
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.sent.append(message)

    def answer(self, read: int = 0) -> list[tuple[bytes, bytes]]:
        """Answer after reading so many parts; returns the headers that went out."""

        async def run() -> None:
            receive, send = drained(self.scope, self.receive, self.send)
            for _ in range(read):
                await receive()
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b"no"})

        # A thread of its own: in this one a browser test's loop may be running.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, run()).result()
        assert [message["type"] for message in self.sent] == ["http.response.start", "http.response.body"]
        return list(self.sent[0]["headers"])


@pytest.mark.parametrize("read", [0, 1, 3])
def test_what_was_not_read_is_read_before_the_answer(read: int) -> None:
    wire = Wire(b"a", b"b", b"c")

    assert wire.answer(read) == []
    assert wire.asked == 3


def test_a_request_without_a_body_is_asked_for_nothing() -> None:
    wire = Wire(None, headers=())

    assert wire.answer() == []
    assert wire.asked == 0


def test_a_body_that_waits_to_be_asked_for_is_not_asked_for() -> None:
    wire = Wire(b"a", headers=(b"content-length", b"expect"))

    assert wire.answer() == [CLOSE]
    assert wire.asked == 0


def test_a_body_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "DRAIN_LIMIT_S", 0.01)

    assert Wire(b"a", None).answer() == [CLOSE]


def test_a_body_beyond_all_bounds_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "MAX_DRAINED_BYTES", 3)
    wire = Wire(b"ab", b"cd", b"ef", b"gh")

    assert wire.answer() == [CLOSE]
    assert wire.asked == 2
