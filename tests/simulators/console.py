"""A scripted distribution server over real HTTP: publishes, replays, lies, breaks off and goes away."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from copydesk.bundle import ChannelPointer, sign_pointer
from copydesk.bundle.keys import public_jwk
from copydesk.canonical import sha256_hex
from tests.factories import bundles

ISSUED_AT = datetime(2026, 11, 4, 10, 0, tzinfo=UTC)


@dataclass
class Answer:
    """One scripted answer; `cut_to` sends fewer bytes than announced."""

    status: int
    body: bytes = b""
    content_type: str = "application/octet-stream"
    etag: str | None = None
    cut_to: int | None = None


@dataclass
class ConsoleSimulator:
    """Holds what the channel says; `overrides` replaces the answer of a path until it is removed.

    With `holds`, a request for the pointer with `?wait=1` is answered when the pointer is another one; `held`
    is released once for each that waits.
    """

    token: str = "secret-token"
    answers: dict[str, Answer] = field(default_factory=dict)
    overrides: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    sequence: int = 0
    holds: bool = False
    held: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    moved: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                simulator._get(self)

            def do_POST(self) -> None:
                simulator._post(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        keys = {"keys": [public_jwk(bundles.signer().private_key.public_key())]}
        self.answers["/dist/v1/acme/customer-email/keys"] = Answer(200, json.dumps(keys).encode())

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @staticmethod
    def pointer_path(channel: str = "production") -> str:
        """Path of a channel's pointer."""
        return f"/dist/v1/acme/customer-email/channels/{channel}"

    @staticmethod
    def bundle_path(version: int) -> str:
        """Path of a bundle."""
        return f"/dist/v1/acme/customer-email/bundles/{version}"

    def offer(self, version: int, data: bytes) -> str:
        """Put a bundle up for download; return its SHA-256."""
        sha256 = sha256_hex(data)
        self.answers[self.bundle_path(version)] = Answer(
            200, data, "application/vnd.openpolicyagent.bundles", f'"{sha256}"'
        )
        return sha256

    def point(
        self,
        version: int | None,
        sha256: str | None,
        *,
        key: str = "console",
        channel: str = "production",
        sequence: int | None = None,
        **changes: Any,
    ) -> str:
        """Move the channel; return the signed pointer."""
        self.sequence = self.sequence + 1 if sequence is None else sequence
        fields = {"workspace": "acme", "policy": "customer-email", "channel": channel} | changes
        pointer = ChannelPointer(
            version=version, sha256=sha256, sequence=self.sequence, issued_at=ISSUED_AT, **fields
        )
        token = sign_pointer(pointer, bundles.signer(key))
        self.set_pointer(token, channel)
        return token

    def set_pointer(self, token: str, channel: str = "production") -> None:
        """Serve this very pointer."""
        with self.moved:
            self.answers[self.pointer_path(channel)] = Answer(
                200, token.encode(), "application/jose", f'"{sha256_hex(token.encode())}"'
            )
            self.moved.notify_all()

    def publish(self, version: int, data: bytes | None = None, **changes: Any) -> bytes:
        """Offer a bundle and move the channel to it."""
        made = data if data is not None else bundles.bundle(version)
        self.point(version, self.offer(version, made), **changes)
        return made

    def stop(self) -> None:
        """Go away."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self.stop()

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        path, _, query = handler.path.partition("?")
        if query == "wait=1" and self.holds:
            etag = handler.headers.get("If-None-Match")
            self.held.release()
            with self.moved:
                self.moved.wait_for(lambda: self.answers[path].etag != etag)
        answer = self.overrides.get(handler.path) or self.answers.get(path)
        if handler.headers.get("Authorization") != f"Bearer {self.token}":
            answer = Answer(
                403, b'{"title":"Forbidden","detail":"this token may not read"}', "application/problem+json"
            )
        if answer is None:
            answer = Answer(404, b'{"title":"Not found"}', "application/problem+json")
        if answer.etag and handler.headers.get("If-None-Match") == answer.etag and answer.status == 200:
            answer = Answer(304, etag=answer.etag)
        self.requests.append(("GET", handler.path, answer.status))
        handler.send_response(answer.status)
        if answer.status != 304:
            handler.send_header("Content-Type", answer.content_type)
            handler.send_header("Content-Length", str(len(answer.body)))
        if answer.etag:
            handler.send_header("ETag", answer.etag)
        handler.end_headers()
        handler.wfile.write(answer.body[: answer.cut_to])

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.reports.append(json.loads(body))
        self.requests.append(("POST", handler.path, 204))
        handler.send_response(204)
        handler.end_headers()
