"""Where sentences begin, at microseconds per kilobyte: only the claims of a text need to know."""

from __future__ import annotations

import sys
from bisect import bisect_right
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

    __slots__ = ("starts",)

    def __init__(self, text: str, marks: Iterable[int], closed: Iterable[tuple[int, int]]) -> None:
        """Find the starts.

        Args:
            text: any text.
            marks: places of full stops, exclamation and question marks, in order.
            closed: ranges inside which nothing ends ("5. Mai"), in order.
        """
        starts = self.starts = [0]
        spans = list(closed)
        length = len(text)
        for place in marks:
            end = place + 1
            while end < length and text[end] in _CLOSING:
                end += 1
            if end < length and not text[end].isspace():
                continue
            if text[place] == ".":
                # Words of four letters and more are no abbreviation we know, but for these ends.
                is_short = text[place - 1 : place] in _ENDS or not text[place - 4 : place].isalpha()
                if is_short and _is_abbreviation(text, place):
                    continue
                if spans and any(first <= place and end < last for first, last in spans):
                    continue
            starts.append(end)
        line = text.find("\n")
        if line >= 0:
            while line >= 0:
                starts.append(line + 1)
                line = text.find("\n", line + 1)
            starts.sort()

    def index(self, place: int) -> int:
        """Return the number of the sentence that holds this offset."""
        return bisect_right(self.starts, place) - 1

    def range(self, number: int) -> tuple[int, int]:
        """Return where a sentence begins and where the next one does."""
        following = number + 1
        return self.starts[number], self.starts[following] if following < len(self.starts) else sys.maxsize


def _is_abbreviation(text: str, stop: int) -> bool:
    """Tell whether the full stop at a place belongs to a single letter or a known short form before it."""
    window = text[max(0, stop - _LONGEST_ABBREVIATION) : stop]
    word = window[window.rfind(" ") + 1 :].lstrip("(\"'[")
    return (len(word) == 1 and word.isalpha()) or word.lower() in _ABBREVIATIONS
