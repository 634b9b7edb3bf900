"""Everything the facts check looks for, in one automaton: one look at a text finds it all."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Final

import ahocorasick_rs

from copydesk.checks.facts.mentions import Mention, chosen_mentions, spellings, word_end
from copydesk.checks.number_grammar import could_open
from copydesk.checks.text import whole_characters

SUBJECT, VALUE, GUARDED, NAME, OWN = range(5)
SENTENCE_MARKS: Final = ".!?…"
_Roles = tuple[tuple[int, frozenset[int]], ...]
# Up to here the fastest automaton stays small; larger vocabularies take the compact one.
_MAX_DFA_FORMS: Final = 4000


class Sighting:
    """What one look at a text found; whole mentions are worked out when asked for.

    `openings` says where amounts could begin, `ends` where sentences could end.
    """

    __slots__ = ("_folded", "_hits", "ends", "openings")

    def __init__(self, folded: str) -> None:
        """Begin with nothing found."""
        self._folded = folded
        self._hits: dict[int, list[tuple[int, int, frozenset[int]]]] = {}
        self.openings: list[int] = []
        self.ends: list[int] = []

    def add(self, start: int, end: int, roles: _Roles) -> None:
        """Add a form at a range."""
        for role, keys in roles:
            self._hits.setdefault(role, []).append((start, end, keys))

    def mentions(self, role: int, low: int = 0, high: int = sys.maxsize) -> list[Mention]:
        """Return the mentions of a role that begin in a range, leftmost and longest, in order."""
        hits = self._hits.get(role)
        if hits is None:
            return []
        folded = self._folded
        found = [
            Mention(start, until, keys)
            for start, end, keys in hits
            if low <= start < high and (until := word_end(folded, start, end)) is not None
        ]
        return chosen_mentions(found) if len(found) > 1 else found


class Vocabulary:
    """Written forms with the roles they play; immutable, shared between threads."""

    __slots__ = ("_automaton", "_entries")

    def __init__(self, pairs: Mapping[int, Iterable[tuple[str, int]]], openers: Iterable[str]) -> None:
        """Build the automaton.

        Args:
            pairs: by role, the written forms and the key each stands for.
            openers: what an amount begins with, folded.
        """
        forms: dict[str, dict[int, set[int]]] = {}
        for role, written in pairs.items():
            for form, key in written:
                for spelling in spellings(form):
                    forms.setdefault(spelling, {}).setdefault(role, set()).add(key)
        opening = frozenset(openers)
        for opener in sorted(opening):
            forms.setdefault(opener, {})
        for mark in SENTENCE_MARKS:
            forms.setdefault(mark, {})
        self._entries: tuple[tuple[bool, bool, _Roles], ...] = tuple(
            (
                form in SENTENCE_MARKS,
                form in opening,
                tuple((role, frozenset(keys)) for role, keys in roles.items()),
            )
            for form, roles in forms.items()
        )
        kinds = ahocorasick_rs.Implementation
        kind = kinds.DFA if len(forms) <= _MAX_DFA_FORMS else kinds.ContiguousNFA
        self._automaton = ahocorasick_rs.AhoCorasick(list(forms), implementation=kind)

    def look(self, folded: str) -> Sighting:
        """Find all forms of a text at word boundaries.

        Args:
            folded: the text as `copydesk.checks.facts.mentions.fold` returns it.
        """
        sighting = Sighting(folded)
        entries = self._entries
        whole = whole_characters(folded)
        for pattern, start, end in self._automaton.find_matches_as_indexes(whole, overlapping=True):
            if start and folded[start - 1].isalnum() and folded[start].isalnum():
                continue
            is_mark, opens, roles = entries[pattern]
            if is_mark:
                sighting.ends.append(start)
            elif opens and could_open(folded, start, end):
                sighting.openings.append(start)
            if roles:
                sighting.add(start, end, roles)
        sighting.openings.sort()
        return sighting
