"""All matchers of a policy behind one automaton and one RE2 set: one pass tells which rules can match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import ahocorasick_rs
import re2

from copydesk.checks.style_rules.folding import case_fold, has_foreign_letters, mark_fold
from copydesk.checks.style_rules.matcher import CompiledGuard, Hit, Matcher
from copydesk.checks.style_rules.patterns import PatternError, is_word, options

SET_MEM_BYTES = 256 << 20


class _Entry(NamedTuple):
    """A plain word of a matcher: `exact` is the spelling asked for, None where case does not count."""

    matcher: int
    key: int
    rank: int
    guards: tuple[CompiledGuard, ...]
    left: bool
    right: bool
    exact: str | None
    marked: str | None


class _Word(NamedTuple):
    """All entries of one folded word, and whether its edges are word characters."""

    first_is_word: bool
    last_is_word: bool
    entries: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass found: word hits by matcher, and the matchers whose expressions may match.

    `foreign`: the text has letters outside ASCII.
    """

    words: dict[int, list[Hit]]
    live: frozenset[int]
    foreign: bool

    @property
    def touched(self) -> set[int]:
        """Numbers of the matchers that can have a match in the text."""
        return set(self.live).union(self.words)


class Index:
    """Compiled once from all matchers of a policy, then read by many threads."""

    def __init__(self, matchers: Sequence[Matcher]) -> None:
        entries: dict[str, list[_Entry]] = defaultdict(list)
        self._always = frozenset(m.number for m in matchers if m.backtracking)
        self._owners: list[int] = []
        patterns: list[str] = []
        for matcher in matchers:
            for literal in matcher.literals:
                folded = mark_fold(literal.text)
                entry = _Entry(
                    matcher.number,
                    literal.key,
                    literal.rank,
                    literal.guards,
                    literal.left,
                    literal.right,
                    None if literal.ignore_case else folded,
                    case_fold(literal.text) if folded != literal.text else None,
                )
                entries[case_fold(folded)].append(entry)
            for prefilter in matcher.prefilters:
                self._owners.append(matcher.number)
                patterns.append(prefilter)
        words = list(entries)
        self._entries = [_Word(is_word(word[0]), is_word(word[-1]), tuple(entries[word])) for word in words]
        self._automaton = (
            ahocorasick_rs.AhoCorasick(words, implementation=ahocorasick_rs.Implementation.ContiguousNFA)
            if words
            else None
        )
        self._set = _compile_set(patterns) if patterns else None

    def scan(self, text: str) -> Scan:
        """Run the automaton and the set once over a text.

        Args:
            text: all blocks, one after the other.
        """
        return Scan(self._words(text), self._live(text), has_foreign_letters(text))

    def _words(self, text: str) -> dict[int, list[Hit]]:
        found: dict[int, list[Hit]] = defaultdict(list)
        if self._automaton is None:
            return found
        soft = mark_fold(text)
        folded = case_fold(soft)
        length = len(folded)
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            first_is_word, last_is_word, entries = self._entries[number]
            at_start = (start > 0 and is_word(folded[start - 1])) != first_is_word
            at_end = (end < length and is_word(folded[end])) != last_is_word
            for matcher, key, rank, guards, left, right, exact, marked in entries:
                if (left and not at_start) or (right and not at_end):
                    continue
                if exact is not None and exact != soft[start:end]:
                    continue
                if marked is not None and marked != case_fold(text[start:end]):
                    continue
                found[matcher].append(Hit(start, end, key, rank, guards))
        return found

    def _live(self, text: str) -> frozenset[int]:
        if self._set is None:
            return self._always
        matched = self._set.Match(text)
        # Pattern 0 is empty and always matches. If it is missing, the set ran out of memory and says nothing
        # about the others, so all of them are tried.
        if not matched or 0 not in matched:
            return self._always.union(self._owners)
        return self._always.union(self._owners[number - 1] for number in matched if number)


def _compile_set(patterns: Sequence[str]) -> Any:
    chosen = options()
    chosen.max_mem = SET_MEM_BYTES
    compiled = re2.Set.SearchSet(chosen)
    for pattern in ("", *patterns):
        if compiled.Add(pattern) < 0:
            raise PatternError("can't be added to the set of all patterns")
    compiled.Compile()
    return compiled
