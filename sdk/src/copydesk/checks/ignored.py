"""Places of a text that are no copy: code, addresses, targets of links, tags, comments, scripts.

What is shown of them stays copy: the text of a link, an image's alternative text, a title. One look from left
to right, linear on any text; asked only about texts in which something was found.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

_ADDRESS: Final = r"[^\s<>\"'`“”„«»()\[\]|–—…]++"
_OPENER: Final = re.compile(
    r"(?P<fence>^[ \t>]*+(?:`{3,12}+|~{3,12}+)(?=[^`\n]*+$))|(?P<code>`++)"
    r"|(?P<target>\]\([ \t]*+)|(?P<reference>^ {0,3}\[(?!\^)[^\]\n]{1,200}+\]:[ \t]*+)"
    rf"|(?P<address>\b[A-Za-z][A-Za-z0-9+.-]{{1,15}}://{_ADDRESS}|\b[wW]{{3}}\.{_ADDRESS}"
    r"|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+)++)"
    r"|(?P<comment><!--)"
    r"|(?P<tag></?(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40}+)(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>)",
    re.MULTILINE,
)
_TARGET: Final = re.compile(r"<[^<>\n]{0,2000}+>|(?:[^\s()<>]|\([^\s()]{0,500}+\)){1,2000}+")
# Attributes that people read or hear.
_SHOWN: Final = re.compile(
    r"(?i)\s(?:alt|title|aria-label|aria-description|placeholder|label|summary)\s*=\s*"
    r"(?:\"([^\"<]*+)\"|'([^'<]*+)'|([^\s\"'<>=`]++))"
)
_SHOWS_NOTHING: Final = frozenset(
    "script style template pre code kbd samp tt noscript iframe textarea svg math".split()
)
_RUNS: Final = re.compile("`++")
# What words in backticks do not have: where backticks are shown, they may be mere quotation marks.
_LIKE_CODE: Final = re.compile(r"\w\(|[{}<>=;$\\_]|\w\.\w|[a-z][A-Z]|^--?\w")
# Names that a plain text in pointed brackets ("<cheap offers>") is not taken for.
_ELEMENTS: Final = frozenset(
    "a abbr article aside b blockquote body br button caption code col dd del div dl dt em figcaption"
    " figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li"
    " link main mark meta nav noscript ol option p pre q s samp script section select small span strike"
    " strong style sub sup svg table tbody td template textarea tfoot th thead title tr tt u ul".split()
)


class Ignored:
    """Ranges of a text that are no copy, in order and apart."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._starts, self._ends, strict=True)

    def holds(self, start: int, end: int) -> bool:
        """Tell whether `[start, end)` lies in one of the ranges."""
        place = bisect_right(self._starts, start) - 1
        return place >= 0 and end <= self._ends[place]


def ignored(text: str, markup: str) -> Ignored | None:
    """Return the places of a text that are no copy, None where there are none.

    Args:
        text: the text.
        markup: how it is shown, `text`, `markdown`, `html` or `json`. Where marks are shown as written, words
            in backticks or pointed brackets are read too: only what looks like code or an element counts.
    """
    if not _may_have(text):
        return None
    found = [(start, end) for start, end in _ranges(text, markup) if end > start]
    return Ignored(found) if found else None


def _may_have(text: str) -> bool:
    """Tell whether one of the signs stands in a text that all that is no copy has; written out for speed."""
    return (
        "`" in text
        or "<" in text
        or "@" in text
        or "//" in text
        or "](" in text
        or "]:" in text
        or "ww." in text
        or "WW." in text
        or "~~~" in text
    )


def _ranges(text: str, markup: str) -> Iterator[tuple[int, int]]:
    is_markdown = markup == "markdown"
    closings = _Closings(text)
    runs: dict[int, list[int]] = defaultdict(list)
    for run in _RUNS.finditer(text) if "`" in text else ():
        runs[run.end() - run.start()].append(run.start())
    position = 0
    while found := _OPENER.search(text, position):
        start = position = found.end()
        end = 0
        match found.lastgroup:
            case "address":
                start, end = found.span()
            case "fence":
                start, end = found.start(), _end_of_fence(text, found, is_markdown, closings)
            case "code":
                start, end = found.start(), _end_of_code(text, found, runs, is_markdown)
            case "target" | "reference" if is_markdown:
                target = _TARGET.match(text, position)
                end = target.end() if target else 0
            case "comment":
                end = closings.after("-->", position)
            case "tag" if is_markdown or markup == "html" or found["name"].lower() in _ELEMENTS:
                yield from _of_tag(found)
                end = _end_of_element(found, closings)
        if end:
            yield start, end
            position = max(position, end)


class _Closings:
    """Where things end; every place is looked for once, so that what is never closed costs one look."""

    __slots__ = ("_next", "_text", "open_fences")

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}
        self.open_fences: set[str] = set()

    def after(self, closing: str, position: int) -> int:
        """Return the first place of a closing mark, in capitals or not, from a position on; 0: nowhere."""
        places = [self._place(each, position) for each in {closing, closing.upper()}]
        return min((place for place in places if place >= 0), default=0)

    def _place(self, closing: str, position: int) -> int:
        known = self._next.get(closing, 0)
        if 0 <= known < position or closing not in self._next:
            known = self._next[closing] = self._text.find(closing, position)
        return known


def _end_of_fence(text: str, opening: re.Match[str], is_markdown: bool, closings: _Closings) -> int:
    """Return where a fenced block ends; unclosed, it reaches to the end where that is how it is shown."""
    mark = opening.group().lstrip(" \t>")
    if mark not in closings.open_fences:
        closing = re.compile(rf"^[ \t>]*+{mark}{mark[0]}*+[ \t]*+$", re.MULTILINE).search(text, opening.end())
        if closing:
            return closing.end()
        closings.open_fences.add(mark)
    return len(text) if is_markdown else 0


def _end_of_code(text: str, opening: re.Match[str], runs: dict[int, list[int]], is_markdown: bool) -> int:
    """Return where a code span ends, 0 where there is none (CommonMark 0.31, 6.1)."""
    start, width = opening.end(), opening.end() - opening.start()
    place = bisect_left(runs[width], start)
    if place == len(runs[width]) or text.find("\n\n", start, runs[width][place]) >= 0:
        return 0
    stop = runs[width][place]
    end = stop + width
    after_letter = text[opening.start() - 1 : opening.start()].isalnum()
    before_letter = text[end : end + 1].isalnum()
    if is_markdown:
        # "It`s … don`t": typed for apostrophes, and read as such.
        return 0 if after_letter and before_letter else end
    return end if not after_letter and not before_letter and _LIKE_CODE.search(text, start, stop) else 0


def _of_tag(tag: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield a tag without the values of attributes that people read."""
    at = tag.start()
    for shown in _SHOWN.finditer(tag.group()):
        group = next(number for number in (1, 2, 3) if shown[number] is not None)
        yield at, tag.start() + shown.start(group)
        at = tag.start() + shown.end(group)
    yield at, tag.end()


def _end_of_element(tag: re.Match[str], closings: _Closings) -> int:
    name = tag["name"].lower()
    if name not in _SHOWS_NOTHING or tag.group().startswith("</") or tag.group().endswith("/>"):
        return 0
    return closings.after(f"</{name}", tag.end())
