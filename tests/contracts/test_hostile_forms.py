"""Every form of the console, posted with values that no page sends: refused or kept, never a server error.

Unlike the sweep of what pages show, this one posts to every route there is, all fields at once: the names are
read from the form classes and views of the route's area.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from flask_wtf import FlaskForm
from werkzeug.routing import Rule

import console
from console.accounts import operations as accounts
from console.permissions import SYSTEM
from models import Role, User, Workspace
from tests.contracts.test_odd_input import ENDS_THINGS, Failures
from tests.contracts.test_workspaces_are_sealed import fill, foreign
from tests.factories.console import World, make_world
from tests.factories.policies import publish_and_propose

ROOT = Path(console.__file__).parent
READ_FIELD = re.compile(r"""request\.form(?:\.get|\.getlist|\.pop)?[(\[]\s*["']([\w-]+)["']""")
# These cost argon2, are throttled or end the session; their own sweep is in test_odd_input.
LEFT_OUT = frozenset(
    {"accounts.sign_out", "accounts.sign_in_post", "accounts.change_password", "accounts.forgotten"}
)
FORM = "application/x-www-form-urlencoded"
MIXES = 2
LONG_CHARS = 1_000_000
DEEP = "[" * 50_000
VALUES: Mapping[str, bytes] = {
    "bytes that are no UTF-8": b"a\xff\xfeb\x80",
    "a lone surrogate": b"a\xed\xa0\x80b",
    "other controls": b"\x01\x1b[31m\x7f\xc2\x85",
    "a huge number": b"9" * 30,
    "a number beyond digits": b"9" * 5_000,
    "a number of another script": "\u0663\u00b2".encode(),
    "not a number": b"nan",
    "infinity": b"-1e999",
    "below all": b"-9223372036854775809",
    "nested": DEEP.encode(),
    "JSON": b'{"a": [1, {"b": null}], "\\u0000": "\\ud800"}',
    "a template": b"{{ 7*7 }}{% for x in (1..99999999) %}{% endfor %}",
    "backwards": "\u202eabc\u2066\U0001f469\u200d\U0001f469 \u0130\u00df\ufb01".encode(),
    "a path": b"../../etc/passwd",
    "an address": b"//evil.example/\\x",
    "a date": b"2026-13-45T99:99",
    "lines": b"\r\n\r\n" * 2_000,
    "spaces": b" \t\xc2\xa0 ",
}


def _form_names() -> Mapping[str, tuple[str, ...]]:
    """Return the names of fields by area, as its form classes and its views know them."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.walk_packages([str(ROOT)], "console."):
        path = ROOT / Path(*module.name.split(".")[1:])
        if module.ispkg or not path.with_suffix(".py").exists():
            continue
        names = found.setdefault(module.name.split(".")[1], set())
        source = path.with_suffix(".py").read_text("utf-8")
        names |= set(READ_FIELD.findall(source))
        if "FlaskForm" in source or "Form)" in source:
            names |= _class_fields(module.name)
    return {area: tuple(sorted(names - {"csrf_token"})) for area, names in found.items()}


def _class_fields(module: str) -> set[str]:
    made = importlib.import_module(module).__dict__.values()
    classes = [item for item in made if isinstance(item, type) and issubclass(item, FlaskForm)]
    return {
        name for item in classes for name in dir(item) if type(getattr(item, name)).__name__ == "UnboundField"
    }


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a console with one of everything; `editor2` holds all roles."""
    world = make_world(tmp_path_factory.mktemp("hostile"))
    publish_and_propose(world)
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        person = session.get_one(User, world.user_ids["editor2"])
        accounts.set_roles(session, workspace, person, list(Role), by=SYSTEM)
    yield world
    world.close()


def _routes(world: World) -> list[Rule]:
    rules = [
        rule
        for rule in world.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and "/api/" not in rule.rule and rule.endpoint not in LEFT_OUT
    ]
    return sorted(rules, key=lambda rule: (any(word in rule.endpoint for word in ENDS_THINGS), rule.rule))


def _path(rule: Rule, known: Mapping[str, object]) -> str:
    """Fill a route with what is there, so that its form is read."""
    given: dict[str, object] = {
        "workspace_slug": "acme",
        "policy_slug": "mail",
        "number": 1,
        "check": "toxicity",
    }
    given |= {"list_name": "terms", "key": "banned", "part": "head", "purpose": "api"}
    if rule.endpoint.startswith("golden."):
        given |= {"name": known["golden_name"], "key": "case-0"}
    return fill(rule, known, **given)


def _bodies(names: tuple[str, ...], turn: int) -> Iterator[tuple[str, bytes, str]]:
    """Yield bodies with a value in every field; over the routes of an area, each field has each value."""
    values = [quote_from_bytes(value) for value in VALUES.values()]
    for shift in range(turn, turn + MIXES):
        pairs = (f"{name}={values[(n + shift * 5) % len(values)]}" for n, name in enumerate(names))
        yield f"mix {shift}", "&".join(pairs).encode(), FORM
    yield "NUL", "&".join(f"{name}=a%00b" for name in names).encode(), FORM
    doubled = "&".join(f"{name}={n}&{name}=b&{name}[]=c&{name}[x]=d" for n, name in enumerate(names))
    yield "arrays", doubled.encode(), FORM
    long = quote_from_bytes(b"x" * (LONG_CHARS // max(1, len(names))))
    yield "a megabyte", "&".join(f"{name}={long}" for name in names).encode(), FORM
    yield (
        "raw bytes",
        b"&".join(name.encode() + b"=\xff\xfe%%%zz" for name in names),
        f"{FORM}; charset=utf-16",
    )
    yield "JSON instead", DEEP.encode(), "application/json"
    yield (
        "parts without end",
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n",
        "multipart/form-data; boundary=x",
    )
    yield "no boundary", b"--x--", "multipart/form-data"


def test_no_route_fails_on_any_form(full: World) -> None:
    client, failures, names = full.client("editor2"), Failures(), _form_names()
    known = foreign(full)
    statuses: dict[int, int] = {}
    for turn, rule in enumerate(_routes(full)):
        path = _path(rule, known)
        for what, data, kind in _bodies(names.get(rule.endpoint.partition(".")[0], ()), turn):
            name = f"{rule.endpoint} {path}: {what}"
            answer = failures.send(client, name, path, method="POST", data=data, content_type=kind)
            if answer is not None:
                statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1

    assert not failures.found, "\n".join(f"{name}: {why}" for name, why in failures.found.items())
    assert statuses[422] > 30, statuses  # forms were read, not only turned away


def test_no_route_fails_on_any_file(full: World) -> None:
    client, failures, names = full.client("editor2"), Failures(), _form_names()
    known = foreign(full)
    for rule in _routes(full):
        path = _path(rule, known)
        area = names.get(rule.endpoint.partition(".")[0], ())
        for filename, fields in (("a.csv", area), ("\u202e" + "x" * 3_000 + ".xlsx", ("file",))):
            files = {field: (io.BytesIO(b"\xff\0PK\x03\x04"), filename) for field in fields}
            name = f"{rule.endpoint} {path}: {filename[:20]!r}"
            failures.send(client, name, path, method="POST", data=files, content_type="multipart/form-data")

    assert not failures.found, "\n".join(f"{name}: {why}" for name, why in failures.found.items())
