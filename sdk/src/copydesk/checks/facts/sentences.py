"""Where sentences begin, at microseconds per kilobyte: only the claims of a text need to know."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

_CLOSING: Final = "\"'”’)]!?.…"
_ABBREVIATIONS: Final = frozenset(
    "e.g i.e z.b d.h u.a mr mrs ms dr st no nr approx ca bzw jr sr vs inkl zzgl evtl max min incl".split()
)
_ENDS: Final = frozenset(word[-1] for word in _ABBREVIATIONS if len(word) > 3)
_LONGEST_ABBREVIATION: Final = 8
_ONE_MORE: Final = (1).__add__
# What runs on longer is cut at a space: the claims of a sentence are held against one another.
MAX_SENTENCE_CHARS: Final = 600


def sentence_bounds(text: str, marks: Sequence[int], closed: Sequence[tuple[int, int]]) -> list[int]:
    """Return where the sentences of a text begin, in order, and behind them where the last one is over.

    Args:
        text: any text.
        marks: places of full stops, exclamation and question marks, in order.
        closed: ranges inside which nothing ends ("5. Mai").
    """
    bounds = [0]
    for mark in marks:
        end = mark + 1
        following = text[end : end + 1]
        # An empty string, behind the last mark, is in any other.
        if following not in " \n" and (following.isalnum() or not (end := _behind_closing(text, end))):
            continue
        # Words of four letters and more are no abbreviation we know, but for these ends.
        before = text[mark - 4 : mark]
        if (
            (not before.isalpha() or before[3] in _ENDS)
            and text[mark] == "."
            and _is_abbreviation(text, mark)
        ):
            continue
        bounds.append(end)
    if closed:
        bounds = [end for end in bounds if not _is_closed(text, end, closed)]
    # Behind each line, the last one too: counted without a loop of our own.
    bounds += accumulate(map(_ONE_MORE, map(len, text.split("\n"))))
    bounds.sort()
    return bounds if len(text) <= MAX_SENTENCE_CHARS else [0, *_cut(text, bounds)]


def _cut(text: str, bounds: Sequence[int]) -> Iterator[int]:
    """Yield the bounds behind the first, and between those too far apart the spaces to cut at."""
    for start, end in pairwise(bounds):
        at = start
        while end - at > MAX_SENTENCE_CHARS:
            at = text.rfind(" ", at + 1, at + MAX_SENTENCE_CHARS) + 1 or at + MAX_SENTENCE_CHARS
            yield at
        yield end


def _is_closed(text: str, end: int, closed: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the full stop of a bound belongs to one of the ranges, in order, in which nothing ends."""
    if text[end - 1 : end] != ".":
        return False
    # The last range that begins before the bound: the ranges don't overlap.
    at = bisect_left(closed, (end, 0)) - 1
    return at >= 0 and end < closed[at][1]


def _behind_closing(text: str, end: int) -> int:
    """Return where quotes and brackets behind a mark are over, 0 where the text runs on without a space."""
    following = text[end : end + 1]
    while following and following in _CLOSING:
        end += 1
        following = text[end : end + 1]
    return 0 if following and not following.isspace() else end


def _is_abbreviation(text: str, stop: int) -> bool:
    """Tell whether the full stop at a place belongs to a single letter or a known short form before it."""
    window = text[stop - _LONGEST_ABBREVIATION if stop > _LONGEST_ABBREVIATION else 0 : stop]
    word = window[window.rfind(" ") + 1 :].lstrip("(\"'[")
    return word.isalpha() if len(word) == 1 else word.lower() in _ABBREVIATIONS
