"""Commands about people: `flask users …`."""

from __future__ import annotations

import click
from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from console.accounts import operations
from console.errors import ConsoleError
from console.extensions import db
from console.permissions import SYSTEM
from models import Role, Workspace


@click.group()
def users() -> None:
    """Add people and help them in."""


@users.command("create-admin")
@click.argument("email")
@click.option("--name", default="", help="Name of the person; the e-mail name when left out.")
@click.option("--workspace", "slug", required=True, help="Slug of the workspace; opened when it is new.")
@click.option("--workspace-name", default="", help="Name of a new workspace.")
@click.password_option(help="Asked for when left out.")
def create_admin(email: str, name: str, slug: str, workspace_name: str, password: str) -> None:
    """Create an admin, with a workspace where there is none of this slug."""
    session = db.session
    try:
        found = session.scalar(select(Workspace).where(Workspace.slug == slug))
        found = found or operations.create_workspace(
            session, slug=slug, name=workspace_name or slug, by=SYSTEM
        )
        present = operations.find_user(session, email)
        user = present or operations.create_user(
            session, email=email, name=name or email.split("@", maxsplit=1)[0], password=password, by=SYSTEM
        )
        operations.set_roles(session, found, user, [Role.ADMIN], by=SYSTEM)
        session.commit()
    except ConsoleError as error:
        raise click.ClickException(str(error)) from error
    except (OperationalError, ProgrammingError) as error:
        text = (
            "The database has no tables yet, or no answer: start `make serve` once, in the same environment."
        )
        raise click.ClickException(text) from error
    kept = " The account was there already: its name and password stay." if present else ""
    click.echo(f"{user.email} is admin of {found.slug}.{kept}")


@users.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a single-use link with which a person sets a new password."""
    user = operations.find_user(db.session, email)
    if user is None:
        raise click.ClickException(f"There is no account with the address {email}.")
    secret = operations.make_reset_link(db.session, user, by=SYSTEM)
    db.session.commit()
    base = current_app.extensions["copydesk_settings"].public_url
    with current_app.test_request_context():
        click.echo(base + url_for("accounts.use_link", secret=secret))


commands = (users,)
