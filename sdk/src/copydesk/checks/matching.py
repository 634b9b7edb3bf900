"""Finds many literal phrases in a text at once, wherever they stand as words of their own."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from itertools import accumulate
from typing import NamedTuple

import ahocorasick_rs

from copydesk.checks.text import Folded, fold_term, stands_alone

ENGINE = "ahocorasick-rs"
# The library's, and ours: what counts as a hit, and which parts of a text are read.
ENGINE_VERSION = f"{version('ahocorasick_rs')}+3"


class Hit(NamedTuple):
    """A phrase found at a range of the folded text; `phrase` is its place in the list given."""

    phrase: int
    start: int
    end: int


class PhraseMatcher:
    """An Aho-Corasick automaton over folded phrases; immutable and shared between threads.

    The automaton runs overlapping and boundaries are tested afterwards: were it to choose first, "art" in
    "artist" would hide a later hit.

    Source: Aho and Corasick, "Efficient string matching", CACM 18 (1975).
    """

    __slots__ = ("_automaton", "_in_compounds", "_owners")

    def __init__(self, phrases: Sequence[str], in_compounds: Iterable[int] = ()) -> None:
        """Build the automaton.

        Args:
            phrases: as written; matched in any case, composed and decomposed.
            in_compounds: places of the phrases that are also found inside longer words.
        """
        owners: dict[str, list[int]] = {}
        for index, phrase in enumerate(phrases):
            folded = fold_term(phrase)
            for form in {folded, unicodedata.normalize("NFC", folded), unicodedata.normalize("NFD", folded)}:
                if form:
                    owners.setdefault(form, []).append(index)
        self._owners = tuple(tuple(indexes) for indexes in owners.values())
        self._in_compounds = frozenset(in_compounds)
        self._automaton = (
            ahocorasick_rs.AhoCorasick(
                list(owners), implementation=ahocorasick_rs.Implementation.ContiguousNFA
            )
            if owners
            else None
        )

    def find(self, folded: Folded) -> list[Hit]:
        """Return every phrase in the text, overlapping ones too, in no promised order.

        Args:
            folded: the text as `fold` gives it.
        """
        if self._automaton is None:
            return []
        hits: list[Hit] = []
        text, inside = folded.text, self._in_compounds
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            alone = stands_alone(text, start, end)
            if alone or inside:
                owners = self._owners[pattern]
                hits += [Hit(phrase, start, end) for phrase in owners if alone or phrase in inside]
        return hits


def leftmost_longest(hits: Iterable[Hit]) -> list[Hit]:
    """Choose hits that do not overlap: the leftmost first, then the longest, then the first listed."""
    chosen: list[Hit] = []
    last = -1
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, h.phrase)):
        if hit.start >= last:
            chosen.append(hit)
            last = hit.end
    return chosen


class Cover:
    """Tells which hits lie inside longer ones, in logarithmic time each."""

    __slots__ = ("_furthest", "_starts")

    def __init__(self, hits: Iterable[Hit]) -> None:
        """Sort the covering hits."""
        ordered = sorted((hit.start, hit.end) for hit in hits)
        self._starts = [start for start, _ in ordered]
        self._furthest = list(accumulate((end for _, end in ordered), max))

    def covers(self, hit: Hit) -> bool:
        """Tell whether a longer hit covers this one."""
        before = bisect_left(self._starts, hit.start)
        if before and self._furthest[before - 1] >= hit.end:
            return True
        upto = bisect_right(self._starts, hit.start)
        return bool(upto) and self._furthest[upto - 1] > hit.end


def match_case(original: str, replacement: str) -> str:
    """Write a replacement the way the original was written: capitals throughout, or a capital to begin.

    A replacement with capitals of its own ("iPhone", "GORE-TEX") keeps them.
    """
    if any(char.isupper() for char in replacement):
        return replacement
    letters = [char for char in original if char.isalpha()]
    if len(letters) > 1 and all(char.isupper() for char in letters):
        return replacement.upper()
    if letters and letters[0].isupper():
        return replacement[:1].upper() + replacement[1:]
    return replacement
