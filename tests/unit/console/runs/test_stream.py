"""The stream of a run's progress as HTTP: methods, strangers."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from console.changes import ChangeSignal
from console.extensions import db
from console.runs.stream import RunStream
from tests.factories.policies import start_run, work, write_policy

if TYPE_CHECKING:
    from tests.factories.console import World


def _request(world: World, method: str, path: str, cookie: str = "") -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def ask() -> None:
        async def receive() -> dict[str, str]:
            await asyncio.Event().wait()
            return {}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
        scope = {"type": "http", "method": method, "path": path, "headers": headers, "query_string": b""}
        await RunStream(world.app, db, ChangeSignal(db))(scope, receive, send)

    # In a thread: the browser of the session keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, ask()).result(timeout=30)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(m.get("body", b"") for m in sent)


@pytest.fixture
def finished(world: World) -> tuple[str, str]:
    write_policy(world)
    _, run_id = start_run(world)
    work(world)
    client = world.client("editor")
    cookie = client.get_cookie("copydesk")
    assert cookie is not None
    return f"/w/acme/runs/{run_id}/events", f"copydesk={cookie.value}"


def test_a_method_that_reads_nothing_is_told_which_ones_do(world: World, finished: tuple[str, str]) -> None:
    path, cookie = finished

    for method in ("POST", "PUT", "DELETE", "PATCH"):
        status, headers, body = _request(world, method, path, cookie)
        assert (status, headers[b"allow"], body) == (405, b"GET, HEAD", b"")


def test_get_streams_to_the_end_and_head_answers_without_a_body(
    world: World, finished: tuple[str, str]
) -> None:
    path, cookie = finished
    status, headers, body = _request(world, "GET", path, cookie)
    head = _request(world, "HEAD", path, cookie)

    assert (status, headers[b"content-type"]) == (200, b"text/event-stream")
    assert body.endswith(b"event: end\ndata: end\n\n")
    assert (head[0], head[2]) == (200, b"")


def test_a_stranger_gets_nothing(world: World, finished: tuple[str, str]) -> None:
    path, _ = finished

    assert _request(world, "GET", path)[0] in {401, 404}
