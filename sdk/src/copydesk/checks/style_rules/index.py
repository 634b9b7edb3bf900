"""All matchers of a policy behind one automaton and one RE2 set: one pass tells which rules can match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import re2

from copydesk.checks.style_rules.matcher import Hit, Matcher
from copydesk.checks.style_rules.patterns import PatternError, options
from copydesk.checks.style_rules.view import View
from copydesk.checks.style_rules.words import Words

SET_MEM_BYTES = 256 << 20


class Scan(NamedTuple):
    """What one pass found: word hits by matcher, and the matchers whose expressions may match."""

    words: dict[int, list[Hit]]
    live: frozenset[int]


class Index:
    """Compiled once from all matchers of a policy, then read by many threads."""

    def __init__(self, matchers: Sequence[Matcher]) -> None:
        self._always = frozenset(m.number for m in matchers if m.backtracking)
        self._words = Words((literal, matcher.number) for matcher in matchers for literal in matcher.literals)
        owners: dict[str, list[int]] = defaultdict(list)
        for matcher in matchers:
            for prefilter in matcher.prefilters:
                owners[prefilter].append(matcher.number)
        self._owners = [frozenset(numbers) for numbers in owners.values()]
        sign = self._words.sign_of_others
        patterns = [r"\z", *owners, *((sign,) if sign else ())]
        self._number_of_sign = len(patterns) - 1 if sign else None
        self._set = _compile_set(patterns) if len(patterns) > 1 else None

    def scan(self, view: View) -> Scan:
        """Look once for all words and all patterns in a text.

        Args:
            view: all blocks, one after the other.
        """
        matched: Sequence[int] | None = self._set.Match(view.data) if self._set is not None else (0,)
        # Pattern 0 is the end of the text. If it is missing, the set ran out of memory and says nothing about
        # the others, so all of them are tried.
        if not matched or 0 not in matched:
            return Scan(self._words.find(view), self._always.union(*self._owners))
        sign = self._number_of_sign
        words = self._words.find(view, may_hold_others=sign is None or sign in matched or not view.is_ascii)
        if len(matched) == 1:
            return Scan(words, self._always)
        live = [self._owners[number - 1] for number in matched if number and number != sign]
        return Scan(words, self._always.union(*live))


def _compile_set(patterns: Sequence[str]) -> Any:
    chosen = options()
    chosen.max_mem = SET_MEM_BYTES
    compiled = re2.Set.SearchSet(chosen)
    for pattern in patterns:
        if compiled.Add(pattern) < 0:
            raise PatternError("can't be added to the set of all patterns")
    compiled.Compile()
    return compiled
