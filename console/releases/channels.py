"""What a channel has been at."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Bundle, Channel, Release


def earlier_bundle(session: Session, channel: Channel) -> Bundle | None:
    """Return the highest unrevoked version below the present one that was ever on this channel."""
    if channel.bundle is None:
        return None
    statement = (
        select(Bundle)
        .join(Release, Release.bundle_id == Bundle.id)
        .where(
            Release.channel_id == channel.id,
            Bundle.revoked_at.is_(None),
            Bundle.version < channel.bundle.version,
        )
        .order_by(Bundle.version.desc())
        .limit(1)
    )
    return session.scalar(statement)


def was_on(session: Session, channel: Channel, bundle: Bundle) -> bool:
    """Tell whether the channel ever pointed at this version."""
    statement = select(Release.id).where(Release.channel_id == channel.id, Release.bundle_id == bundle.id)
    return session.scalar(statement.limit(1)) is not None
