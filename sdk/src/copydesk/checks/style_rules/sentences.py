"""A fast sentence splitter for marketing copy: full stops that end no abbreviation, initial or number."""

from __future__ import annotations

import re
import string

from copydesk.checks.style_rules.patterns import compile_re2
from copydesk.checks.style_rules.view import ANYWHERE, matching

# A blank line, or a run of marks before white space that no small letter follows. It begins with a set of
# characters, which is what the engine looks for fastest, and is possessive: full stops alone take one pass.
_END = re.compile(
    r"[.!?…\n](?:(?<=\n)(?=[^\S\n]*\n)"
    r"|(?<=[.!?…])(?<![.!?…][.!?…])[.!?…]*+[\"'”’»)\]]*+(?=\s)(?!\s{1,39}[a-z]))"
)
_LAST_WORD = re.compile(r"([\w.&]+)\.$")
_RUN = string.ascii_letters + string.digits + "_.&"
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf approx no nos vol fig inc ltd co corp dept est ext min max"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m u.s u.k z.b bzw ca"
    " usw evtl inkl zzgl tel nr abs st".split()
)
_LONGEST = max(map(len, _ABBREVIATIONS))
# After these a capital letter may still begin a new sentence.
_MAY_END = frozenset({"etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "u.s", "u.k", "usw", "no"})


_NEVER_END = _ABBREVIATIONS - _MAY_END


# What keeps an ASCII text from being cut at every end: an abbreviation or initial, or unusual white space.
_SUSPECT = matching(
    compile_re2(
        r"(?i)(?:\A|[^\w.&])(?:[a-z]|"
        + "|".join(map(re.escape, sorted(_NEVER_END)))
        + r")\.[.!?\"')\]]*\s|\s\s|[\t\n\r\f\v\x1c-\x1f]|\A\s|\s\z"
    )
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open code-point spans of a text's sentences, without the white space between them."""
    if text and text.isascii() and _SUSPECT(ANYWHERE, text.encode(), 0, len(text))[0][0] < 0:
        ends = [found.end() for found in _END.finditer(text)]
        return list(zip([0, *[end + 1 for end in ends]], [*ends, len(text)], strict=True))
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        at, end = found.span()
        if _is_end(text, start, at, end):
            _append(spans, text, start, end)
            start = end
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    if start < end:
        if text[end - 1].isspace():
            end = start + len(text[start:end].rstrip())
        spans.append((start, end))


def _is_end(text: str, start: int, at: int, end: int) -> bool:
    """Tell whether the marks `[at, end)` end a sentence that began at `start`."""
    mark = text[at]
    following = text[end : end + 40].lstrip()[:1]
    if mark == "\n" or not following:
        return True
    if following.islower():
        return False
    if mark != "." or text[at + 1] == ".":
        return True
    before = text[max(start, at - 20) : at]
    run = before[len(before.rstrip(_RUN)) :]
    if len(run) < len(before) and before[-len(run) - 1] > "\x7f":
        word = _LAST_WORD.search(before + mark)  # letters of other scripts may be part of the word
        run = word[1] if word else ""
    if not run or len(run) > _LONGEST:
        return True
    last = run.lower()
    if len(last) == 1 and last.isalpha() and run.isupper() and last != "i":
        return False
    return last not in _ABBREVIATIONS or last in _MAY_END
