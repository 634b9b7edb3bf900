"""Reads of accounts, members and tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.accounts.pages import MemberRow, MembersPage, TokenRow, TokensPage
from console.accounts.tokens import is_usable
from console.clock import now
from console.permissions import Actor, Permission
from models import Channel, Membership, Policy, Role, ServiceToken, User, Workspace

MAX_MEMBERS = 1_000
MAX_TOKENS = 500


def workspaces_of(session: Session, user_id: int) -> Sequence[Workspace]:
    """Return the workspaces a person is a member of, by name."""
    mine = select(Membership.workspace_id).where(Membership.user_id == user_id)
    return session.scalars(select(Workspace).where(Workspace.id.in_(mine)).order_by(Workspace.name)).all()


def roles(session: Session, workspace_id: int, user_id: int) -> frozenset[str]:
    """Return the roles of a person in a workspace."""
    statement = select(Membership.role).where(
        Membership.workspace_id == workspace_id, Membership.user_id == user_id
    )
    return frozenset(session.scalars(statement))


def users_with_role(session: Session, workspace_id: int, role: str) -> Sequence[User]:
    """Return the active people with this role, by name."""
    statement = (
        select(User)
        .join(Membership)
        .where(Membership.workspace_id == workspace_id, Membership.role == role, User.is_active)
        .order_by(User.name)
    )
    return session.scalars(statement).all()


def members_page(
    session: Session, workspace: Workspace, *, can_manage: bool, link_url: str | None = None
) -> MembersPage:
    """Read the members of a workspace, by name."""
    statement = (
        select(User, Membership.role)
        .join(Membership)
        .where(Membership.workspace_id == workspace.id)
        .order_by(User.name, User.id)
        .limit(MAX_MEMBERS)
    )
    order = list(Role)
    held: dict[int, list[str]] = defaultdict(list)
    users: dict[int, User] = {}
    for user, role in session.execute(statement):
        users[user.id] = user
        held[user.id].append(role)
    rows = tuple(
        MemberRow(
            u.id,
            u.name,
            u.email,
            tuple(sorted(held[u.id], key=lambda r: order.index(Role(r)))),
            u.last_sign_in_at,
        )
        for u in users.values()
    )
    return MembersPage(rows, can_manage, link_url)


def tokens_page(
    session: Session, workspace: Workspace, by: Actor, *, secret: str | None = None
) -> TokensPage:
    """Read the tokens of a workspace, newest first."""
    can_manage = by.may(Permission.MANAGE_TOKENS)
    statement = (
        select(ServiceToken, User.name)
        .join(User, User.id == ServiceToken.created_by_id)
        .where(ServiceToken.workspace_id == workspace.id)
        .order_by(ServiceToken.id.desc())
        .limit(MAX_TOKENS)
    )
    if not can_manage:
        statement = statement.where(ServiceToken.created_by_id == by.user_id)
    at = now()
    rows = tuple(
        _token_row(token, name, at, by, can_manage=can_manage) for token, name in session.execute(statement)
    )
    return TokensPage(rows, can_manage, secret)


def _token_row(token: ServiceToken, creator: str, at: datetime, by: Actor, *, can_manage: bool) -> TokenRow:
    state = "active" if is_usable(token, now=at) else ("revoked" if token.revoked_at else "expired")
    return TokenRow(
        token.id,
        token.name,
        token.purpose,
        tuple(token.scopes),
        tuple(token.policies),
        tuple(token.channels),
        creator,
        token.created_at,
        token.expires_at,
        token.last_used_at,
        state,
        state == "active" and (can_manage or token.created_by_id == by.user_id),
    )


def policies(session: Session, workspace_id: int) -> Sequence[Policy]:
    """Return the policies of a workspace by name."""
    return session.scalars(
        select(Policy).where(Policy.workspace_id == workspace_id).order_by(Policy.name)
    ).all()


def channel_names(session: Session, workspace_id: int) -> Sequence[str]:
    """Return the names of the channels in a workspace."""
    statement = (
        select(Channel.name)
        .join(Policy, Policy.id == Channel.policy_id)
        .where(Policy.workspace_id == workspace_id)
    )
    return session.scalars(statement.distinct().order_by(Channel.name)).all()
