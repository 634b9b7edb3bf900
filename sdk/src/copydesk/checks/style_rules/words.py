"""The plain words of all matchers, found in a text by one automaton, or two.

Most are words of ASCII that stand alone. They are looked for with a space on either side, in a form of the
text where whatever is no part of a word is a space: so the automaton neither reports nor walks into what lies
inside longer words, as most of "he", "me" and "is" does. The rest, such as ";", is found by a second one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

import ahocorasick_rs
import re2

from copydesk.checks.style_rules.folding import LETTER_APOSTROPHE, case_fold, mark_fold
from copydesk.checks.style_rules.guards import CompiledGuard
from copydesk.checks.style_rules.matcher import Hit, Literal
from copydesk.checks.style_rules.patterns import is_word
from copydesk.checks.style_rules.view import NEVER, View, spaced

# A literal and the number of the matcher that asks for it.
Wanted: TypeAlias = "tuple[Literal, int]"
# What is asked of a word that stands alone: matcher, rank, key, guards; its spelling, None where the
# automaton has seen all of it: it takes marks for spaces and capitals for small letters; whether case counts;
# whether it ends as a word.
_Asked: TypeAlias = "tuple[int, int, int, tuple[CompiledGuard, ...], str | None, bool, bool]"
_end = itemgetter(2)
# The compact kind: a full table is no faster once other work has pushed it out of the cache.
_COMPACT = ahocorasick_rs.Implementation.ContiguousNFA
# What other marks are taken for.
_FOLDED = "' "
# Of all other literals together, beyond which a look whether there are any does not pay.
MAX_SIGN_CHARS = 4_096


class _Other(NamedTuple):
    """Any literal as one matcher asks for it.

    `before` and `after` are the kinds of neighbour that it may not have; `exact` is the spelling asked for,
    None where case does not count; `marked`, that with apostrophes and spaces that are not plain.
    """

    matcher: int
    rank: int
    key: int
    guards: tuple[CompiledGuard, ...]
    before: int
    after: int
    exact: str | None
    marked: str | None


class Words:
    """Compiled once from the literals of all matchers, then read by many threads."""

    def __init__(self, wanted: Iterable[Wanted]) -> None:
        apart: dict[bytes, list[_Asked]] = defaultdict(list)
        others: dict[str, list[_Other]] = defaultdict(list)
        for literal, matcher in wanted:
            folded = case_fold(mark_fold(literal.text))
            if _begins_apart(literal):
                spaces = spaced(folded)
                apart[spaces if literal.right else spaces[:-1]].append(_asked(literal, matcher, folded))
            else:
                others[folded].append(_other(literal, matcher))
        self._apart = tuple(map(tuple, apart.values()))
        self._spaces = bytes(1 + asked[0][-1] for asked in self._apart)
        self._automaton: Any = (
            ahocorasick_rs.BytesAhoCorasick(list(apart), implementation=_COMPACT) if apart else None
        )
        self._others = tuple(map(tuple, others.values()))
        self._other_automaton: Any = (
            ahocorasick_rs.AhoCorasick(list(others), implementation=_COMPACT) if others else None
        )
        # Most texts hold none of the others; where those are few, the set of all patterns looks out for them.
        signs = [re2.escape(word) for word in others if word.isascii()]
        is_short = sum(map(len, signs)) <= MAX_SIGN_CHARS
        self.sign_of_others = f"(?i){'|'.join(signs)}" if signs and is_short else ""

    def find(self, view: View, *, may_hold_others: bool = True) -> dict[int, list[Hit]]:
        """Return the hits of every matcher that has any by its number, in the order of their ends.

        Args:
            view: all blocks, one after the other.
            may_hold_others: False where the text is ASCII and `sign_of_others` does not match it.
        """
        found: dict[int, list[Hit]] = defaultdict(list)
        if self._automaton is not None:
            soft, low = view.folded
            apart, spaces = self._apart, self._spaces
            for number, start, after in self._automaton.find_matches_as_indexes(
                view.spaced, overlapping=True
            ):
                end = after - spaces[number]
                for matcher, rank, key, guards, spelling, is_exact, _ in apart[number]:
                    if spelling is None or spelling == (soft if is_exact else low)[start:end]:
                        found[matcher].append((start, rank, end, key, guards))
        if self._others and may_hold_others:
            self._add_others(found, view)
        return found

    def _add_others(self, found: dict[int, list[Hit]], view: View) -> None:
        soft, low = view.folded
        matches = self._other_automaton.find_matches_as_indexes(low, overlapping=True)
        # The letter that looks like an apostrophe is matched as one.
        kinds = View(soft).kinds if LETTER_APOSTROPHE in view.text else view.kinds
        mixed: set[int] = set()
        for number, start, end in matches:
            for matcher, rank, key, guards, before, after, exact, marked in self._others[number]:
                if kinds[start] == before or kinds[end + 1] == after:
                    continue
                if exact is not None and exact != soft[start:end]:
                    continue
                if marked is not None and marked != case_fold(view.text[start:end]):
                    continue
                hits = found[matcher]
                if hits and hits[-1][2] > end:
                    mixed.add(matcher)
                hits.append((start, rank, end, key, guards))
        for matcher in mixed:
            found[matcher].sort(key=_end)


def _begins_apart(literal: Literal) -> bool:
    """Tell whether a literal is of ASCII, begins as a word and, where it asks for that, ends as one."""
    text = literal.text
    return literal.left and text.isascii() and is_word(text[0]) and (not literal.right or is_word(text[-1]))


def _asked(literal: Literal, matcher: int, folded: str) -> _Asked:
    is_exact = not literal.ignore_case
    has_marks = not all(map(is_word, folded))
    spelling = literal.text if is_exact else folded if has_marks else None
    return matcher, literal.rank, literal.key, literal.guards, spelling, is_exact, literal.right


def _other(literal: Literal, matcher: int) -> _Other:
    text = literal.text
    plain = mark_fold(text)
    # Without a letter beside them it is the marks themselves that are looked for, curly or straight.
    is_as_written = plain != text or (not any(map(is_word, text)) and any(mark in text for mark in _FOLDED))
    return _Other(
        matcher,
        literal.rank,
        literal.key,
        literal.guards,
        int(is_word(plain[0])) if literal.left else NEVER,
        int(is_word(plain[-1])) if literal.right else NEVER,
        None if literal.ignore_case else plain,
        case_fold(text) if is_as_written else None,
    )
