"""Candidates, runs of them on a golden set, and what came out case by case."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import User
from models.asset import Policy, Revision
from models.base import Base, Sha256, one_of
from models.golden import GoldenRevision


class Candidate(Base):
    """The next version of a policy: pinned revisions, never changed. Its digest is its identity."""

    __tablename__ = "candidates"
    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    number: Mapped[int]  # per policy; shown as "candidate 12"
    digest: Mapped[str] = mapped_column(Sha256, index=True)
    title: Mapped[str] = mapped_column(String(200))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    policy: Mapped[Policy] = relationship()
    created_by: Mapped[User] = relationship()
    pins: Mapped[list[CandidatePin]] = relationship(back_populates="candidate")


class CandidatePin(Base):
    """One pinned revision of a candidate."""

    __tablename__ = "candidate_pins"
    __table_args__ = (UniqueConstraint("candidate_id", "asset_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))

    candidate: Mapped[Candidate] = relationship(back_populates="pins")
    revision: Mapped[Revision] = relationship()


class GateSetting(Base):
    """One numbered setting of a policy's gate: floors and who wrote them. Never changed, only superseded.

    `content` is `{"floors": [{check, floor, binds, segment}], "alpha": "0.05", "paired": true, …}`.
    """

    __tablename__ = "gate_settings"
    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(Sha256)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class RunState(StrEnum):
    """Life of a run; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Run(Base):
    """One evaluation of a candidate on a golden set revision.

    `cases × repeats` samples are expected; `digest` is set when the run is complete and covers what was
    tested, with which engines and what came out. `failure` explains a failed run in one sentence.
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("policy_id", "number"),
        CheckConstraint(one_of("state", RunState), name="state"),
        Index("ix_runs_candidate_state", "candidate_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    number: Mapped[int]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    golden_revision_id: Mapped[int] = mapped_column(ForeignKey("golden_revisions.id"))
    baseline_run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    state: Mapped[str] = mapped_column(String(10), default=RunState.QUEUED)
    repeats: Mapped[int] = mapped_column(default=1)
    case_count: Mapped[int]
    engines: Mapped[list[Any]]  # EngineInfo as JSON, the checks that take part
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str | None] = mapped_column(Sha256)
    summary: Mapped[dict[str, Any] | None]
    failure: Mapped[str | None] = mapped_column(Text)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    candidate: Mapped[Candidate] = relationship()
    golden_revision: Mapped[GoldenRevision] = relationship()
    baseline_run: Mapped[Run | None] = relationship(remote_side="Run.id")
    started_by: Mapped[User] = relationship()


class Sample(Base):
    """One generated text of one case and repeat, or the reason why there is none."""

    __tablename__ = "samples"
    __table_args__ = (UniqueConstraint("run_id", "case_key", "repeat_index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    case_key: Mapped[str] = mapped_column(String(64))
    repeat_index: Mapped[int] = mapped_column(default=0)
    text: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(10))
    passed: Mapped[bool]  # the verdict is the one the case expects
    prompt: Mapped[str] = mapped_column(String(64))
    audience: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str | None] = mapped_column(String(64))
    locale: Mapped[str | None] = mapped_column(String(16))
    segment: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(10))  # generated, cached, fixed, failed
    cache_key: Mapped[str | None] = mapped_column(Sha256)
    model: Mapped[str | None] = mapped_column(String(200))
    latency_ms: Mapped[int | None]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    created_at: Mapped[datetime]

    verdicts: Mapped[list[CheckVerdict]] = relationship(
        back_populates="sample", order_by="CheckVerdict.check"
    )


class CheckVerdict(Base):
    """What one check said of one sample; findings as JSON in the SDK's wire form."""

    __tablename__ = "check_verdicts"
    __table_args__ = (
        UniqueConstraint("sample_id", "check"),
        Index("ix_check_verdicts_run_check", "run_id", "check", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    sample_id: Mapped[int] = mapped_column(ForeignKey("samples.id"))
    check: Mapped[str] = mapped_column(String(30))
    outcome: Mapped[str] = mapped_column(String(10))
    passed: Mapped[bool]  # the outcome is the one the case expects of this check
    reason: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[Any]]
    scores: Mapped[dict[str, Any]]

    sample: Mapped[Sample] = relationship(back_populates="verdicts")


class GenerationCacheEntry(Base):
    """One generated text under the digest of all that made it: a re-run calls no model for it.

    `recorded_on` (ISO 8601 date) marks entries that were shipped with the demo instead of made here.
    """

    __tablename__ = "generation_cache"

    key: Mapped[str] = mapped_column(Sha256, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(String(200))
    parameters: Mapped[dict[str, Any]]
    latency_ms: Mapped[int]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    recorded_on: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime]
