"""Who is asking, in which workspace, and whether they may: the first move of every view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.database import SAFE_METHODS
from console.errors import NotFoundError
from console.extensions import db
from console.permissions import Actor, Permission
from models import Membership, Policy, User, Workspace

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only signed-in members of the URL's workspace with this permission in.

    The view's URL holds `<workspace_slug>` and perhaps `<policy_slug>`; both are taken out of its arguments
    and found by `workspace()`, `policy()`, `actor()`. Strangers get 404, members without the permission 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def wrapper(**arguments: Any) -> Any:
            enter(arguments.pop("workspace_slug"), arguments.pop("policy_slug", None))
            actor().require(permission)
            return view(**arguments)

        return cast("View", wrapper)

    return decorate


def reads_only(view: View) -> View:
    """Mark a POST view that changes nothing, so that it does not queue among the writers."""

    @wraps(view)
    def wrapper(**arguments: Any) -> Any:
        g.reads_only = True
        return view(**arguments)

    return cast("View", wrapper)


def enter(workspace_slug: str, policy_slug: str | None = None) -> None:
    """Find the workspace, the membership and the policy of this request.

    Raises:
        NotFoundError: no such workspace, not a member of it, or no such policy in it.
    """
    user = cast("User", current_user)
    with looking_up() as session:
        found = session.scalar(select(Workspace).where(Workspace.slug == workspace_slug))
        roles = roles_in(session, found.id, user.id) if found else frozenset()
        if found is None or not roles:
            raise NotFoundError("There is no such page, or you are not a member of its workspace.")
        set_actor(found, Actor(kind="user", user_id=user.id, workspace_id=found.id, roles=roles))
        if policy_slug is not None:
            g.policy = find_policy(found.id, policy_slug, session)


@contextmanager
def looking_up() -> Iterator[Session]:
    """Open a session to see who asks: whoever is refused never queues among the writers."""
    if request.method in SAFE_METHODS or g.get("reads_only", False):
        yield db.session
        return
    with db.read() as session:
        yield session


def set_actor(found: Workspace, who: Actor) -> None:
    """Remember workspace and actor for this request; the API door calls it for tokens."""
    g.workspace = found
    g.actor = who


def find_policy(workspace_id: int, slug: str, session: Session | None = None) -> Policy:
    """Return a policy of the workspace by its slug.

    Args:
        session: the request's own when None.

    Raises:
        NotFoundError: no such policy in this workspace.
    """
    statement = select(Policy).where(Policy.workspace_id == workspace_id, Policy.slug == slug)
    found = (session or db.session).scalar(statement)
    if found is None:
        raise NotFoundError("There is no such policy in this workspace.")
    return found


def roles_in(session: Session, workspace_id: int, user_id: int) -> frozenset[str]:
    """Return the roles a person has in a workspace."""
    statement = select(Membership.role).where(
        Membership.workspace_id == workspace_id, Membership.user_id == user_id
    )
    return frozenset(session.scalars(statement))


def workspace() -> Workspace:
    """Return the workspace of this request, in the request's session."""
    return cast("Workspace", _in_session("workspace"))


def policy() -> Policy:
    """Return the policy of this request, in the request's session."""
    return cast("Policy", _in_session("policy"))


def _in_session(name: str) -> Any:
    """Return what `enter` found; a request that writes reads it again where it will be changed."""
    found = getattr(g, name)
    if found not in db.session:
        found = db.session.get_one(type(found), found.id)
        setattr(g, name, found)
    return found


def actor() -> Actor:
    """Return who is asking."""
    return cast("Actor", g.actor)


def is_fragment() -> bool:
    """Tell whether htmx asks and a fragment of the page is wanted."""
    return request.headers.get("HX-Request") == "true"
