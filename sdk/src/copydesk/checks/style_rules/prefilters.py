"""What the set of all patterns looks for: for each branch something short that every match of it holds.

The set is one automaton, and a state of it is all that its patterns remember at a place. A part such as `.+`
or `"[^"]+"` remembers for as long as a text goes on; a few of them beside the rest make so many states that
every new text meets some for the first time, and each has to be built, which took half a millisecond a text.
So a branch is cut where it runs on over any characters, and only its most telling piece is looked for.
"""

from __future__ import annotations

from dataclasses import replace

from copydesk.checks.style_rules.patterns import (
    SPACE_SET,
    WORD_SET,
    Char,
    CharClass,
    Flags,
    Group,
    Node,
    Repeat,
    Sequence,
)
from copydesk.checks.style_rules.writing import (
    Branch,
    first_is_word,
    followed,
    last_is_word,
    neighbour,
    write,
)

# A repetition of more is taken for one without end.
MAX_SHORT_REPEATS = 4
# How much a class tells beside a character that is written out.
_CLASS_WEIGHT, _SPACE_WEIGHT = 0.3, 0.5
_SPACES = frozenset({" ", f"[{SPACE_SET}]", r"[\t\p{Zs}]"})


def relaxed(branch: Branch) -> str:
    """Return RE2 text that matches wherever the branch may match, and sometimes more."""
    pieces = _pieces(branch.core)
    chosen = max(range(len(pieces)), key=lambda place: _weight(pieces[place]))
    if len(pieces) == 1 or _weight(pieces[chosen]) == 0:
        pieces, chosen = [branch.core], 0
    piece = pieces[chosen]
    first = last = ""
    if chosen == 0 and branch.left:
        first = neighbour(first_is_word(piece), r"\A")
    if chosen == len(pieces) - 1:
        last = neighbour(last_is_word(piece), r"\z") if branch.right else ""
        last = last or followed(branch)
    return f"{first}(?:{write(piece, relaxed=True)}){last}"


def _pieces(nodes: Sequence) -> list[Sequence]:
    """Cut a sequence where it runs on; each piece is in every match, in this order."""
    done: list[Sequence] = []
    piece: list[Node] = []
    flags: list[Node] = []
    for node in nodes:
        if isinstance(node, Flags):
            flags.append(node)
        if not _runs_on(node):
            piece.append(node)
            continue
        head, *_, tail = _ends(node)
        done.append((*piece, *head))
        piece = [*flags, *tail]
    return [*done, tuple(piece)]


def _ends(node: Node) -> tuple[Sequence, Sequence]:
    """Return what a part that runs on surely begins with, and what it surely ends with."""
    match node:
        case Repeat(_, 0):
            return (), ()
        case Repeat(Group() as inner):
            return _ends(inner)
        case Repeat(inner):
            return (inner,), (inner,)
        case Group(branches):
            inside = [_pieces(nodes) for nodes in branches]
            heads, tails = (tuple(pieces[place] for pieces in inside) for place in (0, -1))
            return (replace(node, branches=heads),), (replace(node, branches=tails),)
        case _:
            return (node,), (node,)


def _runs_on(node: Node) -> bool:
    match node:
        case Repeat(inner, _, maximum):
            is_long = maximum is None or maximum > MAX_SHORT_REPEATS
            return (is_long and _is_wide(inner)) or _runs_on(inner)
        case Group(branches):
            return any(_runs_on(inner) for nodes in branches for inner in nodes)
        case _:
            return False


def _is_wide(node: Node) -> bool:
    """Tell whether repeating a part can take in nearly any text: all but a few characters, or whole words."""
    classes = set(_classes(node))
    return any(text == "." or text.startswith(("[^", r"\P")) for text in classes) or (
        bool(classes & _SPACES) and f"[{WORD_SET}]" in classes
    )


def _classes(node: Node) -> list[str]:
    match node:
        case Char(value):
            return [" "] if value.isspace() else []
        case CharClass(text):
            return [text]
        case Repeat(inner):
            return _classes(inner)
        case Group(branches):
            return [text for nodes in branches for inner in nodes for text in _classes(inner)]
        case _:
            return []


def _weight(nodes: Sequence) -> float:
    """Return how much every match of a sequence tells: about how many characters of it are known."""
    return sum(map(_weight_of, nodes))


def _weight_of(node: Node) -> float:
    match node:
        case Char(value):
            return _SPACE_WEIGHT if value.isspace() else 1.0
        case CharClass(text):
            return 0.0 if _is_wide(node) else _SPACE_WEIGHT if text in _SPACES else _CLASS_WEIGHT
        case Repeat(inner, minimum):
            return minimum * _weight_of(inner)
        case Group(branches):
            return min(map(_weight, branches))
        case _:
            return 0.0
