"""Changing single cases of a golden set's draft.

As in `console.assets.editing`, who edits one case collides only with somebody who changed the same case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from console.assets import items
from console.assets.drafting import find_revision
from console.assets.editing import WorkingCopy, base_token
from console.assets.items import NoSuchItemError
from console.assets.projection import Items, items_of
from console.golden import operations
from console.golden.content import GoldenCase
from console.golden.errors import CaseConflictError, NoSuchCaseError
from console.permissions import Actor
from models import GoldenDraft, GoldenSet, User

Json = Mapping[str, Any]
CASES = Items(
    "cases", GoldenCase, lambda case: str(case.get("id", "")), lambda case: str(case.get("title", ""))
)


def working_copy(session: Session, golden: GoldenSet) -> WorkingCopy:
    """Return what is edited now: the draft, or the newest revision where there is no draft (lock 0)."""
    draft = golden.draft
    if draft is not None:
        name = session.get_one(User, draft.saved_by_id).name
        return WorkingCopy(dict(draft.content), draft.lock_number, name)
    newest = find_revision(session, golden, golden.last_revision_number)
    return WorkingCopy(dict(newest.content), 0, newest.author.name)


def cases_of(content: Json) -> list[dict[str, Any]]:
    """Return the cases of a content that may not be valid."""
    return items_of(content, CASES.name)


def find_case(content: Json, key: str) -> dict[str, Any]:
    """Return one case.

    Raises:
        NoSuchCaseError: the content has none of this id.
    """
    try:
        return items.find_item(content, CASES, key)
    except NoSuchItemError as error:
        raise NoSuchCaseError from error


def save_case(
    session: Session, golden: GoldenSet, case: Json, *, replaces: str | None, base: str, by: Actor
) -> GoldenDraft:
    """Put a case into the draft.

    Args:
        replaces: id of the case that was edited, None for a new one.
        base: the form's `base_token`.

    Raises:
        CaseConflictError: somebody changed or removed this case meanwhile.
        ConflictError: another case has this id.
    """
    copy = working_copy(session, golden)
    if replaces is not None:
        theirs = next((item for item in cases_of(copy.content) if CASES.key(item) == replaces), None)
        _refuse_moved(theirs, case, base, copy)
        replaces = replaces if theirs is not None else None
    content = items.put_item(copy.content, CASES, case, replaces=replaces)
    return operations.save_draft(session, golden, content, base_lock=copy.lock, by=by)


def delete_cases(
    session: Session, golden: GoldenSet, keys: Collection[str], *, base_lock: int, by: Actor
) -> list[tuple[int, dict[str, Any]]]:
    """Take cases out of the draft; returns them with their places, for undoing.

    Raises:
        DraftConflictError: somebody saved in between.
    """
    content = working_copy(session, golden).content
    before = items.places_of(content, CASES, keys)
    kept = items.remove_items(content, CASES, keys)
    operations.save_draft(session, golden, kept, base_lock=base_lock, by=by)
    return before


def put_back(
    session: Session, golden: GoldenSet, before: Sequence[tuple[int, Json]], *, by: Actor
) -> GoldenDraft:
    """Undo a deletion; cases that somebody made meanwhile under the same id are left alone."""
    copy = working_copy(session, golden)
    present = {CASES.key(case) for case in cases_of(copy.content)}
    missing = [(place, case) for place, case in before if CASES.key(case) not in present]
    content = items.restore_items(copy.content, CASES, missing)
    return operations.save_draft(session, golden, content, base_lock=copy.lock, by=by)


def _refuse_moved(theirs: Json | None, mine: Json, base: str, copy: WorkingCopy) -> None:
    digest = base.partition("-")[2]
    if digest == items.digest_of(theirs):
        return
    if theirs is not None and items.digest_of(theirs) == items.digest_of(mine):
        return  # both typed the same
    raise CaseConflictError(
        mine=mine, theirs=theirs, saved_by=copy.saved_by, base=base_token(copy.lock, theirs)
    )
