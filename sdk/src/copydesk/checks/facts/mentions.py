"""Where a text speaks of subjects, attributes and values: one automaton over a length-preserving fold."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import ahocorasick_rs

_FOLD: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "\u00a0": " ", "\u202f": " ", "\t": " ", "\n": " ", "\r": " ",
     "-": " ", "‐": " ", "‑": " ", "–": " ", "—": " "}
)  # fmt: skip
_SPELLINGS: Final = (
    ("centre", "center"), ("colour", "color"), ("fibre", "fiber"), ("litre", "liter"), ("metre", "meter"),
    ("grey", "gray"), ("favourite", "favorite"), ("aluminium", "aluminum"),
)  # fmt: skip
_ENDINGS: Final = ("'s", "es", "s", "n")
_SENTENCE_END: Final = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n+")
_ABBREVIATION: Final = re.compile(
    r"(?:\b[a-z]|\b(?:e\.g|i\.e|z\.b|mr|mrs|dr|st|no|nr|approx|ca|bzw))\.$", re.IGNORECASE
)


def fold(text: str) -> str:
    """Return the text in lower case with straight apostrophes and plain spaces, every offset unchanged."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_FOLD)


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """Return `fold` of a unit or the like without the space around it, remembered."""
    return fold(word).strip()


def spellings(form: str) -> frozenset[str]:
    """Return a folded form with its British and American spellings."""
    folded = " ".join(fold(form).split())
    found = {folded}
    for british, american in _SPELLINGS:
        found |= {word.replace(british, american) for word in found}
        found |= {word.replace(american, british) for word in found}
    return frozenset(found - {""})


@dataclass(frozen=True, slots=True)
class Mention:
    """A known form at a place of the text; `keys` say what it stands for."""

    start: int
    end: int
    keys: frozenset[int]


class Lexicon:
    """Forms of one role, each standing for one or more integer keys."""

    def __init__(self, forms: Mapping[str, Iterable[int]]) -> None:
        self._keys = [frozenset(keys) for keys in forms.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(list(forms)) if forms else None

    def find(self, folded: str) -> list[Mention]:
        """Return the mentions at word boundaries, leftmost and longest, in order.

        Args:
            folded: the text as `fold` returns it.
        """
        if self._automaton is None:
            return []
        hits = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            until = _word_end(folded, start, end)
            if until is not None:
                hits.append(Mention(start, until, self._keys[index]))
        hits.sort(key=lambda m: (m.start, -m.end))
        chosen: list[Mention] = []
        for hit in hits:
            if chosen and hit.start < chosen[-1].end:
                if (hit.start, hit.end) == (chosen[-1].start, chosen[-1].end):
                    chosen[-1] = Mention(hit.start, hit.end, hit.keys | chosen[-1].keys)
                continue
            chosen.append(hit)
        return chosen


def _word_end(folded: str, start: int, end: int) -> int | None:
    """Return where the word of a hit ends (a plural or genitive ending counts in), None inside a word."""
    if start and folded[start].isalnum() and folded[start - 1].isalnum():
        return None
    if (
        end == len(folded)
        or not folded[end - 1].isalnum()
        or not (folded[end].isalnum() or folded[end] == "'")
    ):
        return end
    for ending in _ENDINGS:
        until = end + len(ending)
        if folded.startswith(ending, end) and (until == len(folded) or not folded[until].isalnum()):
            return until
    return None if folded[end].isalnum() else end


def lexicon(pairs: Iterable[tuple[str, int]]) -> Lexicon:
    """Build a lexicon from (written form, key) pairs, with the spellings of both sides of the Atlantic."""
    forms: dict[str, set[int]] = {}
    for written, key in pairs:
        for form in spellings(written):
            forms.setdefault(form, set()).add(key)
    return Lexicon(forms)


class Sentences:
    """The sentences of a text: ends are full stops outside of amounts and abbreviations, or line ends."""

    def __init__(self, text: str, closed: Iterable[tuple[int, int]]) -> None:
        spans = list(closed)
        self.starts = [0]
        for match in _SENTENCE_END.finditer(text):
            if text[match.start()] == "\n":
                self.starts.append(match.end())
                continue
            inside = any(start <= match.start() < end and match.end() < end for start, end in spans)
            if not inside and not _ABBREVIATION.search(text, max(0, match.start() - 8), match.end()):
                self.starts.append(match.end())

    def index(self, place: int) -> int:
        """Return the number of the sentence that holds this offset."""
        return bisect_right(self.starts, place) - 1
