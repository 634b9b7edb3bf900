"""What editors say is right and wrong, and how the checks do on it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import User
from models.base import Base, Sha256, one_of


class LabelSource(StrEnum):
    """Where a labelled case came from."""

    FORM = "form"
    SAMPLE = "sample"
    LIVE = "live"
    IMPORT = "import"
    API = "api"
    DEMO = "demo"


class LabelledCase(Base):
    """One text with what a check must say of it. Edited in place, withdrawn and never deleted.

    `rule` narrows the label to one rule of the check, the span (code points) to one place of the text.
    """

    __tablename__ = "labelled_cases"
    __table_args__ = (
        UniqueConstraint("policy_id", "number"),
        Index("ix_labelled_cases_policy_check", "policy_id", "check", "withdrawn_at"),
        CheckConstraint(one_of("source", LabelSource), name="source"),
        CheckConstraint("(span_start IS NULL) = (span_end IS NULL)", name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    number: Mapped[int]  # per policy; shown as "case 12"
    check: Mapped[str] = mapped_column(String(30))
    rule: Mapped[str | None] = mapped_column(String(200))
    expects_finding: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    span_start: Mapped[int | None]
    span_end: Mapped[int | None]
    prompt: Mapped[str | None] = mapped_column(String(64))
    audience: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str | None] = mapped_column(String(64))
    locale: Mapped[str | None] = mapped_column(String(16))
    segment: Mapped[str | None] = mapped_column(String(64))
    variables: Mapped[dict[str, Any]]
    must_mention: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(10))
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("samples.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    edited_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    author: Mapped[User] = relationship(foreign_keys=[author_id])


class WorkState(StrEnum):
    """Life of a measurement; the last two are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CheckMeasurement(Base):
    """One check asked about all its labelled cases: with which engine and content, and what it said.

    `input_sha256` covers what the check was compiled from and its engine; `judged` maps case ids to what was
    said of them, under the digest of the case as it was then.
    """

    __tablename__ = "check_measurements"
    __table_args__ = (
        Index("ix_check_measurements_policy_check", "policy_id", "check", "id"),
        CheckConstraint(one_of("state", WorkState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    check: Mapped[str] = mapped_column(String(30))
    input_sha256: Mapped[str] = mapped_column(Sha256)
    policy_sha256: Mapped[str] = mapped_column(Sha256)
    engine: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=WorkState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    judged: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    failure: Mapped[str | None] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class LabelEffect(Base):
    """What one content of an asset would change on a policy's labelled cases, before it is frozen.

    `base_sha256` covers the newest revisions of the policy, `content_sha256` the content as it would be
    frozen, `cases_sha256` the labelled cases: while all three stand, so does the report.
    """

    __tablename__ = "label_effects"
    __table_args__ = (
        UniqueConstraint(
            "policy_id",
            "asset_id",
            "base_sha256",
            "content_sha256",
            "cases_sha256",
            name="uq_label_effects_key",
        ),
        CheckConstraint(one_of("state", WorkState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"), index=True)
    base_sha256: Mapped[str] = mapped_column(Sha256)
    content_sha256: Mapped[str] = mapped_column(Sha256)
    cases_sha256: Mapped[str] = mapped_column(Sha256)
    state: Mapped[str] = mapped_column(String(10), default=WorkState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]]
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ScoreSet(Base):
    """Scores of a model-tier check on approved copy and labelled cases: what its threshold is set on.

    `level` is the threshold (`review`, `block`, or a topic's rule id). Scores are decimal text.
    """

    __tablename__ = "score_sets"
    __table_args__ = (
        UniqueConstraint(
            "policy_id", "check", "level", "input_sha256", "texts_sha256", name="uq_score_sets_key"
        ),
        CheckConstraint(one_of("state", WorkState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    check: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(200))
    input_sha256: Mapped[str] = mapped_column(Sha256)
    texts_sha256: Mapped[str] = mapped_column(Sha256)
    state: Mapped[str] = mapped_column(String(10), default=WorkState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    scores: Mapped[dict[str, Any]]
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class FairnessMeasurement(Base):
    """What the checks of a policy say of its own texts when words for people change places in them.

    `inputs_sha256` covers all checks and the groups of words, as the job found them; `report` is a
    `console.quality.fairness.FairnessReport`.
    """

    __tablename__ = "fairness_measurements"
    __table_args__ = (
        Index("ix_fairness_measurements_policy", "policy_id", "id"),
        CheckConstraint(one_of("state", WorkState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    inputs_sha256: Mapped[str] = mapped_column(Sha256)
    state: Mapped[str] = mapped_column(String(10), default=WorkState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]]
    failure: Mapped[str | None] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
