"""Golden sets: created, drafted, frozen; the same rules as for assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets import drafting
from console.assets.errors import NameTakenError
from console.audit.operations import record
from console.clock import now
from console.errors import ConflictError, InvalidError
from console.golden.content import parse_golden
from console.permissions import Actor, Permission
from copydesk.assets.base import IDENTIFIER
from copydesk.errors import Problem
from models import GoldenDraft, GoldenRevision, GoldenSet, Policy

Json = Mapping[str, Any]


def create_golden_set(
    session: Session, policy: Policy, *, name: str, title: str, by: Actor, content: Json | None = None
) -> GoldenSet:
    """Open a golden set for a policy, with a first draft.

    Raises:
        InvalidError: a name that is no identifier.
        NameTakenError: the workspace has a golden set of this name.
    """
    by.require(Permission.EDIT)
    if not IDENTIFIER.fullmatch(name):
        raise InvalidError([Problem("name", "Use lower-case letters, digits, '-', '_' or '.'.")])
    taken = select(GoldenSet.id).where(GoldenSet.workspace_id == policy.workspace_id, GoldenSet.name == name)
    if session.scalar(taken) is not None:
        raise NameTakenError(name)
    golden = GoldenSet(
        workspace_id=policy.workspace_id,
        policy_id=policy.id,
        name=name,
        title=title.strip(),
        created_by_id=by.user,
        created_at=now(),
        last_revision_number=0,
    )
    session.add(golden)
    session.flush()
    drafting.put_draft(session, golden, content or {"title": title.strip(), "cases": []}, base_lock=0, by=by)
    after = {"name": name, "policy": policy.id}
    record(session, "golden_set.created", by=by, subject=("golden_set", golden.id), after=after)
    return golden


def save_draft(
    session: Session, golden: GoldenSet, content: Json, *, base_lock: int, by: Actor
) -> GoldenDraft:
    """Save the working copy.

    Raises:
        DraftConflictError: somebody saved in between.
        InvalidError: content that can't be stored.
    """
    by.require(Permission.EDIT)
    draft = drafting.put_draft(session, golden, content, base_lock=base_lock, by=by)
    return cast("GoldenDraft", draft)


def discard_draft(session: Session, golden: GoldenSet, *, base_lock: int, by: Actor) -> None:
    """Throw the draft away.

    Raises:
        DraftConflictError: somebody saved in between.
        ConflictError: the golden set has no revision to go back to.
    """
    by.require(Permission.EDIT)
    if golden.last_revision_number == 0:
        raise ConflictError("This golden set has no revision yet, so its draft is all there is.")
    if golden.draft is None:
        return
    if golden.draft.lock_number != base_lock:
        drafting.put_draft(session, golden, golden.draft.content, base_lock=base_lock, by=by)
    drafting.drop_draft(session, golden)
    record(session, "draft.discarded", by=by, subject=("golden_set", golden.id))


def save_revision(
    session: Session, golden: GoldenSet, *, base_lock: int, message: str, by: Actor
) -> GoldenRevision:
    """Freeze the draft as the next revision.

    Raises:
        ContentError: cases that do not fit.
        DraftConflictError, InvalidError, UnchangedError: see `drafting.freeze_draft`.
    """
    return _freeze(session, golden, base_lock=base_lock, message=message, by=by)


def restore(session: Session, golden: GoldenSet, number: int, *, message: str, by: Actor) -> GoldenRevision:
    """Make an old revision's cases the newest ones.

    Raises:
        NoSuchRevisionError: there is none of this number.
        UnchangedError: they are the newest already.
    """
    by.require(Permission.EDIT)
    old = drafting.find_revision(session, golden, number)
    lock = golden.draft.lock_number if golden.draft else 0
    draft = drafting.put_draft(session, golden, old.content, base_lock=lock, by=by)
    text = message.strip() or f"Restore revision {number}"
    return _freeze(session, golden, base_lock=draft.lock_number, message=text, by=by, restored_from=number)


def _freeze(
    session: Session,
    golden: GoldenSet,
    *,
    base_lock: int,
    message: str,
    by: Actor,
    restored_from: int | None = None,
) -> GoldenRevision:
    by.require(Permission.EDIT)
    revision = drafting.freeze_draft(
        session,
        golden,
        base_lock=base_lock,
        message=message,
        prepare=lambda content: parse_golden(content).to_json(),
        by=by,
        restored_from=restored_from,
    )
    golden.title = str(revision.content["title"])
    after = {"number": revision.number, "sha256": revision.sha256, "restored_from": restored_from}
    record(session, "golden_revision.saved", by=by, subject=("golden_set", golden.id), after=after)
    return cast("GoldenRevision", revision)
