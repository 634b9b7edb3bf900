"""The tokens of one rule as one matcher: plain words from the shared automaton, the rest by RE2.

What comes out equals leftmost-first alternation over the tokens in their order, without overlaps, as a single
regular expression would give it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

import regex

from copydesk.checks.style_rules.patterns import (
    NeedsBacktrackingError,
    PatternError,
    compile_re2,
    parse,
)
from copydesk.checks.style_rules.view import ANYWHERE, FROM_HERE, View, matching
from copydesk.checks.style_rules.writing import (
    MAX_EXPANSIONS,
    Branch,
    Guard,
    bounded,
    branches_of,
    has_anchor,
    relaxed,
    ungrouped,
    words_of,
    write,
    write_branches,
)

# How far back a look-behind sees, in code points.
LOOK_BEHIND_CHARS = 240
BACKTRACKING_TIMEOUT_S = 0.005


class TooSlowError(Exception):
    """A console-only pattern ran out of its time on this text."""


# One match: start, rank, end, key of the token, guards still to be asked. Tuples, since there are many, and so
# ordered by place, then rank: the smaller is preferred, as in an alternation, and unique in a matcher.
Hit: TypeAlias = "tuple[int, int, int, int, tuple[CompiledGuard, ...]]"


@dataclass(frozen=True, slots=True)
class CompiledGuard:
    """A look-around run beside a match."""

    pattern: Any
    is_ahead: bool
    is_negated: bool
    at_start: bool

    def allows(self, view: View, start: int, end: int) -> bool:
        """Tell whether the surroundings of `[start, end)` permit the match."""
        at = start if self.at_start else end
        if self.is_ahead:
            spans = matching(self.pattern)(FROM_HERE, view.data, view.byte_at(at), len(view.data))
            found = spans[0][0] >= 0
        else:
            found = self.pattern.search(view.text[max(0, at - LOOK_BEHIND_CHARS) : at]) is not None
        return bool(found) != self.is_negated


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
class _Expression:
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

    def search(self, view: View, start: int) -> Hit | None:
        """Return the first match that begins at `start` or later."""
        at, length = start, len(view.text)
        while at <= length:
            number, begin, end = self._first(view, at)
            if begin < 0:
                return None
            if end > begin and self._holds(view, begin, end, self.branches[number]):
                return (begin, self.ranks[number], end, self.keys[number], ())
            at = begin + 1
        return None

    def _first(self, view: View, at: int) -> tuple[int, int, int]:
        """Return the branch and the place of what RE2 finds from `at` on, a place of -1 where nothing."""
        data = view.data
        if not view.is_foreign:
            spans = self.plain(ANYWHERE, data, view.byte_at(at), len(data))
            number = 0 if self.is_ungrouped else _group(spans) - 1
            begin, end = spans[0 if self.is_ungrouped or spans[0][0] < 0 else number + 1]
            return (number, -1, -1) if begin < 0 else (number, view.char_at(begin), view.char_at(end))
        # The neighbour that stands for `\b` may lie just before `at`; a branch without one may begin there.
        for first in (at - 1, at) if at else (0,):
            spans = self.foreign(ANYWHERE, data, view.byte_at(first), len(data))
            if spans[0][0] < 0:
                break
            number = _group(spans) - 1
            begin, end = spans[number + 1]
            begin, end = view.char_at(begin), view.char_at(end)
            if begin >= at:
                return number, begin, end
        return 0, -1, -1

    def all(self, view: View) -> list[Hit]:
        """Return all matches from left to right."""
        if not view.is_foreign and not self.guards:
            return self._all_plain(view)
        hits = []
        hit = self.search(view, 0)
        while hit is not None:
            hits.append(hit)
            hit = self.search(view, hit[2])
        return hits

    def _all_plain(self, view: View) -> list[Hit]:
        hits: list[Hit] = []
        match, data, keys, ranks = self.plain, view.data, self.keys, self.ranks
        at, length, is_ascii = 0, len(data), view.is_ascii
        while at <= length:
            spans = match(ANYWHERE, data, at, length)
            begin, end = spans[0]
            if begin < 0:
                break
            at = end if end > begin else end + 1
            if end > begin:
                number = 0 if self.is_ungrouped else _group(spans) - 1
                if not self.is_ungrouped:
                    begin, end = spans[number + 1]
                if not is_ascii:
                    begin, end = view.char_at(begin), view.char_at(end)
                if end > begin:
                    hits.append((begin, ranks[number], end, keys[number], ()))
            elif not is_ascii:
                at = _next_char(data, at)
        return hits

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
    expressions: list[_Expression] = field(default_factory=list)
    prefilters: list[str] = field(default_factory=list)
    backtracking: tuple[Any, ...] = ()
    has_guards: bool = False
    has_plain_words: bool = True
    has_line_edges: bool = False
    number: int = -1

    @property
    def is_local(self) -> bool:
        """Whether a hit does not depend on where the block begins and ends, line edges aside."""
        return not self.backtracking and not any(expression.has_text_edges for expression in self.expressions)

    @property
    def stays_inside(self) -> bool:
        """Whether it is made of plain words that can't reach out of a block."""
        return self.has_plain_words and not self.expressions and not self.backtracking

    def hits(self, view: View, literal_hits: Sequence[Hit]) -> list[Hit]:
        """Return the matches in one block from left to right, without overlaps.

        Args:
            view: the block.
            literal_hits: hits of the plain words in it, from the index.

        Raises:
            TooSlowError: a console-only pattern took longer than its time.
        """
        if self.backtracking:
            return self._backtrack(view.text)
        if self.has_guards:
            literal_hits = [
                hit for hit in literal_hits if all(guard.allows(view, hit[0], hit[2]) for guard in hit[4])
            ]
        if not self.expressions:
            return first_come(literal_hits)
        if not literal_hits and len(self.expressions) == 1:
            return self.expressions[0].all(view)
        return self._merged(view, literal_hits)

    def _merged(self, view: View, literal_hits: Sequence[Hit]) -> list[Hit]:
        found: list[Hit] = []
        ordered = sorted(literal_hits)
        heads = [expression.search(view, 0) for expression in self.expressions]
        at = index = 0
        while True:
            while index < len(ordered) and ordered[index][0] < at:
                index += 1
            for place, head in enumerate(heads):
                if head is not None and head[0] < at:
                    heads[place] = self.expressions[place].search(view, at)
            candidates = [head for head in heads if head is not None]
            if index < len(ordered):
                candidates.append(ordered[index])
            if not candidates:
                return found
            best = min(candidates, key=_by_place)
            found.append(best)
            at = best[2]

    def _backtrack(self, text: str) -> list[Hit]:
        deadline = time.monotonic() + BACKTRACKING_TIMEOUT_S
        found: list[Hit] = []
        try:
            for order, pattern in enumerate(self.backtracking):
                left_s = deadline - time.monotonic()
                for match in pattern.finditer(text, timeout=max(left_s, 1e-6)):
                    if match.end() > match.start():
                        found.append((match.start(), order, match.end(), order, ()))
                    if time.monotonic() > deadline:
                        raise TooSlowError
        except TimeoutError:
            raise TooSlowError from None
        return first_come(found)


_by_place = itemgetter(0, 1)


def first_come(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits from left to right, the preferred token first, without overlaps."""
    if len(hits) < 2:
        return list(hits)
    chosen: list[Hit] = []
    at = 0
    for hit in sorted(hits, key=_by_place):
        if hit[0] >= at:
            chosen.append(hit)
            at = hit[2]
    return chosen


def compile_tokens(
    tokens: Sequence[str],
    *,
    word: bool,
    ignore_case: bool,
    backtracking: bool = False,
    needs_keys: bool = True,
) -> Matcher:
    """Compile the tokens of a rule in their order of preference; a hit's `key` is the token's index.

    Args:
        tokens: patterns.
        word: whether each has to stand between word boundaries.
        ignore_case: whether case counts.
        backtracking: allow patterns that RE2 can't run, with a time limit; for the console only.
        needs_keys: whether it matters which token hits; if not, RE2 need not keep groups, which is faster.

    Raises:
        PatternError: a token that can't be compiled.
    """
    matcher = Matcher()
    free: list[_Numbered] = []
    rank = 0
    try:
        for key, token in enumerate(tokens):
            for branch in branches_of(parse(token), word=word):
                _add_branch(matcher, _Numbered(key, rank, branch), ignore_case, free)
                rank += MAX_EXPANSIONS
        if free:
            # Beside plain words the groups settle what is preferred at one place.
            grouped = needs_keys or bool(matcher.literals) or len(matcher.expressions) > 0
            _add_expression(matcher, free, ignore_case, grouped=grouped)
    except NeedsBacktrackingError:
        if not backtracking:
            raise
        return Matcher(backtracking=_backtracking_patterns(tokens, word, ignore_case))
    return matcher


class _Numbered(NamedTuple):
    key: int
    rank: int
    branch: Branch


def _add_branch(matcher: Matcher, numbered: _Numbered, ignore_case: bool, free: list[_Numbered]) -> None:
    key, rank, branch = numbered
    guards = tuple(_compile_guard(guard, ignore_case) for guard in branch.guards)
    words = words_of(branch.core)
    if words is not None:
        matcher.literals += [
            Literal(word, key, rank + number, ignore_case, branch.left, branch.right, guards)
            for number, word in enumerate(words)
        ]
        matcher.has_guards |= bool(guards)
        matcher.has_plain_words &= not any(_reaches_out(word) for word in words)
    elif guards:
        _add_expression(matcher, [numbered], ignore_case, guards)
    else:
        free.append(numbered)


def _reaches_out(word: str) -> bool:
    """Tell whether a word may lie on the white space between two blocks."""
    return "\n" in word or word[0].isspace() or word[-1].isspace()


def _add_expression(
    matcher: Matcher,
    numbered: list[_Numbered],
    ignore_case: bool,
    guards: tuple[CompiledGuard, ...] = (),
    *,
    grouped: bool = True,
) -> None:
    flags = "(?im)" if ignore_case else "(?m)"
    both = [bounded(branch) for _, _, branch in numbered]
    is_ungrouped = not guards and (not grouped or len(numbered) == 1)
    plain = [ungrouped(branch) for _, _, branch in numbered] if is_ungrouped else [one for one, _ in both]
    matcher.expressions.append(
        _Expression(
            matching(compile_re2(flags + "|".join(plain))),
            matching(compile_re2(flags + "|".join(second for _, second in both))),
            tuple(key for key, _, _ in numbered),
            tuple(rank for _, rank, _ in numbered),
            tuple(branch for _, _, branch in numbered),
            guards,
            bool(guards) or any(r"\A" in first or r"\z" in first for first, _ in both),
            is_ungrouped,
        )
    )
    matcher.has_line_edges |= any(has_anchor(branch.core) for _, _, branch in numbered)
    matcher.prefilters.append(flags + "|".join(relaxed(branch) for _, _, branch in numbered))


def _compile_guard(guard: Guard, ignore_case: bool) -> CompiledGuard:
    flags = "(?im)" if ignore_case else "(?m)"
    body = f"(?:{write_branches(guard.look.branches)})"
    ending = "" if guard.look.is_ahead else r"\z"
    pattern = compile_re2(flags + body + ending)
    return CompiledGuard(pattern, guard.look.is_ahead, guard.look.is_negated, guard.at_start)


def _backtracking_patterns(tokens: Sequence[str], word: bool, ignore_case: bool) -> tuple[Any, ...]:
    flags = regex.MULTILINE | (regex.IGNORECASE if ignore_case else 0)
    try:
        # Each token by itself, so that its back-references count its own groups.
        return tuple(regex.compile(rf"\b(?:{token})\b" if word else token, flags) for token in tokens)
    except regex.error as error:
        raise PatternError(f"can't be compiled: {error}") from None


@lru_cache(maxsize=256)
def compile_exceptions(exceptions: tuple[str, ...]) -> tuple[Any, Any]:
    """Compile exceptions into one RE2 pattern, longest first, case counting unless one says `(?i)`.

    Returns:
        The pattern, and one that matches wherever the first may, whatever surrounds it; None for both where
        there are no exceptions.

    Raises:
        PatternError: an exception that can't be compiled.
    """
    ordered = sorted(dict.fromkeys(exceptions), key=lambda text: (-len(text), text))
    parts: list[str] = []
    anywhere: list[str] = []
    for text in ordered:
        # A vocabulary word comes with its own boundaries, which the outer ones would contradict.
        for branch in branches_of(parse(text), word=r"\b" not in text and text[:1] != "\\"):
            if branch.guards:
                raise NeedsBacktrackingError(f"exception {text!r} has a look-around")
            parts.append(bounded(branch)[1])
            anywhere.append(f"(?:{write(branch.core, relaxed=True)})")
    if not parts:
        return None, None
    return compile_re2("(?m)" + "|".join(parts)), compile_re2("(?m)" + "|".join(anywhere))


CHUNKS = re.compile(r"\S+")
WORDS = re.compile(r"\w+")
_SIMPLE = {
    r"[^\s]+": CHUNKS,
    r"\S+": CHUNKS,
    r"\w+": WORDS,
    r"\b(\w+)\b": WORDS,
    r"\b\w+\b": WORDS,
}


def simple_words_pattern(tokens: Sequence[str]) -> re.Pattern[str] | None:
    """Return Python's own pattern for tokens that are one repeated class: fast, and it can't backtrack."""
    return _SIMPLE.get(tokens[0]) if len(tokens) == 1 else None
