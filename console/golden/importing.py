"""Putting a file's cases into a draft in one short transaction, after the file was read outside of it."""

from __future__ import annotations

from console.extensions import db
from console.golden import operations, transfer
from console.golden.editing import working_copy
from console.permissions import Actor, Permission
from models import GoldenSet


def import_into_draft(
    golden_set_id: int, found: transfer.Import, *, mode: str, by: Actor
) -> tuple[transfer.ImportReport, int]:
    """Merge imported cases into what is edited now and save the draft.

    Args:
        mode: `replace` or `keep` cases with an id that is there already.

    Returns:
        What was done, and the draft's lock number afterwards (0: there is no draft).

    Raises:
        BadFileError: the golden set would hold too many cases.
        InvalidError: the draft would become too large.
    """
    by.require(Permission.EDIT)
    with db.write() as session:
        golden = session.get_one(GoldenSet, golden_set_id)
        copy = working_copy(session, golden)
        content, report = transfer.merge(copy.content, found, mode=mode)
        if not (report.added or report.replaced):
            return report, copy.lock
        draft = operations.save_draft(session, golden, content, base_lock=copy.lock, by=by)
        return report, draft.lock_number
