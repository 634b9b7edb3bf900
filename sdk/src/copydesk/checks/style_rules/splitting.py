"""Whether a part of a pattern can end in one place only: then what stands behind it may be asked apart.

`\\s+` before a letter ends where the white space ends; `[a-z]+` before a letter may end anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from copydesk.checks.style_rules.patterns import (
    Anchor,
    Branches,
    Char,
    CharClass,
    Flags,
    Group,
    Look,
    Node,
    Repeat,
    Sequence,
    compile_re2,
)

# Characters as the patterns see them, whatever their case; None: any, or none since the text ends.
Chars: TypeAlias = "frozenset[str] | None"
_EVERY_CHAR = "".join(chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)


def length_of(nodes: Sequence) -> int | None:
    """Return the length of all matches in characters, None where they differ or can't be told."""
    total = 0
    for node in nodes:
        match node:
            case Char() | CharClass():
                total += 1
            case Anchor() | Flags():
                continue
            case Group(branches):
                lengths = {length_of(inner) for inner in branches}
                if len(lengths) != 1 or None in lengths:
                    return None
                total += lengths.pop() or 0
            case Repeat(inner, minimum, maximum) if minimum == maximum:
                length = length_of((inner,))
                if length is None:
                    return None
                total += minimum * length
            case _:
                return None
    return total


def first_chars(branches: Branches) -> Chars:
    """Return with which characters matches of the alternatives begin."""
    return _all_of(_firsts(nodes, None) for nodes in branches)


def ends_in_one_place(nodes: Sequence, following: Chars) -> bool:
    """Tell whether a sequence has, from one start, one match at most that such characters follow."""
    for node in reversed(nodes):
        if not _is_settled(node, following):
            return False
        following = _first(node, following)
    return True


def _is_settled(node: Node, following: Chars) -> bool:
    match node:
        case Char() | CharClass() | Anchor() | Flags():
            return True
        case Group(branches):
            sets = [_firsts(nodes, None) for nodes in branches]
            words = _words(branches)
            if words is not None and _are_apart(words, following):
                return True
            return _are_disjoint(sets) and all(ends_in_one_place(nodes, following) for nodes in branches)
        case Repeat(inner, minimum, maximum):
            again = _first(inner, None)
            is_counted = minimum == maximum or _are_disjoint([again, following])
            return is_counted and again is not None and _is_settled(inner, _either(again, following))
        case _:
            return False


def _words(branches: Branches) -> list[str] | None:
    """Return the alternatives where each is a run of characters."""
    words = []
    for nodes in branches:
        if not nodes or not all(isinstance(node, Char) for node in nodes):
            return None
        word = "".join(node.value for node in nodes if isinstance(node, Char))
        words.append(word.lower().replace("’", "'"))
    return words


def _are_apart(words: list[str], following: Chars) -> bool:
    """Tell whether no word goes on as a longer one with a character that may follow."""
    return not any(
        longer != word
        and longer.startswith(word)
        and (following is None or not following.isdisjoint(_chars(Char(longer[len(word)]))))
        for word in words
        for longer in words
    )


def _firsts(nodes: Sequence, following: Chars) -> Chars:
    for node in reversed(nodes):
        following = _first(node, following)
    return following


def _first(node: Node, following: Chars) -> Chars:
    """Return the characters with which a node and what follows it begins."""
    match node:
        case Char() | CharClass():
            return _chars(node)
        case Anchor() | Flags() | Look():
            return following
        case Group(branches):
            return _all_of(_firsts(nodes, following) for nodes in branches)
        case Repeat(inner, minimum):
            first = _first(inner, following)
            return first if minimum else _either(first, following)
        case _:
            return None


def _either(one: Chars, other: Chars) -> Chars:
    return None if one is None or other is None else one | other


def _all_of(sets: Iterable[Chars]) -> Chars:
    found: Chars = frozenset()
    for chars in sets:
        found = _either(found, chars)
    return found


def _are_disjoint(sets: list[Chars]) -> bool:
    known = [chars for chars in sets if chars is not None]
    return len(known) == len(sets) and len(frozenset().union(*known)) == sum(map(len, known))


@lru_cache(maxsize=512)
def _chars(node: Char | CharClass) -> frozenset[str]:
    if isinstance(node, Char):
        return frozenset("'’") if node.value == "'" else frozenset((node.value.lower(), node.value.upper()))
    return frozenset("".join(compile_re2(f"(?is)(?:{node.re2_text})+").findall(_EVERY_CHAR)))
