"""JSON as this console takes it: what no database keeps, or readers would read differently, is refused."""

from __future__ import annotations

import json
from typing import Any

from copydesk.errors import Problem

MAX_DEPTH = 100
MAX_VALUES = 300_000  # as many as a draft holds
MAX_INTEGER = 2**53 - 1  # beyond it readers lose digits (RFC 7493, section 2.2)

_Place = tuple["_Place", str | int] | None


class UnfitJsonError(ValueError):
    """No JSON, or JSON that can't be kept; `problem` names the place."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.path}: {problem.message}" if problem.path else problem.message)


def loads(text: str | bytes) -> Any:
    """Read JSON.

    Raises:
        UnfitJsonError: not JSON (RFC 8259), nested too deeply, or with NUL characters, halves of characters
            or numbers that can't be kept.
    """
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except UnfitJsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise UnfitJsonError(Problem("", f"This is not JSON: {error}")) from error
    problem = first_unfit(data)
    if problem is not None:
        raise UnfitJsonError(problem)
    return data


def first_unfit(data: Any) -> Problem | None:
    """Return the first place of JSON data that no database keeps or that readers would read differently."""
    # Places are chains of names, made into words only where something is wrong: bodies can be large.
    todo: list[tuple[Any, _Place, int]] = [(data, None, 0)]
    values = 0
    while todo:
        value, place, depth = todo.pop()
        if why := _why_unfit(value, depth):
            return Problem(_words_of(place), why)
        if isinstance(value, dict | list):
            values += len(value)
            if values > MAX_VALUES:
                return Problem("", f"holds more than {MAX_VALUES} values; send it in parts")
        if isinstance(value, dict):
            todo += ((item, (place, key), depth + 1) for key, item in value.items())
            todo += ((key, place, depth) for key in value)
        elif isinstance(value, list):
            todo += ((item, (place, index), depth + 1) for index, item in enumerate(value))
    return None


def _why_unfit(value: Any, depth: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"is nested more than {MAX_DEPTH} levels deep"
    if isinstance(value, str):
        if "\0" in value:
            return "holds a NUL character (U+0000); remove it"
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            return "holds half of a character (a lone surrogate); retype it"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return f"is a number beyond {MAX_INTEGER}; send it as text"
    return None


def _words_of(place: _Place) -> str:
    names: list[str] = []
    while place is not None:
        place, name = place
        names.append(str(name).encode("ascii", "backslashreplace").decode()[:80])
    return ".".join(reversed(names))


def _refuse_constant(name: str) -> Any:
    raise UnfitJsonError(Problem("", f"{name} is no number in JSON"))
