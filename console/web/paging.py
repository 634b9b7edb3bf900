"""Keyset paging: the next page starts after the last row seen, so deep pages cost what the first one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

Item = TypeVar("Item")
PAGE_SIZE = 50
MAX_ID = 2**31 - 1  # ids, numbers and versions are the type `integer` in PostgreSQL


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows, newest first, and the cursors (ids) of the pages around them; None where there is none."""

    items: tuple[Item, ...]
    older: int | None
    newer: int | None


def paginate(
    session: Session,
    statement: Select[Any],
    key: InstrumentedAttribute[int],
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """Return one page of rows by falling key.

    Args:
        statement: select of one entity, not yet ordered or limited.
        key: unique integer column to order by.
        before, after: show rows older than / newer than this key.
        size: rows per page, 1 to 200.
    """
    size = max(1, min(size, 200))
    if after is not None:
        found = session.scalars(statement.where(key > after).order_by(key.asc()).limit(size + 1)).all()
        rows, has_more = list(reversed(found[:size])), len(found) > size
        return _page(rows, key, has_older=True, has_newer=has_more)
    if before is not None:
        statement = statement.where(key < before)
    found = session.scalars(statement.order_by(key.desc()).limit(size + 1)).all()
    return _page(list(found[:size]), key, has_older=len(found) > size, has_newer=before is not None)


def _page(
    rows: Sequence[Any], key: InstrumentedAttribute[int], *, has_older: bool, has_newer: bool
) -> Page[Any]:
    older = getattr(rows[-1], key.key) if rows and has_older else None
    newer = getattr(rows[0], key.key) if rows and has_newer else None
    return Page(tuple(rows), older, newer)


def cursor(value: str | None) -> int | None:
    """Read a cursor from a query string: None where it is no number, the last id where it is beyond all."""
    if not value or not value.isascii() or not value.isdigit():
        return None
    return min(int(value[:18]), MAX_ID)
