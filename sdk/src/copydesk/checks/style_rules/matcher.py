"""The tokens of one rule as one matcher: plain words from the shared automaton, the rest by RE2.

What comes out equals leftmost-first alternation over the tokens in their order, without overlaps, as a single
regular expression would give it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

import regex

from copydesk.checks.style_rules.patterns import (
    NeedsBacktrackingError,
    PatternError,
    compile_re2,
    is_word,
    parse,
)
from copydesk.checks.style_rules.writing import (
    MAX_EXPANSIONS,
    Branch,
    Guard,
    bounded,
    branches_of,
    relaxed,
    ungrouped,
    words_of,
    write_branches,
)

# How far back a look-behind sees, in code points.
LOOK_BEHIND_CHARS = 240
BACKTRACKING_TIMEOUT_S = 0.005


class TooSlowError(Exception):
    """A console-only pattern ran out of its time on this text."""


class Hit(NamedTuple):
    """One match `[start, end)` of the token number `key`; `guards` still have to be asked.

    `rank` orders what can begin at one place: the smaller is preferred, as in an alternation.
    """

    start: int
    end: int
    key: int
    rank: int
    guards: tuple[CompiledGuard, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledGuard:
    """A look-around run beside a match."""

    pattern: Any
    is_ahead: bool
    is_negated: bool
    at_start: bool

    def allows(self, text: str, start: int, end: int) -> bool:
        """Tell whether the surroundings of `[start, end)` permit the match."""
        at = start if self.at_start else end
        if self.is_ahead:
            found = self.pattern.match(text, at)
        else:
            found = self.pattern.search(text[max(0, at - LOOK_BEHIND_CHARS) : at])
        return (found is None) == self.is_negated


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
    """Several branches in one RE2 pattern; group n of the pattern is branch n."""

    plain: Any
    foreign: Any
    keys: tuple[int, ...]
    ranks: tuple[int, ...]
    branches: tuple[Branch, ...]
    guards: tuple[CompiledGuard, ...]
    has_text_edges: bool
    is_ungrouped: bool

    def search(self, text: str, start: int, foreign: bool) -> Hit | None:
        """Return the first match that begins at `start` or later."""
        at = start
        while at <= len(text):
            # The neighbour that stands for `\b` may lie just before `start`.
            found = self.foreign.search(text, max(0, at - 1)) if foreign else self.plain.search(text, at)
            if found is None:
                return None
            number = 1 if not foreign and self.is_ungrouped else found.lastindex or 1
            begin, end = found.span() if not foreign and self.is_ungrouped else found.span(number)
            if begin >= at and end > begin and self._holds(text, begin, end, self.branches[number - 1]):
                return Hit(begin, end, self.keys[number - 1], self.ranks[number - 1])
            at = max(at, begin) + 1
        return None

    def iterate(self, text: str, foreign: bool) -> Iterator[Hit]:
        """Yield all matches from left to right."""
        if not foreign and self.is_ungrouped:
            for found in self.plain.finditer(text):
                begin, end = found.span()
                if end > begin:
                    yield Hit(begin, end, self.keys[0], self.ranks[0])
            return
        if not foreign and not self.guards:
            for found in self.plain.finditer(text):
                number = found.lastindex or 1
                begin, end = found.span(number)
                if end > begin:
                    yield Hit(begin, end, self.keys[number - 1], self.ranks[number - 1])
            return
        hit = self.search(text, 0, foreign)
        while hit is not None:
            yield hit
            hit = self.search(text, hit.end, foreign)

    def _holds(self, text: str, start: int, end: int, branch: Branch) -> bool:
        if branch.left and not is_boundary(text, start):
            return False
        if branch.right and not is_boundary(text, end):
            return False
        return all(guard.allows(text, start, end) for guard in self.guards)


@dataclass(slots=True)
class Matcher:
    """One compiled set of tokens; `number` is its place in the index."""

    literals: list[Literal] = field(default_factory=list)
    expressions: list[_Expression] = field(default_factory=list)
    prefilters: list[str] = field(default_factory=list)
    backtracking: tuple[Any, ...] = ()
    number: int = -1

    @property
    def is_local(self) -> bool:
        """Whether a hit does not depend on where the block begins and ends, line edges aside."""
        return not self.backtracking and not any(expression.has_text_edges for expression in self.expressions)

    def hits(self, text: str, literal_hits: Sequence[Hit], foreign: bool) -> Iterator[Hit]:
        """Yield the matches in one block from left to right, without overlaps.

        Args:
            text: the block.
            literal_hits: hits of the plain words in it, from the index.
            foreign: whether there may be letters outside ASCII.

        Raises:
            TooSlowError: a console-only pattern took longer than its time.
        """
        if self.backtracking:
            yield from self._backtrack(text)
            return
        allowed = [
            hit
            for hit in literal_hits
            if not hit.guards or all(guard.allows(text, hit.start, hit.end) for guard in hit.guards)
        ]
        if not self.expressions:
            yield from _first_come(allowed)
            return
        if not allowed and len(self.expressions) == 1:
            yield from self.expressions[0].iterate(text, foreign)
            return
        yield from self._merged(text, allowed, foreign)

    def _merged(self, text: str, literal_hits: Sequence[Hit], foreign: bool) -> Iterator[Hit]:
        ordered = sorted(literal_hits, key=_by_place)
        heads = [expression.search(text, 0, foreign) for expression in self.expressions]
        at = index = 0
        while True:
            while index < len(ordered) and ordered[index].start < at:
                index += 1
            for place, head in enumerate(heads):
                if head is not None and head.start < at:
                    heads[place] = self.expressions[place].search(text, at, foreign)
            candidates = [head for head in heads if head is not None]
            if index < len(ordered):
                candidates.append(ordered[index])
            if not candidates:
                return
            best = min(candidates, key=_by_place)
            yield best
            at = best.end

    def _backtrack(self, text: str) -> Iterator[Hit]:
        deadline = time.monotonic() + BACKTRACKING_TIMEOUT_S
        found: list[Hit] = []
        try:
            for order, pattern in enumerate(self.backtracking):
                left_s = deadline - time.monotonic()
                for match in pattern.finditer(text, timeout=max(left_s, 1e-6)):
                    if match.end() > match.start():
                        found.append(Hit(match.start(), match.end(), order, order))
                    if time.monotonic() > deadline:
                        raise TooSlowError
        except TimeoutError:
            raise TooSlowError from None
        yield from _first_come(found)


_by_place = itemgetter(0, 3)  # start, then rank


def _first_come(hits: list[Hit]) -> Iterator[Hit]:
    """Yield hits from left to right, the preferred token first, without overlaps."""
    at = 0
    for hit in sorted(hits, key=_by_place) if len(hits) > 1 else hits:
        if hit.start >= at:
            yield hit
            at = hit.end


def is_boundary(text: str, at: int) -> bool:
    """Tell whether a word begins or ends at a place, for letters of any script."""
    before = at > 0 and is_word(text[at - 1])
    after = at < len(text) and is_word(text[at])
    return before != after


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
    elif guards:
        _add_expression(matcher, [numbered], ignore_case, guards)
    else:
        free.append(numbered)


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
            compile_re2(flags + "|".join(plain)),
            compile_re2(flags + "|".join(second for _, second in both)),
            tuple(key for key, _, _ in numbered),
            tuple(rank for _, rank, _ in numbered),
            tuple(branch for _, _, branch in numbered),
            guards,
            bool(guards) or any(r"\A" in first or r"\z" in first for first, _ in both),
            is_ungrouped,
        )
    )
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


def compile_exceptions(exceptions: Sequence[str]) -> Any:
    """Compile exceptions into one RE2 pattern, longest first, case counting unless one says `(?i)`.

    Raises:
        PatternError: an exception that can't be compiled.
    """
    ordered = sorted(dict.fromkeys(exceptions), key=lambda text: (-len(text), text))
    parts: list[str] = []
    for text in ordered:
        # A vocabulary word comes with its own boundaries, which the outer ones would contradict.
        for branch in branches_of(parse(text), word=r"\b" not in text and text[:1] != "\\"):
            if branch.guards:
                raise NeedsBacktrackingError(f"exception {text!r} has a look-around")
            parts.append(bounded(branch)[1])
    return compile_re2("(?m)" + "|".join(parts)) if parts else None


def simple_words_pattern(tokens: Sequence[str]) -> re.Pattern[str] | None:
    """Return Python's own pattern for tokens that are one repeated class: fast, and it can't backtrack."""
    known = {r"[^\s]+": r"\S+", r"\S+": r"\S+", r"\w+": r"\w+", r"\b(\w+)\b": r"\w+", r"\b\w+\b": r"\w+"}
    return re.compile(known[tokens[0]]) if len(tokens) == 1 and tokens[0] in known else None
