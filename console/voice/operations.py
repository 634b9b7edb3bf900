"""Asking for off-brand texts, stopping that, and taking chosen ones into the draft."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from console.assets.editing import base_token, part_of, save_part, working_copy
from console.audit.operations import record
from console.clock import now
from console.jobs import ledger
from console.permissions import Actor, Permission
from console.voice import queries
from console.voice.batches import read_report
from console.voice.briefs import is_brief
from console.voice.errors import BatchUnderWayError, NoBriefsError, NothingChosenError
from models import Asset, OffBrandBatch, WorkState

JOB = "voice.write"
PART = "voice"


def ask_for_texts(session: Session, asset: Asset, wanted: int, *, by: Actor) -> OffBrandBatch:
    """Have a job ask the model for off-brand texts.

    Args:
        asset: a style guide.
        wanted: how many texts that are long enough for a voice match.

    Raises:
        BatchUnderWayError: a job writes for this style guide already.
        NoBriefsError: no golden case gives a brief.
    """
    by.require(Permission.EDIT)
    if queries.open_batch(session, asset) is not None:
        raise BatchUnderWayError
    if not brief_count(session, asset):
        raise NoBriefsError
    batch = OffBrandBatch(asset_id=asset.id, total=wanted, report={}, asked_by_id=by.user, created_at=now())
    session.add(batch)
    session.flush()
    ledger.submit(session, JOB, f"{JOB}:{batch.id}", {"batch_id": batch.id})
    after = {"batch": batch.id, "wanted": wanted}
    record(session, "asset.off_brand_asked", by=by, subject=("asset", asset.id), after=after)
    return batch


def brief_count(session: Session, asset: Asset) -> int:
    """Return how many golden cases may give a brief."""
    return sum(
        case.prompt in source.prompts and is_brief(case)
        for source in queries.sources(session, asset)
        for case in source.cases
    )


def stop_writing(session: Session, asset: Asset, batch: OffBrandBatch, *, by: Actor) -> None:
    """End a batch with the texts it has; one that has ended stays as it is."""
    by.require(Permission.EDIT)
    session.refresh(batch, with_for_update=True)  # the job may be writing it
    if batch.state in queries.OPEN:
        batch.state, batch.finished_at = WorkState.DONE, now()
        after = {"batch": batch.id, "texts": batch.done}
        record(session, "asset.off_brand_stopped", by=by, subject=("asset", asset.id), after=after)


def take_texts(
    session: Session, asset: Asset, batch: OffBrandBatch, numbers: Collection[int], *, by: Actor
) -> int:
    """Put chosen texts of a batch behind the off-brand examples of the draft.

    Args:
        numbers: places of the texts in the batch, from 0.

    Returns:
        How many were put there; texts that the draft holds already are not put there twice.

    Raises:
        NothingChosenError: none of the chosen texts is there, or all were taken before.
        InvalidError: content that can't be stored.
    """
    by.require(Permission.EDIT)
    session.refresh(batch, with_for_update=True)
    report = read_report(batch.report)
    chosen = {i for i, text in enumerate(report.texts) if i in numbers and not text.is_taken}
    if not chosen:
        raise NothingChosenError
    copy = working_copy(session, asset)
    part = part_of(asset.kind, copy.content, PART)
    there = list(part.get("off_brand", ()))
    new = [report.texts[i].text for i in sorted(chosen) if report.texts[i].text not in there]
    piece: dict[str, Any] = {**part, "off_brand": [*there, *new]}
    save_part(session, asset, PART, piece, base=base_token(copy.lock, part), by=by)
    batch.report = report.with_taken(chosen).to_json()
    after = {"batch": batch.id, "texts": len(new)}
    record(session, "asset.off_brand_taken", by=by, subject=("asset", asset.id), after=after)
    return len(new)
