"""What a draft may hold, whether or not it fits its kind yet: JSON that every database keeps, in bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.errors import InvalidError
from copydesk.canonical import canonical_bytes
from copydesk.errors import ContentError, Problem

Json = Mapping[str, Any]
MAX_CONTENT_BYTES = 4 * 1024 * 1024
# What takes no bytes takes time: each entry that does not fit is a problem to find, to word and to show.
MAX_VALUES = 300_000
MAX_ENTRIES = 20_000


def refuse_unstorable(content: Json) -> None:
    """Check that content can be stored as a draft.

    Raises:
        InvalidError: a value that JSON or a database does not keep, nested too deeply, or too much; names
            the place.
    """
    problem = _first_problem(content)
    if problem is not None:
        raise InvalidError([problem])
    try:
        size = len(canonical_bytes(dict(content)))
    except ContentError as error:
        raise InvalidError(error.problems) from error
    except RecursionError as error:
        raise InvalidError([Problem("", "is nested too deeply")]) from error
    if size > MAX_CONTENT_BYTES:
        raise InvalidError([Problem("", f"is larger than {MAX_CONTENT_BYTES // 2**20} MB; split it")])


def _first_problem(content: Json) -> Problem | None:
    """Return the first place that holds a NUL character, which PostgreSQL keeps in no JSON, or too much."""
    waiting: list[tuple[str, Any]] = [("", content)]
    values = 0
    while waiting:
        path, value = waiting.pop()
        values += 1
        if values > MAX_VALUES:
            return Problem("", f"holds more than {MAX_VALUES} values; split it")
        if isinstance(value, Mapping | list | tuple) and len(value) > MAX_ENTRIES:
            return Problem(path, f"has more than {MAX_ENTRIES} entries; split it")
        if isinstance(value, str) and "\0" in value:
            return Problem(path, "holds a NUL character (U+0000); remove it")
        if isinstance(value, Mapping):
            if any("\0" in str(key) for key in value):
                return Problem(path, "has a name with a NUL character (U+0000); remove it")
            waiting += ((f"{path}.{key}".lstrip("."), inner) for key, inner in value.items())
        elif isinstance(value, list | tuple):
            waiting += ((f"{path}.{place}".lstrip("."), inner) for place, inner in enumerate(value))
    return None
