"""What a bundle needs that takes long: parsed content and trained weights, made before any transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from console.assets.heads import heads_for
from console.config import Settings
from console.releases.builder import Heads
from console.runs.jobs import candidate_assets
from copydesk.assets import PolicyAssets
from models import Review


def prepare_bundle(session: Session, review: Review, settings: Settings) -> tuple[PolicyAssets, Heads]:
    """Read the candidate's content and its trained heads, the same that its run was judged with.

    Raises:
        ContentError: content that this console does not understand.
    """
    assets = candidate_assets(session, review.run)
    return assets, heads_for(assets, settings)
