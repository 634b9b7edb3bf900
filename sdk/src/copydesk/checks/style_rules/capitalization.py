"""Capital letters: sentence case, title case, all lower, all upper, or a pattern a block has to match.

A text is rewritten in the wanted case and compared word by word, as Vale does (https://vale.sh/docs/checks/capitalization);
the small words of titles are those of the Associated Press and, longer, of the Chicago Manual of Style.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from copydesk.checks.style_rules.document import Document
from copydesk.checks.style_rules.index import Scan
from copydesk.checks.style_rules.kinds import Remark
from copydesk.checks.style_rules.matcher import Matcher
from copydesk.checks.style_rules.patterns import PatternError, compile_re2, parse
from copydesk.checks.style_rules.scopes import Selector
from copydesk.checks.style_rules.wording import Wording, first_upper
from copydesk.checks.style_rules.writing import literal, write_branches

STYLES = frozenset({"$title", "$sentence", "$lower", "$upper"})
DEFAULT_THRESHOLD = "0.8"
_WORD = r"[\p{N}\p{L}\p{M}*]+[^\s]*"
_TITLE_WORD = re.compile(r"[^\W_]+[^\s\-/]*")
_NUMBER = re.compile(r"\d+\.")
_AP = frozenset("a an and as at but by en for if in nor of on or per the to vs vs. via v v.".split())
_CHICAGO = _AP | frozenset(
    "with from into during including until against among throughout despite towards upon concerning about"
    " over through before between after since without under within along following across beyond around down"
    " near above".split()
)


@dataclass(frozen=True, slots=True)
class Known:
    """Words that keep the case they are listed with: `excepted` finds one in a text, `words` cuts a text.

    `spellings` holds those that are plain words, by their lower case; `patterns` what the others are.
    """

    words: Any
    excepted: Any
    spellings: dict[str, str]
    patterns: tuple[Any, ...]

    def spelling(self, word: str) -> str | None:
        """Return how a word has to be written, None where the list does not know it."""
        found = self.spellings.get(word.lower())
        if found is not None:
            return found
        return word if any(pattern.search(word) is not None for pattern in self.patterns) else None

    def covers(self, text: str) -> bool:
        """Tell whether a listed word occurs in a text."""
        return self.excepted is not None and self.excepted.search(text) is not None

    def cut(self, text: str) -> list[str]:
        """Return the words of a text; a listed one of several words counts as one."""
        return [found.group() for found in self.words.finditer(text)]


def known_words(exceptions: Sequence[str]) -> Known:
    """Compile the words and patterns of a list; what can't be read as a pattern is a word."""
    ordered = sorted(dict.fromkeys(exceptions), key=lambda text: (-len(text), text))
    bodies = [_body(text) for text in ordered]
    joined = "|".join(_bounded(text, body) for text, body in zip(ordered, bodies, strict=True))
    return Known(
        compile_re2(f"{joined}|{_WORD}" if joined else _WORD),
        compile_re2(joined) if joined else None,
        {text.lower(): text for text in reversed(ordered)},
        tuple(compile_re2(body) for body in bodies),
    )


def _body(text: str) -> str:
    try:
        body = write_branches(parse(text))
        compile_re2(body)
    except PatternError:
        return literal(text)
    return body


def _bounded(text: str, body: str) -> str:
    """Put word boundaries round a pattern; those of RE2 know no letters outside ASCII."""
    left = r"\b" if text[:1].isascii() else ""
    right = r"\b" if text[-1:].isascii() else ""
    return f"{left}(?:{body}){right}"


@dataclass(frozen=True, slots=True)
class Capitalization:
    """How a block is capitalised; `threshold` is the share of words that have to comply, in [0, 1].

    `lists_capitals`: the rule itself says which words keep their capitals. Where it does not, names and
    acronyms are taken as they are.
    """

    match: str
    pattern: Callable[[str], bool] | None
    message: Wording
    threshold: float
    indicators: tuple[str, ...]
    known: Known
    is_chicago: bool
    prefix: Any
    lists_capitals: bool
    matchers: tuple[Matcher, ...] = ()
    always: bool = True

    def remarks(self, document: Document, scan: Scan, selector: Selector) -> Iterator[Remark]:
        """Yield one remark for each block that is capitalised otherwise."""
        del scan
        for block in selector.blocks(document):
            text = document.text[block.start : block.end]
            if text.strip():
                expected = self._expected(text)
                if not self._is_right(text, expected):
                    suggestion = expected if self.match in STYLES else None
                    yield block.start, block.end, (self.message.filled(text, expected), suggestion, ())

    def _expected(self, text: str) -> str:
        match self.match:
            case "$lower":
                return text.lower()
            case "$upper":
                return text.upper()
            case "$sentence":
                return self._converted(text, self._sentence)
            case "$title":
                return self._converted(text, self._title)
            case _:
                return self.match

    def _is_right(self, text: str, expected: str) -> bool:
        if self.match in {"$lower", "$upper"}:
            return text == expected or self.known.covers(text)
        if self.pattern is not None:
            return self.pattern(text) or self.known.covers(text)
        found, wanted = self.known.cut(text), self.known.cut(expected)
        right = 0
        for index, word in enumerate(found):
            if index >= len(wanted) or word == wanted[index] or self.known.covers(word):
                right += 1
            elif self.match == "$title":
                # A verb's "To" is large, a direction's small, which only a grammar can tell.
                right += word == word.upper() or (word == "To" and wanted[index] == "to")
            elif not self.lists_capitals and any(map(str.isupper, word[1:])):
                right += 1
            elif index == 0 and word != _titled(word):
                return False
        return right >= self.threshold * len(found)

    def _converted(self, text: str, convert: Callable[[str], str]) -> str:
        start = self.prefix.search(text) if self.prefix is not None else None
        head = start.group() if start is not None else ""
        return head + convert(text.removeprefix(head))

    def _sentence(self, text: str) -> str:
        made: list[str] = []
        words = self.known.cut(text)
        for index, word in enumerate(words):
            starts = index == 0 or self._is_indicator(words[index - 1], index - 1)
            spelling = self.known.spelling(word)
            made.append(spelling if spelling is not None else _titled(word) if starts else word.lower())
        return " ".join(made)

    def _is_indicator(self, word: str, index: int) -> bool:
        if any(len(word) > len(sign) and word.endswith(sign) for sign in self.indicators):
            return True
        return index == 0 and _NUMBER.search(word) is not None

    def _title(self, text: str) -> str:
        return _TITLE_WORD.sub(lambda found: self._title_word(text, found), text)

    def _title_word(self, text: str, found: re.Match[str]) -> str:
        word = found.group()
        spelling = self.known.spelling(word)
        if spelling is not None:
            return spelling
        start, end = found.span()
        before = text[start - 1] if start else ""
        earlier = text[start - 2] if start > 1 else ""
        is_small = word.lower() in (_CHICAGO if self.is_chicago else _AP) and 0 < start < end < len(text)
        is_inside = before in {" ", "-", "/", "–", "—"} and earlier not in {":", "-"}
        if is_small and is_inside and (text[end : end + 1] != "-" or before == "-"):
            return word.lower()
        return first_upper(word)


def _titled(word: str) -> str:
    return word[:1].upper() + word[1:].lower()


def block_pattern(text: str) -> Callable[[str], bool]:
    """Return a test whether a pattern occurs in a text; it is read without flags, so `^` is its very start.

    Raises:
        PatternError: RE2 can't run it.
    """
    pattern = compile_re2(write_branches(parse(text)))
    return lambda block: pattern.search(block) is not None
