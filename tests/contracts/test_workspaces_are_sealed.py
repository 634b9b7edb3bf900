"""Workspaces are sealed off: no route shows or changes anything to who is not a member of its workspace.

Every route of the application is requested twice: by a stranger naming another workspace, and by a stranger
in their own workspace naming the ids and names of another one. The list of routes comes from the application.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import func, select
from werkzeug.routing import Rule

from console.accounts import operations as accounts
from console.clock import now
from console.permissions import SYSTEM
from models import (
    Asset,
    AuditEntry,
    Base,
    Bundle,
    Candidate,
    GoldenSet,
    Policy,
    Review,
    Role,
    Run,
    Sample,
    ServiceToken,
    User,
    Workspace,
)
from tests.factories.console import World, make_world
from tests.factories.policies import api_token, approve, propose, publish, runtime_token, write_policy

# Routes without a workspace: sign-in, one's own account and links, files, the description of the API.
OPEN = re.compile(
    r"/(static|sign-in|sign-out|account|workspaces|link|forgot|help|healthz|readyz|api/openapi|$)"
)
WRITES = {"POST", "PUT", "DELETE", "PATCH"}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a console whose workspace `acme` has one of everything, and a stranger who is all in `other`."""
    world = make_world(tmp_path_factory.mktemp("sealed"))
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    publish(world, review_id)
    runtime_token(world)
    with world.session() as session:
        other = session.get_one(Workspace, world.other_workspace_id)
        outsider = session.get_one(User, world.user_ids["outsider"])
        accounts.set_roles(session, other, outsider, list(Role), by=SYSTEM)
        session.add(Policy(workspace_id=other.id, slug="theirs", name="Theirs", created_at=now()))
    yield world
    world.close()


def foreign(world: World) -> Mapping[str, object]:
    """Return an existing value of acme for every argument that a route can have."""
    with world.session() as session:

        def one(model: type[Base]) -> int:
            return session.scalar(select(func.min(model.id))) or 0  # type: ignore[attr-defined]

        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        golden = session.scalars(select(GoldenSet)).one()
        return {
            "kind": asset.kind,
            "name": asset.name,
            "asset_id": asset.id,
            "golden_id": golden.id,
            "golden_name": golden.name,
            "set_name": golden.name,
            "candidate_id": one(Candidate),
            "run_id": one(Run),
            "sample_id": one(Sample),
            "review_id": one(Review),
            "token_id": one(ServiceToken),
            "user_id": world.user_ids["editor"],
            "entry_id": session.scalar(select(func.min(AuditEntry.seq))) or 1,
            "version": session.scalars(select(Bundle.version)).one(),
        }


def routes(world: World) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in world.app.url_map.iter_rules()
        if not OPEN.match(rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def fill(rule: Rule, known: Mapping[str, object], **given: object) -> str:
    """Write a route's path with the known values; whatever is not known is 1, or `x`."""

    def value(match: re.Match[str]) -> str:
        kind, name = match[1], match[2]
        return str(given.get(name, known.get(name, "1" if kind == "int" else "x")))

    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", value, rule.rule)


def body_of(method: str) -> dict[str, object]:
    return {"json": {}} if method in WRITES else {}


def table_sizes(world: World) -> dict[str, int]:
    """Count the rows of every table but those that note requests themselves."""
    skip = {"service_tokens", "audit_entries", "audit_subjects"}
    with world.session() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in skip]
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_every_route_without_a_workspace_is_known(full: World) -> None:
    without = {rule.rule for rule, _ in routes(full) if "<workspace_slug>" not in rule.rule}

    assert without == set()


def test_no_route_answers_a_stranger_who_names_another_workspace(full: World) -> None:
    client, known, before = full.client("outsider"), foreign(full), table_sizes(full)
    answered = {}
    for rule, method in routes(full):
        path = fill(rule, known, workspace_slug="acme", policy_slug="mail")
        answer = client.open(path, method=method, **body_of(method))
        if answer.status_code != 404:
            answered[f"{method} {path}"] = answer.status_code

    assert answered == {}
    assert table_sizes(full) == before


def test_no_route_finds_another_workspaces_things_by_their_ids(full: World) -> None:
    client, known, before = full.client("outsider"), foreign(full), table_sizes(full)
    found = {}
    for rule, method in routes(full):
        names = {name for _, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)}
        if not names - {"workspace_slug", "policy_slug", "kind"}:
            continue
        path = fill(rule, known, workspace_slug="other", policy_slug="theirs")
        answer = client.open(path, method=method, **body_of(method))
        # 422: the body was read first and does not fit; nothing was looked up, so nothing is told.
        if answer.status_code not in {404, 422}:
            found[f"{method} {path}"] = answer.status_code

    assert found == {}
    assert table_sizes(full) == before


def test_a_policy_of_another_workspace_is_not_found(full: World) -> None:
    client, known = full.client("outsider"), foreign(full)
    found = {}
    for rule, method in routes(full):
        if "<policy_slug>" in rule.rule:
            path = fill(rule, known, workspace_slug="other", policy_slug="mail")
            status = client.open(
                path, method=method, **({"json": {}} if method in WRITES else {})
            ).status_code
            if status != 404:
                found[f"{method} {path}"] = status

    assert found == {}


def test_an_api_token_opens_no_other_workspace(full: World) -> None:
    headers = {"Authorization": f"Bearer {api_token(full, 'editor')}"}
    client, known = full.app.test_client(), foreign(full)
    answered = {}
    for rule, method in routes(full):
        if rule.rule.startswith("/api/"):
            path = fill(rule, known, workspace_slug="other", policy_slug="theirs")
            status = client.open(path, method=method, headers=headers, **body_of(method)).status_code
            if status != 404:
                answered[f"{method} {path}"] = status

    assert answered == {}


def test_who_is_not_signed_in_is_sent_to_sign_in_or_asked_for_a_token(full: World) -> None:
    client, known = full.client(), foreign(full)
    answered = {}
    for rule, method in routes(full):
        path = fill(rule, known, workspace_slug="acme", policy_slug="mail")
        answer = client.open(path, method=method, **body_of(method))
        expected = 401 if path.startswith("/api/") else 302
        if answer.status_code != expected:
            answered[f"{method} {path}"] = answer.status_code

    assert answered == {}
