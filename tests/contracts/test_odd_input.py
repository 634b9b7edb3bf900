"""Whatever is sent to whatever takes something: a clear no, never a server error.

Both doors are swept: every route of the API with bodies of every wrong shape, and every form that the pages
show (found by following their links) with its fields left out, doubled and filled with nonsense. The lists of
routes and forms come from the application itself.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import sql
from werkzeug.test import TestResponse

from console.accounts import operations as accounts
from console.permissions import SYSTEM
from console.web.api_json import shape_of
from models import Role, User, Workspace
from tests.contracts.test_workspaces_are_sealed import fill, foreign
from tests.factories.console import World, make_world
from tests.factories.policies import api_token, publish_and_propose

HUGE = 10**30
ODD_VALUES: tuple[Any, ...] = (
    [], {}, [[]], None, True, -1, 0, HUGE, 2**31, 1.5, "", "x", "x" * 30_000, "a\nb", "\U0001f600",
    {"a": [1]}, ["x"], [HUGE],
)  # fmt: skip
DEEP = b"[" * 100_000 + b"]" * 100_000
ODD_BODIES = (
    b"", b"[]", b"null", b'"x"', b"1", b"{", b"\xff\xfe", DEEP, b'{"a":' * 500 + b"1" + b"}" * 500,
    b'{"a": NaN}',
)  # fmt: skip
TEXT_KEYS = {
    "kind": "glossary",
    "golden_set": "cases",
    "policy": "mail",
    "channel": "staging",
    "outcome": "approve",
}
BODIES_WITHOUT_A_MODEL: Mapping[str, Mapping[str, Any]] = {
    "assets_api.create": {"kind": "glossary", "name": "another", "content": {}, "policies": ["mail"]},
    "assets_api.put_draft": {"content": {}, "base_lock": 1},
    "assets_api.save_revision": {"message": "x", "base_lock": 1},
    "assets_api.restore": {"message": "x"},
    "assets_api.import_rows": {"rows": [], "base_lock": 1},
    "golden_api.create": {"policy": "mail", "name": "more", "title": "More", "content": {}},
    "golden_api.put_draft": {"content": {}, "base_lock": 1},
    "golden_api.save_revision": {"message": "x", "base_lock": 1},
}
# Signing out would end the sweep; sign-in, resets and passwords cost argon2 and are throttled: see below.
LEFT_OUT = frozenset(
    {"accounts.sign_out", "accounts.sign_in_post", "accounts.change_password", "accounts.forgotten"}
)
ENDS_THINGS = (
    "archive",
    "discard",
    "delete",
    "withdraw",
    "revoke",
    "edit_member",
    "decide",
    "publish",
    "move",
)
MAX_PAGES_PER_ENDPOINT = 2
MAX_PAGES = 160
MAX_FIELDS = 12
ODD_PER_FIELD = 1
ODD_TEXTS = (
    "",
    "99999999999999999999",
    "9" * 5_000,
    "-1",
    "x" * 5_000,
    "\u202e\U0001f600\u0000"[:2],
    "[1]",
    "{",
    "0x1",
    "1e999",
    "../..",
)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a console with one of everything; `editor2` holds all roles.

    On PostgreSQL too: it refuses texts and numbers that SQLite takes.
    """
    environ = {}
    if request.param == "postgres":
        server: str = request.getfixturevalue("postgres_server")
        name = f"odd_{uuid.uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        environ["DATABASE_URL"] = server.replace("/postgres?", f"/{name}?", 1)
    world = make_world(tmp_path_factory.mktemp("odd"), environ)
    publish_and_propose(world)
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        person = session.get_one(User, world.user_ids["editor2"])
        accounts.set_roles(session, workspace, person, list(Role), by=SYSTEM)
    yield world
    world.close()


@pytest.fixture(scope="module")
def known(full: World) -> Mapping[str, object]:
    """Give a value that exists for every argument of a route, as it was before the sweep."""
    return foreign(full)


@dataclass
class Failures:
    """What answered with a server error, or raised."""

    found: dict[str, str] = field(default_factory=dict)

    def send(self, client: FlaskClient, name: str, path: str, **request: Any) -> TestResponse | None:
        """Send one request; returns the answer, None when the application raised."""
        try:
            answer = client.open(path, **request)
            answer.get_data()  # what is streamed is made now
        except Exception as error:  # noqa: BLE001 - in tests the application raises what would be a 500
            self.found[name] = f"{type(error).__name__}: {error}"[:200]
            return None
        if answer.status_code >= 500:
            self.found[name] = str(answer.status_code)
        return answer


def _sample(schema: Mapping[str, Any], name: str) -> Any:
    """Return a value that about fits a field of a body."""
    if name in TEXT_KEYS:
        return TEXT_KEYS[name]
    if name == "evidence_digest":
        return "0" * 64
    samples = {"integer": 1, "boolean": True, "array": [], "object": {}, "number": 1}
    return samples.get(schema.get("type", ""), "x")


def _fitting_body(world: World, endpoint: str) -> dict[str, Any]:
    with world.app.app_context():
        shape = shape_of(endpoint)
    if shape is None or shape.body is None:
        return dict(BODIES_WITHOUT_A_MODEL.get(endpoint, {}))
    properties = shape.body.model_json_schema()["properties"]
    return {name: _sample(schema, name) for name, schema in properties.items()}


def _api_bodies(fitting: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    for body in ODD_BODIES:
        yield f"body {body[:12]!r}", body
    for name in fitting:
        yield f"without {name}", json.dumps({k: v for k, v in fitting.items() if k != name}).encode()
        for odd in ODD_VALUES:
            yield f"{name}={str(odd)[:20]}", json.dumps({**fitting, name: odd}).encode()
        for text in (r'"\u0000"', r'"\ud800"', r'{"\u0000": 1}', r'["\udc00"]'):
            rest = "".join(f", {json.dumps(k)}: {json.dumps(v)}" for k, v in fitting.items() if k != name)
            yield f"{name}={text}", f"{{{json.dumps(name)}: {text}{rest}}}".encode()


@pytest.mark.parametrize("door", ["token", "browser"])
def test_no_body_makes_the_api_fail(full: World, known: Mapping[str, object], door: str) -> None:
    if door == "browser" and full.settings.database_url.startswith("postgres"):
        return  # what a database refuses does not depend on the door
    failures = Failures()
    client = full.app.test_client() if door == "token" else full.client("editor2")
    headers = {"Authorization": f"Bearer {api_token(full, 'editor2')}"} if door == "token" else {}
    accepted: set[str] = set()
    for rule in full.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "DELETE", "PATCH"}):
            if not rule.rule.startswith("/api/"):
                continue
            path = fill(rule, known, workspace_slug="acme", policy_slug="mail", number=1)
            for what, body in _api_bodies(_fitting_body(full, rule.endpoint)):
                request = {"method": method, "data": body, "headers": headers}
                name = f"{method} {path}: {what}"
                answer = failures.send(client, name, path, content_type="application/json", **request)
                accepted |= {rule.endpoint} if answer and answer.status_code < 300 else set()
            for kind in ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""):
                request = {"method": method, "data": b"a=1", "headers": headers, "content_type": kind}
                failures.send(client, f"{method} {path}: as {kind}", path, **request)

    assert not failures.found, "\n".join(f"{name}: {why}" for name, why in failures.found.items())
    assert "runs_api.build_candidate" in accepted  # the sweep gets past the forms of bodies


class _Page(HTMLParser):
    """Reads links and forms off a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, dict[str, str]]] = []  # method, action, fields

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append((given.get("method", "get").lower(), given.get("action", ""), {}))
        if tag in {"input", "textarea", "select", "button"} and given.get("name") and self.forms:
            self.forms[-1][2].setdefault(given["name"], given.get("value", ""))
        for name in ("hx-post", "data-autosave", "data-live-check"):
            if name in given:
                self.forms.append(("post", given[name], dict(self.forms[-1][2]) if self.forms else {}))


def _endpoint(world: World, path: str, method: str = "GET") -> str | None:
    try:
        return str(world.app.url_map.bind("localhost").match(path, method=method)[0])
    except Exception:  # noqa: BLE001 - whatever stands against it, there is no such route
        return None


def _crawl(
    world: World, client: FlaskClient, failures: Failures
) -> dict[tuple[str, tuple[str, ...]], tuple[str, dict[str, str]]]:
    """Return the posting forms of all pages: endpoint and fields to action and values."""
    seen: dict[str, int] = {}
    forms: dict[tuple[str, tuple[str, ...]], tuple[str, dict[str, str]]] = {}
    todo, done = ["/w/acme/", "/account"], set[str]()
    while todo and len(done) < MAX_PAGES:
        path = todo.pop(0)
        endpoint = _endpoint(world, urlsplit(path).path)
        if path in done or endpoint is None or seen.get(endpoint, 0) >= MAX_PAGES_PER_ENDPOINT:
            continue
        done.add(path)
        seen[endpoint] = seen.get(endpoint, 0) + 1
        answer = failures.send(client, f"GET {path}", path, follow_redirects=True)
        if answer is None or answer.mimetype != "text/html":
            continue
        page = _Page()
        page.feed(answer.text)
        todo += [link.split("#")[0] for link in page.links if link.startswith("/")]
        for method, action, fields in page.forms:
            target = (action or path).split("#")[0]
            to = _endpoint(world, urlsplit(target).path, "POST") if method == "post" else None
            if to is not None and to not in LEFT_OUT:
                forms.setdefault((to, tuple(sorted(fields))), (target, fields))
    return forms


def _form_data(fields: Mapping[str, str], odd: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "nothing", {}
    yield "as it is, doubled", {name: [value, value] for name, value in fields.items()}
    for name in list(fields)[:MAX_FIELDS]:
        yield f"without {name}", {k: v for k, v in fields.items() if k != name}
        for text in islice(odd, ODD_PER_FIELD):
            yield f"{name}={text[:20]!r}", {**fields, name: text}


def test_no_form_makes_a_page_fail(full: World) -> None:
    client, failures, odd = full.client("editor2"), Failures(), cycle(ODD_TEXTS)
    forms = _crawl(full, client, failures)
    endpoints = {endpoint for endpoint, _ in forms}

    for endpoint, fields in sorted(forms, key=lambda key: (any(w in key[0] for w in ENDS_THINGS), key)):
        target, values = forms[endpoint, fields]
        for what, data in _form_data(values, odd):
            failures.send(client, f"{endpoint} {target}: {what}", target, method="POST", data=data)
        for kind, body in (
            ("application/json", b"[]"),
            ("text/plain", b"x"),
            ("multipart/form-data", b"--x"),
        ):
            name = f"{endpoint} {target}: as {kind}"
            failures.send(client, name, target, method="POST", data=body, content_type=kind)

    assert not failures.found, "\n".join(f"{name}: {why}" for name, why in failures.found.items())
    assert len(endpoints) > 35, sorted(endpoints)


@pytest.mark.parametrize(
    "path", ["/sign-in", "/forgotten", "/links/unknown", "/sign-out", "/account/password"]
)
def test_no_form_of_strangers_makes_a_page_fail(full: World, path: str) -> None:
    client, failures = full.client(), Failures()
    names = ("email", "password", "next", "new", "again", "current", "name")
    for text in ODD_TEXTS:
        data = {name: [text, text] for name in names} | {"email": f"{text[:50]}@example.com"}
        failures.send(client, f"{path} {text[:20]!r}", path, method="POST", data=data)
    for kind in ("application/json", "text/plain", "multipart/form-data"):
        failures.send(client, f"{path} {kind}", path, method="POST", data=b"[]", content_type=kind)

    assert not failures.found, "\n".join(f"{name}: {why}" for name, why in failures.found.items())


def test_no_query_makes_a_page_fail(full: World, known: Mapping[str, object]) -> None:
    client, failures = full.client("editor2"), Failures()
    names = (
        "before",
        "after",
        "from",
        "state",
        "show",
        "check",
        "q",
        "with",
        "kind",
        "old",
        "new",
        "page",
        "next",
    )
    for rule in full.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in {"static", *LEFT_OUT}:
            path = fill(rule, known, workspace_slug="acme", policy_slug="mail", number=1)
            for text in ("99999999999999999", "-1", "\u00b2", "x" * 300, "%ff%00"[:3]):
                query = "&".join(f"{name}={text}" for name in names)
                failures.send(client, f"GET {path}?{text[:20]}", f"{path}?{query}", method="GET")

    assert not failures.found, "\n".join(f"{name}: {why}" for name, why in failures.found.items())
