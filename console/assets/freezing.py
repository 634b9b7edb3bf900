"""Saving and restoring revisions in one short transaction; what takes seconds is done before it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from console.assets import operations
from console.assets.conflicts import contradictions
from console.assets.drafting import find_revision
from console.assets.editing import working_copy
from console.assets.measuring import measure_topics, topic_assets
from console.assets.preparation import prepare
from console.extensions import db
from console.permissions import Actor
from copydesk.assets import Kind
from copydesk.errors import ContentError
from models import Asset, Revision


def save_revision(asset_id: int, *, base_lock: int, message: str, by: Actor) -> Revision:
    """Freeze the draft of an asset; see `operations.save_revision` for what is refused."""
    with db.read() as session:
        asset = session.get_one(Asset, asset_id)
        _measure(session, asset, working_copy(session, asset).content)
    with db.write() as session:
        asset = session.get_one(Asset, asset_id)
        return operations.save_revision(session, asset, base_lock=base_lock, message=message, by=by)


def restore(asset_id: int, number: int, *, message: str, by: Actor) -> Revision:
    """Make an old revision's content the newest one; see `operations.restore` for what is refused."""
    with db.read() as session:
        asset = session.get_one(Asset, asset_id)
        _measure(session, asset, find_revision(session, asset, number).content)
    with db.write() as session:
        return operations.restore(session, session.get_one(Asset, asset_id), number, message=message, by=by)


def _measure(session: Session, asset: Asset, content: Mapping[str, Any]) -> None:
    with suppress(ContentError):  # the operation says what does not fit
        made = prepare(Kind(asset.kind), content)
        contradictions(session, asset, made)
        if asset.kind == Kind.FORBIDDEN_TOPICS:
            measure_topics(topic_assets(session, asset, made), asset.name)
