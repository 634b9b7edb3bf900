"""Everything the facts check looks for, in one automaton: one look at a text finds it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import ahocorasick_rs

from copydesk.checks.facts.mentions import Mention, chosen_mentions, spellings, word_end
from copydesk.checks.numbers.grammar import could_close
from copydesk.checks.text import whole_characters

SUBJECT, VALUE, GUARDED, NAME, OWN, CLAIM = range(6)
# Up to here the fastest automaton stays small; larger vocabularies take the compact one.
_MAX_DFA_FORMS: Final = 4000


class Sighting(NamedTuple):
    """What one look at a text found: by role the mentions, leftmost and longest, in order.

    `openings` says where amounts could begin.
    """

    mentions: tuple[list[Mention], ...]
    openings: list[int]


class Vocabulary:
    """Written forms with the roles they play; immutable, shared between threads."""

    __slots__ = ("_automaton", "_entries", "_lengths")

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
        self._entries = tuple(
            (form[0].isalnum(), form in opening, form[0].isalpha(),
             tuple((role, frozenset(keys)) for role, keys in roles.items()))
            for form, roles in forms.items()
        )  # fmt: skip
        kinds = ahocorasick_rs.Implementation
        kind = kinds.DFA if len(forms) <= _MAX_DFA_FORMS else kinds.ContiguousNFA
        self._lengths = tuple(map(len, forms))
        # Over bytes: the automaton over text counts out all places in characters, which costs as much.
        self._automaton = ahocorasick_rs.BytesAhoCorasick(map(str.encode, forms), implementation=kind)

    def look(self, folded: str) -> Sighting:
        """Find all forms of a text at word boundaries.

        Args:
            folded: the text as `copydesk.checks.facts.mentions.fold` returns it.
        """
        found: tuple[list[Mention], ...] = ([], [], [], [], [], [])
        openings: list[int] = []
        entries, length = self._entries, len(folded)
        for pattern, start, end in self._hits(folded):
            is_word, opens, is_spelled, roles = entries[pattern]
            if is_word and start and folded[start - 1].isalnum():
                continue
            if opens and (not is_spelled or end == length or could_close(folded, end)):
                openings.append(start)
            if roles and (until := word_end(folded, end)) is not None:
                for role, keys in roles:
                    found[role].append(Mention(start, until, keys))
        openings.sort()
        return Sighting(tuple([chosen_mentions(own) if len(own) > 1 else own for own in found]), openings)

    def _hits(self, folded: str) -> Iterable[tuple[int, int, int]]:
        """Return pattern, start and end of every form in a text, in the order of their ends."""
        data = whole_characters(folded).encode()
        hits = self._automaton.find_matches_as_indexes(data, overlapping=True)
        return hits if len(data) == len(folded) else self._in_characters(data, hits)

    def _in_characters(
        self, data: bytes, hits: Iterable[tuple[int, int, int]]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield hits in bytes as hits in characters."""
        at = until = 0
        for pattern, _, end in hits:
            until += len(data[at:end].decode())
            at = end
            yield pattern, until - self._lengths[pattern], until
