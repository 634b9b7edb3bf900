"""Where the sentences of a line begin, at microseconds each: only the claims of a text need to know."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

_MARKS: Final = (".", "!", "?", "…")
# The quotes, brackets and other marks behind a mark.
_CLOSING: Final = re.compile(r"[\"'”’“‘»«)\]!?.…]*+")
_ABBREVIATIONS: Final = frozenset(
    "e.g i.e z.b d.h u.a mr mrs ms dr st no nr approx ca bzw jr sr vs inkl zzgl evtl max min incl".split()
)
_ENDS: Final = frozenset(word[-1] for word in _ABBREVIATIONS if len(word) > 3)
_LONGEST_ABBREVIATION: Final = 8
_WHOLE_CHARS: Final = 5
_VOWELS: Final = frozenset("aeiouyäöü")
# What runs on longer is cut at a space: the claims of a sentence are held against one another.
MAX_SENTENCE_CHARS: Final = 600


def sentence_bounds(text: str, start: int, end: int, closed: Sequence[tuple[int, int]]) -> list[int]:
    """Return where the sentences of a line begin, in order, and behind them where the last one is over.

    Args:
        text: any text.
        start: where the line begins.
        end: where it is over, behind its line break.
        closed: ranges, in order, inside which no full stop ends a sentence ("5. Mai").
    """
    bounds = [start, end]
    find = text.find
    for mark in _MARKS:
        at = find(mark, start, end)
        while at >= 0:
            behind = at + 1
            following = text[behind : behind + 1]
            # An empty string, behind the last mark, is in any other.
            if following in " \n":
                is_end = mark != "." or not (_goes_on(text, at, behind) or _is_abbreviation(text, at))
            else:
                is_end = False
                if not following.isalnum():
                    behind = _behind_closing(text, behind)
                    is_end = _ends_sentence(text, at, behind)
            if is_end and not (closed and _is_closed(text, behind, closed)):
                bounds.append(behind)
            at = find(mark, behind, end)
    bounds.sort()
    return (
        bounds if end - start <= MAX_SENTENCE_CHARS or len(text) <= MAX_SENTENCE_CHARS else _cut(text, bounds)
    )


def _behind_closing(text: str, place: int) -> int:
    match = _CLOSING.match(text, place)
    return match.end() if match else place


def _ends_sentence(text: str, mark: int, behind: int) -> bool:
    """Tell whether a mark with quotes, brackets and other marks behind it ends a sentence."""
    following = text[behind : behind + 1]
    if following and not following.isspace():
        return False
    if text[mark] == "." and _goes_on(text, mark, behind):
        return False
    # Of several marks only the first can belong to an abbreviation.
    return text[mark] != "." or not _is_abbreviation(text, mark) or _has_mark(text, mark + 1, behind)


def _goes_on(text: str, mark: int, behind: int) -> bool:
    """Tell whether a small letter follows behind a full stop and a space: "Tents, mats etc. are back".

    Behind a whole word it begins a sentence of who writes without capitals ("for nine pounds. the other").
    """
    return text[behind + 1 : behind + 2].islower() and not _is_whole_word(text, mark)


def _is_whole_word(text: str, stop: int) -> bool:
    """Tell whether a word that ends at a place is too long for a short form ("approx", "monatl")."""
    if stop < _WHOLE_CHARS or not text[stop - _WHOLE_CHARS : stop].isalpha():
        return False
    return text[stop - 1] not in "lx" or text[stop - 2] in _VOWELS


def _cut(text: str, bounds: Sequence[int]) -> list[int]:
    """Return bounds with the spaces to cut at between those that are too far apart."""
    return [bounds[0], *(cut for start, end in pairwise(bounds) for cut in _cuts(text, start, end))]


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    at = start
    while end - at > MAX_SENTENCE_CHARS:
        at = text.rfind(" ", at + 1, at + MAX_SENTENCE_CHARS) + 1 or at + MAX_SENTENCE_CHARS
        yield at
    yield end


def _has_mark(text: str, start: int, end: int) -> bool:
    return any(text.find(mark, start, end) >= 0 for mark in _MARKS)


def _is_closed(text: str, end: int, closed: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the full stop of a bound belongs to one of the ranges, in order, in which nothing ends."""
    if text[end - 1 : end] != ".":
        return False
    # The last range that begins before the bound: the ranges don't overlap.
    at = bisect_left(closed, (end, 0)) - 1
    return at >= 0 and end < closed[at][1]


def _is_abbreviation(text: str, stop: int) -> bool:
    """Tell whether the full stop at a place belongs to a single letter or a known short form before it."""
    # Words of four letters and more are no abbreviation we know, but for these ends.
    if stop >= 4 and text[stop - 1] not in _ENDS and text[stop - 4 : stop].isalpha():
        return False
    window = text[stop - _LONGEST_ABBREVIATION if stop > _LONGEST_ABBREVIATION else 0 : stop]
    word = window[window.rfind(" ") + 1 :].lstrip("(\"'[")
    if len(word) > 1:
        return word.lower() in _ABBREVIATIONS
    # "1450 g." is a unit and ends a sentence, "J. R. Miller" are initials.
    return word.isalpha() and not (stop > 2 and text[stop - 2].isspace() and text[stop - 3].isdigit())
