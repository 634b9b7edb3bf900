"""One view of a text for matching words: same length, lower case, straight apostrophes, plain spaces.

`str.lower` alone would move offsets (`İ` becomes two characters), so what changes length stays as it is.
"""

from __future__ import annotations

import re

LETTER_APOSTROPHE = "ʼ"  # a letter to Unicode, a mark to writers
_MARKS = (("’", "'"), ("‘", "'"), (LETTER_APOSTROPHE, "'"), ("\u00a0", " "), ("\u202f", " "))
_SURROGATE = re.compile("[\ud800-\udfff]")


def mark_fold(text: str) -> str:
    """Return the text with curly apostrophes straight and no-break spaces plain; same length."""
    if not text.isascii():
        # One pass each: `str.translate` is thirty times slower.
        for mark, plain in _MARKS:
            text = text.replace(mark, plain)
    return text


def case_fold(text: str) -> str:
    """Return the text in lower case, one code point for one; same length."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered if lowered.isascii() else lowered.replace("ς", "σ").replace("ſ", "s")


def without_surrogates(text: str) -> str:
    """Return the text with lone surrogates replaced by U+FFFD, since RE2 reads UTF-8; same length."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
