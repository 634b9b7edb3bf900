"""All matchers of a policy behind one automaton and one RE2 set: one pass tells which rules can match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import re2

from copydesk.checks.style_rules.matcher import Hit, Matcher
from copydesk.checks.style_rules.patterns import PatternError, options
from copydesk.checks.style_rules.view import View
from copydesk.checks.style_rules.words import Words

SET_MEM_BYTES = 256 << 20
# The states of one automaton are what its patterns remember together, a product; those of several, a sum. On
# texts of a kind not seen before three sets take half the time of one, on others eight microseconds more.
MAX_SETS, LEAST_IN_A_SET = 3, 12
# Stands among the matchers for the sign that a text may hold words the first automaton does not look for.
_OTHERS = -1


class Scan(NamedTuple):
    """What one pass found: word hits by matcher, and the matchers whose expressions may match."""

    words: dict[int, list[Hit]]
    live: frozenset[int]


class _Patterns(NamedTuple):
    """One RE2 set, and which matchers each of its patterns is for; pattern 0 is the end of the text."""

    set: Any
    owners: tuple[frozenset[int], ...]


class Index:
    """Compiled once from all matchers of a policy, then read by many threads."""

    def __init__(self, matchers: Sequence[Matcher]) -> None:
        self._always = frozenset(m.number for m in matchers if m.backtracking)
        self._words = Words((literal, matcher.number) for matcher in matchers for literal in matcher.literals)
        owners: dict[str, set[int]] = defaultdict(set)
        for matcher in matchers:
            for prefilter in matcher.prefilters:
                owners[prefilter].add(matcher.number)
        self._has_sign = bool(self._words.sign_of_others)
        if self._has_sign:
            owners[self._words.sign_of_others].add(_OTHERS)
        self._sets = _spread(owners)

    def scan(self, view: View) -> Scan:
        """Look once for all words and all patterns in a text.

        Args:
            view: all blocks, one after the other.
        """
        live = set(self._always)
        for patterns in self._sets:
            matched: Sequence[int] = patterns.set.Match(view.data)
            # If the end of the text is missing, the set ran out of memory and says nothing about the others,
            # so all of them are tried.
            if not matched or 0 not in matched:
                live.update(*patterns.owners)
            elif len(matched) > 1:
                live.update(*map(patterns.owners.__getitem__, matched))
        may_hold_others = not self._has_sign or _OTHERS in live or not view.is_ascii
        live.discard(_OTHERS)
        return Scan(self._words.find(view, may_hold_others=may_hold_others), frozenset(live))


def _spread(owners: Mapping[str, set[int]]) -> tuple[_Patterns, ...]:
    """Compile patterns into a few sets of like size."""
    count = min(MAX_SETS, max(1, len(owners) // LEAST_IN_A_SET))
    parts = [list(owners.items())[first::count] for first in range(count)]
    return tuple(
        _Patterns(
            _compile_set([r"\z", *(pattern for pattern, _ in part)]),
            (frozenset(), *(frozenset(numbers) for _, numbers in part)),
        )
        for part in parts
        if part
    )


def _compile_set(patterns: Sequence[str]) -> Any:
    chosen = options()
    chosen.max_mem = SET_MEM_BYTES
    compiled = re2.Set.SearchSet(chosen)
    for pattern in patterns:
        if compiled.Add(pattern) < 0:
            raise PatternError("can't be added to the set of all patterns")
    compiled.Compile()
    return compiled
