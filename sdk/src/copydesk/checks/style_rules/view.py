"""One text as the engines see it: its UTF-8 for RE2, which characters are part of words, places both ways.

RE2 and the automaton count bytes or characters of their own; each view is made once per text and thrown away.
"""

from __future__ import annotations

from typing import Final

import re2

from copydesk.checks.style_rules.folding import case_fold, mark_fold
from copydesk.checks.style_rules.patterns import is_word
from copydesk.checks.text import ANYWHERE, matching

__all__ = ["ANYWHERE", "FROM_HERE", "NEVER", "OTHER", "WORD", "View", "in_ascii", "matching", "spaced"]

WORD: Final = 1
OTHER: Final = 0
NEVER: Final = 2  # equal to no kind: a side without a boundary to keep
_ASCII: Final = bytes(range(128))
_ASCII_KINDS: Final = bytes(
    WORD if chr(code).isalnum() or chr(code) == "_" else OTHER for code in range(128)
) + bytes(128)
# What the automaton of whole words reads: small letters, digits, "_", and spaces for all else.
_WORDS_APART: Final = bytes(ord(chr(code).lower()) if _ASCII_KINDS[code] else ord(" ") for code in range(256))
# The same for text that is in small letters already; capitals stand for letters outside ASCII.
_SMALL_APART: Final = bytes(code if _ASCII_KINDS[code] else ord(" ") for code in range(256))
_EDGE: Final = bytes([OTHER])
_WORD_ENDS: Final = bytes([WORD, OTHER])
# So many different characters outside ASCII are replaced one after the other; more, in one slow pass.
_FEW: Final = 24
FROM_HERE: Final = re2._re2.RE2.Anchor.ANCHOR_START


class View:
    """A text without lone surrogates, with what the matchers ask of it.

    `is_foreign`: there are letters, digits or marks outside ASCII.
    """

    __slots__ = (
        "_byte",
        "_char",
        "_folded",
        "_kinds",
        "_pieces",
        "data",
        "is_ascii",
        "is_foreign",
        "is_plain",
        "text",
        "work_bytes",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        self.is_ascii = len(self.data) == len(text)
        self.is_foreign = False
        self.is_plain = True  # word characters are just those of Python's \w: no marks on letters
        self.work_bytes = 0  # what the patterns of one matcher had to look at so far
        self._byte = self._char = 0
        self._folded: tuple[str, str] | None = None
        self._pieces: list[str] | None = None
        self._kinds: bytes | None = None
        if not self.is_ascii:
            words = {char for char in set(self.data.translate(None, _ASCII).decode()) if is_word(char)}
            self.is_foreign = bool(words)
            self.is_plain = all(map(str.isalnum, words))

    @property
    def kinds(self) -> bytes:
        """WORD or OTHER for every code point, with an OTHER before the first and after the last.

        The kind of code point i stands at i + 1.
        """
        if self._kinds is None:
            data = self.data if self.is_ascii else in_ascii(self.text)
            self._kinds = _EDGE + data.translate(_ASCII_KINDS) + _EDGE
        return self._kinds

    @property
    def spaced(self) -> bytes:
        """The folded text as the automaton of whole words reads it, see `spaced`."""
        if self.is_ascii:
            return b" " + self.data.translate(_WORDS_APART) + b" "
        return spaced(self.folded[1])

    @property
    def folded(self) -> tuple[str, str]:
        """The text with plain marks, and that in lower case; both of the same length as the text."""
        if self._folded is None:
            soft = mark_fold(self.text)
            self._folded = soft, case_fold(soft)
        return self._folded

    @property
    def pieces(self) -> list[str]:
        """What stands between white space, in lower case with plain marks."""
        if self._pieces is None:
            self._pieces = self.folded[1].split()
        return self._pieces

    def is_boundary(self, at: int) -> bool:
        """Tell whether a word begins or ends at a place, for letters of any script."""
        return self.kinds[at] != self.kinds[at + 1]

    def count_words(self, start: int, end: int) -> int:
        """Count the runs of word characters in `[start, end)`; right where the view `is_plain`."""
        return self.kinds.count(_WORD_ENDS, start + 1, end + 1) + self.kinds[end] if end > start else 0

    def byte_at(self, char: int) -> int:
        """Return the place in `data` of a code point."""
        if self.is_ascii:
            return char
        # From where the last question was, so that a walk through the text costs what the text is long.
        if char >= self._char:
            self._byte += len(self.text[self._char : char].encode())
        else:
            self._byte -= len(self.text[char : self._char].encode())
        self._char = char
        return self._byte

    def char_at(self, byte: int) -> int:
        """Return the code point of a place in `data`, which has to lie between characters."""
        if self.is_ascii:
            return byte
        if byte >= self._byte:
            self._char += len(self.data[self._byte : byte].decode())
        else:
            self._char -= len(self.data[byte : self._byte].decode())
        self._byte = byte
        return self._char


def spaced(folded: str) -> bytes:
    """Return a folded text with a space round it and for every character that is no part of a word.

    One byte stands for each code point, a capital for what is part of a word outside ASCII.
    """
    return b" " + in_ascii(folded).translate(_SMALL_APART) + b" "


def in_ascii(text: str) -> bytes:
    """Return a text with `A` for each word character outside ASCII and `.` for all else there."""
    data = text.encode()
    if len(data) == len(text):
        return data
    foreign = set(data.translate(None, _ASCII).decode())
    if len(foreign) > _FEW:
        return text.translate({ord(char): _in_ascii(char) for char in foreign}).encode()
    for char in foreign:
        text = text.replace(char, _in_ascii(char))
    return text.encode()


def _in_ascii(char: str) -> str:
    return "A" if is_word(char) else "."
