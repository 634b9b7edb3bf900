"""Who is asking on the JSON API: a program with a bearer token, or a signed-in browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.accounts.tokens import (
    find_token,
    is_denial_noted,
    is_usable,
    is_use_noted,
    note_denial,
    note_use,
)
from console.clock import now
from console.errors import ConsoleError, ForbiddenError, NotFoundError
from console.extensions import db
from console.permissions import Actor, Permission
from console.web.access import enter, find_policy, looking_up, roles_in, set_actor
from models import ServiceToken, TokenPurpose, User, Workspace

View = TypeVar("View", bound=Callable[..., Any])


UNUSABLE = "This token is unknown, revoked or expired."


class OtherWorkspaceError(NotFoundError):
    """A token of one workspace asked for another."""


class UnauthenticatedError(ConsoleError):
    """No token, or one that is unknown, revoked or expired."""

    status = 401
    code = "unauthenticated"


def api_requires(permission: Permission) -> Callable[[View], View]:
    """Let only programs and people with this permission in the URL's workspace in.

    Works like `console.web.access.requires`, for `Authorization: Bearer cka_…` or a browser session.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(**arguments: Any) -> Any:
            workspace_slug, policy_slug = arguments.pop("workspace_slug"), arguments.pop("policy_slug", None)
            secret = _bearer()
            if secret is not None:
                _enter_by_token(secret, permission, workspace_slug, policy_slug)
            elif current_user.is_authenticated:
                _check_csrf()
                enter(workspace_slug, policy_slug)
            else:
                raise UnauthenticatedError("Send a token: Authorization: Bearer cka_…")
            cast("Actor", g.actor).require(permission)
            return view(**arguments)

        return cast("View", wrapper)

    return decorate


def _bearer() -> str | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None


def _check_csrf() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"} or not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except (CSRFError, ValueError) as error:
        raise ForbiddenError("Send the page's CSRF token as X-CSRFToken, or use an API token.") from error


def _enter_by_token(
    secret: str, permission: Permission, workspace_slug: str, policy_slug: str | None
) -> None:
    refusal: ConsoleError | None = None
    with looking_up() as session:
        token = find_token(session, secret)
        if token is None:
            raise UnauthenticatedError(UNUSABLE)
        try:
            found = _admit(session, token, permission, workspace_slug)
            if policy_slug is not None:
                g.policy = find_policy(found.id, policy_slug, session)
        except (UnauthenticatedError, ForbiddenError, OtherWorkspaceError) as error:
            refusal = error
            if is_denial_noted(session, token, at=now()):
                raise
    if refusal is not None:
        _note(token.id, partial(note_denial, reason=refusal.code))
        raise refusal
    if not is_use_noted(token, at=now()):
        _note(token.id, note_use)


def _admit(session: Session, token: ServiceToken, permission: Permission, workspace_slug: str) -> Workspace:
    if token.purpose != TokenPurpose.API or not is_usable(token, now=now()):
        raise UnauthenticatedError(UNUSABLE)
    workspace = session.scalar(select(Workspace).where(Workspace.slug == workspace_slug))
    if workspace is None or workspace.id != token.workspace_id:
        raise OtherWorkspaceError("There is no such workspace for this token.")
    actor = _actor(session, token, workspace.id)
    set_actor(workspace, actor)
    actor.require(permission)
    return workspace


def _actor(session: Session, token: ServiceToken, workspace_id: int) -> Actor:
    """Return the actor of a token: its maker with the roles they hold today, and less."""
    user = session.get(User, token.user_id) if token.user_id else None
    if user is None or not user.is_active:
        raise UnauthenticatedError("The person this token acts for is not active any more.")
    return Actor(
        kind="token",
        user_id=user.id,
        workspace_id=workspace_id,
        roles=roles_in(session, workspace_id, user.id),
        token_id=token.id,
        is_read_only="write" not in token.scopes,
    )


def _note(token_id: int, note: Callable[[Session, ServiceToken], None]) -> None:
    # In a transaction of its own that ends before the view begins: readers must not queue among writers.
    db.session.commit()
    with db.write() as session:
        note(session, session.get_one(ServiceToken, token_id))
