"""Signing in is throttled per account and per address, and says nothing about who exists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from console.accounts import operations, passwords
from console.accounts.errors import SignInError, ThrottledError
from console.clock import now
from models import AuditEntry, SignInAttempt, User
from tests.factories.console import PASSWORD, World


def sign_in(client: FlaskClient, email: str, password: str = "wrong") -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": password})


def fail(world: World, email: str, address: str = "192.0.2.1", times: int = 1) -> None:
    """Note failed attempts without the cost of hashing."""
    with world.session() as session:
        for _ in range(times):
            passwords.note_failure(session, email=email, address=address, now=now())


def test_the_right_password_stops_working_after_too_many_wrong_ones(world: World) -> None:
    client = world.client()
    fail(world, "editor@example.com", times=passwords.MAX_FAILURES_PER_ACCOUNT - 1)
    assert sign_in(client, "editor@example.com").status_code != 429

    answer = sign_in(client, "editor@example.com", PASSWORD)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= passwords.THROTTLE_WINDOW.total_seconds() + 1
    assert sign_in(client, "legal@example.com", PASSWORD).status_code == 303


def test_an_account_is_free_again_after_the_window(world: World) -> None:
    fail(world, "editor@example.com", times=passwords.MAX_FAILURES_PER_ACCOUNT)
    with world.session() as session:
        session.execute(
            update(SignInAttempt).values(at=now() - passwords.THROTTLE_WINDOW - timedelta(seconds=1))
        )

    assert sign_in(world.client(), "editor@example.com", PASSWORD).status_code == 303


def test_success_forgets_the_failures_before_it(world: World) -> None:
    fail(world, "editor@example.com", times=passwords.MAX_FAILURES_PER_ACCOUNT - 1)
    assert sign_in(world.client(), "editor@example.com", PASSWORD).status_code == 303
    fail(world, "editor@example.com", times=passwords.MAX_FAILURES_PER_ACCOUNT - 1)

    assert sign_in(world.client(), "editor@example.com", PASSWORD).status_code == 303


def test_one_address_is_stopped_whichever_accounts_it_tries(world: World) -> None:
    for number in range(passwords.MAX_FAILURES_PER_ADDRESS):
        fail(world, f"person{number}@example.com", address="198.51.100.7")

    with world.session() as session, pytest.raises(ThrottledError):
        operations.sign_in(session, email="editor@example.com", password=PASSWORD, address="198.51.100.7")
    with world.session() as session:
        assert operations.sign_in(
            session, email="editor@example.com", password=PASSWORD, address="198.51.100.8"
        )


@pytest.mark.parametrize("email", ["nobody@example.com", "editor@example.com", "EDITOR@example.com "])
def test_a_stranger_and_a_wrong_password_get_the_same_answer(world: World, email: str) -> None:
    with world.session() as session, pytest.raises(SignInError) as refused:
        operations.sign_in(session, email=email, password="wrong", address="192.0.2.1")

    assert str(refused.value) == str(SignInError())


def test_someone_who_was_switched_off_cannot_sign_in(world: World) -> None:
    with world.session() as session:
        session.get_one(User, world.user_ids["editor"]).is_active = False

    assert sign_in(world.client(), "editor@example.com", PASSWORD).status_code == 401


def test_failures_are_audited_without_the_address_that_was_typed(world: World) -> None:
    sign_in(world.client(), "secret-guess@example.com")

    with world.session() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
        columns = {name: str(value) for name, value in vars(entry).items()}
    assert columns["action"] == "sign_in.failed"
    assert not any("secret-guess" in value for value in columns.values())
