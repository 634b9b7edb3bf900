"""Signing keys, published bundles, channels and releases."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import User
from models.base import Base, Sha256, one_of
from models.review import Review
from models.run import Candidate


class SigningKey(Base):
    """A key of the console. The private half is an encrypted PEM file beside the database, never in it."""

    __tablename__ = "signing_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(64), unique=True)  # RFC 7638 thumbprint
    public_pem: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Bundle(Base):
    """The signed artefact of an approved candidate; `version` only rises and is never reused."""

    __tablename__ = "bundles"
    __table_args__ = (UniqueConstraint("policy_id", "version"), UniqueConstraint("review_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    version: Mapped[int]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"))
    sha256: Mapped[str] = mapped_column(Sha256)  # of the bundle's bytes
    content_sha256: Mapped[str] = mapped_column(Sha256)  # of its content, without signatures
    size_bytes: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    key_id: Mapped[str] = mapped_column(String(64))
    changelog: Mapped[str] = mapped_column(Text, default="")
    published_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_reason: Mapped[str | None] = mapped_column(Text)

    candidate: Mapped[Candidate] = relationship()
    review: Mapped[Review] = relationship()
    published_by: Mapped[User] = relationship(foreign_keys=[published_by_id])


class Channel(Base):
    """A moving pointer of a policy. `sequence` rises with every move, revocation and re-signing."""

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("policy_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    name: Mapped[str] = mapped_column(String(32))  # staging, production
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundles.id"))
    sequence: Mapped[int] = mapped_column(default=0)
    pointer_jws: Mapped[str | None] = mapped_column(Text)
    moved_at: Mapped[datetime | None]

    bundle: Mapped[Bundle | None] = relationship()


class ReleaseKind(StrEnum):
    """Why a bundle became current on a channel."""

    PUBLISH = "publish"
    PROMOTE = "promote"
    ROLL_BACK = "roll_back"
    REVOKE = "revoke"


class Release(Base):
    """Append-only record that a bundle became current on a channel."""

    __tablename__ = "releases"
    __table_args__ = (
        UniqueConstraint("channel_id", "sequence"),
        CheckConstraint(one_of("kind", ReleaseKind), name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundles.id"))
    previous_bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundles.id"))
    kind: Mapped[str] = mapped_column(String(10))
    sequence: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    released_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    released_at: Mapped[datetime]

    channel: Mapped[Channel] = relationship()
    bundle: Mapped[Bundle | None] = relationship(foreign_keys=[bundle_id])
    released_by: Mapped[User] = relationship()


class InstanceReport(Base):
    """The latest report of one process of a runtime service."""

    __tablename__ = "instance_reports"
    __table_args__ = (UniqueConstraint("policy_id", "instance"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    token_id: Mapped[int] = mapped_column(ForeignKey("service_tokens.id"))
    instance: Mapped[str] = mapped_column(String(100))
    service: Mapped[str] = mapped_column(String(100))
    channel: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]]
    first_seen_at: Mapped[datetime]
    reported_at: Mapped[datetime]
