"""Changing one item or one part of a draft.

Who edits a single item collides only with somebody who changed the same item meanwhile: the form remembers a
digest of what it started from, so two people can work in one glossary and neither overwrites the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from console.assets import items, operations
from console.assets.drafting import find_revision
from console.assets.projection import SHAPES, Items
from console.errors import ConflictError
from console.permissions import Actor
from models import Asset, Draft, Revision, User

Json = Mapping[str, Any]
HEAD = "head"


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """What is edited now: the draft's content, or the newest revision's where there is no draft (lock 0)."""

    content: dict[str, Any]
    lock: int
    saved_by: str


class ItemConflictError(ConflictError):
    """Somebody changed the same item meanwhile; both texts are here and nothing is lost.

    `theirs` is None where they took it out.
    """

    code = "item_conflict"

    def __init__(self, *, mine: Json, theirs: Json | None, saved_by: str) -> None:
        self.mine = mine
        self.theirs = theirs
        self.saved_by = saved_by
        super().__init__(
            _(
                "Not saved. %(name)s saved this entry while you were editing. "
                "Your text is kept; compare and merge.",
                name=saved_by,
            )
        )


def working_copy(session: Session, asset: Asset) -> WorkingCopy:
    """Return what is edited now, for reading and for saving against."""
    draft = asset.draft
    if draft is not None:
        return WorkingCopy(
            dict(draft.content), draft.lock_number, session.get_one(User, draft.saved_by_id).name
        )
    newest = find_revision(session, asset, asset.last_revision_number)
    assert isinstance(newest, Revision)  # noqa: S101 - an asset's revisions are of this class
    return WorkingCopy(dict(newest.content), 0, newest.author.name)


def part_of(kind: str, content: Json, part: str) -> dict[str, Any]:
    """Return a part of a content: `head` (what is neither a list nor another part), or a named object."""
    if part != HEAD:
        value = content.get(part)
        return dict(value) if isinstance(value, Mapping) else {}
    shape = SHAPES[kind]
    apart = {spec.name for spec in shape.lists} | set(shape.parts)
    return {name: value for name, value in content.items() if name not in apart}


def base_token(lock: int, piece: Json | None) -> str:
    """Return what a form remembers of what it started from."""
    return f"{lock}-{items.digest_of(piece)}"


def save_item(
    session: Session, asset: Asset, spec: Items, item: Json, *, replaces: str | None, base: str, by: Actor
) -> Draft:
    """Put an item into the draft.

    Args:
        replaces: key of the item that was edited, None for a new one.
        base: the form's `base_token`.

    Raises:
        ItemConflictError: somebody changed this item meanwhile.
        ConflictError: another item has this key.
    """
    copy = working_copy(session, asset)
    if replaces is not None:
        theirs = _present(copy.content, spec, replaces)
        _refuse_moved(theirs, item, base, copy)
    content = items.put_item(copy.content, spec, item, replaces=replaces)
    return operations.save_draft(session, asset, content, base_lock=copy.lock, by=by)


def save_part(session: Session, asset: Asset, part: str, piece: Json, *, base: str, by: Actor) -> Draft:
    """Put a part into the draft.

    Raises:
        ItemConflictError: somebody changed this part meanwhile.
    """
    copy = working_copy(session, asset)
    theirs = part_of(asset.kind, copy.content, part)
    _refuse_moved(theirs, piece, base, copy)
    content = {**copy.content, **piece} if part == HEAD else {**copy.content, part: dict(piece)}
    return operations.save_draft(session, asset, content, base_lock=copy.lock, by=by)


def delete_items(
    session: Session, asset: Asset, spec: Items, keys: Collection[str], *, base_lock: int, by: Actor
) -> list[tuple[int, dict[str, Any]]]:
    """Take items out of the draft; returns them with their places, for undoing.

    Raises:
        DraftConflictError: somebody saved in between.
    """
    content = working_copy(session, asset).content
    before = items.places_of(content, spec, keys)
    kept = items.remove_items(content, spec, keys)
    operations.save_draft(session, asset, kept, base_lock=base_lock, by=by)
    return before


def change_items(
    session: Session,
    asset: Asset,
    spec: Items,
    keys: Collection[str],
    change: tuple[str, Any],
    *,
    base_lock: int,
    by: Actor,
) -> list[tuple[int, dict[str, Any]]]:
    """Set one field of several items; returns them as they were, for undoing.

    Raises:
        DraftConflictError: somebody saved in between.
        ConflictError: the value does not fit one of them.
    """
    content = working_copy(session, asset).content
    before = items.places_of(content, spec, keys)
    for _place, item in before:
        problems = items.problems_of(spec.model, {**item, change[0]: change[1]})
        if any(problem.path == change[0] for problem in problems):
            raise ConflictError(_("“%(title)s” can't have this value.", title=spec.title(item)))
    changed = items.change_items(content, spec, keys, *change)
    operations.save_draft(session, asset, changed, base_lock=base_lock, by=by)
    return before


def put_back(
    session: Session,
    asset: Asset,
    spec: Items,
    before: Sequence[tuple[int, Json]],
    *,
    base_lock: int,
    by: Actor,
) -> Draft:
    """Undo a deletion or a change of several items.

    Raises:
        DraftConflictError: somebody saved in between.
    """
    content = items.restore_items(working_copy(session, asset).content, spec, before)
    return operations.save_draft(session, asset, content, base_lock=base_lock, by=by)


def move(
    session: Session, asset: Asset, spec: Items, key: str, *, up: bool, base_lock: int, by: Actor
) -> Draft:
    """Move an item one place up or down.

    Raises:
        DraftConflictError: somebody saved in between.
        NoSuchItemError: there is none of this key.
    """
    content = items.move_item(working_copy(session, asset).content, spec, key, by=-1 if up else 1)
    return operations.save_draft(session, asset, content, base_lock=base_lock, by=by)


def _present(content: Json, spec: Items, key: str) -> dict[str, Any] | None:
    try:
        return items.find_item(content, spec, key)
    except items.NoSuchItemError:
        return None


def _refuse_moved(theirs: Json | None, mine: Json, base: str, copy: WorkingCopy) -> None:
    digest = base.partition("-")[2]
    if digest == items.digest_of(theirs) and theirs is not None:
        return
    if theirs is not None and items.digest_of(theirs) == items.digest_of(mine):
        return  # both typed the same
    raise ItemConflictError(mine=mine, theirs=theirs, saved_by=copy.saved_by)
