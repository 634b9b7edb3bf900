"""Signing in through the page: where it leads, who it refuses."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from console.accounts import operations, passwords
from console.clock import now
from console.notices.resets import ask_for_reset
from console.permissions import SYSTEM
from models import Job, PersonLink, User, Workspace
from tests.factories.console import PASSWORD
from tests.factories.policies import work

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
    assert second.status_code == 429
    assert int(second.headers["Retry-After"]) > 0


def test_a_new_password_ends_older_reset_links(world: World) -> None:
    with world.session() as session:
        user = session.get_one(User, world.user_ids["editor"])
        older, newer = (operations.make_reset_link(session, user, by=SYSTEM) for _ in range(2))
    new = {"password": "another good phrase", "again": "another good phrase"}

    assert world.client().post(f"/links/{newer}", data=new).status_code == 303
    assert world.client().post(f"/links/{older}", data=new).status_code == 410


def _ask_for_reset(world: World, email: str, minute: int = 0, address: str = "192.0.2.1") -> None:
    at = now() + timedelta(minutes=minute)
    with world.session() as session:
        ask_for_reset(session, email=email, address=address, at=at)


def test_strangers_cannot_ask_for_reset_links_without_end(world: World) -> None:
    for minute in range(operations.MAX_RESET_LINKS + 3):
        _ask_for_reset(world, "editor@example.com", minute)
    work(world)

    with world.session() as session:
        made = session.scalar(select(func.count()).select_from(PersonLink))
    assert made == operations.MAX_RESET_LINKS


def test_asking_for_a_reset_does_the_same_work_for_strangers_and_members(world: World) -> None:
    client = world.client()
    done = []
    for email in ("editor@example.com", "nobody@example.com"):
        with world.session() as session:
            before = session.scalar(select(func.count()).select_from(Job)) or 0
        answer = client.post("/forgotten", data={"email": email})
        with world.session() as session:
            jobs = (session.scalar(select(func.count()).select_from(Job)) or 0) - before
            links = session.scalar(select(func.count()).select_from(PersonLink))
        done.append((answer.status_code, answer.text, jobs, links))

    assert done[0] == done[1]
    assert done[0][2:] == (1, 0)


def test_the_worker_sends_the_reset_link_to_who_has_an_account(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for email in ("Editor@Example.com", "nobody@example.com"):
        world.client().post("/forgotten", data={"email": email})
    with caplog.at_level(logging.WARNING, "console.notices.mail"):
        work(world)
    (link,) = re.findall(r"link for editor@example\.com: \S+(/links/\S+)", caplog.text)
    new = {"password": "another good phrase", "again": "another good phrase"}

    assert world.client().post(link, data=new).status_code == 303
    signed_in = world.client().post("/sign-in", data={"email": "editor@example.com"} | new)
    assert signed_in.status_code == 303


def test_one_address_cannot_ask_for_resets_of_ever_new_accounts(world: World) -> None:
    for number in range(passwords.MAX_RESETS_PER_ADDRESS):
        _ask_for_reset(world, f"person{number}@example.com", address="127.0.0.1")

    answer = world.client().post("/forgotten", data={"email": "editor@example.com"})

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= passwords.THROTTLE_WINDOW.total_seconds() + 1


def test_a_password_change_asks_for_the_present_one_and_names_what_is_wrong(world: World) -> None:
    client = world.client("editor")
    new = {"new": "another good phrase", "again": "another good phrase"}

    wrong = client.post("/account/password", data={"current": "not it at all"} | new)
    weak = client.post("/account/password", data={"current": PASSWORD, "new": "short", "again": "short"})
    changed = client.post("/account/password", data={"current": PASSWORD} | new)

    assert (wrong.status_code, weak.status_code, changed.status_code) == (422, 422, 303)
    assert "not your present password" in wrong.text
    assert f"at least {passwords.MIN_PASSWORD_CHARS} characters" in weak.text
    assert client.get("/account").status_code == 200


def test_others_write_while_a_password_is_hashed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    argon2_hash, made = PasswordHasher.hash, []

    def hash_while_others_write(hasher: PasswordHasher, password: str) -> str:
        with world.session() as session:  # would wait for ever on a request that holds the transaction
            session.get_one(User, world.user_ids["viewer"]).name = f"Viewer {len(made)}"
        made.append(password)
        return argon2_hash(hasher, password)

    client = world.client("editor")
    with world.session() as session:
        user = session.get_one(User, world.user_ids["legal"])
        reset = operations.make_reset_link(session, user, by=SYSTEM)
    monkeypatch.setattr(PasswordHasher, "hash", hash_while_others_write)
    new = {"new": "another good phrase", "again": "another good phrase"}

    changed = client.post("/account/password", data={"current": PASSWORD} | new)
    followed = world.client().post(f"/links/{reset}", data=new | {"password": new["new"]})

    assert (changed.status_code, followed.status_code) == (303, 303)
    assert len(made) == 2


def test_no_link_page_opens_tokens_of_an_unknown_kind(world: World) -> None:
    client = world.client("admin")

    assert client.post("/w/acme/tokens/unheard-of", data={"name": "x"}).status_code == 404
    assert client.post("/w/acme/tokens/runtime", data={}).status_code == 422
