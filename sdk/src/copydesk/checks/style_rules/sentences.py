"""A fast sentence splitter for marketing copy: full stops that end no abbreviation, initial or number."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|\n(?=\s*\n)")
_LAST_WORD = re.compile(r"([\w.&]+)\.$")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf approx no nos vol fig inc ltd co corp dept est ext min max"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m u.s u.k z.b bzw ca"
    " usw evtl inkl zzgl tel nr abs st".split()
)
# After these a capital letter may still begin a new sentence.
_MAY_END = frozenset({"etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "u.s", "u.k", "usw", "no"})


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open code-point spans of a text's sentences, without the white space between them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        if _is_end(text, start, found):
            _append(spans, text, start, found.end())
            start = found.end()
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        spans.append((first, first + len(stripped)))


def _is_end(text: str, start: int, found: re.Match[str]) -> bool:
    mark = found.group()
    following = text[found.end() : found.end() + 40].lstrip()[:1]
    if mark[0] == "\n" or not following:
        return True
    if following.islower():
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    word = _LAST_WORD.search(text[max(start, found.start() - 20) : found.start() + 1])
    if word is None:
        return True
    last = word[1].lower()
    if len(last) == 1 and last.isalpha() and word[1].isupper() and last != "i":
        return False
    return last not in _ABBREVIATIONS or last in _MAY_END
