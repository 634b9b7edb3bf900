"""Drafts and revisions, the same for assets and golden sets: one working copy, frozen numbered content.

A save names the lock number it started from. When somebody else saved in between, it is refused with both
texts; nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets.errors import DraftConflictError, NoSuchRevisionError, UnchangedError
from console.assets.storable import refuse_unstorable
from console.clock import now
from console.errors import InvalidError
from console.permissions import Actor
from copydesk.canonical import canonical_bytes, sha256_hex
from copydesk.errors import Problem
from models import Asset, Draft, GoldenDraft, GoldenRevision, GoldenSet, Revision, User

MAX_MESSAGE_CHARS = 500

Subject = TypeVar("Subject", Asset, GoldenSet)
Json = Mapping[str, Any]


def open_draft(session: Session, subject: Asset | GoldenSet, *, by: Actor) -> Draft | GoldenDraft:
    """Return the draft of an asset or golden set, made from its newest revision where there is none."""
    if subject.draft is not None:
        return subject.draft
    newest = find_revision(session, subject, subject.last_revision_number)
    return _new_draft(session, subject, dict(newest.content), by)


def put_draft(
    session: Session, subject: Asset | GoldenSet, content: Json, *, base_lock: int, by: Actor
) -> Draft | GoldenDraft:
    """Write the working copy.

    Args:
        content: JSON data; it need not be valid yet.
        base_lock: lock number that the writer started from; 0 where there was no draft.

    Raises:
        DraftConflictError: somebody saved in between.
        InvalidError: not JSON that can be stored, or too large.
    """
    refuse_unstorable(content)
    _queue(session, subject)
    draft = subject.draft
    if draft is None and base_lock == 0:
        return _new_draft(session, subject, dict(content), by)
    if draft is None or draft.lock_number != base_lock:
        raise _conflict(session, subject, content)
    draft.content = dict(content)
    draft.lock_number += 1
    draft.saved_by_id, draft.saved_at = by.user, now()
    draft.editor_ids = sorted({*draft.editor_ids, by.user})
    session.flush()
    return draft


def drop_draft(session: Session, subject: Asset | GoldenSet) -> None:
    """Throw the working copy away; the newest revision is what counts again."""
    if subject.draft is not None:
        session.delete(subject.draft)
        session.flush()
        session.expire(subject, ["draft"])


def freeze_draft(
    session: Session,
    subject: Asset | GoldenSet,
    *,
    base_lock: int,
    message: str,
    prepare: Callable[[Json], dict[str, Any]],
    by: Actor,
    restored_from: int | None = None,
) -> Revision | GoldenRevision:
    """Freeze the draft as the next revision.

    Args:
        prepare: validates the content and returns what is frozen; raises ContentError.

    Raises:
        DraftConflictError: somebody saved in between.
        InvalidError: no message.
        ContentError: the content does not fit.
        UnchangedError: nothing changed since the newest revision.
    """
    _queue(session, subject)
    draft = _draft_at(session, subject, base_lock)
    if not message.strip():
        raise InvalidError([Problem("message", "Say in a few words what changed and why.")])
    content = prepare(draft.content)
    values = {
        "number": subject.last_revision_number + 1,
        "content": content,
        "sha256": _changed_sha256(session, subject, content),
        "message": message.strip()[:MAX_MESSAGE_CHARS],
        "author_id": by.user,
        "coauthor_ids": sorted(set(draft.editor_ids) - {by.user}),
        "restored_from_number": restored_from,
        "created_at": now(),
    }
    revision = _new_revision(subject, content, values)
    _replace_draft(session, subject, draft, revision)
    return revision


def _draft_at(session: Session, subject: Asset | GoldenSet, base_lock: int) -> Draft | GoldenDraft:
    """Return the draft that a writer started from; refuse when there is none or somebody saved in between."""
    draft = subject.draft
    if draft is None:
        raise UnchangedError(subject.last_revision_number)
    if draft.lock_number != base_lock:
        raise _conflict(session, subject, draft.content)
    return draft


def _changed_sha256(session: Session, subject: Asset | GoldenSet, content: Json) -> str:
    """Return the digest of content; refuse what the newest revision has already."""
    sha256 = sha256_hex(canonical_bytes(content))
    newest = subject.last_revision_number
    if newest > 0 and find_revision(session, subject, newest).sha256 == sha256:
        raise UnchangedError(newest)
    return sha256


def _replace_draft(
    session: Session,
    subject: Asset | GoldenSet,
    draft: Draft | GoldenDraft,
    revision: Revision | GoldenRevision,
) -> None:
    """Put the frozen content in the place of the working copy it was made from."""
    session.add(revision)
    subject.last_revision_number = revision.number
    session.delete(draft)
    session.flush()
    session.expire(subject, ["draft", "revisions"])


def find_revision(session: Session, subject: Asset | GoldenSet, number: int) -> Revision | GoldenRevision:
    """Return one revision.

    Raises:
        NoSuchRevisionError: there is none of this number.
    """
    found: Revision | GoldenRevision | None
    if isinstance(subject, Asset):
        statement = select(Revision).where(Revision.asset_id == subject.id, Revision.number == number)
        found = session.scalar(statement)
    else:
        golden = select(GoldenRevision).where(
            GoldenRevision.golden_set_id == subject.id, GoldenRevision.number == number
        )
        found = session.scalar(golden)
    if found is None:
        raise NoSuchRevisionError(number)
    return found


def _queue(session: Session, subject: Asset | GoldenSet) -> None:
    # Writers of one subject go one after the other, so that two of them can't both see the same lock number.
    # SQLite has one writer anyway; on PostgreSQL the row of the subject is the queue.
    if session.get_bind().dialect.name == "sqlite":
        return
    kind = type(subject)
    session.execute(select(kind.id).where(kind.id == subject.id).with_for_update())
    if (seen := subject.__dict__.get("draft")) is not None:
        session.expire(seen)
    session.refresh(subject)
    session.expire(subject, ["draft"])


def _new_draft(
    session: Session, subject: Asset | GoldenSet, content: dict[str, Any], by: Actor
) -> Draft | GoldenDraft:
    values = {
        "content": content,
        "base_revision_number": subject.last_revision_number,
        "lock_number": 1,
        "saved_by_id": by.user,
        "saved_at": now(),
        "editor_ids": [by.user],
    }
    draft = (
        Draft(asset=subject, **values)
        if isinstance(subject, Asset)
        else GoldenDraft(golden_set=subject, **values)
    )
    session.add(draft)
    session.flush()
    return draft


def _new_revision(
    subject: Asset | GoldenSet, content: Json, values: dict[str, Any]
) -> Revision | GoldenRevision:
    if isinstance(subject, Asset):
        return Revision(asset_id=subject.id, **values)
    return GoldenRevision(golden_set_id=subject.id, case_count=len(content["cases"]), **values)


def _conflict(session: Session, subject: Asset | GoldenSet, mine: Json) -> DraftConflictError:
    draft = subject.draft
    if draft is None:
        newest = find_revision(session, subject, subject.last_revision_number)
        return DraftConflictError(mine=mine, theirs=newest.content, saved_by=newest.author.name, lock=0)
    name = session.get_one(User, draft.saved_by_id).name
    return DraftConflictError(mine=mine, theirs=draft.content, saved_by=name, lock=draft.lock_number)
