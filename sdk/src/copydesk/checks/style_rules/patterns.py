"""Regular expressions as editors and Vale write them, read into a tree and written out for RE2.

RE2 is linear in the text whatever the pattern, but knows no look-around and its `\\b`, `\\w`, `\\d`
and `\\s` are ASCII. Reading the pattern first lets us turn edge look-arounds into guards, classes into
Unicode ones, and patterns that stand for a handful of plain words into those words.

Sources: RE2 syntax (https://github.com/google/re2/wiki/Syntax), Unicode TR 18 annex C for the classes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import re2

MAX_PATTERN_CHARS = 8_000
MAX_REPEAT = 1_000  # RE2's own bound
MAX_NESTING = 40
MAX_MEM_BYTES = 32 << 20

WORD_SET = r"\p{L}\p{M}\p{N}_"
SPACE_SET = r"\s\x{85}\p{Z}"
_OUTSIDE = {
    "w": f"[{WORD_SET}]",
    "W": f"[^{WORD_SET}]",
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": f"[{SPACE_SET}]",
    "S": f"[^{SPACE_SET}]",
    "h": r"[\t\p{Zs}]",
}
_INSIDE = {"w": WORD_SET, "d": r"\p{Nd}", "s": SPACE_SET, "b": r"\x08", "h": r"\t\p{Zs}", "D": r"\P{Nd}"}
_ANCHORS = {"b": "b", "B": "B", "A": "A", "z": "z", "Z": "z", "G": "A"}
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b"}
_SAMPLE = "".join(map(chr, range(128))) + "éßŁжλ中٣ –—“”’…€ \u200b"


class PatternError(ValueError):
    """A pattern that can't be read or that RE2 refuses; `position` counts characters from 0."""

    def __init__(self, message: str, position: int | None = None) -> None:
        self.message = message
        self.position = position
        super().__init__(message if position is None else f"{message} (at character {position + 1})")


class NeedsBacktrackingError(PatternError):
    """A readable pattern that only a backtracking engine can run (inner look-around, back-reference)."""


@dataclass(frozen=True, slots=True)
class Char:
    """One literal character."""

    value: str


@dataclass(frozen=True, slots=True)
class CharClass:
    """A set of characters, as RE2 text."""

    re2_text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """`^`, `$`, or the letter of `\\b`, `\\B`, `\\A`, `\\z`."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives in brackets; `flags` such as `i` or `-i`."""

    branches: tuple[Sequence, ...]
    captures: bool = False
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A look-ahead or look-behind."""

    branches: tuple[Sequence, ...]
    is_ahead: bool
    is_negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeated node; `suffix` is the quantifier as written."""

    node: Node
    minimum: int
    maximum: int | None
    suffix: str


@dataclass(frozen=True, slots=True)
class Flags:
    """Flags from here on, such as `(?i)`."""

    flags: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something RE2 can't run at all: a back-reference, an atomic group, a possessive quantifier."""

    what: str
    position: int


Node: TypeAlias = "Char | CharClass | Anchor | Group | Look | Repeat | Flags | Refused"
Sequence: TypeAlias = "tuple[Node, ...]"
Branches: TypeAlias = "tuple[Sequence, ...]"

_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d{1,5})(,(\d{0,5}))?\})")
_GROUP_START = re.compile(
    r"\(\?(?:(?P<look><?[=!])|(?P<atomic>>)|P?<(?P<name>[A-Za-z_]\w*)>|(?P<flags>[imsU]*(?:-[imsU]+)?)(?P<end>[:)]))"
)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0

    def parse(self) -> Branches:
        branches = self._branches()
        if self.at < len(self.pattern):
            raise PatternError("has a closing bracket ')' too many", self.at)
        return branches

    def _branches(self) -> Branches:
        branches: list[Sequence] = []
        nodes: list[Node] = []
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                branches.append(tuple(nodes))
                nodes = []
            else:
                nodes.append(self._quantified())
        return (*branches, tuple(nodes))

    def _quantified(self) -> Node:
        start = self.at
        node = self._atom()
        found = _QUANTIFIER.match(self.pattern, self.at)
        if not found or self.pattern[start] in "*+?":
            if self.pattern[start] in "*+?":
                raise PatternError(f"has nothing to repeat before '{self.pattern[start]}'", start)
            return node
        minimum, maximum = _bounds(found)
        if max(minimum, maximum or 0) > MAX_REPEAT:
            raise PatternError(f"repeats more than {MAX_REPEAT} times", self.at)
        self.at = found.end()
        suffix = found.group()
        if self.pattern.startswith("?", self.at):
            suffix += "?"
            self.at += 1
        elif self.pattern.startswith("+", self.at):
            self.at += 1
            return Refused("a possessive quantifier", found.end())
        if isinstance(node, Look | Flags | Anchor):
            raise PatternError("repeats something that has no width", start)
        return Repeat(node, minimum, maximum, suffix)

    def _atom(self) -> Node:
        char = self.pattern[self.at]
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        if char in "^$":
            return Anchor(char)
        return CharClass(".") if char == "." else Char(char)

    def _group(self) -> Node:
        start = self.at
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise PatternError(f"nests brackets more than {MAX_NESTING} deep", start)
        node = self._group_body(start)
        self.depth -= 1
        return node

    def _group_body(self, start: int) -> Node:
        if not self.pattern.startswith("(?", start):
            self.at += 1
            return Group(self._closed(start), captures=True)
        head = _GROUP_START.match(self.pattern, start)
        if not head:
            raise PatternError("has an unknown kind of bracket '(?'", start)
        self.at = head.end()
        if head["look"]:
            look = head["look"]
            return Look(self._closed(start), "<" not in look, "!" in look, start)
        if head["atomic"]:
            self._closed(start)
            return Refused("an atomic group", start)
        if head["end"] == ")":
            return Flags(head["flags"])
        return Group(self._closed(start), captures=head["name"] is not None, flags=head["flags"] or "")

    def _closed(self, start: int) -> Branches:
        branches = self._branches()
        if self.at >= len(self.pattern):
            raise PatternError("has an opening bracket '(' that is never closed", start)
        self.at += 1
        return branches

    def _escape(self) -> Node:
        start = self.at
        if start + 1 >= len(self.pattern):
            raise PatternError("ends in a lone backslash", start)
        letter = self.pattern[start + 1]
        self.at += 2
        if letter in _ANCHORS:
            return Anchor(_ANCHORS[letter])
        if letter in _OUTSIDE:
            return CharClass(_OUTSIDE[letter])
        if letter in _CONTROL:
            return Char(_CONTROL[letter])
        if letter in "123456789k":
            return Refused("a back-reference", start)
        if letter in "pP":
            return CharClass(self._property(start))
        if letter in "xu":
            return Char(self._code_point(start, letter))
        if letter.isalnum():
            raise PatternError(f"has an unknown escape '\\{letter}'", start)
        return Char(letter)

    def _property(self, start: int) -> str:
        found = re.compile(r"\\[pP](?:\{\^?\w+\}|[A-Z])").match(self.pattern, start)
        if not found:
            raise PatternError("has an incomplete Unicode class", start)
        self.at = found.end()
        return found.group()

    def _code_point(self, start: int, letter: str) -> str:
        shape = (
            r"\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))" if letter == "x" else r"\\u([0-9A-Fa-f]{4})()"
        )
        found = re.compile(shape).match(self.pattern, start)
        code = int(found[1] or found[2], 16) if found else -1
        if not found or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise PatternError("has an incomplete or impossible character code", start)
        self.at = found.end()
        return chr(code)

    def _class(self) -> Node:
        start = self.at
        self.at += 1
        text = "["
        if self.pattern.startswith("^", self.at):
            text += "^"
            self.at += 1
        is_first = True
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "]" and not is_first:
                self.at += 1
                return CharClass(text + "]")
            text += self._class_item(char)
            is_first = False
        raise PatternError("has a '[' that is never closed", start)

    def _class_item(self, char: str) -> str:
        start = self.at
        if char == "[":
            named = re.compile(r"\[:\^?\w+:\]").match(self.pattern, start)
            self.at = named.end() if named else start + 1
            return named.group() if named else r"\["
        if char != "\\":
            self.at += 1
            return r"\]" if char == "]" else char
        if start + 1 >= len(self.pattern):
            raise PatternError("ends in a lone backslash", start)
        letter = self.pattern[start + 1]
        self.at += 2
        if letter in _INSIDE:
            return _INSIDE[letter]
        if letter in "pP":
            return self._property(start)
        if letter in "xu":
            return f"\\x{{{ord(self._code_point(start, letter)):x}}}"
        return "\\" + letter


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    text = found.group()
    if text in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[text]
    minimum = int(found[1])
    if found[2] is None:
        return minimum, minimum
    return minimum, int(found[3]) if found[3] else None


@lru_cache(maxsize=4096)
def parse(pattern: str) -> Branches:
    """Read a pattern into its alternatives.

    Raises:
        PatternError: with the place where reading stopped.
    """
    if len(pattern) > MAX_PATTERN_CHARS:
        raise PatternError(f"is {len(pattern)} characters long; at most {MAX_PATTERN_CHARS} are allowed")
    return _Parser(pattern).parse()


def of_block(branches: Branches) -> Branches:
    """Return the same alternatives where `^` and `$` are the edges of the block instead of a line."""
    return tuple(tuple(map(_of_block, nodes)) for nodes in branches)


def _of_block(node: Node) -> Node:
    match node:
        case Anchor("^" | "$"):
            return Anchor("A" if node.name == "^" else "z")
        case Group(branches, captures, flags) if "m" not in flags:
            return Group(of_block(branches), captures, flags)
        case Look(branches, is_ahead, is_negated, position):
            return Look(of_block(branches), is_ahead, is_negated, position)
        case Repeat(inner, minimum, maximum, suffix):
            return Repeat(_of_block(inner), minimum, maximum, suffix)
        case _:
            return node


def options() -> re2.Options:
    """Return RE2's options for every pattern of ours: bounded memory, nothing printed."""
    chosen = re2.Options()
    chosen.max_mem = MAX_MEM_BYTES
    chosen.log_errors = False
    return chosen


_OPTIONS = options()


def compile_re2(text: str) -> re2._Regexp:
    """Compile RE2 text.

    Raises:
        PatternError: RE2's own message.
    """
    try:
        return re2.compile(text, _OPTIONS)
    except re2.error as error:
        raw = error.args[0] if error.args else b""
        message = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        raise PatternError(f"is refused by RE2: {message}") from None


@lru_cache(maxsize=4096)
def class_is_word(re2_text: str) -> bool | None:
    """Tell whether a class holds only word characters (True), none (False), or both (None)."""
    # (?s): a dot is a class too, and matches the line end of the sample.
    found = set(compile_re2(f"(?s){re2_text}").findall(_SAMPLE))
    words = {char for char in found if is_word(char)}
    if not words or not found:
        return False
    return True if words == found else None


def is_word(char: str) -> bool:
    """Tell whether a character is part of a word: letter, mark, number or underscore."""
    return char.isalnum() or char == "_" or (char > "\x7f" and char in _MARKS)


# Marks are part of the word they sit on (UAX 29), but not alphanumeric to Python.
_MARKS = frozenset(chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M")
