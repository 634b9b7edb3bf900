"""Policies, their assets, drafts and frozen revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from copydesk.assets import Kind
from models.account import User
from models.base import Base, Sha256, one_of


class Policy(Base):
    """The named set of assets that ship together; channels and versions belong to it."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("workspace_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]

    assets: Mapped[list[Asset]] = relationship(secondary="policy_assets", order_by="Asset.kind, Asset.name")


class PolicyAsset(Base):
    """An asset belongs to a policy; a shared one to several."""

    __tablename__ = "policy_assets"

    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"), primary_key=True)


class Asset(Base):
    """A governed thing: its kind and name never change, its content lives in drafts and revisions."""

    __tablename__ = "assets"
    __table_args__ = (
        UniqueConstraint("workspace_id", "kind", "name"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(500))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    last_revision_number: Mapped[int] = mapped_column(default=0)

    revisions: Mapped[list[Revision]] = relationship(back_populates="asset", order_by="Revision.number")
    draft: Mapped[Draft | None] = relationship(back_populates="asset")


class Draft(Base):
    """The one mutable working copy of an asset.

    `lock_number` rises with every save: who saves against an older one gets a conflict, never an overwrite.
    `content` is JSON that may not be valid yet; it is validated when a revision is saved.
    """

    __tablename__ = "drafts"

    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"), primary_key=True)
    content: Mapped[dict[str, Any]]
    base_revision_number: Mapped[int]
    lock_number: Mapped[int] = mapped_column(default=1)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[datetime]
    editor_ids: Mapped[list[Any]]  # everybody who saved this draft since its base: co-authors of the revision

    asset: Mapped[Asset] = relationship(back_populates="draft")
    saved_by: Mapped[User] = relationship()


class Revision(Base):
    """Frozen content of an asset. Never changed, never deleted."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("asset_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(Sha256, index=True)
    message: Mapped[str] = mapped_column(String(500))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    coauthor_ids: Mapped[list[Any]]
    restored_from_number: Mapped[int | None]
    created_at: Mapped[datetime]

    asset: Mapped[Asset] = relationship(back_populates="revisions")
    author: Mapped[User] = relationship()
