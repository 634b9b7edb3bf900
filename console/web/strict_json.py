"""JSON as this console takes it: what no database keeps, or readers would read differently, is refused."""

from __future__ import annotations

import json
import sys
from typing import Any

from copydesk.errors import Problem
from copydesk.json_reading import RepeatedKeyError, repeated_key_at, too_deep_at, unique_object

MAX_DEPTH = 100
MAX_VALUES = 300_000  # as many as a draft holds
MAX_NUMBER_DIGITS = sys.int_info.default_max_str_digits
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
        UnfitJsonError: not JSON (RFC 8259), nested too deeply, with a key that stands twice in one object,
            or with NUL characters, halves of characters or numbers that can't be kept.
    """
    try:
        data = json.loads(text, object_pairs_hook=unique_object, parse_constant=_refuse_constant)
    except UnfitJsonError:
        raise
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnfitJsonError(Problem("", f"This is not JSON: {place}: {error.msg}")) from error
    except UnicodeDecodeError as error:
        words = f"This is not JSON: byte {error.start + 1} is not {error.encoding.upper()}; send UTF-8"
        raise UnfitJsonError(Problem("", words)) from error
    except RecursionError as error:
        line, column = too_deep_at(_decoded(text), MAX_DEPTH) or (1, 1)
        words = f"is nested more than {MAX_DEPTH} levels deep, from line {line}, column {column} on"
        raise UnfitJsonError(Problem("", words)) from error
    except RepeatedKeyError as error:
        line, column = repeated_key_at(_decoded(text)) or (1, 1)
        key = error.key[:80].encode("utf-8", "backslashreplace").decode()
        words = f"holds the key “{key}” twice in one object, at line {line}, column {column}"
        raise UnfitJsonError(Problem("", words)) from error
    except ValueError as error:  # Python reads no number of more than 4 300 digits
        words = f"holds a number of more than {MAX_NUMBER_DIGITS} digits; send it as text"
        raise UnfitJsonError(Problem("", words)) from error
    problem = first_unfit(data)
    if problem is not None:
        raise UnfitJsonError(problem)
    return data


def _decoded(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode(json.detect_encoding(text), "replace")


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
