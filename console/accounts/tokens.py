"""Tokens of programs: made, shown once, checked, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.accounts.passwords import new_secret, secret_sha256
from console.audit.operations import record
from console.clock import now
from console.errors import ConflictError, InvalidError, NotFoundError
from console.permissions import Actor, Permission
from copydesk.errors import Problem
from models import AuditEntry, ServiceToken, TokenPurpose

SCOPES = {TokenPurpose.RUNTIME: ("read", "report"), TokenPurpose.API: ("read", "write")}
PREFIXES = {TokenPurpose.RUNTIME: "ckr", TokenPurpose.API: "cka"}
# Finer than this, last_used_at is not kept: it would turn every fetch into a write.
DENIED = "token.denied"
LAST_USED_GRAIN = timedelta(minutes=5)


def create_token(
    session: Session,
    workspace_id: int,
    *,
    purpose: TokenPurpose,
    name: str,
    scopes: Sequence[str],
    policies: Sequence[str],
    channels: Sequence[str],
    expires_at: datetime | None,
    by: Actor,
) -> tuple[ServiceToken, str]:
    """Make a token and return it with its secret, which is never readable again.

    Runtime tokens need an admin; an API token acts for the person who makes it and can do no more than they.

    Raises:
        ForbiddenError: the role does not allow it.
        InvalidError: no name, no scope, an unknown scope, or a date in the past.
    """
    by.require(Permission.MANAGE_TOKENS if purpose is TokenPurpose.RUNTIME else Permission.READ)
    _refuse_bad(purpose, name, scopes, expires_at)
    secret = new_secret(PREFIXES[purpose])
    token = ServiceToken(
        workspace_id=workspace_id,
        purpose=purpose,
        name=name.strip(),
        secret_sha256=secret_sha256(secret),
        user_id=by.user if purpose is TokenPurpose.API else None,
        policies=list(policies),
        channels=list(channels),
        scopes=sorted(scopes),
        created_by_id=by.user,
        created_at=now(),
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    record(session, "token.created", by=by, subject=("token", token.id), after=_rights(token))
    return token, secret


def _rights(token: ServiceToken) -> dict[str, Any]:
    """Return what a token allows and until when, as JSON data for the audit log."""
    return {
        "purpose": str(token.purpose),
        "scopes": token.scopes,
        "policies": token.policies,
        "channels": token.channels,
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
    }


def revoke_token(session: Session, workspace_id: int, token_id: int, *, by: Actor) -> ServiceToken:
    """Make a token useless from now on; people may revoke their own, admins all.

    Raises:
        NotFoundError: no such token in this workspace.
        ConflictError: it was revoked before.
    """
    token = session.get(ServiceToken, token_id)
    if token is None or token.workspace_id != workspace_id:
        raise NotFoundError("There is no such token in this workspace.")
    if token.created_by_id != by.user_id or by.kind != "user":
        by.require(Permission.MANAGE_TOKENS)
    if token.revoked_at is not None:
        raise ConflictError("This token was revoked before.")
    token.revoked_at = now()
    record(session, "token.revoked", by=by, subject=("token", token.id))
    return token


def find_token(session: Session, secret: str) -> ServiceToken | None:
    """Return the token of a secret, whatever its state; None when there is none."""
    statement = select(ServiceToken).where(ServiceToken.secret_sha256 == secret_sha256(secret))
    return session.scalar(statement)


def is_usable(token: ServiceToken, *, now: datetime) -> bool:
    """Tell whether a token is neither revoked nor expired."""
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)


def is_use_noted(token: ServiceToken, *, at: datetime) -> bool:
    """Tell whether a use at this moment is noted already: `last_used_at` is no finer than LAST_USED_GRAIN."""
    return token.last_used_at is not None and at - token.last_used_at < LAST_USED_GRAIN


def note_use(session: Session, token: ServiceToken) -> None:
    """Remember that a token was used; the first use of each day is audited (DECISIONS.md 21)."""
    at = now()
    last = token.last_used_at
    if is_use_noted(token, at=at):
        return
    token.last_used_at = at
    if last is None or last.date() != at.date():
        by = Actor(kind="token", user_id=token.user_id, workspace_id=token.workspace_id, token_id=token.id)
        record(session, "token.used", by=by, subject=("token", token.id))
    session.flush()


def is_denial_noted(session: Session, token: ServiceToken, *, at: datetime) -> bool:
    """Tell whether a denial of this token was audited on this day already."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    statement = select(AuditEntry.seq).where(
        AuditEntry.action == DENIED,
        AuditEntry.subject_kind == "token",
        AuditEntry.subject_id == str(token.id),
        AuditEntry.at >= day,
    )
    return session.scalar(statement.limit(1)) is not None


def note_denial(session: Session, token: ServiceToken, *, reason: str) -> None:
    """Audit that a token was turned away: the first time of each day, so that nobody floods the trail.

    Args:
        reason: the stable code of the refusal.
    """
    if is_denial_noted(session, token, at=now()):
        return
    by = Actor(kind="token", user_id=token.user_id, workspace_id=token.workspace_id, token_id=token.id)
    record(session, DENIED, by=by, subject=("token", token.id), after={"reason": reason})


def _refuse_bad(purpose: TokenPurpose, name: str, scopes: Sequence[str], expires_at: datetime | None) -> None:
    problems = []
    if not name.strip():
        problems.append(Problem("name", "Give it a name that says which program uses it."))
    if not scopes:
        problems.append(Problem("scopes", "Choose at least one thing it may do."))
    problems += [
        Problem("scopes", f"{scope!r} is not a scope.") for scope in scopes if scope not in SCOPES[purpose]
    ]
    if expires_at is not None and expires_at <= now():
        problems.append(Problem("expires_on", "Choose a day in the future."))
    if problems:
        raise InvalidError(problems)
