"""Off-brand texts that a model wrote without being told how the brand sounds, for people to choose from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, one_of
from models.quality import WorkState


class OffBrandBatch(Base):
    """Texts asked of the model for one style guide; `total` were asked for, `done` are kept.

    `report` holds the texts in the order they came, each with its brief and whether it was taken into the
    draft, and how many answers were not kept and why (see `console.voice.batches`).
    """

    __tablename__ = "off_brand_batches"
    __table_args__ = (CheckConstraint(one_of("state", WorkState), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=WorkState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]]
    failure: Mapped[str | None] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
