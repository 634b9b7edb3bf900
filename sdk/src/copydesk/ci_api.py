"""The few calls of the console's JSON API that continuous integration needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from copydesk import __version__
from copydesk.client.transport import read_address
from copydesk.errors import CopydeskError, FetchError

TIMEOUT_S = 30.0
HTTP_NOT_FOUND = 404
# What the content or the state of things is to blame for; everything else is between us and the console.
REFUSALS = frozenset({404, 409, 422})


class RefusedError(CopydeskError):
    """The console understood and said no; `places` are (pointer, what is wrong there)."""

    def __init__(self, status: int, code: str, title: str, places: tuple[tuple[str, str], ...]) -> None:
        self.status, self.code, self.title, self.places = status, code, title, places
        super().__init__(title)


class ConsoleApi:
    """One policy of one console, called with an API token.

    Args:
        url: the console's address.
        workspace, policy: their slugs.
        token: API token (`cka_…`).

    Raises:
        ValueError: no http(s) address.
    """

    def __init__(self, url: str, workspace: str, policy: str, token: str) -> None:
        self._workspace = f"{read_address(url)}/api/v1/workspaces/{quote(workspace, safe='')}"
        self._policy = f"{self._workspace}/policies/{quote(policy, safe='')}"
        self._policy_slug = policy
        headers = {"User-Agent": f"copydesk/{__version__}", "Authorization": f"Bearer {token}"}
        self._http = httpx.Client(headers=headers, timeout=TIMEOUT_S, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str) -> dict[str, Any]:
        """Read something of the policy, such as `runs/7`.

        Raises:
            FetchError: unreachable, or turned away.
            RefusedError: there is no such thing.
        """
        return self._call("GET", f"{self._policy}/{path}")

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make something in the policy, such as one of its `runs`.

        Raises:
            FetchError: unreachable, or turned away.
            RefusedError: the body or the state does not fit.
        """
        return self._call("POST", f"{self._policy}/{path}", body)

    def find_asset(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an asset with the content edited now and its lock number; None where there is none."""
        try:
            return self._call("GET", self._asset(kind, name))
        except RefusedError as error:
            if error.status == HTTP_NOT_FOUND:
                return None
            raise

    def create_asset(self, kind: str, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Create an asset of the policy with a first draft."""
        body = {"kind": kind, "name": name, "content": content, "policies": [self._policy_slug]}
        return self._call("POST", f"{self._workspace}/assets", body)

    def put_draft(self, kind: str, name: str, content: Mapping[str, Any], lock: int) -> dict[str, Any]:
        """Write the draft, started from this lock number."""
        return self._call("PUT", f"{self._asset(kind, name)}/draft", {"content": content, "base_lock": lock})

    def discard_draft(self, kind: str, name: str, lock: int) -> None:
        """Throw the draft away that has this lock number."""
        self._call("DELETE", f"{self._asset(kind, name)}/draft?base_lock={lock}")

    def save_revision(self, kind: str, name: str, message: str, lock: int) -> dict[str, Any]:
        """Freeze the draft."""
        body = {"message": message, "base_lock": lock}
        return self._call("POST", f"{self._asset(kind, name)}/revisions", body)

    def _asset(self, kind: str, name: str) -> str:
        return f"{self._workspace}/assets/{quote(kind, safe='')}/{quote(name, safe='')}"

    def _call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._http.request(method, url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(f"{url}: {type(error).__name__}: {error}") from error
        data = _json(answer)
        if answer.is_success and isinstance(data, dict):
            return data
        problem = data if isinstance(data, dict) else {}
        title = str(problem.get("title") or f"answered {answer.status_code}")
        if answer.status_code in REFUSALS and problem:
            raise RefusedError(answer.status_code, _code(problem), title, _places(problem))
        raise FetchError(f"{url}: {title}", status=answer.status_code)


def _json(answer: httpx.Response) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return None


def _code(problem: Mapping[str, Any]) -> str:
    return str(problem.get("type", "")).removeprefix("urn:copydesk:")


def _places(problem: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    errors = problem.get("errors")
    found = errors if isinstance(errors, list) else []
    return tuple((str(e.get("pointer", "")), str(e.get("detail", ""))) for e in found if isinstance(e, dict))
