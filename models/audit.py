"""The audit log: hash-chained entries and signed checkpoints over them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sha256


class AuditEntry(Base):
    """Who did what to which subject; holds ids, never names. Entries are only ever inserted.

    `seq` counts from 1 without gaps; `entry_sha256` covers `previous_sha256` and the canonical entry.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_workspace_seq", "workspace_id", "seq"),
        Index("ix_audit_entries_subject", "subject_kind", "subject_id"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    workspace_id: Mapped[int | None] = mapped_column(ForeignKey("workspaces.id"))
    actor_kind: Mapped[str] = mapped_column(String(10))  # user, token, system
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous_sha256: Mapped[str] = mapped_column(Sha256)
    entry_sha256: Mapped[str] = mapped_column(Sha256)


class AuditCheckpoint(Base):
    """A signed statement that the chain had this head at this length (compact JWS, ES256)."""

    __tablename__ = "audit_checkpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    seq: Mapped[int]
    entry_sha256: Mapped[str] = mapped_column(Sha256)
    jws: Mapped[str] = mapped_column(Text)
