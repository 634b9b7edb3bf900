"""What a bundle needs that takes long: parsed content and trained weights, made before any transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from console.releases.builder import Heads
from console.runs.jobs import candidate_assets
from copydesk.assets import PolicyAssets
from copydesk.checks.heads import train_heads
from models import Review


def prepare_bundle(session: Session, review: Review) -> tuple[PolicyAssets, Heads]:
    """Read the candidate's content and train its heads; deterministic for the same content.

    Raises:
        ContentError: content that this console does not understand.
    """
    assets = candidate_assets(session, review.run)
    return assets, train_heads(assets)
