"""JSON objects of which no key stands twice: readers differ on which of two counts, and one would be lost."""

from __future__ import annotations

from typing import Any


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
