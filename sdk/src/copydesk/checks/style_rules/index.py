"""All matchers of a policy behind one automaton and one RE2 set: one pass tells which rules can match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick_rs
import re2

from copydesk.checks.style_rules.folding import case_fold, mark_fold
from copydesk.checks.style_rules.matcher import Hit, Literal, Matcher, is_boundary
from copydesk.checks.style_rules.patterns import PatternError, options

SET_MEM_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class _Entry:
    """A plain word of a matcher: `exact` is the spelling asked for, None where case does not count."""

    matcher: int
    literal: Literal
    exact: str | None
    keeps_marks: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass found: word hits by matcher, and the matchers whose expressions may match."""

    words: dict[int, list[Hit]]
    live: frozenset[int]

    def touches(self, matcher: Matcher) -> bool:
        """Tell whether a matcher can have any match in the text."""
        return matcher.number in self.words or matcher.number in self.live


class Index:
    """Compiled once from all matchers of a policy, then read by many threads."""

    def __init__(self, matchers: Sequence[Matcher]) -> None:
        entries: dict[str, list[_Entry]] = defaultdict(list)
        self._always = frozenset(m.number for m in matchers if m.backtracking is not None)
        self._owners: list[int] = []
        patterns: list[str] = []
        for matcher in matchers:
            for literal in matcher.literals:
                folded = mark_fold(literal.text)
                entry = _Entry(
                    matcher.number,
                    literal,
                    None if literal.ignore_case else folded,
                    folded != literal.text,
                )
                entries[case_fold(folded)].append(entry)
            for prefilter in matcher.prefilters:
                self._owners.append(matcher.number)
                patterns.append(prefilter)
        words = list(entries)
        self._entries = [tuple(entries[word]) for word in words]
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
        return Scan(self._words(text), self._live(text))

    def _words(self, text: str) -> dict[int, list[Hit]]:
        found: dict[int, list[Hit]] = defaultdict(list)
        if self._automaton is None:
            return found
        soft = mark_fold(text)
        folded = case_fold(soft)
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            at_start = at_end = None
            for entry in self._entries[number]:
                literal = entry.literal
                if literal.left:
                    if at_start is None:
                        at_start = is_boundary(folded, start)
                    if not at_start:
                        continue
                if literal.right:
                    if at_end is None:
                        at_end = is_boundary(folded, end)
                    if not at_end:
                        continue
                if entry.exact is not None and entry.exact != soft[start:end]:
                    continue
                if entry.keeps_marks and case_fold(text[start:end]) != case_fold(literal.text):
                    continue
                found[entry.matcher].append(Hit(start, end, literal.order, literal.guards))
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
