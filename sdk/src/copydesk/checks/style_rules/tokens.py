"""From the tokens of a rule to its matcher: plain words for the automaton, the rest for RE2."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import regex

from copydesk.checks.style_rules.guards import CompiledGuard, OneChar
from copydesk.checks.style_rules.matcher import Expression, Literal, Matcher
from copydesk.checks.style_rules.patterns import (
    NeedsBacktrackingError,
    PatternError,
    compile_re2,
    of_block,
    parse,
)
from copydesk.checks.style_rules.prefilters import relaxed
from copydesk.checks.style_rules.view import matching
from copydesk.checks.style_rules.writing import (
    MAX_EXPANSIONS,
    Branch,
    Guard,
    bounded,
    branches_of,
    has_anchor,
    is_one_char,
    needed_char,
    neighbours,
    ungrouped,
    words_of,
    write,
    write_branches,
)


def compile_tokens(
    tokens: Sequence[str],
    *,
    word: bool,
    ignore_case: bool,
    backtracking: bool = False,
    needs_keys: bool = True,
    by_line: bool = True,
) -> Matcher:
    """Compile the tokens of a rule in their order of preference; a hit's `key` is the token's index.

    Args:
        tokens: patterns.
        word: whether each has to stand between word boundaries.
        ignore_case: whether case counts.
        backtracking: allow patterns that RE2 can't run, with a time limit; for the console only.
        needs_keys: whether it matters which token hits; if not, RE2 need not keep groups, which is faster.
        by_line: whether `^` and `$` are the edges of every line, else of the block.

    Raises:
        PatternError: a token that can't be compiled.
    """
    matcher = Matcher(signature=(tuple(tokens), word, ignore_case, needs_keys, backtracking, by_line))
    free: list[_Numbered] = []
    rank = 0
    try:
        for key, token in enumerate(tokens):
            parsed = parse(token) if by_line else of_block(parse(token))
            for branch in branches_of(parsed, word=word):
                _add_branch(matcher, _Numbered(key, rank, branch), ignore_case, free)
                rank += MAX_EXPANSIONS
        _add_free(matcher, free, ignore_case, needs_keys)
    except NeedsBacktrackingError:
        if not backtracking:
            raise
        patterns = _backtracking_patterns(tokens, word, ignore_case, by_line)
        return Matcher(backtracking=patterns, is_local=False, stays_inside=False)
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
        matcher.stays_inside &= not any(_reaches_out(word) for word in words)
        matcher.has_spaces |= any(char.isspace() for word in words for char in word)
    elif guards:
        _add_expression(matcher, [numbered], ignore_case, guards)
    else:
        free.append(numbered)


def _add_free(matcher: Matcher, free: list[_Numbered], ignore_case: bool, needs_keys: bool) -> None:
    """Put the branches that are neither words nor guarded into one expression."""
    if free:
        # Beside plain words the groups settle what is preferred at one place.
        grouped = needs_keys or bool(matcher.literals) or len(matcher.expressions) > 0
        _add_expression(matcher, free, ignore_case, grouped=grouped)


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
        Expression(
            matching(compile_re2(flags + "|".join(plain))),
            matching(compile_re2(flags + "|".join(second for _, second in both))),
            tuple(key for key, _, _ in numbered),
            tuple(rank for _, rank, _ in numbered),
            tuple(branch for _, _, branch in numbered),
            guards,
            bool(guards) or any(r"\A" in first or r"\z" in first for first, _ in both),
            is_ungrouped,
            needed_char(tuple(branch.core for _, _, branch in numbered)).encode(),
            bool(guards) and any(branch.may_shrink for _, _, branch in numbered),
        )
    )
    matcher.stays_inside = False
    matcher.is_local &= not matcher.expressions[-1].has_text_edges
    matcher.has_line_edges |= any(has_anchor(branch.core) for _, _, branch in numbered)
    matcher.prefilters.append(flags + "|".join(relaxed(branch) for _, _, branch in numbered))


def _compile_guard(guard: Guard, ignore_case: bool) -> CompiledGuard:
    flags = "(?im)" if ignore_case else "(?m)"
    body = f"(?:{write_branches(guard.look.branches)})"
    ending = "" if guard.look.is_ahead else r"\z"
    pattern = compile_re2(flags + body + ending)
    is_one = guard.look.is_ahead and all(map(is_one_char, guard.look.branches))
    return CompiledGuard(
        pattern,
        guard.look.is_ahead,
        guard.look.is_negated,
        guard.at_start,
        OneChar(pattern) if is_one else None,
    )


def _backtracking_patterns(
    tokens: Sequence[str], word: bool, ignore_case: bool, by_line: bool
) -> tuple[Any, ...]:
    flags = (regex.MULTILINE if by_line else 0) | (regex.IGNORECASE if ignore_case else 0)
    try:
        # Each token by itself, so that its back-references count its own groups.
        return tuple(regex.compile(rf"\b(?:{token})\b" if word else token, flags) for token in tokens)
    except regex.error as error:
        raise PatternError(f"can't be compiled: {error}") from None


_PHRASE = re.compile(r"[ \t]|\\s")


@lru_cache(maxsize=256)
def compile_exceptions(exceptions: tuple[str, ...], words: tuple[str, ...] = ()) -> tuple[Any, Any]:
    """Compile exceptions into one RE2 pattern, longest first, case counting unless one says `(?i)`.

    As in Vale, an exception of several words also excuses what is found inside it, in whatever case.

    Args:
        exceptions: patterns that stand between word boundaries.
        words: patterns that come with their own boundaries.

    Returns:
        The pattern, and one that matches wherever the first may, whatever surrounds it; None for both where
        there are no exceptions.

    Raises:
        PatternError: an exception that can't be compiled.
    """
    own = frozenset(words)
    ordered = sorted(dict.fromkeys((*exceptions, *words)), key=lambda text: (-len(text), text))
    # Look-arounds can't be asked beside so many: taken without them, an exception excuses more.
    branches = [
        ("(?i)" if _PHRASE.search(text) else "", replace(branch, guards=()))
        for text in ordered
        for branch in branches_of(parse(text), word=text not in own)
    ]
    if not branches:
        return None, None
    anywhere = "|".join(f"(?:{flags}{write(branch.core, relaxed=True)})" for flags, branch in branches)
    return compile_re2(f"(?m){_between_neighbours(branches)}"), compile_re2(f"(?m){anywhere}")


def _between_neighbours(branches: Iterable[tuple[str, Branch]]) -> str:
    """Return RE2 text of branches with their flags, each a capture group, between what bounds them.

    Those in a row with the same neighbours share them: a class of all that is no letter is long to compile.
    """
    parts: list[str] = []
    for (first, last), alike in groupby(branches, key=lambda each: neighbours(each[1])):
        cores = "|".join(f"({flags}{write(branch.core)})" for flags, branch in alike)
        parts.append(f"{first}(?:{cores}){last}")
    return "|".join(parts)


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
