"""Reads of off-brand batches, and of what they are written from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets.queries import contents_of_kinds, policies_of_asset
from console.errors import NotFoundError
from console.golden.content import GoldenCase, parse_golden
from copydesk.assets import Kind, parse_assets
from copydesk.assets.prompt import Prompt
from copydesk.errors import ContentError
from models import Asset, GoldenRevision, GoldenSet, OffBrandBatch, WorkState

OPEN = (WorkState.QUEUED, WorkState.RUNNING)
MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class Source:
    """The golden cases of one policy with its prompts."""

    cases: tuple[GoldenCase, ...]
    prompts: dict[str, Prompt]


def sources(session: Session, asset: Asset) -> tuple[Source, ...]:
    """Return the newest golden cases and prompts of the policies that ship a style guide."""
    found = []
    for policy in policies_of_asset(session, asset):
        statement = (
            select(GoldenRevision.content)
            .join(
                GoldenSet,
                (GoldenSet.id == GoldenRevision.golden_set_id)
                & (GoldenSet.last_revision_number == GoldenRevision.number),
            )
            .where(GoldenSet.policy_id == policy.id)
            .order_by(GoldenSet.name)
        )
        contents = session.scalars(statement).all()
        prompts = contents_of_kinds(session, policy.id, [Kind.PROMPT], besides=asset.id, with_drafts=False)
        # What an older console saved and this one does not understand gives no brief.
        with suppress(ContentError):
            cases = tuple(case for content in contents for case in parse_golden(content).cases)
            found.append(Source(cases, dict(parse_assets(prompts).prompt)))
    return tuple(found)


def find_batch(session: Session, asset: Asset, batch_id: int) -> OffBrandBatch:
    """Return a batch of a style guide.

    Raises:
        NotFoundError: it has none of this id.
    """
    found = session.get(OffBrandBatch, batch_id)
    if found is None or found.asset_id != asset.id:
        raise NotFoundError("There are no such texts.")
    return found


def newest_batches(session: Session, asset: Asset) -> Sequence[OffBrandBatch]:
    """Return the newest batches of a style guide, newest first."""
    statement = (
        select(OffBrandBatch)
        .where(OffBrandBatch.asset_id == asset.id)
        .order_by(OffBrandBatch.id.desc())
        .limit(MAX_LISTED)
    )
    return session.scalars(statement).all()


def open_batch(session: Session, asset: Asset) -> OffBrandBatch | None:
    """Return the batch that is being written, if one is."""
    statement = select(OffBrandBatch).where(OffBrandBatch.asset_id == asset.id, OffBrandBatch.state.in_(OPEN))
    return session.scalars(statement.limit(1)).first()
