"""Signing in through the page: where it leads, who it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from console.accounts import operations, passwords
from console.clock import now
from console.permissions import SYSTEM
from models import PersonLink, User, Workspace
from tests.factories.console import PASSWORD

if TYPE_CHECKING:
    from tests.factories.console import World


def test_signing_in_leads_to_no_other_host(world: World) -> None:
    for target in (
        "//[",
        "http://[x",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
    ):
        data = {"email": "editor@example.com", "password": PASSWORD, "next": target}
        answer = world.client().post("/sign-in", data=data)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/workspaces"), target


HERE = [{}, {"Host": "127.0.0.1:8000"}, {"Host": "[::1]:8000"}]
ELSEWHERE = [
    {"Host": "rebound.example:8000"},
    {"X-Forwarded-For": "198.51.100.7"},
    {"X-Forwarded-Host": "copydesk.example"},
    {"X-Forwarded-Proto": "https"},
    {"Forwarded": "for=198.51.100.7"},
]


def test_a_demo_account_works_on_this_machine_only(world: World) -> None:
    with world.session() as session:
        session.get_one(User, world.user_ids["editor"]).is_demo = True
    data = {"email": "editor@example.com", "password": PASSWORD}

    def sign_in(headers: dict[str, str]) -> int:
        return world.client().post("/sign-in", data=data, headers=headers).status_code

    assert [sign_in(headers) for headers in HERE] == [303] * len(HERE)
    assert [sign_in(headers) for headers in ELSEWHERE] == [401] * len(ELSEWHERE)


def test_an_invitation_does_not_serve_to_guess_a_password(world: World) -> None:
    with world.session() as session:
        other = session.get_one(Workspace, world.other_workspace_id)
        by = world.actor("outsider")
        secret = operations.invite(session, other, email="editor@example.com", roles=["viewer"], by=by)
        for _ in range(passwords.MAX_FAILURES_PER_ACCOUNT - 1):
            passwords.note_failure(session, email="editor@example.com", address="192.0.2.1", now=now())
    client = world.client()
    guess = {"password": "a wrong guess", "again": "a wrong guess"}

    first, second = (client.post(f"/links/{secret}", data=guess) for _ in range(2))

    assert "do not match" in first.text
    assert "Too many attempts" in second.text


def test_a_new_password_ends_older_reset_links(world: World) -> None:
    with world.session() as session:
        user = session.get_one(User, world.user_ids["editor"])
        older, newer = (operations.make_reset_link(session, user, by=SYSTEM) for _ in range(2))
    new = {"password": "another good phrase", "again": "another good phrase"}

    assert world.client().post(f"/links/{newer}", data=new).status_code == 303
    assert world.client().post(f"/links/{older}", data=new).status_code == 410


def test_strangers_cannot_ask_for_reset_links_without_end(world: World) -> None:
    client = world.client()
    answers = {client.post("/forgotten", data={"email": "editor@example.com"}).status_code for _ in range(6)}

    with world.session() as session:
        made = session.scalar(select(func.count()).select_from(PersonLink))
    assert answers == {200}
    assert made == operations.MAX_RESET_LINKS
