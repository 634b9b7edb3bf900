"""Everything the facts check looks for, in one automaton: one look at a text finds it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import ahocorasick_rs

from copydesk.checks.facts.mentions import Mention, chosen_mentions, spellings, word_end
from copydesk.checks.number_grammar import could_open
from copydesk.checks.text import whole_characters

SUBJECT, ATTRIBUTE, VALUE, GUARDED, NAME = range(5)
_Roles = tuple[tuple[int, frozenset[int]], ...]
# Up to here the fastest automaton stays small; larger vocabularies take the compact one.
_MAX_DFA_FORMS: Final = 4000


class Sighting:
    """What one look at a text found; the mentions are worked out when asked for.

    `openings` says where amounts could begin.
    """

    __slots__ = ("_folded", "_hits", "_seen", "openings")

    def __init__(self, folded: str, hits: list[tuple[int, int, _Roles]], openings: list[int], seen: int) -> None:
        """Keep the raw hits; `seen` has a bit for each role among them."""
        self._folded, self._hits, self._seen = folded, hits, seen
        self.openings = openings

    def mentions(self, role: int) -> list[Mention]:
        """Return the mentions of a role, leftmost and longest, in order."""
        if not self._seen >> role & 1:
            return []
        found = [
            Mention(start, until, keys)
            for start, end, roles in self._hits
            for played, keys in roles
            if played == role and (until := word_end(self._folded, start, end)) is not None
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
        self._entries: tuple[tuple[bool, _Roles, int], ...] = tuple(
            (
                form in opening,
                tuple((role, frozenset(keys)) for role, keys in roles.items()),
                sum(1 << role for role in roles),
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
        hits: list[tuple[int, int, _Roles]] = []
        openings: list[int] = []
        seen = 0
        entries = self._entries
        for pattern, start, end in self._automaton.find_matches_as_indexes(
            whole_characters(folded), overlapping=True
        ):
            if start and folded[start - 1].isalnum() and folded[start].isalnum():
                continue
            opens, roles, mask = entries[pattern]
            if opens and could_open(folded, start, end):
                openings.append(start)
            if roles:
                hits.append((start, end, roles))
                seen |= mask
        openings.sort()
        return Sighting(folded, hits, openings, seen)
