"""All matchers of a policy behind one automaton and one RE2 set: one pass tells which rules can match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import ahocorasick_rs
import re2

from copydesk.checks.style_rules.folding import LETTER_APOSTROPHE, case_fold, mark_fold
from copydesk.checks.style_rules.matcher import CompiledGuard, Hit, Literal, Matcher
from copydesk.checks.style_rules.patterns import PatternError, is_word, options
from copydesk.checks.style_rules.view import NEVER, View

SET_MEM_BYTES = 256 << 20


class _Word(NamedTuple):
    """A folded word as one matcher asks for it.

    `before` and `after` are the kinds of neighbour that it may not have; `exact` is the spelling asked for,
    None where case does not count; `marked`, that with apostrophes and spaces that are not plain.
    """

    before: int
    after: int
    marked: str | None
    matcher: int
    rank: int
    key: int
    guards: tuple[CompiledGuard, ...]
    exact: str | None


# What is asked of a word once its neighbours are known to be right: matcher, rank, key, guards, exact.
_Asked: TypeAlias = "tuple[int, int, int, tuple[CompiledGuard, ...], str | None]"


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass found: word hits by matcher, and the matchers whose expressions may match."""

    words: dict[int, list[Hit]]
    live: frozenset[int]


class Index:
    """Compiled once from all matchers of a policy, then read by many threads."""

    def __init__(self, matchers: Sequence[Matcher]) -> None:
        words: dict[str, list[tuple[Literal, int]]] = defaultdict(list)
        self._always = frozenset(m.number for m in matchers if m.backtracking)
        owners: dict[str, list[int]] = defaultdict(list)
        for matcher in matchers:
            for literal in matcher.literals:
                words[case_fold(mark_fold(literal.text))].append((literal, matcher.number))
            for prefilter in matcher.prefilters:
                owners[prefilter].append(matcher.number)
        self._words = [_asked(word, literals) for word, literals in words.items()]
        # Most words are asked for with the same neighbours by all who ask. For them the neighbours are tested
        # first, since most of what the automaton reports lies inside longer words.
        self._alike = [_alike(asked) for asked in self._words]
        self._before = bytes(
            asked[0].before if alike else NEVER for asked, alike in zip(self._words, self._alike, strict=True)
        )
        self._after = bytes(
            asked[0].after if alike else NEVER for asked, alike in zip(self._words, self._alike, strict=True)
        )
        self._automaton = (
            # The compact kind: a full table is no faster once other work has pushed it out of the cache.
            ahocorasick_rs.AhoCorasick(
                list(words), implementation=ahocorasick_rs.Implementation.ContiguousNFA
            )
            if words
            else None
        )
        self._owners = [frozenset(numbers) for numbers in owners.values()]
        self._set = _compile_set(list(owners)) if owners else None

    def scan(self, view: View) -> Scan:
        """Run the automaton and the set once over a text.

        Args:
            view: all blocks, one after the other.
        """
        return Scan(self._find_words(view), self._live(view))

    def _find_words(self, view: View) -> dict[int, list[Hit]]:
        found: dict[int, list[Hit]] = defaultdict(list)
        if self._automaton is None:
            return found
        soft, low = view.folded
        # The letter that looks like an apostrophe is matched as one.
        kinds = View(soft).kinds if LETTER_APOSTROPHE in view.text else view.kinds
        before, after, alike = self._before, self._after, self._alike
        for number, start, end in self._automaton.find_matches_as_indexes(low, overlapping=True):
            if kinds[start] == before[number] or kinds[end + 1] == after[number]:
                continue
            asked = alike[number] or self._allowed(number, view, start, end, kinds)
            for matcher, rank, key, guards, exact in asked:
                if exact is None or exact == soft[start:end]:
                    found[matcher].append((start, rank, end, key, guards))
        return found

    def _allowed(self, number: int, view: View, start: int, end: int, kinds: bytes) -> list[_Asked]:
        """Return what is asked of a word at a place, less what its neighbours or its marks do not allow."""
        return [
            word[3:]
            for word in self._words[number]
            if kinds[start] != word.before
            and kinds[end + 1] != word.after
            and (word.marked is None or word.marked == case_fold(view.text[start:end]))
        ]

    def _live(self, view: View) -> frozenset[int]:
        if self._set is None:
            return self._always
        matched = self._set.Match(view.data)
        # Pattern 0 is empty and always matches. If it is missing, the set ran out of memory and says nothing
        # about the others, so all of them are tried.
        if not matched or 0 not in matched:
            return self._always.union(*self._owners)
        if len(matched) == 1:
            return self._always
        return self._always.union(*(self._owners[number - 1] for number in matched if number))


def _asked(word: str, literals: Sequence[tuple[Literal, int]]) -> tuple[_Word, ...]:
    asked: list[_Word] = []
    for literal, matcher in literals:
        plain = mark_fold(literal.text)
        asked.append(
            _Word(
                int(is_word(word[0])) if literal.left else NEVER,
                int(is_word(word[-1])) if literal.right else NEVER,
                case_fold(literal.text) if plain != literal.text else None,
                matcher,
                literal.rank,
                literal.key,
                literal.guards,
                None if literal.ignore_case else plain,
            )
        )
    return tuple(asked)


def _alike(asked: Sequence[_Word]) -> tuple[_Asked, ...]:
    """Return what is asked of a word where its neighbours settle it for all, else nothing."""
    if len({word[:3] for word in asked}) > 1 or asked[0].marked is not None:
        return ()
    return tuple(word[3:] for word in asked)


def _compile_set(patterns: Sequence[str]) -> Any:
    chosen = options()
    chosen.max_mem = SET_MEM_BYTES
    compiled = re2.Set.SearchSet(chosen)
    for pattern in ("", *patterns):
        if compiled.Add(pattern) < 0:
            raise PatternError("can't be added to the set of all patterns")
    compiled.Compile()
    return compiled
