"""Everything the facts check looks for, in one automaton: one look at a text finds it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import ahocorasick_rs

from copydesk.checks.facts.mentions import Mention, chosen_mentions, spellings, word_end
from copydesk.checks.number_grammar import could_close
from copydesk.checks.text import whole_characters

SUBJECT, VALUE, GUARDED, NAME, OWN = _ROLES = range(5)
SENTENCE_MARKS: Final = ".!?…"
_MARKS: Final = len(SENTENCE_MARKS)
_Roles = tuple[tuple[int, frozenset[int]], ...]
# Up to here the fastest automaton stays small; larger vocabularies take the compact one.
_MAX_DFA_FORMS: Final = 4000


class Sighting(NamedTuple):
    """What one look at a text found: by role the mentions, leftmost and longest, in order.

    `openings` says where amounts could begin, `ends` where sentences could end.
    """

    mentions: tuple[list[Mention], ...]
    openings: list[int]
    ends: list[int]


class Vocabulary:
    """Written forms with the roles they play; immutable, shared between threads."""

    __slots__ = ("_automaton", "_entries")

    def __init__(self, pairs: Mapping[int, Iterable[tuple[str, int]]], openers: Iterable[str]) -> None:
        """Build the automaton.

        Args:
            pairs: by role, the written forms and the key each stands for.
            openers: what an amount begins with, folded.
        """
        # The marks come first: what is found below their number needs no further question.
        forms: dict[str, dict[int, set[int]]] = {mark: {} for mark in SENTENCE_MARKS}
        for role, written in pairs.items():
            for form, key in written:
                for spelling in spellings(form):
                    forms.setdefault(spelling, {}).setdefault(role, set()).add(key)
        opening = frozenset(openers)
        for opener in sorted(opening):
            forms.setdefault(opener, {})
        self._entries: tuple[tuple[bool, _Roles], ...] = tuple(
            (form in opening, tuple((role, frozenset(keys)) for role, keys in roles.items()))
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
        found: tuple[list[Mention], ...] = ([], [], [], [], [])
        openings: list[int] = []
        ends: list[int] = []
        entries, length = self._entries, len(folded)
        whole = whole_characters(folded)
        for pattern, start, end in self._automaton.find_matches_as_indexes(whole, overlapping=True):
            if pattern < _MARKS:
                ends.append(start)
                continue
            first = folded[start]
            if start and folded[start - 1].isalnum() and first.isalnum():
                continue
            opens, roles = entries[pattern]
            if opens and (not first.isalpha() or end == length or could_close(folded, end)):
                openings.append(start)
            if roles and (until := word_end(folded, end)) is not None:
                for role, keys in roles:
                    found[role].append(Mention(start, until, keys))
        openings.sort()
        for role in _ROLES:
            if len(found[role]) > 1:
                found[role][:] = chosen_mentions(found[role])
        return Sighting(found, openings, ends)
