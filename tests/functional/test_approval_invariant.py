"""Nothing unapproved is published: every single thing that may stand against it, at every door.

The table is generated: each situation is brought about in a real database, then publishing is tried in the
browser, over the API as a person, over the API with the releaser's token, and on the command line.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from console.accounts import operations as accounts
from console.clock import now
from console.permissions import SYSTEM
from console.reviews import operations as reviews
from copydesk.approval import ReasonCode
from models import Asset, Bundle, Review, Revision, Run, RunState, User, Waiver, Workspace
from tests.factories.console import World, make_world
from tests.factories.policies import (
    BAD,
    GOOD,
    api_token,
    approve,
    change_cases,
    change_term,
    copy_world,
    propose,
    publish,
    write_policy,
)

CONDITION = "floor:overall"
R = ReasonCode


@dataclass(frozen=True, slots=True)
class Situation:
    """What is done to an otherwise publishable review, and every reason that must come of it."""

    name: str
    arrange: Callable[[World], int]
    reasons: frozenset[ReasonCode] = frozenset()


def _approved(world: World) -> int:
    review_id = propose(world).review_id
    approve(world, review_id)
    return review_id


def _half_approved(world: World) -> int:
    review_id = propose(world).review_id
    approve(world, review_id, "brand_reviewer")
    return review_id


def _author_approved(world: World) -> int:
    review_id = _approved(world)
    with world.session() as session:
        # `decide` refuses an author; publishing must find one that came in any other way.
        revision = session.scalars(select(Revision).join(Asset).where(Asset.kind == "glossary")).one()
        revision.coauthor_ids = [world.user_ids["legal"]]
    return review_id


def _content_changed(world: World) -> int:
    review_id = _approved(world)
    with world.session() as session:
        revision = session.scalars(select(Revision).join(Asset).where(Asset.kind == "glossary")).one()
        revision.content = revision.content | {"title": "Another house"}
    return review_id


def _golden_moved(world: World) -> int:
    review_id = _approved(world)
    change_cases(world, [GOOD, GOOD])
    return review_id


def _run_incomplete(world: World) -> int:
    review_id = _approved(world)
    with world.session() as session:
        session.get_one(Run, session.get_one(Review, review_id).run_id).state = RunState.RUNNING
    return review_id


def _membership_revoked(world: World) -> int:
    review_id = _approved(world)
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        person = session.get_one(User, world.user_ids["legal"])
        accounts.set_roles(session, workspace, person, [], by=SYSTEM)
    return review_id


def _person_deactivated(world: World) -> int:
    review_id = _approved(world)
    with world.session() as session:
        session.get_one(User, world.user_ids["legal"]).is_active = False
    return review_id


def _role_added(world: World) -> int:
    review_id = _approved(world)
    with world.session() as session:
        session.get_one(Workspace, world.workspace_id).required_roles = ["legal", "brand_reviewer", "auditor"]
    return review_id


def _production_moved(world: World) -> int:
    review_id = _approved(world)
    change_term(world, "bargain")
    other = propose(world).review_id
    approve(world, other)
    publish(world, other)
    return review_id


def _gate_not_met(world: World) -> int:
    change_cases(world, [GOOD, BAD])
    return _approved(world)


def _waived(world: World, *, ended: bool = False) -> int:
    change_cases(world, [GOOD, BAD])
    review_id = propose(world).review_id
    with world.session() as session:
        review = session.get_one(Review, review_id)
        until = now() + timedelta(days=3)
        waiver = reviews.add_waiver(
            session,
            review,
            condition=CONDITION,
            case_keys=(),
            reason="Known.",
            expires_at=until,
            by=world.actor("editor2"),
        )
        waiver_id = waiver.id
    if ended:
        with world.session() as session:  # three days pass before the approvals
            session.get_one(Waiver, waiver_id).expires_at = now() - timedelta(minutes=1)
    approve(world, review_id)
    return review_id


def _waiver_revoked(world: World) -> int:
    review_id = _waived(world)
    with world.session() as session:
        waiver = session.scalars(select(Waiver)).one()
        reviews.revoke_waiver(session, waiver, by=world.actor("legal"))
    return review_id


SITUATIONS = (
    Situation("all is well", _approved),
    Situation("gate not met but waived", _waived),
    Situation("nobody approved", lambda w: propose(w).review_id, frozenset({R.ROLE_MISSING})),
    Situation("one role missing", _half_approved, frozenset({R.ROLE_MISSING})),
    Situation("an author approved", _author_approved, frozenset({R.AUTHOR_APPROVED, R.ROLE_MISSING})),
    Situation(
        "the candidate's content moved",
        _content_changed,
        frozenset(
            {R.CANDIDATE_CHANGED, R.EVIDENCE_CHANGED, R.ROLE_MISSING, R.RUN_OF_OTHER_CANDIDATE},
        ),
    ),
    Situation(
        "the golden set moved",
        _golden_moved,
        frozenset(
            {R.GOLDEN_SET_CHANGED, R.EVIDENCE_CHANGED, R.ROLE_MISSING, R.RUN_ON_OTHER_GOLDEN_SET},
        ),
    ),
    Situation("the run is incomplete", _run_incomplete, frozenset({R.RUN_INCOMPLETE})),
    Situation("an approver left", _membership_revoked, frozenset({R.ROLE_LOST, R.ROLE_MISSING})),
    Situation("an approver was locked out", _person_deactivated, frozenset({R.ROLE_LOST, R.ROLE_MISSING})),
    Situation("another role became required", _role_added, frozenset({R.ROLE_MISSING})),
    Situation("production moved on", _production_moved, frozenset({R.PRODUCTION_MOVED})),
    Situation("gate not met", _gate_not_met, frozenset({R.GATE_NOT_MET})),
    Situation(
        "the waiver expired", lambda w: _waived(w, ended=True), frozenset({R.WAIVER_EXPIRED})
    ),
    Situation("the waiver was taken back", _waiver_revoked, frozenset({R.GATE_NOT_MET, R.ROLE_MISSING})),
)  # fmt: skip
API = "/api/v1/workspaces/acme/policies/mail"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("written"))
    write_policy(made)
    return made


@pytest.fixture
def ready(written: World, tmp_path: Path) -> World:
    return copy_world(written, tmp_path / "home")


def _versions(world: World) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(Bundle)) or 0


def _by_web(world: World, review_id: int, who: str = "releaser") -> tuple[int, str]:
    client = world.client(who)
    data = {"review": review_id, "channel": "production"}
    answer = client.post("/w/acme/p/mail/publish", data=data)
    with client.session_transaction() as session:
        said = " ".join(text for _, text in session.get("_flashes", ()))
    return answer.status_code, said or html.unescape(answer.text)


def _by_api(world: World, review_id: int, who: str = "releaser") -> tuple[int, dict[str, Any]]:
    body = {"review_id": review_id, "channel": "production"}
    answer = world.client(who).post(f"{API}/publish", json=body)
    return answer.status_code, answer.get_json()


def _by_token(world: World, review_id: int, who: str = "releaser") -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {api_token(world, who)}"}
    body = {"review_id": review_id, "channel": "production"}
    answer = world.app.test_client().post(f"{API}/publish", json=body, headers=headers)
    return answer.status_code, answer.get_json()


def _by_command(world: World, review_id: int, who: str = "releaser") -> tuple[int, str]:
    arguments = ["releases", "publish", str(review_id), "--as", f"{who}@example.com"]
    with world.app.app_context():  # as `flask` itself opens one for every command
        done = world.app.test_cli_runner().invoke(args=[*arguments, "--channel", "production"])
    return done.exit_code, done.output


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.name)
@pytest.mark.parametrize("door", ["web", "api", "token", "command"])
def test_a_review_is_published_only_when_nothing_stands_against_it(
    ready: World, door: str, situation: Situation
) -> None:
    review_id = situation.arrange(ready)
    there = _versions(ready)
    state = ready.client("viewer").get(f"{API}/reviews/{review_id}").get_json()
    assert {reason["code"] for reason in state["reasons"]} == set(situation.reasons)
    messages = [reason["message"] for reason in state["reasons"]]
    is_wanted = not situation.reasons and door != "token"

    if door == "web":
        status, said = _by_web(ready, review_id)
        assert status == (303 if is_wanted else 409)
        assert is_wanted == ("Version 1 is published" in said)
        assert all(message in said for message in messages)
    elif door == "api":
        status, body = _by_api(ready, review_id)
        assert status == (201 if is_wanted else 409)
        assert all(message in body["title"] for message in messages)
    elif door == "token":
        status, body = _by_token(ready, review_id)
        assert (status, body["type"]) == (403, "urn:copydesk:forbidden")
    else:
        code, output = _by_command(ready, review_id)
        assert code == (0 if is_wanted else 1)
        assert all(message in output for message in messages)

    assert _versions(ready) == there + int(is_wanted)


@pytest.mark.parametrize(
    "who", ["editor", "legal", "brand_reviewer", "admin", "viewer", "auditor", "outsider"]
)
def test_only_a_releaser_publishes_at_any_door(ready: World, who: str) -> None:
    review_id = _approved(ready)
    status = 404 if who == "outsider" else 403

    answer = ready.client(who).post(
        "/w/acme/p/mail/publish", data={"review": review_id, "channel": "staging"}
    )
    assert answer.status_code == status
    assert _by_api(ready, review_id, who)[0] == status
    assert _by_command(ready, review_id, who)[0] == 1
    if who != "outsider":
        assert _by_token(ready, review_id, who)[0] == 403
    assert _versions(ready) == 0


def test_an_approved_review_gives_one_version_however_often_it_is_published(ready: World) -> None:
    review_id = _approved(ready)

    assert _by_command(ready, review_id)[0] == 0
    assert "already" in _by_web(ready, review_id)[1]
    assert _by_api(ready, review_id)[1]["type"] == "urn:copydesk:already_published"
    assert _by_command(ready, review_id)[0] == 1
    assert _versions(ready) == 1


def test_the_command_line_lends_its_roles_to_nobody(ready: World) -> None:
    review_id = _approved(ready)
    with ready.session() as session:
        session.get_one(User, ready.user_ids["releaser"]).is_active = False

    assert _by_command(ready, review_id)[0] == 1
    assert _by_command(ready, review_id, "nobody")[0] == 1
    assert _by_command(ready, 999)[0] == 1
    assert _versions(ready) == 0


def test_a_token_never_signs_whoever_it_acts_for(ready: World) -> None:
    review_id = propose(ready).review_id
    state = ready.client("legal").get(f"{API}/reviews/{review_id}").get_json()
    body = {"outcome": "approve", "note": "", "evidence_digest": state["evidence_digest"]}
    headers = {"Authorization": f"Bearer {api_token(ready, 'legal')}"}

    refused = ready.app.test_client().post(f"{API}/reviews/{review_id}/decision", json=body, headers=headers)
    signed = ready.client("legal").post(f"{API}/reviews/{review_id}/decision", json=body)

    assert refused.status_code == 403
    assert signed.status_code == 201
    assert [decision["role"] for decision in signed.get_json()["decisions"]] == ["legal"]
