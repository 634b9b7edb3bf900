"""A fast sentence splitter for marketing copy: full stops that end no abbreviation, initial or number."""

from __future__ import annotations

import re
import string

from copydesk.checks.style_rules.patterns import compile_re2
from copydesk.checks.style_rules.view import ANYWHERE, matching
from copydesk.checks.text import AFTER_ORDINAL, FIRST_OF_TWO, ORDINAL

# A blank line, or a run of marks before white space that no small letter follows. It begins with a set of
# characters, which is what the engine looks for fastest, and is possessive: full stops alone take one pass.
_END = re.compile(
    r"[.!?…\n](?:(?<=\n)(?=[^\S\n]*\n)"
    r"|(?<=[.!?…])(?<![.!?…][.!?…])[.!?…]*+[\"'”’“‘»«)\]]*+(?=\s)(?!\s{1,39}[a-z]))"
)
_LAST_WORD = re.compile(r"([\w.&]+)\.$")
_RUN = string.ascii_letters + string.digits + "_.&"
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf approx no nos vol fig inc ltd co corp dept est ext min max"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m u.s u.k z.b bzw ca"
    " usw evtl inkl exkl zzgl tel nr abs st hr std mio mrd tsd".split()
)
_LONGEST = max(map(len, _ABBREVIATIONS))
# After these a capital letter may still begin a new sentence.
_MAY_END = frozenset({"etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "u.s", "u.k", "usw", "no"})


_NEVER_END = _ABBREVIATIONS - _MAY_END
# Words of their own in small letters: "in the sun. Then".
_CAPITALISED = frozenset("fig dec mar jan hr std mon wed thu fri sat sun".split())


# What keeps a text of ASCII from being cut at every mark before a space: abbreviations, initials, German
# ordinals, marks in quotes, and any white space but single spaces and blank lines.
_IRREGULAR = matching(
    compile_re2(
        r"(?i)(?:\A|[^\w.&])(?:[a-z]|"
        + "|".join(map(re.escape, sorted(_NEVER_END)))
        + r")\.[.!?]*(?:\s|\z)|[.!?][\"')\]]|[^\S\n]\s|\n[^\S\n]|[\t\r\f\v\x1c-\x1f]|[^\n]\n[^\n]|\A\n|\n\z"
        + rf"|\d\.\s(?:{AFTER_ORDINAL})|(?:str|(?:\A|[^\w.&])no)\.\s\d"
    )
)
_SPACE = ord(" ")
_ONE_MARK = bytes.maketrans(b"!?", b"..")


def is_regular(data: bytes) -> bool:
    """Tell whether `regular_spans` is right for a text of ASCII, blank lines between its blocks included."""
    return data.isascii() and _IRREGULAR(ANYWHERE, data, 0, len(data))[0][0] < 0


def regular_spans(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the sentences of one block `[start, end)` of a regular text."""
    spans: list[tuple[int, int]] = []
    while start < end and data[start] == _SPACE:
        start += 1
    while end > start and data[end - 1] == _SPACE:
        end -= 1
    begin = at = start
    for piece in data[start:end].translate(_ONE_MARK).split(b". "):
        # A small letter goes on with the sentence: "Wow! he said."
        if at > start and (not piece or not 97 <= piece[0] <= 122):
            spans.append((begin, at - 1))
            begin = at
        at += len(piece) + 2
    if end > start:
        spans.append((begin, end))
    return spans


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the half-open code-point spans of a text's sentences, without the white space between them."""
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
    if not run:
        return True
    last = run.lower()
    if following.isdigit() and (last == "no" or last.endswith("str")):
        return False
    if len(run) > _LONGEST:
        return True
    if last.isdigit():
        return ORDINAL.match(text, at - len(run)) is None
    if (
        len(last) == 1
        and last.isalpha()
        and last != "i"
        and (run.isupper() or FIRST_OF_TWO.match(text, at - 1))
    ):
        return False
    if last in _CAPITALISED and run[0].islower():
        return True
    return last not in _ABBREVIATIONS or last in _MAY_END
