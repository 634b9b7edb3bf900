"""What a judging model was asked and cost, and how far it agrees with editors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sha256, one_of
from models.quality import WorkState


class JudgeCall(Base):
    """One answer that was paid for. Answers out of the cache cost nothing and have no row.

    `purpose` is `run` or `agreement`, `subject_id` the run's or the measurement's id.
    """

    __tablename__ = "judge_calls"
    __table_args__ = (Index("ix_judge_calls_subject", "purpose", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int]
    model: Mapped[str] = mapped_column(String(200))
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    latency_ms: Mapped[int]
    created_at: Mapped[datetime]


class JudgeAgreement(Base):
    """A judge asked about the texts that editors have labelled; `figures` per criterion and overall.

    `judge_sha256` is the judge's identity (model, votes, wording, criteria): another judge has to be measured
    anew. `cases_sha256` covers the labelled texts it was asked about.
    """

    __tablename__ = "judge_agreements"
    __table_args__ = (
        Index("ix_judge_agreements_policy", "policy_id", "id"),
        CheckConstraint(one_of("state", WorkState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    judge_sha256: Mapped[str] = mapped_column(Sha256)
    cases_sha256: Mapped[str] = mapped_column(Sha256)
    terms: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=WorkState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]]
    failure: Mapped[str | None] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
