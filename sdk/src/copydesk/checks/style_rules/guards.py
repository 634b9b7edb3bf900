"""Look-arounds that are asked beside a match, and how much work the patterns of one text may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from copydesk.checks.style_rules.view import FROM_HERE, View, matching

# How far back a look-behind sees, in code points.
LOOK_BEHIND_CHARS = 240
# How far ahead a look-ahead sees, in bytes.
LOOK_AHEAD_BYTES = 4_096
# So many characters a look-ahead at one of them remembers.
MAX_KEPT_CHARS = 1_000
# RE2 takes time in proportion to the text for one match, so for all matches of a hostile pattern it may be
# their number times the text. More than this for one rule and block is given up, on every machine alike.
MAX_WORK_BYTES = 400_000_000


class TooSlowError(Exception):
    """A pattern that takes too much work, or a console-only one that ran out of its time, on this text."""


def count_work(view: View, work_bytes: int) -> None:
    """Count what a matcher looks at.

    Raises:
        TooSlowError: it is too much.
    """
    view.work_bytes += work_bytes
    if view.work_bytes > MAX_WORK_BYTES:
        raise TooSlowError


class OneChar(dict[str, bool]):
    """Which characters a pattern of one character matches; RE2 is asked once for each."""

    def __init__(self, pattern: Any) -> None:
        super().__init__()
        self._match = matching(pattern)

    def __missing__(self, char: str) -> bool:
        data = char.encode()
        matches = bool(self._match(FROM_HERE, data, 0, len(data))[0][1] == len(data))
        if len(self) < MAX_KEPT_CHARS:
            self[char] = matches
        return matches


@dataclass(frozen=True, slots=True)
class CompiledGuard:
    """A look-around run beside a match."""

    pattern: Any
    is_ahead: bool
    is_negated: bool
    at_start: bool
    next_char: OneChar | None = None  # for a look ahead at one character

    def allows(self, view: View, start: int, end: int) -> bool:
        """Tell whether the surroundings of `[start, end)` permit the match."""
        at = start if self.at_start else end
        if self.next_char is not None:
            found = at < len(view.text) and self.next_char[view.text[at]]
        elif self.is_ahead:
            first = view.byte_at(at)
            last = min(len(view.data), first + LOOK_AHEAD_BYTES)
            count_work(view, last - first)
            found = matching(self.pattern)(FROM_HERE, view.data, first, last)[0][0] >= 0
        else:
            found = self.pattern.search(view.text[max(0, at - LOOK_BEHIND_CHARS) : at]) is not None
        return bool(found) != self.is_negated
