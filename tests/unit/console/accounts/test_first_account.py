"""The first account of an empty console: how it is made, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import User, Workspace
from models.migrate import migrate
from tests.factories.apps import make_app
from tests.factories.console import PASSWORD, World, make_settings

NEW = "first@new.example"


def _create(world: World, email: str, workspace: str, password: str = PASSWORD) -> tuple[int, str]:
    arguments = ["users", "create-admin", email, "--workspace", workspace, "--password", password]
    with world.app.app_context():  # `flask` opens one for its commands
        answer = world.app.test_cli_runner().invoke(args=arguments)
    return answer.exit_code, answer.output


def _empty(home: Path) -> World:
    settings = make_settings(home)
    return World(make_app(settings), settings)


def test_an_empty_console_says_how_the_first_account_is_made(tmp_path: Path) -> None:
    from console.extensions import db

    world = _empty(tmp_path)
    with world.app.app_context():
        migrate(db.engine)
    before = world.client().get("/sign-in").text
    code, said = _create(world, NEW, "new-brand")
    after = world.client().get("/sign-in").text

    assert "Nobody has an account here yet" in before
    assert "users create-admin EMAIL --workspace SLUG" in before
    assert "make run printed" not in before
    assert (code, said) == (0, f"{NEW} is admin of new-brand.\n")
    assert "Nobody has an account" not in after
    data = {"email": NEW, "password": PASSWORD}
    assert world.client().post("/sign-in", data=data).status_code == 303


def test_without_tables_the_command_says_what_to_do(tmp_path: Path) -> None:
    code, said = _create(_empty(tmp_path), NEW, "new-brand")
    assert code == 1
    assert said.startswith("Error: The database has no tables yet, or no answer: start `make serve` once")


@pytest.mark.parametrize(
    ("email", "workspace", "password", "told"),
    [
        ("nobody", "new-brand", PASSWORD, "email: 'nobody' is no whole e-mail address."),
        ("a b@new.example", "new-brand", PASSWORD, "is no whole e-mail address."),
        (NEW, "New Brand", PASSWORD, "workspace: 'New Brand' does not fit into addresses"),
        (NEW, "new/brand", PASSWORD, "does not fit into addresses"),
        (NEW, "", PASSWORD, "does not fit into addresses"),
        (NEW, "new-brand", "short", "password: Use at least 12 characters"),
    ],
)
def test_an_account_that_could_not_be_used_is_refused_whole(
    world: World, email: str, workspace: str, password: str, told: str
) -> None:
    code, said = _create(world, email, workspace, password)
    with world.session() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (User, Workspace)]
    assert code == 1
    assert told in said
    assert counts == [len(world.user_ids), 2]


def test_an_account_that_is_there_keeps_its_password_and_the_command_says_so(world: World) -> None:
    code, said = _create(world, "editor@example.com", "acme", "another long password")
    assert code == 0
    assert "its name and password stay" in said
    data = {"email": "editor@example.com", "password": PASSWORD}
    assert world.client().post("/sign-in", data=data).status_code == 303


def test_who_follows_an_invitation_has_signed_in(world: World) -> None:
    admin = world.client("admin")
    page = admin.post("/w/acme/members", data={"email": NEW, "roles": ["editor"]}).text
    link = page[page.index("/links/") :].partition("<")[0].partition('"')[0]
    data = {"name": "Nia New", "password": "a rather long one", "again": "a rather long one"}
    assert world.client().post(link, data=data).status_code == 303
    row = admin.get("/w/acme/members").text.partition("Nia New")[2].partition("</tr>")[0]
    assert "Never" not in row
    assert "just now" in row


def test_an_invitation_of_somebody_with_an_account_asks_them_to_join_not_to_open_one(world: World) -> None:
    page = world.client("admin").post(
        "/w/acme/members", data={"email": "editor@example.com", "roles": ["viewer"]}
    )
    link = page.text[page.text.index("/links/") :].partition("<")[0].partition('"')[0]
    shown = world.client().get(link).text
    assert "<h1>Join the workspace</h1>" in shown
    assert "Open your account" not in shown
