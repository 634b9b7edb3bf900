"""From the pattern tree to what the matchers run: RE2 text, plain words, edges and guards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from copydesk.checks.style_rules.patterns import (
    WORD_SET,
    Anchor,
    Branches,
    Char,
    CharClass,
    Flags,
    Group,
    Look,
    NeedsBacktrackingError,
    Node,
    Refused,
    Repeat,
    Sequence,
    class_is_word,
    is_word,
)
from copydesk.checks.style_rules.splitting import ends_in_one_place, first_chars, length_of

MAX_EXPANSIONS = 64
MAX_BRANCHES = 64
# How often a part with a look-around may repeat and still be written out.
MAX_TIMES = 2
_META = frozenset(r"\.+*?()|[]{}^$-#&~/")
_RE2_ANCHOR = {"^": "^", "$": "$", "b": r"\b", "B": r"\B", "A": r"\A", "z": r"\z"}


@dataclass(frozen=True, slots=True)
class Guard:
    """A look-around moved out of the pattern: checked at the start or the end of a match."""

    look: Look
    at_start: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative without its outer zero-width parts.

    `left` and `right` ask for a word boundary there; `core` is what RE2 matches. `may_shrink`: where a guard
    at the end refuses the match, a shorter one from the same place may still be right.
    """

    core: Sequence
    left: bool
    right: bool
    guards: tuple[Guard, ...]
    may_shrink: bool = False


def literal(text: str) -> str:
    """Return RE2 text matching exactly this text, except that a straight apostrophe matches a curly one."""
    return "".join("['’]" if char == "'" else ("\\" + char if char in _META else char) for char in text)


def write(nodes: Sequence, *, captures: bool = False, relaxed: bool = False) -> str:
    """Return RE2 text of a sequence.

    Args:
        nodes: the sequence.
        captures: keep capture groups as such.
        relaxed: leave out everything that has no width, for a pre-filter that may match too much.

    Raises:
        NeedsBacktrackingError: something in it RE2 can't run.
    """
    return "".join(_node(node, captures, relaxed) for node in nodes)


def write_branches(branches: Branches, *, captures: bool = False, relaxed: bool = False) -> str:
    """Return RE2 text of alternatives, without brackets round them."""
    return "|".join(write(nodes, captures=captures, relaxed=relaxed) for nodes in branches)


def _node(node: Node, captures: bool, relaxed: bool) -> str:
    match node:
        case Char(value):
            return literal(value)
        case CharClass(text):
            return text
        case Anchor(name):
            return "" if relaxed else _RE2_ANCHOR[name]
        case Flags(flags):
            return f"(?{flags})" if flags else ""
        case Group(branches, is_capture, flags):
            opening = "(" if captures and is_capture else f"(?{flags}:"
            return opening + write_branches(branches, captures=captures, relaxed=relaxed) + ")"
        case Repeat(inner, _, _, suffix):
            written = _node(inner, captures, relaxed)
            atom = written if isinstance(inner, CharClass | Group) else f"(?:{written})"
            return atom + suffix
        case Look(_, _, _, position):
            if relaxed:
                return ""
            raise NeedsBacktrackingError("has a look-around inside, which RE2 can't run", position)
        case Refused(what, position):
            raise NeedsBacktrackingError(f"has {what}, which RE2 can't run", position)


def branches_of(branches: Branches, *, word: bool) -> list[Branch]:
    """Split alternatives into branches with their boundaries and guards outside.

    Args:
        branches: as parsed.
        word: whether the whole has to stand between word boundaries.

    Raises:
        NeedsBacktrackingError: a look-around that can't be moved to an edge.
    """
    found: list[Branch] = []
    for nodes in branches:
        found.extend(_branch(flat, word) for flat in _distributed(nodes))
    if len(found) > MAX_BRANCHES * max(1, len(branches)):
        raise NeedsBacktrackingError("has too many alternatives with look-arounds")
    return found


def _has_look(node: Node) -> bool:
    match node:
        case Look():
            return True
        case Group(branches):
            return any(_has_look(inner) for nodes in branches for inner in nodes)
        case Repeat(inner):
            return _has_look(inner)
        case _:
            return False


def has_anchor(nodes: Sequence) -> bool:
    """Tell whether a sequence asks anywhere for an edge of a line, of the text or of a word."""
    for node in nodes:
        match node:
            case Anchor():
                return True
            case Group(branches) if any(has_anchor(inner) for inner in branches):
                return True
            case Repeat(inner) if has_anchor((inner,)):
                return True
    return False


def is_one_char(nodes: Sequence) -> bool:
    """Tell whether a sequence is one character or one class of them."""
    return len(nodes) == 1 and isinstance(nodes[0], Char | CharClass)


def needed_char(branches: Branches) -> str:
    """Return a character without case that every match holds, an empty text where there is none."""
    needed = [_needed(nodes) for nodes in branches]
    shared = set.intersection(*needed) if needed else set()
    return min(shared, default="")


def _needed(nodes: Sequence) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        match node:
            case Char(value) if not value.isalpha() and value not in {"'", " "}:
                found.add(value)
            case Group(branches):
                found |= set.intersection(*map(_needed, branches))
            case Repeat(inner, minimum) if minimum:
                found |= _needed((inner,))
    return found


def _distributed(nodes: Sequence) -> Iterator[Sequence]:
    """Multiply out groups that hide a look-around, so that it comes to an edge."""
    for index, node in enumerate(nodes):
        if not isinstance(node, Look) and _has_look(node):
            ways = _ways(node)
            for inner in ways:
                yield from _distributed((*nodes[:index], *inner, *nodes[index + 1 :]))
            if ways:
                return
    yield nodes


def _ways(node: Node) -> list[Sequence]:
    """Return the ways a group or a short repetition can go, in order of preference; none where it stays."""
    match node:
        # Every pattern is run with `m`, so that a group that asks for it asks for nothing.
        case Group(branches, _, "" | "m"):
            return list(branches)
        case Repeat(inner, minimum, int() as maximum, suffix) if maximum <= MAX_TIMES:
            times = range(minimum, maximum + 1)
            is_lazy = len(suffix) > 1 and suffix.endswith("?")
            return [(inner,) * count for count in (times if is_lazy else reversed(times))]
        case _:
            return []


def _branch(nodes: Sequence, word: bool) -> Branch:
    start, end = 0, len(nodes)
    guards: list[Guard] = []
    kept_first: list[Node] = []
    kept_last: list[Node] = []
    left = right = word
    while start < end and isinstance(nodes[start], Anchor | Look | Flags):
        node = nodes[start]
        start += 1
        if isinstance(node, Look):
            guards.append(Guard(node, at_start=True))
        elif isinstance(node, Anchor) and node.name == "b":
            left = True
        else:
            kept_first.append(node)
    while end > start and isinstance(nodes[end - 1], Anchor | Look):
        node = nodes[end - 1]
        end -= 1
        if isinstance(node, Look):
            guards.append(Guard(node, at_start=False))
        elif isinstance(node, Anchor) and node.name == "b":
            right = True
        else:
            kept_last.insert(0, node)
    body = _without_inner_looks(nodes[start:end], guards)
    trailing = [guard for guard in guards if not guard.at_start]
    may_shrink = bool(trailing) and length_of(body) is None
    # A lazy match that a guard refuses might have a longer one that it allows: only backtracking knows.
    if may_shrink and not _is_rigid(body) and any(map(_is_lazy, body)):
        raise NeedsBacktrackingError(
            "has a look-around after a part of free length", trailing[0].look.position
        )
    return Branch((*kept_first, *body, *kept_last), left, right, tuple(guards), may_shrink)


def _is_lazy(node: Node) -> bool:
    match node:
        case Group(branches):
            return any(_is_lazy(inner) for nodes in branches for inner in nodes)
        case Repeat(inner, minimum, maximum, suffix):
            return (minimum != maximum and len(suffix) > 1 and suffix[-1] == "?") or _is_lazy(inner)
        case _:
            return False


def _without_inner_looks(body: Sequence, guards: list[Guard]) -> Sequence:
    """Move look-arounds out where what stands before or after them ends in one place, to be asked later.

    `ab(?!c)d+` is `abd+` where the start does not look at `abc`; `a+b(?<!cb)d` asks at the end for `cbd`.
    """
    index = 0
    while index < len(body):
        node = body[index]
        before, after = body[:index], body[index + 1 :]
        if (
            isinstance(node, Look)
            and node.is_ahead
            and (
                length_of(before) is not None
                or ends_in_one_place(before, first_chars((after, *node.branches)))
            )
        ):
            guards.append(Guard(_widened(node, before, ()), at_start=True))
            body = (*before, *after)
        elif isinstance(node, Look) and not node.is_ahead and length_of(after) is not None:
            guards.append(Guard(_widened(node, (), after), at_start=False))
            body = (*before, *after)
        else:
            index += 1
    return body


def _widened(look: Look, before: Sequence, after: Sequence) -> Look:
    branches = tuple((*before, Group((nodes,)), *after) for nodes in look.branches)
    return Look(branches, look.is_ahead, look.is_negated, look.position)


def _is_rigid(nodes: Sequence) -> bool:
    if not nodes:
        return False
    match nodes[-1]:
        case Char() | CharClass():
            return True
        case Group(branches):
            return all(_is_rigid(inner) for inner in branches)
        case Repeat(inner, minimum, maximum):
            return minimum == maximum and _is_rigid((inner,))
        case _:
            return False


def first_is_word(nodes: Sequence) -> bool | None:
    """Tell whether every match begins with a word character (None: it depends)."""
    return _edge(nodes)


def last_is_word(nodes: Sequence) -> bool | None:
    """Tell whether every match ends with a word character (None: it depends)."""
    return _edge(tuple(reversed(nodes)), from_end=True)


def _edge(nodes: Sequence, *, from_end: bool = False) -> bool | None:
    for index, node in enumerate(nodes):
        match node:
            case Char(value):
                return is_word(value)
            case CharClass(text):
                return class_is_word(text)
            case Group(branches):
                kinds = {_edge(inner[::-1] if from_end else inner, from_end=from_end) for inner in branches}
                return kinds.pop() if len(kinds) == 1 else None
            case Repeat(inner, minimum):
                kind = _edge((inner,), from_end=from_end)
                if minimum:
                    return kind
                rest = _edge(nodes[index + 1 :], from_end=from_end)
                return kind if kind == rest else None
            case _:
                continue
    return None


def words_of(nodes: Sequence) -> list[str] | None:
    """Return all texts a sequence stands for, in order of preference, or None when they are not a handful."""
    parts: list[list[str]] = []
    total = 1
    for node in nodes:
        options = _options(node)
        if options is None:
            return None
        total *= len(options)
        if total > MAX_EXPANSIONS:
            return None
        parts.append(options)
    words = list(dict.fromkeys("".join(choice) for choice in product(*parts)))
    return words if all(words) else None


def _options(node: Node) -> list[str] | None:
    match node:
        case Char(value):
            return [value]
        case Group(branches, _, ""):
            found: list[str] = []
            for nodes in branches:
                words = words_of(nodes) if nodes else [""]
                if words is None:
                    return None
                found += words
            return found
        case Repeat(inner, 0, 1, suffix):
            words = _options(inner)
            if words is None:
                return None
            return ["", *words] if suffix.endswith("??") else [*words, ""]
        case CharClass(text) if text[0] == "[" and text[1:-1].isalnum() and len(text) < 8:
            return list(text[1:-1])
        case _:
            return None


def bounded(branch: Branch) -> tuple[str, str]:
    """Return RE2 text of a branch twice: for texts without non-ASCII letters, and for all texts.

    RE2's `\\b` is ASCII. In the second form the boundary is a neighbour that is consumed, so the match proper
    is what the capture group holds.
    """
    core = write(branch.core)
    after = followed(branch)
    plain = (r"\b" if branch.left else "") + f"({core})" + (r"\b" if branch.right else "") + after
    first, last = neighbours(branch)
    return plain, f"{first}({core}){last or after}"


def neighbours(branch: Branch) -> tuple[str, str]:
    """Return RE2 text of what stands before and after a branch where it asks for boundaries, else nothing."""
    first = neighbour(first_is_word(branch.core), r"\A") if branch.left else ""
    last = neighbour(last_is_word(branch.core), r"\z") if branch.right else ""
    return first, last


def ungrouped(branch: Branch) -> str:
    """Return RE2 text of a branch for texts without non-ASCII letters, without a capture group."""
    return (r"\b" if branch.left else "") + f"(?:{write(branch.core)})" + (r"\b" if branch.right else "")


def followed(branch: Branch) -> str:
    """Return RE2 text of what has to follow: saves asking the guard at every place where it does not."""
    ahead = [guard.look for guard in branch.guards if not guard.at_start and guard.look.is_ahead]
    wanted = [look for look in ahead if not look.is_negated]
    return f"(?:{write_branches(wanted[0].branches)})" if wanted and not branch.right else ""


def neighbour(kind: bool | None, edge: str) -> str:
    """Return RE2 text of a neighbour, of the other kind than the edge of a match, that stands for `\\b`."""
    if kind is None:
        return ""
    return f"(?:{edge}|[^{WORD_SET}])" if kind else f"[{WORD_SET}]"
