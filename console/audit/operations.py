"""Writing to the audit log: one entry per change, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.clock import now
from console.permissions import Actor
from copydesk.canonical import digest
from models import AuditEntry

GENESIS_SHA256 = "0" * 64


def record(
    session: Session,
    action: str,
    *,
    by: Actor,
    subject: tuple[str, object],
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    workspace_id: int | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Append one entry to the chain.

    Args:
        action: `<subject>.<past participle>`, e.g. `revision.saved`.
        subject: kind and id, e.g. `("asset", 3)`.
        before, after: JSON data of what changed; ids instead of names, no floats, no secrets.
        workspace_id: defaults to the actor's.
        at: defaults to now.

    Raises:
        ContentError: `before` or `after` is not JSON.
    """
    entry = AuditEntry(
        at=(at or now()).replace(microsecond=0),
        workspace_id=by.workspace_id if workspace_id is None else workspace_id,
        actor_kind=by.kind,
        actor_id=by.token_id if by.kind == "token" else by.user_id,
        action=action,
        subject_kind=subject[0],
        subject_id=str(subject[1]),
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    _append(session, entry)
    return entry


def _append(session: Session, entry: AuditEntry) -> None:
    """Chain an entry to the last one."""
    last_seq, last_sha256 = _head(session)
    entry.seq, entry.previous_sha256 = last_seq + 1, last_sha256
    entry.entry_sha256 = entry_sha256(entry)
    session.add(entry)
    session.flush()


def entry_sha256(entry: AuditEntry) -> str:
    """Return the SHA-256 of the canonical form (RFC 8785) of an entry, chained by the one before it."""
    return digest(entry_json(entry))


def entry_json(entry: AuditEntry) -> dict[str, Any]:
    """Return what the hash of an entry covers, as JSON data."""
    return {
        "seq": entry.seq,
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "workspace_id": entry.workspace_id,
        "actor": {"kind": entry.actor_kind, "id": entry.actor_id},
        "action": entry.action,
        "subject": {"kind": entry.subject_kind, "id": entry.subject_id},
        "before": entry.before,
        "after": entry.after,
        "previous_sha256": entry.previous_sha256,
    }


def _head(session: Session) -> tuple[int, str]:
    """Return length and hash of the chain's end; writers queue at BEGIN (console.database), so it stays."""
    statement = select(AuditEntry.seq, AuditEntry.entry_sha256).order_by(AuditEntry.seq.desc()).limit(1)
    row = session.execute(statement).first()
    return (row[0], row[1]) if row else (0, GENESIS_SHA256)
