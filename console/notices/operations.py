"""Telling people that something waits for them or has happened to their work."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update
from sqlalchemy.orm import Session

from console.clock import now
from models import Notice


def notify(
    session: Session,
    workspace_id: int,
    user_ids: Iterable[int],
    *,
    kind: str,
    subject: tuple[str, int],
    text: str,
    url: str,
) -> None:
    """Put one notification into "My work" of each person.

    Args:
        kind: `<subject>_<what happened>`, e.g. `review_requested`.
        subject: kind and id of what it is about.
        url: path of the page to open.
    """
    at = now()
    session.add_all(
        Notice(
            workspace_id=workspace_id,
            user_id=user_id,
            kind=kind,
            subject_kind=subject[0],
            subject_id=subject[1],
            text=text,
            url=url,
            created_at=at,
        )
        for user_id in sorted(set(user_ids))
    )
    session.flush()


def mark_read(
    session: Session, workspace_id: int, user_id: int, notice_ids: Iterable[int] | None = None
) -> None:
    """Mark a person's notifications as read; all of the workspace when no ids are given."""
    statement = update(Notice).where(
        Notice.workspace_id == workspace_id, Notice.user_id == user_id, Notice.read_at.is_(None)
    )
    if notice_ids is not None:
        statement = statement.where(Notice.id.in_(list(notice_ids)))
    session.execute(statement.values(read_at=now()))
