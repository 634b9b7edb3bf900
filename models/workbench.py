"""What a draft would change on stored samples, where asking takes longer than a request may."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Sha256, one_of
from models.quality import WorkState


class ImpactReport(Base):
    """What the slow checks of one policy would say of its stored samples with one content of an asset.

    `inputs_sha256` covers what those checks are compiled from with and without the change,
    `samples_sha256` the samples: while both stand, so does the report.
    """

    __tablename__ = "impact_reports"
    __table_args__ = (
        UniqueConstraint(
            "policy_id", "asset_id", "inputs_sha256", "samples_sha256", name="uq_impact_reports_key"
        ),
        CheckConstraint(one_of("state", WorkState), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"), index=True)
    inputs_sha256: Mapped[str] = mapped_column(Sha256)
    samples_sha256: Mapped[str] = mapped_column(Sha256)
    state: Mapped[str] = mapped_column(String(10), default=WorkState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]]
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
