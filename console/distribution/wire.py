"""The data plane in asyncio: bundles, channel pointers, keys, reports.

Answers from the catalogue without touching database or threads; only what is not there yet is read, in a
thread. A watcher forgets the catalogue within CHANGE_POLL_S of any committed change, by whatever process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from console.accounts.tokens import note_denial, note_use
from console.changes import ChangeSignal
from console.clock import now
from console.database import Database
from console.distribution.catalogue import Catalogue, PointerView, TokenView, key_set
from console.distribution.operations import take_report
from console.errors import ConsoleError, InvalidError
from console.web.answers import Answers
from console.web.asgi_types import Receive, Scope, Send, disconnected
from console.web.problems import listed
from copydesk.bundle.pointer import CONTENT_TYPE as POINTER_TYPE
from models import ServiceToken

LOG = logging.getLogger(__name__)
BUNDLE_TYPE = b"application/vnd.openpolicyagent.bundles"
MAX_REPORT_BYTES = 64 * 1024
USE_FLUSH_S = 30.0
UNUSABLE = "This token is unknown, revoked or expired."
WATCH_TIMEOUT_S = 25.0

_NAME = r"([a-z0-9][a-z0-9_.-]{0,63})"
_BASE = rf"/dist/v1/{_NAME}/{_NAME}"
_BUNDLE = re.compile(_BASE + r"/bundles/([1-9][0-9]{0,8})")
_POINTER = re.compile(_BASE + rf"/channels/{_NAME}")
_KEYS = re.compile(_BASE + r"/keys")
_REPORTS = re.compile(_BASE + r"/reports")


class Sent(NamedTuple):
    """An answer as it went out."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class WireError(Exception):
    """An answer other than 2xx and 3xx, as RFC 9457 problem details."""

    def __init__(self, status: int, title: str, code: str) -> None:
        self.status, self.title, self.code = status, title, code
        super().__init__(title)


class DataPlane:
    """An ASGI application for everything under /dist."""

    def __init__(self, database: Database, changes: ChangeSignal, answers: Answers | None = None) -> None:
        self._db = database
        self._catalogue = Catalogue()
        self._answers = answers or Answers()
        self._changes = changes
        self._used: set[int] = set()
        self._denied: dict[int, str] = {}  # token id to the code of its first refusal since the last batch
        self._flusher: asyncio.Task[None] | None = None
        changes.subscribe(self._catalogue.forget)
        changes.subscribe(self._answers.forget)

    def start(self) -> None:
        """Begin batching the uses of tokens; called once in the server's event loop."""
        self._flusher = asyncio.create_task(self._flush_uses())

    async def stop(self) -> None:
        """Write the last uses and end."""
        if self._flusher is not None:
            self._flusher.cancel()
            with suppress(asyncio.CancelledError):
                await self._flusher
        await self._write_uses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._route(scope, receive, send)
        except WireError as error:
            await _problem(send, error.status, error.title, error.code)
        except InvalidError as error:
            title = "The report does not fit."
            await _problem(send, error.status, title, error.code, listed(error.problems))
        except ConsoleError as error:
            await _problem(send, error.status, str(error), error.code)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if match := _BUNDLE.fullmatch(path):
            _allow(method, "GET", "HEAD")
            await self._bundle(scope, send, match[1], match[2], int(match[3]))
        elif match := _POINTER.fullmatch(path):
            _allow(method, "GET", "HEAD")
            await self._pointer(scope, receive, send, *match.groups())
        elif match := _KEYS.fullmatch(path):
            _allow(method, "GET", "HEAD")
            await self._token(scope, match[1], match[2], "read")
            body = json.dumps(await asyncio.to_thread(self._read, key_set)).encode()
            await _answer(send, scope, 200, body, ((b"content-type", b"application/jwk-set+json"),))
        elif match := _REPORTS.fullmatch(path):
            _allow(method, "POST")
            await self._report(scope, receive, send, match[1], match[2])
        else:
            raise WireError(404, "There is nothing at this address.", "not_found")

    async def _bundle(self, scope: Scope, send: Send, workspace: str, policy: str, version: int) -> None:
        seen_changes = self._answers.changes
        token = await self._token(scope, workspace, policy, "read")
        known, bundle = self._catalogue.cached_bundle(workspace, policy, version)
        if not known:
            bundle = await asyncio.to_thread(
                self._read, self._catalogue.load_bundle, workspace, policy, version
            )
        if bundle is None:
            raise WireError(404, f"There is no version {version} of this policy.", "unknown_version")
        if not token.sees(bundle.channels):
            raise self._denial(token, 403, "This token is not for a channel that had this version.")
        if bundle.is_revoked:
            raise WireError(410, f"Version {version} was revoked.", "revoked")
        # Published bytes never change, so caches may keep them for good; revocation travels with the pointer.
        headers = ((b"etag", bundle.etag), (b"cache-control", b"private, max-age=31536000, immutable"))
        if _header(scope, b"if-none-match") == bundle.etag:
            sent = await _answer(send, scope, 304, b"", headers)
        else:
            sent = await _answer(send, scope, 200, bundle.data, ((b"content-type", BUNDLE_TYPE), *headers))
        self._keep(scope, sent, token, seen_changes)

    async def _pointer(
        self, scope: Scope, receive: Receive, send: Send, workspace: str, policy: str, channel: str
    ) -> None:
        seen_changes = self._answers.changes
        token = await self._token(scope, workspace, policy, "read")
        if not token.sees(frozenset({channel})):
            raise self._denial(token, 403, f"This token is not for the channel {channel}.")
        pointer = await self._current_pointer(workspace, policy, channel)
        etag = _header(scope, b"if-none-match")
        waits = b"wait=1" in scope["query_string"].split(b"&")
        if waits and pointer is not None and etag == pointer.etag:
            pointer = await self._wait_for_move(receive, pointer, workspace, policy, channel)
            await self._token(scope, workspace, policy, "read")  # it may have been revoked meanwhile
        if pointer is None:
            raise WireError(404, f"Nothing was released to {channel} yet.", "nothing_released")
        headers = ((b"etag", pointer.etag), (b"cache-control", b"no-cache"))
        if etag == pointer.etag:
            sent = await _answer(send, scope, 304, b"", headers)
        else:
            content_type = ((b"content-type", POINTER_TYPE.encode()),)
            sent = await _answer(send, scope, 200, pointer.jws, content_type + headers)
        if not waits:
            self._keep(scope, sent, token, seen_changes)

    def _keep(self, scope: Scope, sent: Sent, token: TokenView, seen_changes: int) -> None:
        """Let the same request be answered the short way until something changes or the token expires."""
        self._answers.keep(
            scope,
            *sent,
            seen_changes=seen_changes,
            valid_until=token.expires_at.timestamp() if token.expires_at else math.inf,
            on_use=partial(self._note_use, token.id),
        )

    def _note_use(self, token_id: int) -> None:
        self._used.add(token_id)

    async def _current_pointer(self, workspace: str, policy: str, channel: str) -> PointerView | None:
        known, pointer = self._catalogue.cached_pointer(workspace, policy, channel)
        if known:
            return pointer
        return await asyncio.to_thread(self._read, self._catalogue.load_pointer, workspace, policy, channel)

    async def _wait_for_move(
        self, receive: Receive, pointer: PointerView, workspace: str, policy: str, channel: str
    ) -> PointerView | None:
        """Hold the answer until the channel moves, the client leaves, or WATCH_TIMEOUT_S passed."""
        deadline = asyncio.get_running_loop().time() + WATCH_TIMEOUT_S
        gone = asyncio.create_task(disconnected(receive))
        latest: PointerView | None = pointer
        try:
            while not gone.done() and not self._changes.is_closing:
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                moved = asyncio.create_task(self._changes.wait())
                await asyncio.wait({moved, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()
                latest = await self._current_pointer(workspace, policy, channel)
                if latest is None or latest.sequence != pointer.sequence:
                    break
        finally:
            gone.cancel()
        return latest

    async def _report(self, scope: Scope, receive: Receive, send: Send, workspace: str, policy: str) -> None:
        token = await self._token(scope, workspace, policy, "report")
        body = await _body(receive)
        await asyncio.to_thread(self._write_report, token.id, policy, body)
        await _answer(send, scope, 204, b"", ())

    def _write_report(self, token_id: int, policy: str, body: bytes) -> None:
        with self._db.write() as session:
            take_report(session, token_id, policy, body)

    async def _token(self, scope: Scope, workspace: str, policy: str, need: str) -> TokenView:
        kind, _, secret = _header(scope, b"authorization").partition(b" ")
        if kind.lower() != b"bearer" or not secret.strip():
            raise WireError(401, "Send a token: Authorization: Bearer ckr_…", "unauthenticated")
        text = secret.strip().decode("latin-1")
        known, token = self._catalogue.cached_token(text)
        if not known:
            token = await asyncio.to_thread(self._read, self._catalogue.load_token, text)
        if token is None:
            raise WireError(401, UNUSABLE, "unauthenticated")
        if not token.is_usable(now()):
            raise self._denial(token, 401, UNUSABLE)
        if not token.allows(workspace=workspace, policy=policy, scope=need):
            raise self._denial(token, 403, "This token is not for this policy, or may not do this.")
        self._used.add(token.id)
        return token

    def _denial(self, token: TokenView, status: int, message: str) -> WireError:
        """Return the refusal of a known token, to be audited with the next batch (DECISIONS.md 21)."""
        code = "unauthenticated" if status == 401 else "forbidden"
        self._denied.setdefault(token.id, code)
        return WireError(status, message, code)

    def _read(self, load: Callable[..., Any], *arguments: Any) -> Any:
        with self._db.read() as session:
            return load(session, *arguments)

    async def _flush_uses(self) -> None:
        while True:
            await asyncio.sleep(USE_FLUSH_S)
            try:
                await self._write_uses()
            except Exception:
                # A database that is away for a moment must not end the noting of uses.
                LOG.exception("uses of tokens were not written; trying again")

    async def _write_uses(self) -> None:
        used, self._used = self._used, set()
        denied, self._denied = self._denied, {}
        if not used and not denied:
            return
        try:
            await asyncio.to_thread(self._note_uses, used, denied)
        except BaseException:
            self._used |= used
            self._denied = denied | self._denied
            raise

    def _note_uses(self, used: set[int], denied: Mapping[int, str]) -> None:
        with self._db.write() as session:
            for token_id in sorted(used | denied.keys()):
                token = session.get(ServiceToken, token_id)
                if token is None:
                    continue
                if token_id in used:
                    note_use(session, token)
                if token_id in denied:
                    note_denial(session, token, reason=denied[token_id])


def _allow(method: str, *allowed: str) -> None:
    if method not in allowed:
        raise WireError(405, f"Use {' or '.join(allowed)} here.", "method_not_allowed")


def _header(scope: Scope, name: bytes) -> bytes:
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


async def _body(receive: Receive) -> bytes:
    chunks = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise WireError(400, "The request ended too soon.", "incomplete")
        chunks += message.get("body", b"")
        if len(chunks) > MAX_REPORT_BYTES:
            raise WireError(413, f"A report has at most {MAX_REPORT_BYTES} bytes.", "too_large")
        if not message.get("more_body", False):
            return bytes(chunks)


async def _answer(
    send: Send, scope: Scope, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...]
) -> Sent:
    length = () if status in {204, 304} else ((b"content-length", str(len(body)).encode()),)
    sent = Sent(status, [*length, *headers], b"" if scope["method"] == "HEAD" else body)
    await send({"type": "http.response.start", "status": status, "headers": sent.headers})
    await send({"type": "http.response.body", "body": sent.body})
    return sent


async def _problem(
    send: Send, status: int, title: str, code: str, places: Mapping[str, Any] | None = None
) -> None:
    document = {"type": f"urn:copydesk:{code}", "title": title, "status": status, **(places or {})}
    body = json.dumps(document).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
