"""The policy over loopback HTTP, for services in other languages: text in, text or approved copy out.

`POST /v1/render`, `/v1/check`, `/v1/guard-text` take a JSON object with the arguments of the methods of
`Policy` of the same names; `GET /v1/status` answers the client's status. Errors are problem details
(RFC 9457).
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import logging
import re
import socket
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from copydesk.active import Policy
from copydesk.checks.wire import finding_to_json, verdict_to_json
from copydesk.client.status import ClientStatus
from copydesk.errors import (
    CopydeskError,
    NoFallbackError,
    NoPolicyError,
    TemplateError,
    UnknownPromptError,
    VariableError,
)

logger = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 1_000_000
READ_TIMEOUT_S = 30
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_LENGTH = re.compile("[0-9]{1,9}")  # of more digits Python reads no number
_TEXT_KEYS = frozenset({"prompt", "audience", "channel", "locale", "segment", "model", "text"})


class PolicySource(Protocol):
    """Whoever holds the active policy: a `Client`, or one bundle from a file."""

    @property
    def policy(self) -> Policy:
        """The policy in force; raises `NoPolicyError`."""
        ...

    @property
    def status(self) -> ClientStatus:
        """How it stands."""
        ...


class RequestProblem(Exception):
    """An answer that is a problem detail (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, **members: Any) -> None:
        self.status = status
        self.body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
        super().__init__(detail)


def make_server(source: PolicySource, host: str, port: int, token: str | None = None) -> ThreadingHTTPServer:
    """Bind a server; call `serve_forever` on it.

    Args:
        source: holds the policy.
        host: address to bind; other than loopback only with a token.
        port: 0 takes a free one.
        token: what callers must send as bearer; None: loopback callers need none.

    Raises:
        ValueError: another address than loopback without a token.
        OSError: the address can't be bound.
    """
    if not is_loopback(host) and not token:
        raise ValueError(f"{host} can be reached from other machines; give a token, or bind 127.0.0.1")

    class Handler(_Handler):
        policy_source = source
        bearer = token

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = _family(host)

    return Server((host, port), Handler)


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def answer(source: PolicySource, method: str, path: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one request.

    Args:
        source: holds the policy.
        method, path: of the request.
        arguments: its JSON body.

    Raises:
        RequestProblem: everything that is not an answer.
    """
    if (method, path) == ("GET", "/v1/status"):
        return source.status.to_json()
    handler = _ROUTES.get(path)
    if handler is None:
        known = ", ".join(["/v1/status", *_ROUTES])
        raise RequestProblem(404, "Not found", f"{path} is not here; known: {known}")
    if method != "POST":
        raise RequestProblem(405, "Method not allowed", f"use POST for {path}")
    try:
        policy = source.policy
        return {"version": policy.version} | handler(policy, arguments)
    except CopydeskError as error:
        raise _problem_of(error) from error


def _render(policy: Policy, given: Mapping[str, Any]) -> dict[str, Any]:
    allowed = _arguments(given, required=("prompt",), optional=("audience", "locale", "variables"))
    return policy.render(**allowed).to_json()


def _check(policy: Policy, given: Mapping[str, Any]) -> dict[str, Any]:
    allowed = _arguments(given, required=("text",), optional=("prompt", *_CONTEXT))
    verdict = policy.check(**allowed)
    return {"is_blocked": verdict.is_blocked, "verdict": verdict_to_json(verdict)}


def _guard_text(policy: Policy, given: Mapping[str, Any]) -> dict[str, Any]:
    allowed = _arguments(given, required=("text", "prompt"), optional=("model", *_CONTEXT))
    guarded = policy.guard_text(**allowed)
    return {
        "text": guarded.text,
        "source": guarded.source.value,
        "reason": guarded.reason,
        "findings": [finding_to_json(finding) for finding in guarded.findings],
    }


_CONTEXT = ("audience", "channel", "locale", "segment", "variables", "must_mention")
_ROUTES: Mapping[str, Callable[[Policy, Mapping[str, Any]], dict[str, Any]]] = {
    "/v1/render": _render,
    "/v1/check": _check,
    "/v1/guard-text": _guard_text,
}


def _arguments(
    given: Mapping[str, Any], required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, Any]:
    errors = [{"pointer": f"/{key}", "detail": "is missing"} for key in required if given.get(key) is None]
    known = ", ".join((*required, *optional))
    for key, value in given.items():
        if key not in (*required, *optional):
            errors.append({"pointer": f"/{key}", "detail": f"is unknown; known: {known}"})
        elif wrong := _wrong_type(key, value):
            errors.append({"pointer": f"/{key}", "detail": wrong})
    if errors:
        detail = "; ".join(f"{error['pointer'][1:]} {error['detail']}" for error in errors)
        raise RequestProblem(422, "Invalid request", detail, errors=errors)
    allowed = {key: value for key, value in given.items() if value is not None}
    if "must_mention" in allowed:
        allowed["must_mention"] = tuple(allowed["must_mention"])
    return allowed


def _wrong_type(key: str, value: Any) -> str | None:
    if value is None:
        return None
    if key in _TEXT_KEYS and not isinstance(value, str):
        return "must be text"
    if key == "variables" and not isinstance(value, dict):
        return "must be an object"
    if key == "must_mention" and not (isinstance(value, list) and all(isinstance(i, str) for i in value)):
        return "must be a list of fact ids"
    return None


def _problem_of(error: CopydeskError) -> RequestProblem:
    match error:
        case NoPolicyError():
            return RequestProblem(503, "No policy", str(error))
        case UnknownPromptError():
            return RequestProblem(404, "Unknown prompt", str(error))
        case VariableError():
            places = [{"pointer": f"/variables/{p.path}", "detail": p.message} for p in error.problems]
            return RequestProblem(422, "Invalid variables", str(error), errors=places)
        case TemplateError():
            return RequestProblem(422, "The template can't be rendered", str(error))
        case NoFallbackError():
            return RequestProblem(409, "Blocked without fallback", f"the text must not be used; {error}")
        case _:
            return RequestProblem(500, "Copydesk failed", str(error))


class _Handler(BaseHTTPRequestHandler):
    policy_source: PolicySource
    bearer: str | None = None
    protocol_version = "HTTP/1.1"
    server_version = "copydesk"
    sys_version = ""
    timeout = READ_TIMEOUT_S

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        logger.debug(format, *args)

    def _handle(self, method: str) -> None:
        try:
            body = self._body() if method == "POST" else {}
            self._authorise()
            found = answer(self.policy_source, method, self.path.partition("?")[0], body)
            self._send(200, "application/json", found)
        except RequestProblem as problem:
            self._send(problem.status, "application/problem+json", problem.body)
        except Exception:
            # The last door before the caller: a surprise is logged here and never shown.
            logger.exception("a request failed")
            body = {"type": "about:blank", "title": "Internal error", "status": 500}
            self._send(500, "application/problem+json", body)

    def _authorise(self) -> None:
        if self.bearer is not None:
            sent = self.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(sent, f"Bearer {self.bearer}".encode()):
                raise RequestProblem(401, "Unauthorized", "send the token as 'Authorization: Bearer …'")
            return
        # Without a token a page in a browser must not be able to ask through a rebound name.
        host = self.headers.get("Host", "")
        name = host.rsplit(":", maxsplit=1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
        if name not in LOOPBACK_NAMES:
            raise RequestProblem(403, "Forbidden", f"ask by a loopback name, not {name!r}")

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(length) or int(length) > MAX_REQUEST_BYTES:
            self.close_connection = True
            raise RequestProblem(
                413, "Too large", f"send a body of at most {MAX_REQUEST_BYTES} bytes with its Content-Length"
            )
        raw = self.rfile.read(int(length))
        if self.headers.get_content_type() != "application/json":
            raise RequestProblem(415, "Unsupported media type", "send Content-Type: application/json")
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise RequestProblem(400, "Not JSON", str(error)) from error
        if not isinstance(data, dict):
            raise RequestProblem(400, "Not a JSON object", "send an object with the arguments")
        return data

    def _send(self, status: int, content_type: str, body: Mapping[str, Any]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)


def _family(host: str) -> int:

    return socket.AF_INET6 if ":" in host else socket.AF_INET
