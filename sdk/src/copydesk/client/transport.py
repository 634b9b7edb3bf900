"""Talking to the console's distribution API: bounded in time and size, no redirects, no surprises."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from copydesk import __version__
from copydesk.bundle import MAX_BUNDLE_BYTES
from copydesk.errors import FetchError

MAX_POINTER_BYTES = 1_000_000
MAX_PROBLEM_BYTES = 64_000
HTTP_NOT_MODIFIED = 304
HTTP_OK = 200


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `body` is None for "not modified"."""

    body: bytes | None
    etag: str | None


class Transport:
    """One connection pool to one console.

    Args:
        url: the console's address, such as `https://copydesk.example.com`.
        token: service token, sent as bearer.
        timeout_s: for one whole answer, however slowly it drips in.
        verify: False or a CA file, as httpx takes it.
    """

    def __init__(self, url: str, token: str | None, timeout_s: float, verify: bool | str = True) -> None:
        self._base = read_address(url)
        self._timeout_s = timeout_s
        headers = {"User-Agent": f"copydesk/{__version__}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(headers=headers, timeout=timeout_s, follow_redirects=False, verify=verify)
        # Requests that are held open have a connection of their own, which `interrupt` can break.
        one = httpx.Limits(max_connections=1)
        self._held = httpx.Client(headers=headers, follow_redirects=False, verify=verify, limits=one)
        self._held_socket: socket.socket | None = None
        self._is_interrupted = False

    def get_pointer(self, workspace: str, policy: str, channel: str, etag: str | None) -> Fetched:
        """Fetch a channel's signed pointer, or nothing if it is still the one with this ETag.

        Raises:
            FetchError: unreachable, too slow, too large, or an error answer.
        """
        return self._get(f"{_path(workspace, policy)}/channels/{quote(channel)}", etag, MAX_POINTER_BYTES)

    def wait_for_move(self, workspace: str, policy: str, channel: str, etag: str, limit_s: float) -> bool:
        """Hold a request open until the channel's pointer has another ETag; tells whether it has.

        Args:
            limit_s: give up waiting after this long; the console itself answers after half a minute.

        Raises:
            FetchError: unreachable, an error answer, or a console that holds no requests open.
        """
        url = f"{self._base}{_path(workspace, policy)}/channels/{quote(channel)}?wait=1"
        timeout = httpx.Timeout(self._timeout_s, read=limit_s)
        extensions = {"trace": self._note_socket}
        try:
            with self._held.stream(
                "GET", url, headers={"If-None-Match": etag}, timeout=timeout, extensions=extensions
            ) as response:
                if response.status_code in (HTTP_OK, HTTP_NOT_MODIFIED):
                    return response.status_code == HTTP_OK
                raise FetchError(f"{url}: answered {response.status_code}", status=response.status_code)
        except httpx.ReadTimeout:
            return False
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise FetchError(f"{url}: {_say(error)}") from error

    def interrupt(self) -> None:
        """Break the request that is held open, now and for good; called from another thread."""
        self._is_interrupted = True
        if self._held_socket is not None:
            # Closing would not wake a thread that reads from it; shutting down does.
            with suppress(OSError):
                self._held_socket.shutdown(socket.SHUT_RDWR)

    def _note_socket(self, event: str, info: Mapping[str, Any]) -> None:
        # TLS takes the descriptor over: the last socket of a connection is the one that can be shut down.
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._held_socket = info["return_value"].get_extra_info("socket")
            if self._is_interrupted:
                self.interrupt()

    def get_bundle(self, workspace: str, policy: str, version: int, etag: str | None = None) -> Fetched:
        """Fetch a bundle by version.

        Raises:
            FetchError: as `get_pointer`.
        """
        return self._get(f"{_path(workspace, policy)}/bundles/{version}", etag, MAX_BUNDLE_BYTES)

    def get_keys(self, workspace: str, policy: str) -> dict[str, Any]:
        """Fetch the console's public keys as a JWK set; to look at them, never to trust them unseen.

        Raises:
            FetchError: as `get_pointer`, or not a JSON object.
        """
        body = self._get(f"{_path(workspace, policy)}/keys", None, MAX_PROBLEM_BYTES).body or b""
        try:
            document = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise FetchError(f"the key set is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise FetchError("the key set is not a JSON object")
        return document

    def post_report(self, workspace: str, policy: str, report: Mapping[str, Any]) -> None:
        """Send an instance report.

        Raises:
            FetchError: unreachable, or an error answer.
        """
        url = f"{self._base}{_path(workspace, policy)}/reports"
        try:
            response = self._http.post(url, json=report)
        except httpx.HTTPError as error:
            raise FetchError(f"{url}: {_say(error)}") from error
        if response.status_code // 100 != 2:
            raise _refusal(url, response.status_code, response.content[:MAX_PROBLEM_BYTES])

    def close(self) -> None:
        """Close all connections."""
        self._http.close()
        self._held.close()

    def _get(self, path: str, etag: str | None, max_bytes: int) -> Fetched:
        url = self._base + path
        headers = {"If-None-Match": etag} if etag else {}
        deadline_s = time.monotonic() + self._timeout_s
        try:
            with self._http.stream("GET", url, headers=headers) as response:
                if response.status_code == HTTP_NOT_MODIFIED and etag:
                    return Fetched(None, etag)
                is_ok = response.status_code == HTTP_OK
                body = _read(response, url, max_bytes if is_ok else MAX_PROBLEM_BYTES, deadline_s)
                if not is_ok:
                    raise _refusal(url, response.status_code, body)
                return Fetched(body, response.headers.get("ETag"))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise FetchError(f"{url}: {_say(error)}") from error


def _read(response: httpx.Response, url: str, max_bytes: int, deadline_s: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes(chunk_size=65_536):
        size += len(part)
        if size > max_bytes:
            raise FetchError(f"{url}: the answer is larger than {max_bytes} bytes")
        if time.monotonic() > deadline_s:
            raise FetchError(f"{url}: the answer took too long")
        parts.append(part)
    return b"".join(parts)


def _refusal(url: str, status: int, body: bytes) -> FetchError:
    """Turn an error answer into words: the problem detail (RFC 9457) where there is one."""
    detail = ""
    try:
        problem = json.loads(body)
        if isinstance(problem, dict):
            detail = str(problem.get("detail") or problem.get("title") or "")[:300]
    except (ValueError, RecursionError):
        detail = ""
    return FetchError(f"{url}: answered {status}{': ' + detail if detail else ''}", status=status)


def read_address(url: str) -> str:
    """Return the address of a console without a slash at its end.

    Raises:
        ValueError: no http(s) address.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"the console's address {url[:200]!r} is none: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError(f"the console's address must start with http:// or https://, not {url[:200]!r}")
    return str(parsed).rstrip("/")


def _path(workspace: str, policy: str) -> str:
    return f"/dist/v1/{quote(workspace, safe='')}/{quote(policy, safe='')}"


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
