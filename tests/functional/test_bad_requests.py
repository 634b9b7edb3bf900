"""What comes in over the wire, to the real server: each request is answered, and the next one too."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.factories.console import World, make_world
from tests.factories.policies import api_token, publish_and_propose
from tests.functional.test_distribution_server import _address
from tests.functional.test_server_closes import serve

LIMIT_S = 60.0
API = "/api/v1/workspaces/acme/policies/mail"
LARGE = b"x" * 1_000_000
ODD_REQUESTS = (
    b"GET /w/%ff/ HTTP/1.1",
    b"GET /w/%ed%a0%80/ HTTP/1.1",
    b"GET /w/\xff HTTP/1.1",
    b"GET /sign-in?next=\xff HTTP/1.1",
    b"GET /sign-in?next=%ed%a0%80%ff HTTP/1.1",
    b"GET /w/acme/assets/%00 HTTP/1.1",
    b"GET /static/..%2f..%2fapp.py HTTP/1.1",
    b"GET /dist/v1/%ff/%ff/channels/%ff HTTP/1.1",
    b"GET /w/acme/runs/%b2/events HTTP/1.1",
    b"GET /" + b"a" * 9_000 + b" HTTP/1.1",
    b"FOO /sign-in HTTP/1.1",
    b"GET /account HTTP/1.1\r\nAuthorization: Bearer \xff",
    b'GET /account HTTP/1.1\r\nCookie: copydesk=\xff; a="\\777"',
    b"POST /account HTTP/1.1\r\nContent-Length: -1",
    b"POST /account HTTP/1.1\r\nContent-Length: 99999999999999999999\r\nExpect: 100-continue",
    b"POST /account HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
)


@dataclass(frozen=True)
class Served:
    """A console in gunicorn, with a review that waits."""

    world: World
    url: str
    review_id: int


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    world = make_world(tmp_path_factory.mktemp("wire"))
    review_id = publish_and_propose(world)
    log = world.settings.home / "web.log"
    process = serve(world, log)
    try:
        yield Served(world, _address(log, process), review_id)
    finally:
        process.terminate()
        process.wait(LIMIT_S)
        world.close()


def _bodies(csrf: str) -> Iterator[dict[str, object]]:
    yield {"data": {"csrf_token": csrf}, "files": {"note": ("note", LARGE)}}
    yield {"content": b'{"note": "' + LARGE + b'"}', "headers": {"Content-Type": "application/json"}}


@pytest.mark.parametrize("who", ["releaser", "legal", "viewer"])
def test_a_large_body_is_answered_whoever_sends_it_and_so_is_the_next_request(
    served: Served, who: str
) -> None:
    """The connection is kept: a body that nobody reads must not take the next request with it."""
    cookie = served.world.client(who).get_cookie("copydesk")
    assert cookie is not None
    token = {"Authorization": f"Bearer {api_token(served.world, who)}"}
    review = f"reviews/{served.review_id}"
    pages = [f"/w/acme/{review}/decision", f"/w/acme/{review}/withdraw", "/w/acme/p/mail/publish"]
    pages += ["/w/acme/p/mail/channels/staging", "/w/acme/p/mail/versions/1/revoke", "/nothing"]
    calls = [f"{API}/publish", f"{API}/{review}/decision", f"{API}/{review}/withdraw"]
    calls += ["/dist/v1/acme/mail/reports"]
    answered: dict[str, int] = {}
    with (
        httpx.Client(base_url=served.url, timeout=LIMIT_S) as browser,
        httpx.Client(base_url=served.url, timeout=LIMIT_S, headers=token) as program,
    ):
        browser.cookies.set("copydesk", cookie.value)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/account").text)
        assert found is not None
        for number in range(2):
            for client, paths in ((browser, pages), (program, calls)):
                for path in paths:
                    body = list(_bodies(found[1]))[number]
                    answer = client.post(path, **body)  # type: ignore[arg-type]
                    answered[f"{path} {number}"] = answer.status_code

    assert {name: status for name, status in answered.items() if not 200 <= status < 500} == {}


def test_a_body_without_end_is_cut_off_with_an_answer_that_says_so(served: Served) -> None:
    head = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n"
    answer = _raw(served, head)

    assert answer.startswith(b"HTTP/1.1 404")
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("request_head", ODD_REQUESTS, ids=range(len(ODD_REQUESTS)))
def test_odd_bytes_on_the_wire_are_answered_with_a_no(served: Served, request_head: bytes) -> None:
    line = _raw(served, request_head + b"\r\nHost: x\r\n\r\n").partition(b"\r\n")[0]

    assert re.fullmatch(rb"HTTP/1\.1 [234][0-9][0-9] .*", line), line


LONG = b"a" * 9_000


@pytest.mark.parametrize(
    ("head", "status", "says"),
    [
        (b"GET /api/v1/" + LONG + b" HTTP/1.1", 414, "address"),
        (b"GET /dist/v1/" + LONG + b" HTTP/1.1", 414, "address"),
        (b"GET /api/v1/x HTTP/1.1\r\nX-Long: " + LONG, 431, "header"),
        (b"GET /api/v1/x HTTP/1.1\r\n" + b"\r\n".join(b"X-%d: a" % n for n in range(200)), 431, "header"),
        (b"POST /api/v1/x HTTP/1.1\r\nContent-Length: -1", 400, "Content-Length"),
    ],
    ids=("address", "address of a bundle", "header", "headers", "length"),
)
def test_what_the_server_refuses_by_itself_is_told_to_programs_as_a_problem(
    served: Served, head: bytes, status: int, says: str
) -> None:
    start, _, rest = _raw(served, head + b"\r\nHost: x\r\n\r\n").partition(b"\r\n")
    headers, _, body = rest.partition(b"\r\n\r\n")

    assert start.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-type: application/problem+json" in headers.lower()
    told = json.loads(body)
    assert told["status"] == status
    assert told["type"].startswith("urn:copydesk:")
    assert says in told["title"]


def test_what_the_server_refuses_of_a_person_stays_plain_text(served: Served) -> None:
    assert b"Content-Type: text/plain" in _raw(served, b"GET /w/" + LONG + b" HTTP/1.1\r\nHost: x\r\n\r\n")


def _raw(served: Served, data: bytes) -> bytes:
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
        connection.sendall(data)
        got = b""
        while not _is_whole(got) and (part := connection.recv(65_536)):
            got += part
    return got


def _is_whole(got: bytes) -> bool:
    head, end, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)
