"""The loopback server over real HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from copydesk.active import Policy
from copydesk.bundle import verify
from copydesk.client.status import ClientState, ClientStatus
from copydesk.errors import NoPolicyError
from copydesk.serve import MAX_REQUEST_BYTES, make_server
from tests.factories import bundles

ADA = {"first_name": "Ada"}


class Held:
    """A source with one policy, or none."""

    status = ClientStatus(ClientState.MATCHES, 5, 5, 1, None, None)

    def __init__(self, policy: Policy | None) -> None:
        self._policy = policy

    @property
    def policy(self) -> Policy:
        if self._policy is None:
            raise NoPolicyError("nothing fetched yet")
        return self._policy


HELD = Held(Policy.from_bundle(verify(bundles.bundle(5), bundles.trust())))
Start = Callable[..., httpx.Client]


@pytest.fixture
def start() -> Iterator[Start]:
    stops: list[Callable[[], Any]] = []

    def _start(source: Held = HELD, token: str | None = None) -> httpx.Client:
        server = make_server(source, "127.0.0.1", 0, token)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        client = httpx.Client(base_url=f"http://127.0.0.1:{server.server_address[1]}", timeout=10)
        stops.extend((client.close, server.shutdown, thread.join, server.server_close))
        return client

    yield _start
    for stop in stops:
        stop()


def test_it_renders_checks_and_guards(start: Start) -> None:
    http = start()
    rendered = http.post("/v1/render", json={"prompt": "welcome", "variables": ADA}).json()
    assert rendered["version"] == 5
    assert rendered["messages"][1] == {"role": "user", "content": "Welcome Ada back."}
    checked = http.post("/v1/check", json={"text": "So cheap!", "prompt": "welcome"}).json()
    assert checked["is_blocked"] is True
    assert checked["verdict"]["outcome"] == "fail"
    guarded = http.post(
        "/v1/guard-text", json={"text": "So cheap!", "prompt": "welcome", "variables": ADA}
    ).json()
    assert (guarded["text"], guarded["source"]) == ("Welcome back, Ada. Good to see you.", "fallback")
    assert guarded["findings"][0]["rule_id"] == "house/banned"
    fine = http.post("/v1/guard-text", json={"text": "Fine.", "prompt": "welcome", "variables": ADA}).json()
    assert (fine["text"], fine["source"]) == ("Fine.", "generated")
    assert http.get("/v1/status").json()["state"] == "matches"


@pytest.mark.parametrize(
    ("path", "body", "status", "part"),
    [
        ("/v1/render", {}, 422, "prompt is missing"),
        ("/v1/render", {"prompt": "welcome"}, 422, "first_name: is missing"),
        ("/v1/render", {"prompt": "nope"}, 404, "known: welcome"),
        ("/v1/render", {"prompt": 3}, 422, "prompt must be text"),
        ("/v1/check", {"text": "x", "varables": {}}, 422, "varables is unknown; known: text, prompt"),
        ("/v1/check", {"text": "x", "variables": []}, 422, "variables must be an object"),
        ("/v1/check", {"text": "x", "must_mention": [1]}, 422, "must be a list of fact ids"),
        ("/v1/check", [1], 400, "object"),
        ("/v2/check", {}, 404, "known: /v1/status"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    path: str, body: Any, status: int, part: str, start: Start
) -> None:
    answer = start().post(path, json=body)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert part in problem["detail"]


def test_what_is_not_json_is_refused(start: Start) -> None:
    http = start()
    json_type = {"Content-Type": "application/json"}
    assert http.post("/v1/check", content=b"{", headers=json_type).status_code == 400
    assert http.post("/v1/check", content=b"[" * 100_000, headers=json_type).status_code == 400
    assert http.post("/v1/check", content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert (
        http.post("/v1/check", content=b"x" * (MAX_REQUEST_BYTES + 1), headers=json_type).status_code == 413
    )
    assert http.get("/v1/check").status_code == 405


@pytest.mark.parametrize("length", ["9" * 5_000, "-1", "1e3", "", "0x5", "5, 5"])
def test_a_length_that_is_none_is_refused(start: Start, length: str) -> None:
    address = start().base_url
    head = f"POST /v1/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection((address.host, address.port or 0), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_without_a_policy_it_says_so(start: Start) -> None:
    answer = start(Held(None)).post("/v1/check", json={"text": "x"})
    assert answer.status_code == 503
    assert answer.json()["detail"] == "nothing fetched yet"


def test_a_token_is_asked_for_where_one_is_set(start: Start) -> None:
    http = start(token="s3cret")
    assert http.get("/v1/status").status_code == 401
    assert http.get("/v1/status", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert http.get("/v1/status", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_a_browser_that_asks_by_a_rebound_name_is_refused(start: Start) -> None:
    http = start()
    assert http.get("/v1/status", headers={"Host": "evil.example:80"}).status_code == 403
    assert http.get("/v1/status", headers={"Host": "localhost:80"}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104 - refused is the point
def test_an_address_others_can_reach_needs_a_token(host: str) -> None:
    with pytest.raises(ValueError, match="give a token"):
        make_server(HELD, host, 0)
