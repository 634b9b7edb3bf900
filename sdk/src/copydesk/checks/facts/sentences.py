"""Where sentences begin, at microseconds per kilobyte: only the claims of a text need to know."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

_CLOSING: Final = "\"'”’)]!?.…"
_ABBREVIATIONS: Final = frozenset(
    "e.g i.e z.b d.h u.a mr mrs ms dr st no nr approx ca bzw jr sr vs inkl zzgl evtl max min incl".split()
)
_ENDS: Final = frozenset(word[-1] for word in _ABBREVIATIONS if len(word) > 3)
_LONGEST_ABBREVIATION: Final = 8


class Sentences:
    """The sentences of a text: ends are full stops outside of amounts and abbreviations, or line ends."""

    __slots__ = ("_closed", "_last", "_marks", "_ranges", "_text")

    def __init__(self, text: str, marks: list[int], closed: Iterable[tuple[int, int]]) -> None:
        """Take down where a sentence could end; which marks do is asked only around claims.

        Args:
            text: any text.
            marks: places of full stops, exclamation and question marks, in order.
            closed: ranges inside which nothing ends ("5. Mai").
        """
        self._text = text
        self._marks = marks
        self._closed = list(closed)
        self._ranges: list[tuple[int, int]] = []
        self._last = (0, 0)

    def range(self, place: int) -> tuple[int, int]:
        """Return where the sentence that holds a place begins and ends."""
        last = self._last
        if last[0] <= place < last[1]:
            return last
        for known in self._ranges:
            if known[0] <= place < known[1]:
                self._last = known
                return known
        found = self._last = self._find(place)
        self._ranges.append(found)
        return found

    def _find(self, place: int) -> tuple[int, int]:
        text, marks = self._text, self._marks
        start, end = 0, len(text) + 1
        following = bisect_left(marks, place)
        for index in range(following - 1, -1, -1):
            if after := self._end_at(marks[index]):
                start = after
                break
        for index in range(following, len(marks)):
            if after := self._end_at(marks[index]):
                end = after
                break
        line = text.rfind("\n", start, place)
        start = line + 1 if line >= 0 else start
        line = text.find("\n", place, end)
        return start, line + 1 if line >= 0 else end

    def _end_at(self, place: int) -> int:
        """Return where the sentence that a mark ends is over, 0 where the mark ends none."""
        text, end = self._text, place + 1
        following = text[end : end + 1]
        if following not in " \n":
            while following and following in _CLOSING:
                end += 1
                following = text[end : end + 1]
            if following and not following.isspace():
                return 0
        if text[place] == ".":
            # Words of four letters and more are no abbreviation we know, but for these ends.
            is_short = text[place - 1 : place] in _ENDS or not text[max(0, place - 4) : place].isalpha()
            if is_short and _is_abbreviation(text, place):
                return 0
            if self._closed and any(first <= place and end < last for first, last in self._closed):
                return 0
        return end


def _is_abbreviation(text: str, stop: int) -> bool:
    """Tell whether the full stop at a place belongs to a single letter or a known short form before it."""
    window = text[max(0, stop - _LONGEST_ABBREVIATION) : stop]
    word = window[window.rfind(" ") + 1 :].lstrip("(\"'[")
    return (len(word) == 1 and word.isalpha()) or word.lower() in _ABBREVIATIONS
