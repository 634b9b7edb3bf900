"""The JSON API from candidate to review, as a program uses it with a person's token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from console.accounts import operations as accounts
from console.clock import now
from console.permissions import SYSTEM
from models import AuditEntry, Candidate, ServiceToken, User, Workspace
from tests.factories.console import World, make_world
from tests.factories.policies import (
    STRICT_GATE,
    api_token,
    change_term,
    copy_world,
    propose,
    runtime_token,
    work,
    write_policy,
)

API = "/api/v1/workspaces/acme/policies/mail"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("template"))
    write_policy(made)
    return made


@pytest.fixture
def written(template: World, tmp_path: Path) -> Iterator[World]:
    made = copy_world(template, tmp_path / "home")
    yield made
    made.close()


def call(world: World, token: str, method: str, path: str, body: Any = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"}
    return world.app.test_client().open(API + path, method=method, headers=headers, json=body)


def test_a_program_brings_a_change_from_candidate_to_review(written: World) -> None:
    token = api_token(written, "editor")
    candidate = call(written, token, "POST", "/candidates", {"title": "Spring"})
    body = {"candidate_id": candidate.get_json()["id"], "golden_set": "cases", "repeats": 2}
    started = call(written, token, "POST", "/runs", body)
    run_id = started.get_json()["id"]
    queued = call(written, token, "GET", f"/runs/{run_id}").get_json()
    work(written)
    ended = call(written, token, "GET", f"/runs/{run_id}").get_json()
    review = call(written, token, "POST", "/reviews", {"run_id": run_id, "note": "Please read."})
    comments = f"/reviews/{review.get_json()['id']}/comments"
    comment = call(written, token, "POST", comments, {"text": "From CI."})

    assert [candidate.status_code, started.status_code, review.status_code] == [201, 202, 201]
    assert comment.status_code == 201
    assert (queued["state"], queued["gate"], queued["progress"]["done"]) == ("queued", None, 0)
    assert (ended["state"], ended["gate"]["is_met"]) == ("complete", True)
    assert ended["progress"] == {"done": 2, "total": 2, "newly_failing": 0, "left_s": None}
    assert review.get_json()["required_roles"] == ["legal", "brand_reviewer"]
    assert {reason["code"] for reason in review.get_json()["reasons"]} == {"role_missing"}


def test_what_a_program_does_is_audited_as_its_token(written: World) -> None:
    token = api_token(written, "editor")
    call(written, token, "POST", "/candidates", {"title": "Spring"})

    with written.session() as session:
        actions = session.execute(select(AuditEntry.action, AuditEntry.actor_kind)).all()
    assert ("candidate.built", "token") in actions
    assert ("token.used", "token") in actions


def test_the_same_revisions_are_the_same_candidate(written: World) -> None:
    token = api_token(written, "editor")
    first = call(written, token, "POST", "/candidates", {"title": "One"})
    again = call(written, token, "POST", "/candidates", {"title": "Two"})
    change_term(written, "bargain")
    other = call(written, token, "POST", "/candidates", {"title": "Three"})

    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 201]
    assert again.get_json() == first.get_json()
    listed = call(written, token, "GET", "/candidates").get_json()["candidates"]
    assert [row["number"] for row in listed] == [2, 1]


def test_an_older_revision_can_be_pinned_and_a_foreign_one_cannot(written: World) -> None:
    token = api_token(written, "editor")
    first = call(written, token, "POST", "/candidates", {"title": "One"}).get_json()
    change_term(written, "bargain")

    refused = call(written, token, "POST", "/candidates", {"title": "Two", "pins": {"999": 1}})

    assert (refused.status_code, refused.get_json()["type"]) == (409, "urn:copydesk:invalid_pin")
    assert {pin["revision"] for pin in first["pins"]} == {1}


def test_a_run_is_cancelled_once(written: World) -> None:
    token = api_token(written, "editor")
    candidate = call(written, token, "POST", "/candidates", {"title": "Spring"}).get_json()
    body = {"candidate_id": candidate["id"], "golden_set": "cases"}
    run_id = call(written, token, "POST", "/runs", body).get_json()["id"]

    assert call(written, token, "POST", f"/runs/{run_id}/cancel").status_code == 202
    work(written)
    assert call(written, token, "GET", f"/runs/{run_id}").get_json()["state"] == "cancelled"
    assert call(written, token, "POST", f"/runs/{run_id}/cancel").status_code == 409


def test_a_run_needs_a_golden_set_and_a_candidate_of_this_policy(written: World) -> None:
    token = api_token(written, "editor")

    unknown = call(written, token, "POST", "/runs", {"candidate_id": 99, "golden_set": "cases"})
    call(written, token, "POST", "/candidates", {"title": "Spring"})
    other = call(written, token, "POST", "/runs", {"candidate_id": 1, "golden_set": "novel"})

    assert [unknown.status_code, other.status_code] == [404, 404]
    assert "novel" in other.get_json()["title"]


def test_the_gate_is_read_and_written(written: World) -> None:
    token = api_token(written, "editor")
    lenient = STRICT_GATE | {"floors": [{"check": "overall", "rate": "0.5"}]}

    assert call(written, token, "PUT", "/gate", lenient).get_json()["number"] == 2
    now_set = call(written, token, "GET", "/gate").get_json()
    bad = call(written, token, "PUT", "/gate", {"floors": [{"check": "overall", "rate": "2"}]})

    assert now_set["content"]["floors"][0]["rate"] == "0.5"
    assert bad.status_code == 422
    assert bad.get_json()["errors"][0]["pointer"] == "floors.0.rate"


def test_a_review_is_withdrawn_by_its_editor(written: World) -> None:
    review_id = propose(written).review_id
    token = api_token(written, "editor")

    assert call(written, token, "POST", f"/reviews/{review_id}/withdraw").get_json()["state"] == "withdrawn"
    assert call(written, token, "POST", f"/reviews/{review_id}/withdraw").status_code == 409


def test_a_token_without_the_write_scope_only_reads(written: World) -> None:
    token = api_token(written, "editor", "read")

    assert call(written, token, "GET", "/runs").status_code == 200
    assert call(written, token, "POST", "/candidates", {"title": "Spring"}).status_code == 403


def test_a_token_can_do_no_more_than_its_person_today(written: World) -> None:
    token = api_token(written, "editor")
    with written.session() as session:
        workspace = session.get_one(Workspace, written.workspace_id)
        editor = session.get_one(User, written.user_ids["editor"])
        accounts.set_roles(session, workspace, editor, ["viewer"], by=SYSTEM)

    assert call(written, token, "GET", "/runs").status_code == 200
    assert call(written, token, "POST", "/candidates", {"title": "Spring"}).status_code == 403
    with written.session() as session:
        session.get_one(User, written.user_ids["editor"]).is_active = False
    assert call(written, token, "GET", "/runs").status_code == 401


@pytest.mark.parametrize("change", [{"revoked_at": now()}, {"expires_at": now() - timedelta(seconds=1)}])
def test_a_revoked_or_expired_token_opens_nothing(written: World, change: dict[str, Any]) -> None:
    token = api_token(written, "editor")
    with written.session() as session:
        session.execute(update(ServiceToken).values(**change))

    assert call(written, token, "GET", "/runs").status_code == 401


def test_a_runtime_token_is_no_api_token(written: World) -> None:
    assert call(written, runtime_token(written), "GET", "/runs").status_code == 401
    assert call(written, "cka_unknown", "GET", "/runs").status_code == 401


def test_a_browser_session_needs_its_csrf_token_to_write(written: World) -> None:
    written.app.config["WTF_CSRF_ENABLED"] = False
    client = written.client("editor")
    written.app.config["WTF_CSRF_ENABLED"] = True

    assert client.get(f"{API}/runs").status_code == 200
    assert client.post(f"{API}/candidates", json={"title": "x"}).status_code == 403
    wrong = client.post(f"{API}/candidates", json={"title": "x"}, headers={"X-CSRFToken": "wrong"})
    assert wrong.status_code == 403
    with written.session() as session:
        assert session.scalar(select(func.count()).select_from(Candidate)) == 0
