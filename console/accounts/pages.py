"""What the account pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.accounts.errors import SignInError
from console.config import Settings
from models import User, Workspace

FORWARDING_HEADERS = frozenset({"forwarded", "x-real-ip", "via"})
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in page; `shows_demo` says where the demo accounts are listed."""

    shows_demo: bool
    has_accounts: bool


@dataclass(frozen=True, slots=True)
class WorkspacesPage:
    """The workspaces a person is in."""

    workspaces: tuple[Workspace, ...]


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A single-use link: for whom, and whether it opens an account."""

    email: str
    is_invitation: bool
    has_account: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member of a workspace."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One member whose roles are changed."""

    name: str
    email: str
    id: int


@dataclass(frozen=True, slots=True)
class MembersPage:
    """All members; `link_url` is shown once after an invitation that could not be mailed."""

    members: tuple[MemberRow, ...]
    can_manage: bool
    link_url: str | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token; never its secret."""

    id: int
    name: str
    purpose: str
    scopes: tuple[str, ...]
    policies: tuple[str, ...]
    channels: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    state: str  # active, expired, revoked
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class TokensPage:
    """All tokens; `secret` is there only right after one was made."""

    tokens: tuple[TokenRow, ...]
    can_manage: bool
    secret: str | None


def is_local_request(settings: Settings, request: Request) -> bool:
    """Tell whether the console is bound to loopback and no proxy forwarded the request (DECISIONS.md 29).

    The name it was called by counts too: a page elsewhere can make its own name point to this machine
    (DNS rebinding) and would sign in with the public password of a demo account.
    """
    names = {name.lower() for name in request.headers.keys()}  # noqa: SIM118 - iterating gives pairs
    is_forwarded = bool(names & FORWARDING_HEADERS) or any(n.startswith("x-forwarded-") for n in names)
    host = request.host.lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return settings.is_loopback and not is_forwarded and name in LOOPBACK_HOSTS


def sign_in_page(settings: Settings, request: Request, session: Session) -> SignInPage:
    """Build the sign-in page; demo accounts are offered only where they work."""
    has_accounts = session.scalar(select(User.id).limit(1)) is not None
    has_demo = not settings.is_production and is_local_request(settings, request)
    return SignInPage(shows_demo=has_accounts and has_demo, has_accounts=has_accounts)


def refuse_remote_demo(settings: Settings, request: Request, email: str, session: Session) -> None:
    """Refuse demo accounts, whose password is public, to anybody who is not on this machine.

    Raises:
        SignInError: a demo account from elsewhere, or in production.
    """
    is_demo = session.scalar(select(User.is_demo).where(User.email == email.strip().lower()))
    if is_demo and (settings.is_production or not is_local_request(settings, request)):
        raise SignInError
