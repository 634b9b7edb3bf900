"""Review rounds, decisions, comments and waivers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import User
from models.base import Base, Sha256, one_of
from models.run import Candidate, Run


class ReviewState(StrEnum):
    """Life of a review round; open is the only one that takes decisions."""

    OPEN = "open"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Review(Base):
    """One round on one candidate and one complete run of it.

    `evidence_digest` covers candidate, golden set, run, gate setting, waivers and engines at the time the
    round opened; waivers added later move it and void earlier approvals.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("policy_id", "number"),
        CheckConstraint(one_of("state", ReviewState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    number: Mapped[int]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    # None: the default gate
    gate_setting_id: Mapped[int | None] = mapped_column(ForeignKey("gate_settings.id"))
    state: Mapped[str] = mapped_column(String(20), default=ReviewState.OPEN)
    required_roles: Mapped[list[Any]]
    evidence_digest: Mapped[str] = mapped_column(Sha256)
    note: Mapped[str] = mapped_column(Text, default="")
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    requested_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    candidate: Mapped[Candidate] = relationship()
    run: Mapped[Run] = relationship()
    requested_by: Mapped[User] = relationship()
    decisions: Mapped[list[Decision]] = relationship(back_populates="review", order_by="Decision.id")
    waivers: Mapped[list[Waiver]] = relationship(back_populates="review", order_by="Waiver.id")


class DecisionOutcome(StrEnum):
    """What a reviewer can decide."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class Decision(Base):
    """One person's decision in one role, bound to the digests it was made on. Never changed."""

    __tablename__ = "decisions"
    __table_args__ = (CheckConstraint(one_of("outcome", DecisionOutcome), name="outcome"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    candidate_digest: Mapped[str] = mapped_column(Sha256)
    golden_digest: Mapped[str] = mapped_column(Sha256)
    run_digest: Mapped[str] = mapped_column(Sha256)
    evidence_digest: Mapped[str] = mapped_column(Sha256)
    created_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    voided_reason: Mapped[str | None] = mapped_column(String(300))

    review: Mapped[Review] = relationship(back_populates="decisions")
    user: Mapped[User] = relationship()


class ReadMark(Base):
    """A reviewer ticked one changed asset of a review as read."""

    __tablename__ = "read_marks"

    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"), primary_key=True)
    at: Mapped[datetime]


class Comment(Base):
    """A remark on a review, or on one changed place of one asset in it. Not a decision."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("assets.id"))
    place: Mapped[str] = mapped_column(String(200), default="")  # dotted path in the asset's content
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    author: Mapped[User] = relationship(foreign_keys=[author_id])


class Waiver(Base):
    """An accepted failure: a rule (or a gate condition) on named cases, until a date."""

    __tablename__ = "waivers"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), index=True)
    condition: Mapped[str] = mapped_column(
        String(200)
    )  # id of the gate condition, or "rule:<check>:<rule id>"
    case_keys: Mapped[list[Any]]  # empty: all cases
    reason: Mapped[str] = mapped_column(Text)
    signer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship(back_populates="waivers")
    signer: Mapped[User] = relationship()
