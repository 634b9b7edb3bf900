"""A token that is turned away is in the audit trail: once a day, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from console.accounts import tokens
from models import AuditEntry, ServiceToken
from tests.factories.policies import api_token, runtime_token, write_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.console import World

API = "/api/v1/workspaces/acme/policies/mail"


def _revoked(world: World) -> str:
    secret = api_token(world, "editor")
    with world.session() as session:
        token = session.scalars(select(ServiceToken)).one()
        tokens.revoke_token(session, world.workspace_id, token.id, by=world.actor("admin"))
    return secret


def _ask(world: World, secret: str, path: str, method: str = "GET") -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return world.app.test_client().open(path, method=method, headers=headers, json={}).status_code


def _denials(world: World) -> list[str]:
    with world.session() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == tokens.DENIED))
        return [str((entry.after or {})["reason"]) for entry in entries]


@pytest.mark.parametrize(
    ("make", "path", "method", "status", "reason"),
    [
        (_revoked, f"{API}/runs", "GET", 401, "unauthenticated"),
        (runtime_token, f"{API}/runs", "GET", 401, "unauthenticated"),
        (lambda w: api_token(w, "editor"), "/api/v1/workspaces/other/assets", "GET", 404, "not_found"),
        (lambda w: api_token(w, "editor", "read"), f"{API}/candidates", "POST", 403, "forbidden"),
        (lambda w: api_token(w, "releaser"), f"{API}/publish", "POST", 403, "forbidden"),
    ],
    ids=["revoked", "of a runtime service", "of another workspace", "read-only", "never by token"],
)
def test_a_denial_is_audited_once_a_day(
    world: World, make: Callable[[World], str], path: str, method: str, status: int, reason: str
) -> None:
    write_policy(world)
    secret = make(world)

    answers = {_ask(world, secret, path, method) for _ in range(3)}

    assert answers == {status}
    assert _denials(world) == [reason]


def test_an_unknown_secret_or_a_wrong_address_is_no_denial_of_a_token(world: World) -> None:
    secret = api_token(world, "editor")

    assert _ask(world, "cka_unheard-of", f"{API}/runs") == 401
    assert _ask(world, secret, "/api/v1/workspaces/acme/policies/unheard-of/runs") == 404
    assert _denials(world) == []
