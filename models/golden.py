"""Golden test sets: drafts and frozen revisions of their cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import User
from models.base import Base, Sha256


class GoldenSet(Base):
    """A test set of a policy; its cases live in drafts and revisions, as an asset's content does."""

    __tablename__ = "golden_sets"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(500))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    last_revision_number: Mapped[int] = mapped_column(default=0)

    revisions: Mapped[list[GoldenRevision]] = relationship(
        back_populates="golden_set", order_by="GoldenRevision.number"
    )
    draft: Mapped[GoldenDraft | None] = relationship(back_populates="golden_set")


class GoldenDraft(Base):
    """The working copy of a golden set; same rules as an asset's draft."""

    __tablename__ = "golden_drafts"

    golden_set_id: Mapped[int] = mapped_column(ForeignKey("golden_sets.id"), primary_key=True)
    content: Mapped[dict[str, Any]]
    base_revision_number: Mapped[int]
    lock_number: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[datetime]
    editor_ids: Mapped[list[Any]]

    golden_set: Mapped[GoldenSet] = relationship(back_populates="draft")
    saved_by: Mapped[User] = relationship()


class GoldenRevision(Base):
    """Frozen cases of a golden set: `{"title": …, "cases": [GoldenCase, …]}`."""

    __tablename__ = "golden_revisions"
    __table_args__ = (UniqueConstraint("golden_set_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    golden_set_id: Mapped[int] = mapped_column(ForeignKey("golden_sets.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(Sha256)
    case_count: Mapped[int]
    message: Mapped[str] = mapped_column(String(500))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    coauthor_ids: Mapped[list[Any]]
    restored_from_number: Mapped[int | None]
    created_at: Mapped[datetime]

    golden_set: Mapped[GoldenSet] = relationship(back_populates="revisions")
    author: Mapped[User] = relationship()
