"""Commands about releases: `flask releases …`."""

from __future__ import annotations

import click
from flask import current_app
from sqlalchemy.orm import Session

from console.accounts.operations import find_user
from console.accounts.queries import roles
from console.errors import ConsoleError, ForbiddenError, NotFoundError
from console.extensions import db
from console.permissions import Actor, Permission
from console.releases import operations, queries
from console.releases.preparation import prepare_bundle
from models import Bundle, Policy, Review


@click.group()
def releases() -> None:
    """Publish approved reviews."""


@releases.command("publish")
@click.argument("review_id", type=int)
@click.option("--as", "email", required=True, help="E-mail address of the releaser who answers for it.")
@click.option("--channel", default="staging", show_default=True, type=click.Choice(operations.CHANNELS))
@click.option("--changelog", default="", help="What changes for readers.")
def publish(review_id: int, email: str, channel: str, changelog: str) -> None:
    """Publish an approved review as the policy's next version; the same rules hold as in the browser."""
    try:
        bundle = _publish(review_id, email, channel, changelog)
    except ConsoleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Version {bundle.version} is published to {channel} (sha256 {bundle.sha256}).")


def _publish(review_id: int, email: str, channel: str, changelog: str) -> Bundle:
    # Weights are trained outside of the writing transaction: others wait for it.
    settings = current_app.extensions["copydesk_settings"]
    with db.read() as session:
        by = _releaser(session, _find(session, review_id), email)
        by.require(Permission.PUBLISH)
        assets, heads = prepare_bundle(session, _find(session, review_id), settings)
    with db.write() as session:
        review = _find(session, review_id)
        policy = session.get_one(Policy, review.policy_id)
        return operations.publish(
            session,
            review,
            queries.find_channel(session, policy, channel),
            assets=assets,
            heads=heads,
            changelog=changelog,
            settings=settings,
            by=_releaser(session, review, email),
        )


def _find(session: Session, review_id: int) -> Review:
    found = session.get(Review, review_id)
    if found is None:
        raise NotFoundError(f"There is no review with the id {review_id}.")
    return found


def _releaser(session: Session, review: Review, email: str) -> Actor:
    """Return the person with the roles they hold now: the command line lends nobody any."""
    user = find_user(session, email)
    if user is None or not user.is_active:
        raise ForbiddenError(f"There is no active account with the address {email}.")
    workspace_id = session.get_one(Policy, review.policy_id).workspace_id
    return Actor("user", user.id, workspace_id, roles(session, workspace_id, user.id))


commands = (releases,)
