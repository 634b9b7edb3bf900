"""Where a text speaks of subjects, attributes and values: one automaton over a length-preserving fold."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import ahocorasick_rs

from copydesk.checks.text import whole_characters

# Most texts are folded as bytes, all in one look.
_ASCII_FOLD: Final = bytes.maketrans(
    string.ascii_uppercase.encode() + b"`\t\n\r-", string.ascii_lowercase.encode() + b"'    "
)
# One by one: on a text with other characters ten replacements cost a tenth of a translation.
_OTHER_FOLDS: Final = (
    ("’", "'"), ("‘", "'"), ("`", "'"), ("\u00a0", " "), ("\u202f", " "), ("\t", " "), ("\n", " "),
    ("\r", " "), ("-", " "), ("‐", " "), ("‑", " "), ("–", " "), ("—", " "),
)  # fmt: skip
_SPELLINGS: Final = (
    ("centre", "center"), ("colour", "color"), ("fibre", "fiber"), ("litre", "liter"), ("metre", "meter"),
    ("grey", "gray"), ("favourite", "favorite"), ("aluminium", "aluminum"),
)  # fmt: skip
_ENDINGS: Final = ("'s", "es", "s", "n")


def fold(text: str) -> str:
    """Return the text in lower case with straight apostrophes and plain spaces, every offset unchanged."""
    if text.isascii():
        return text.encode().translate(_ASCII_FOLD).decode()
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    for written, plain in _OTHER_FOLDS:
        lowered = lowered.replace(written, plain)
    return lowered


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """Return `fold` of a unit or the like with single spaces between its words alone, remembered."""
    return " ".join(fold(word).split())


@lru_cache(maxsize=4096)
def spellings(form: str) -> frozenset[str]:
    """Return a folded form with its British and American spellings."""
    folded = " ".join(fold(form).split())
    found = {folded}
    for british, american in _SPELLINGS:
        found |= {word.replace(british, american) for word in found}
        found |= {word.replace(american, british) for word in found}
    return frozenset(found - {""})


class Mention(NamedTuple):
    """A known form at a place of the text; `keys` say what it stands for."""

    start: int
    end: int
    keys: frozenset[int]


class Lexicon:
    """Forms of one role, each standing for one or more integer keys."""

    def __init__(self, forms: Mapping[str, Iterable[int]]) -> None:
        self._keys = [frozenset(keys) for keys in forms.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(list(forms)) if forms else None

    def occurs_in(self, folded: str) -> bool:
        """Tell whether any form occurs, inside of words too; far cheaper than `find`."""
        automaton = self._automaton
        return automaton is not None and bool(
            automaton.find_matches_as_indexes(whole_characters(folded), overlapping=True)
        )

    def find(self, folded: str, offset: int = 0) -> list[Mention]:
        """Return the mentions at word boundaries, leftmost and longest, in order.

        Args:
            folded: the text as `fold` returns it, or a part of it.
            offset: where in the text the part begins.
        """
        if self._automaton is None:
            return []
        whole = whole_characters(folded)
        keys = self._keys
        found = [
            Mention(start + offset, until + offset, keys[index])
            for index, start, end in self._automaton.find_matches_as_indexes(whole, overlapping=True)
            if not (start and folded[start - 1].isalnum() and folded[start].isalnum())
            and (until := word_end(folded, end)) is not None
        ]
        return chosen_mentions(found) if len(found) > 1 else found


def chosen_mentions(hits: list[Mention]) -> list[Mention]:
    """Choose the leftmost and longest mentions; those of one range become one, with all their keys."""
    behind = 0
    for start, end, _ in hits:
        if start < behind:
            break
        behind = end
    else:
        return hits  # most texts: each behind the other
    chosen: list[Mention] = []
    for hit in sorted(hits, key=_place):
        if chosen and hit.start < chosen[-1].end:
            if (hit.start, hit.end) == (chosen[-1].start, chosen[-1].end):
                chosen[-1] = Mention(hit.start, hit.end, hit.keys | chosen[-1].keys)
            continue
        chosen.append(hit)
    return chosen


def _place(mention: Mention) -> tuple[int, int]:
    return (mention.start, -mention.end)


def word_end(folded: str, end: int) -> int | None:
    """Return where the word of a hit ends, plural and genitive counted in, None inside a longer word."""
    following = folded[end : end + 1]
    # An empty string, at the text's end, is in any other.
    if following in " ,." or not folded[end - 1].isalnum():
        return end
    if not (following.isalnum() or following == "'"):
        return end
    for ending in _ENDINGS:
        until = end + len(ending)
        if folded.startswith(ending, end) and (until == len(folded) or not folded[until].isalnum()):
            return until
    return None if following.isalnum() else end


def lexicon(pairs: Iterable[tuple[str, int]]) -> Lexicon:
    """Build a lexicon from (written form, key) pairs, with the spellings of both sides of the Atlantic."""
    forms: dict[str, set[int]] = {}
    for written, key in pairs:
        for form in spellings(written):
            forms.setdefault(form, set()).add(key)
    return Lexicon(forms)
