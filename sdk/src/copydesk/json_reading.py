"""JSON objects of which no key stands twice: readers differ on which of two counts, and one would be lost."""

from __future__ import annotations

import json
import re
from typing import Any, Final

MAX_NESTING: Final = 100
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:]', re.DOTALL)


class RepeatedKeyError(ValueError):
    """A key stands twice in one object; `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__("a key occurs twice in one object")
        self.key = key


def unique_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build one object; `json.loads` takes this as its `object_pairs_hook`.

    Args:
        pairs: keys with their values, as they stand.

    Raises:
        RepeatedKeyError: a key stands twice (RFC 8259, section 4, leaves open what that means).
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RepeatedKeyError(key)
            seen.add(key)
    return found


def repeated_key_at(text: str) -> tuple[int, int] | None:
    """Return line and column (from 1) of the first key of JSON that stands twice in one object."""
    known: list[set[str] | None] = []  # the keys of each open object, None for an open list
    last: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        match token.group():
            case "{":
                known.append(set())
            case "[":
                known.append(None)
            case "}" | "]" if known:
                known.pop()
            case ":" if last is not None and known and (keys := known[-1]) is not None:
                key = json.loads(last.group(), strict=False)
                if key in keys:
                    return _place(text, last.start())
                keys.add(key)
        last = token if token.group()[0] == '"' else None
    return None


def too_deep_at(text: str, most: int = MAX_NESTING) -> tuple[int, int] | None:
    """Return line and column (from 1) where JSON nests deeper than so many levels."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += token.group() in "{["
        depth -= token.group() in "}]"
        if depth > most:
            return _place(text, token.start())
    return None


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
