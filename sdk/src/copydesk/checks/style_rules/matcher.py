"""The tokens of one rule as one matcher: plain words from the shared automaton, the rest by RE2.

What comes out equals leftmost-first alternation over the tokens in their order, without overlaps, as a single
regular expression would give it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeAlias

from copydesk.checks.style_rules.guards import (
    MAX_WORK_BYTES,
    CompiledGuard,
    TooSlowError,
    count_work,
)
from copydesk.checks.style_rules.view import ANYWHERE, View
from copydesk.checks.style_rules.writing import Branch

# CPU time of one pattern on one text, for patterns that only a backtracking engine can run.
BACKTRACKING_TIMEOUT_S = 0.005
# How often a match is made shorter to please a guard at its end.
MAX_SHRINKS = 64
# One match: start, rank, end, key of the token, guards still to be asked. Tuples, since there are many, and
# ordered by place, then rank: the smaller is preferred, as in an alternation, and unique in a matcher.
Hit: TypeAlias = "tuple[int, int, int, int, tuple[CompiledGuard, ...]]"


@dataclass(frozen=True, slots=True)
class Literal:
    """A plain word of a matcher, for the automaton."""

    text: str
    key: int
    rank: int
    ignore_case: bool
    left: bool
    right: bool
    guards: tuple[CompiledGuard, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """Several branches in one RE2 pattern; group n of the pattern is branch n.

    `plain` is for texts without letters outside ASCII, `foreign` for all; both are bare match functions.
    """

    plain: Any
    foreign: Any
    keys: tuple[int, ...]
    ranks: tuple[int, ...]
    branches: tuple[Branch, ...]
    guards: tuple[CompiledGuard, ...]
    has_text_edges: bool
    is_ungrouped: bool
    needed: bytes  # what every match holds, empty where nothing is known
    may_shrink: bool = False  # a match that a guard refuses may have a shorter one that it allows

    def search(self, view: View, start: int, stop: int) -> Hit | None:
        """Return the first match that begins at `start` or later and ends by `stop`."""
        at = start
        while at <= stop:
            number, begin, end = self._first(view, at, stop)
            if begin < 0:
                return None
            if end > begin and not self._holds(view, begin, end, self.branches[number]):
                end = self._shorter(view, begin, end) if self.may_shrink else begin
            if end > begin:
                return (begin, self.ranks[number], end, self.keys[number], ())
            at = begin + 1
        return None

    def _shorter(self, view: View, begin: int, end: int) -> int:
        """Return where the longest shorter match from a place ends that the guards allow, else the place."""
        for _ in range(MAX_SHRINKS):
            number, first, last = self._first(view, begin, end - 1)
            if first != begin or last <= begin:
                break
            if self._holds(view, begin, last, self.branches[number]):
                return last
            end = last
        return begin

    def _first(self, view: View, at: int, stop: int) -> tuple[int, int, int]:
        """Return the branch and the place of what RE2 finds from `at` on, a place of -1 where nothing."""
        data = view.data
        first, last = view.byte_at(at), view.byte_at(stop)
        count_work(view, last - first)
        if not view.is_foreign:
            spans = self.plain(ANYWHERE, data, first, last)
            number = 0 if self.is_ungrouped else _group(spans) - 1
            begin, end = spans[0 if self.is_ungrouped or spans[0][0] < 0 else number + 1]
            return (number, -1, -1) if begin < 0 else (number, view.char_at(begin), view.char_at(end))
        # The neighbour that stands for `\b` may lie just before `at`; a branch without one may begin there.
        for char in (at - 1, at) if at else (0,):
            spans = self.foreign(ANYWHERE, data, view.byte_at(char), last)
            if spans[0][0] < 0:
                break
            number = _group(spans) - 1
            begin, end = spans[number + 1]
            begin, end = view.char_at(begin), view.char_at(end)
            if begin >= at:
                return number, begin, end
        return 0, -1, -1

    def all(self, view: View, start: int, stop: int) -> list[Hit]:
        """Return all matches in `[start, stop)` from left to right."""
        first, last = view.byte_at(start), view.byte_at(stop)
        if not view.is_foreign and not self.guards:
            return self._all_in_each(view, ((first, last),))
        if self.needed and view.data.find(self.needed, first, last) < 0:
            return []
        hits = []
        hit = self.search(view, start, stop)
        while hit is not None:
            hits.append(hit)
            hit = self.search(view, hit[2], stop)
        return hits

    def all_in(self, view: View, units: Sequence[tuple[int, int]]) -> list[Hit]:
        """Return what `all` finds in each of several units `[start, end)`, for expressions without guards.

        Args:
            view: a text without letters outside ASCII.
            units: runs of it in order, with white space between them.

        Raises:
            TooSlowError: it takes too much work on this text.
        """
        view.work_bytes = 0
        if not view.is_ascii:
            units = [(view.byte_at(start), view.byte_at(end)) for start, end in units]
        # Few units hold what every match needs, while one pass over all would reach across them.
        return self._all_in_each(view, units) if self.needed else self._all_at_once(view, units)

    def _all_in_each(self, view: View, units: Sequence[tuple[int, int]]) -> list[Hit]:
        """Look through one unit after the other, all places in bytes, where there is what a match needs."""
        hits: list[Hit] = []
        match, data, needed, work_bytes = self.plain, view.data, self.needed, view.work_bytes
        is_bare, rank, key = self.is_ungrouped and view.is_ascii, self.ranks[0], self.keys[0]
        seen = -1  # where the next thing needed stands
        for start, stop in units:
            at = start
            while at < stop:
                if seen < at and (seen := data.find(needed, at)) < 0:
                    return hits
                if seen >= stop:
                    break
                work_bytes += stop - at
                if work_bytes > MAX_WORK_BYTES:
                    raise TooSlowError
                spans = match(ANYWHERE, data, at, stop)
                begin, end = spans[0]
                if begin < 0:
                    break
                if end == begin:
                    at = _next_char(data, end + 1)
                else:
                    at = end
                    hits.append((begin, rank, end, key, ()) if is_bare else self._hit(view, spans))
        view.work_bytes = work_bytes
        return hits

    def _all_at_once(self, view: View, units: Sequence[tuple[int, int]]) -> list[Hit]:
        """Look through all units in one pass; where a match reaches out of its unit, again inside it."""
        hits: list[Hit] = []
        match, data, work_bytes = self.plain, view.data, view.work_bytes
        is_bare, rank, key = self.is_ungrouped and view.is_ascii, self.ranks[0], self.keys[0]
        place, count = 0, len(units)
        at, last = (units[0][0], units[-1][1]) if units else (0, -1)
        while at <= last:
            work_bytes += last - at
            spans = match(ANYWHERE, data, at, last)
            begin, end = spans[0]
            while place < count and units[place][1] <= begin:
                place += 1
            if begin < 0 or place == count:
                break
            start, stop = units[place]
            if begin < start:
                at = start
                continue
            if end > stop:
                work_bytes += stop - begin
                spans = match(ANYWHERE, data, begin, stop)
                begin, end = spans[0]
            if work_bytes > MAX_WORK_BYTES:
                raise TooSlowError
            if begin < 0:  # nothing more in this unit
                at = stop
            elif end == begin:
                at = _next_char(data, end + 1)
            else:
                at = end
                hits.append((begin, rank, end, key, ()) if is_bare else self._hit(view, spans))
        view.work_bytes = work_bytes
        return hits

    def _hit(self, view: View, spans: Sequence[tuple[int, int]]) -> Hit:
        number = 0 if self.is_ungrouped else _group(spans) - 1
        begin, end = spans[0 if self.is_ungrouped else number + 1]
        if not view.is_ascii:
            begin, end = view.char_at(begin), view.char_at(end)
        return (begin, self.ranks[number], end, self.keys[number], ())

    def _holds(self, view: View, start: int, end: int, branch: Branch) -> bool:
        if branch.left and not view.is_boundary(start):
            return False
        if branch.right and not view.is_boundary(end):
            return False
        return all(guard.allows(view, start, end) for guard in self.guards)


def _group(spans: Sequence[tuple[int, int]]) -> int:
    """Return the number of the group that took part, 1 where none did."""
    for number, span in enumerate(spans):
        if number and span[0] >= 0:
            return number
    return 1


def _next_char(data: bytes, at: int) -> int:
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return at


@dataclass(slots=True)
class Matcher:
    """One compiled set of tokens; `number` is its place in the index."""

    literals: list[Literal] = field(default_factory=list)
    expressions: list[Expression] = field(default_factory=list)
    prefilters: list[str] = field(default_factory=list)
    backtracking: tuple[Any, ...] = ()
    signature: tuple[object, ...] | None = None  # equal for matchers that find the same
    has_guards: bool = False
    has_line_edges: bool = False
    is_local: bool = True  # no hit depends on where the block begins and ends, line edges aside
    stays_inside: bool = True  # only plain words that can't reach out of a block
    has_spaces: bool = False
    number: int = -1
    is_shared: bool = False

    @property
    def lone_expression(self) -> Expression | None:
        """Its expression if it has one, and that looks no further than its match."""
        if len(self.expressions) != 1 or not self.is_local or self.expressions[0].guards:
            return None
        return self.expressions[0]

    @property
    def needed(self) -> bytes:
        """What every match of its expressions holds, empty where nothing is known."""
        return self.expressions[0].needed if len(self.expressions) == 1 else b""

    def hits(
        self,
        view: View,
        literal_hits: Sequence[Hit],
        *,
        is_live: bool,
        start: int = 0,
        end: int | None = None,
    ) -> Sequence[Hit]:
        """Return the matches in one block from left to right, without overlaps.

        Args:
            view: the block, or a text in which it lies between white space.
            literal_hits: hits of the plain words in it, from the index.
            is_live: whether the expressions may match.
            start, end: where the block lies in the view.

        Raises:
            TooSlowError: it takes too much work on this text.
        """
        view.work_bytes = 0
        if self.has_guards:
            literal_hits = [
                hit for hit in literal_hits if all(guard.allows(view, hit[0], hit[2]) for guard in hit[4])
            ]
        if not is_live or not self.expressions:
            return first_come(literal_hits)
        end = len(view.text) if end is None else end
        if not literal_hits and len(self.expressions) == 1:
            return self.expressions[0].all(view, start, end)
        return self._merged(view, literal_hits, start, end)

    def _merged(self, view: View, literal_hits: Sequence[Hit], start: int, end: int) -> list[Hit]:
        found: list[Hit] = []
        ordered = sorted(literal_hits)
        heads = [expression.search(view, start, end) for expression in self.expressions]
        at, index = start, 0
        while True:
            while index < len(ordered) and ordered[index][0] < at:
                index += 1
            for place, head in enumerate(heads):
                if head is not None and head[0] < at:
                    heads[place] = self.expressions[place].search(view, at, end)
            candidates = [head for head in heads if head is not None]
            if index < len(ordered):
                candidates.append(ordered[index])
            if not candidates:
                return found
            best = min(candidates, key=_by_place)
            found.append(best)
            at = best[2]

    def backtrack(self, text: str, spent_s: float = 0.0) -> tuple[Sequence[Hit], float]:
        """Return the matches of the backtracking patterns in a text, and the time spent so far.

        The limit is of the thread's own CPU time, so that a busy machine does not make a rule fail.

        Args:
            text: one block.
            spent_s: seconds of CPU these patterns took for the blocks before.

        Raises:
            TooSlowError: a pattern ran out of its time on this text.
        """
        begun = time.thread_time() - spent_s
        deadline = begun + BACKTRACKING_TIMEOUT_S * len(self.backtracking)
        found: list[Hit] = []
        try:
            for order, pattern in enumerate(self.backtracking):
                left_s = min(BACKTRACKING_TIMEOUT_S, deadline - time.thread_time())
                for match in pattern.finditer(text, timeout=max(left_s, 1e-6)):
                    if match.end() > match.start():
                        found.append((match.start(), order, match.end(), order, ()))
                    if time.thread_time() > deadline:
                        raise TooSlowError
        except TimeoutError:
            raise TooSlowError from None
        return first_come(found), time.thread_time() - begun


_by_place = itemgetter(0, 1)


def first_come(hits: Sequence[Hit]) -> Sequence[Hit]:
    """Return hits from left to right, the preferred token first, without overlaps."""
    if len(hits) < 2:
        return hits
    at = 0
    for hit in hits:
        if hit[0] < at:
            break
        at = hit[2]
    else:
        return hits
    chosen: list[Hit] = []
    at = 0
    for hit in sorted(hits, key=_by_place):
        if hit[0] >= at:
            chosen.append(hit)
            at = hit[2]
    return chosen
