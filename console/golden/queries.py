"""Reads of golden sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from console.golden.errors import NoSuchGoldenSetError
from console.web.paging import Page, paginate
from models import GoldenDraft, GoldenRevision, GoldenSet, Policy


def list_golden_sets(
    session: Session,
    workspace_id: int,
    *,
    words: str = "",
    before: int | None = None,
    after: int | None = None,
) -> Page[Any]:
    """Return golden sets, newest first.

    Args:
        words: what title or name contain.
        before, after: cursors of `console.web.paging`.
    """
    statement = select(GoldenSet).where(GoldenSet.workspace_id == workspace_id)
    if words.strip():
        escaped = words.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        pattern = f"%{escaped}%"
        statement = statement.where(
            or_(
                func.lower(GoldenSet.title).like(pattern, escape="\\"),
                func.lower(GoldenSet.name).like(pattern, escape="\\"),
            )
        )
    return paginate(session, statement, GoldenSet.id, before=before, after=after)


def find_golden_set(session: Session, workspace_id: int, name: str) -> GoldenSet:
    """Return a golden set of the workspace.

    Raises:
        NoSuchGoldenSetError: none of this name in this workspace.
    """
    statement = select(GoldenSet).where(GoldenSet.workspace_id == workspace_id, GoldenSet.name == name)
    found = session.scalar(statement)
    if found is None:
        raise NoSuchGoldenSetError
    return found


def newest_revisions(session: Session, found: Sequence[GoldenSet]) -> Mapping[int, GoldenRevision]:
    """Return the newest revision of each golden set, by its id, with its author."""
    statement = (
        select(GoldenRevision)
        .join(
            GoldenSet,
            (GoldenSet.id == GoldenRevision.golden_set_id)
            & (GoldenSet.last_revision_number == GoldenRevision.number),
        )
        .where(GoldenSet.id.in_([golden.id for golden in found]))
        .options(joinedload(GoldenRevision.author))
    )
    return {revision.golden_set_id: revision for revision in session.scalars(statement)}


def drafts_of(session: Session, found: Sequence[GoldenSet]) -> Mapping[int, GoldenDraft]:
    """Return the draft of each golden set that has one, by its id, with who saved it."""
    statement = (
        select(GoldenDraft)
        .where(GoldenDraft.golden_set_id.in_([golden.id for golden in found]))
        .options(joinedload(GoldenDraft.saved_by))
    )
    return {draft.golden_set_id: draft for draft in session.scalars(statement)}


def list_revisions(
    session: Session,
    golden: GoldenSet,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Page[Any]:
    """Return the revisions of a golden set, newest first, by number."""
    statement = (
        select(GoldenRevision)
        .where(GoldenRevision.golden_set_id == golden.id)
        .options(joinedload(GoldenRevision.author))
    )
    return paginate(session, statement, GoldenRevision.number, before=before, after=after, size=size)


def policies_by_id(session: Session, workspace_id: int) -> Mapping[int, Policy]:
    """Return the policies of a workspace by id."""
    statement = select(Policy).where(Policy.workspace_id == workspace_id).order_by(Policy.name)
    return {policy.id: policy for policy in session.scalars(statement)}
