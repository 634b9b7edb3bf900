"""A text as the rules see it: blocks with scopes, code and addresses hidden, offsets back to the source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from copydesk.checks.style_rules.folding import without_surrogates
from copydesk.checks.style_rules.sentences import is_regular, regular_spans, sentence_spans
from copydesk.checks.style_rules.view import ANYWHERE, View, matching

HIDDEN = "*"
SEPARATOR = "\n\n"
SENTENCE_SCOPES = frozenset({"paragraph", "list", "blockquote", "heading", "table"})
SUMMARY_SCOPES = frozenset({"paragraph", "list", "blockquote"})
_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")
# Code spans, fences, web and mail addresses: no rule should fire inside them (scope `raw` still sees them).
_IGNORED = re.compile(
    r"```[\s\S]*?(?:```|\Z)|`[^`\n]+`|https?://[^\s<>\"')\]]+|www\.[^\s<>\"')\]]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
)
_SENTENCE = frozenset({"sentence"})
_PARAGRAPH = frozenset({"text", "paragraph", "txt"})
PLAIN_SCOPES = _PARAGRAPH | _SENTENCE  # what a plain text has
_CARRIAGE_RETURN = re.compile("\r\n?")


_NEW_BLOCK = tuple.__new__


class Block(NamedTuple):
    """A run of text `[start, end)` of the document's joined text with its scopes."""

    start: int
    end: int
    scopes: frozenset[str]


@dataclass(slots=True)
class Document:
    """The joined text of all blocks; `places` maps its code points to the source, None: they are equal.

    `widths` holds how much of the source one code point stands for where that is more than one (`&amp;`).
    `comments` are those of the source with their places, `inline` the texts of links, strong and emphasised
    words and code, each a block, None where there are none.
    """

    source: str
    text: str
    blocks: tuple[Block, ...]
    places: tuple[int, ...] | None = None
    widths: Mapping[int, int] = field(default_factory=dict)
    _sentences: tuple[Block, ...] | None = None
    _spans: list[tuple[int, int]] | None = None
    _sentence_spans: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)
    _view: View | None = None
    _is_regular: bool | None = None
    _scopes: frozenset[str] | None = None
    is_running_text: bool = False  # all of it is made of sentences: known of plain text only
    begins_lines: bool = False  # every block begins and ends with a line: known of plain text only
    comments: tuple[tuple[int, str], ...] = ()
    inline: Document | None = None
    code_blocks: int = 0
    kept: dict[Any, Any] = field(default_factory=dict)  # what checks worked out about it, once

    @property
    def scopes(self) -> frozenset[str]:
        """All scopes that any part of the document has."""
        if self._scopes is None:
            self._scopes = _SENTENCE.union(*{block.scopes for block in self.blocks})
        return self._scopes

    @property
    def is_regular(self) -> bool:
        """Whether its sentences can be found the short way."""
        if self._is_regular is None:
            self._is_regular = is_regular(self.view.data)
        return self._is_regular

    @property
    def view(self) -> View:
        """The joined text as the engines see it, made once."""
        if self._view is None:
            self._view = View(self.text)
        return self._view

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The places of the blocks in the joined text."""
        if self._spans is None:
            self._spans = [(start, end) for start, end, _ in self.blocks]
        return self._spans

    @property
    def spans_of_sentences(self) -> list[tuple[int, int]]:
        """The places of all sentences of a plain text."""
        return [span for block in self.blocks for span in self.sentence_spans(block)]

    def lacks(self, pattern: Any) -> bool:
        """Tell whether an RE2 pattern occurs nowhere in the joined text; asked once for equal patterns."""
        known = self.kept.get(pattern.pattern)
        if known is None:
            view = self.view
            known = matching(pattern)(ANYWHERE, view.data, 0, len(view.data))[0][0] < 0
            self.kept[pattern.pattern] = known
        return bool(known)

    def sentence_spans(self, block: Block) -> list[tuple[int, int]]:
        """Return the places of a block's sentences in the joined text, found once."""
        start = block.start
        spans = self._sentence_spans.get((start, block.end))
        if spans is None:
            if self.is_regular:
                spans = regular_spans(self.view.data, start, block.end)
            else:
                found = sentence_spans(self.text[start : block.end])
                spans = [(start + first, start + last) for first, last in found]
            self._sentence_spans[start, block.end] = spans
        return spans

    @property
    def sentences(self) -> tuple[Block, ...]:
        """The sentences of paragraphs, list items, quotations, headings and table cells."""
        if self._sentences is None:
            found: list[Block] = []
            for block in self.blocks:
                if not block.scopes.isdisjoint(SENTENCE_SCOPES):
                    scopes = block.scopes | _SENTENCE
                    # Past the constructor, which takes twice the time: a text has dozens of them.
                    found += [
                        _NEW_BLOCK(Block, (start, end, scopes)) for start, end in self.sentence_spans(block)
                    ]
            self._sentences = tuple(found)
        return self._sentences

    @property
    def whole(self) -> tuple[int, int]:
        """The span for what concerns the whole text, which `span` takes to all of the source."""
        return (0, len(self.text)) if self.places is None else (-1, -1)

    def summary(self) -> Document:
        """Return its prose as one block: paragraphs, list items and quotations."""
        blocks = [block for block in self.blocks if not block.scopes.isdisjoint(SUMMARY_SCOPES)]
        places: list[int] = []
        pieces: list[str] = []
        widths: dict[int, int] = {}
        for block in blocks:
            for at in range(block.start, block.end):
                if at in self.widths:
                    widths[len(places) + at - block.start] = self.widths[at]
            places += (
                range(block.start, block.end) if self.places is None else self.places[block.start : block.end]
            )
            places += [places[-1]] * len(SEPARATOR)
            pieces += (self.text[block.start : block.end], SEPARATOR)
        text = "".join(pieces)
        end = len(text) - len(SEPARATOR)
        whole = (Block(0, end, frozenset({"summary"})),) if blocks else ()
        return Document(self.source, text, whole, tuple(places), widths)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the source of `[start, end)` of the joined text."""
        if self.places is None:
            return start, end
        if start < 0:
            return 0, len(self.source)
        if start >= len(self.places):
            return len(self.source), len(self.source)
        first = self.places[start]
        last = self.places[end - 1] + self.widths.get(end - 1, 1) if end > start else first
        return first, min(max(first, last), len(self.source))


def read(text: str, markup: str = "text") -> Document:
    """Split a text into blocks.

    Args:
        text: any text.
        markup: `text`, `markdown`, `html` or `json` (read as plain text).
    """
    source = without_surrogates(text)
    if "\r" in source:
        return _with_line_feeds(source, markup)
    # Plain text, which most is, needs neither parser.
    if markup == "markdown":
        from copydesk.checks.style_rules.markdown import read_markdown

        return read_markdown(source)
    if markup == "html":
        from copydesk.checks.style_rules.html_text import read_html

        return read_html(source)
    return _plain(source)


def read_raw(text: str) -> Document:
    """Return a text as one block with nothing hidden, for rules that look at the markup itself."""
    document = read(text)
    source = without_surrogates(text)
    document.text = _CARRIAGE_RETURN.sub("\n", source)
    document.blocks = (Block(0, len(document.text), frozenset({"raw"})),)
    return document


def _with_line_feeds(source: str, markup: str) -> Document:
    """Read a text whose lines end in carriage returns as if they ended in line feeds alone."""
    kept: list[int] = []
    start = 0
    for found in _CARRIAGE_RETURN.finditer(source):
        kept += range(start, found.start() + 1)
        start = found.end()
    kept += range(start, len(source) + 1)
    return _moved(read(_CARRIAGE_RETURN.sub("\n", source), markup), source, kept)


def _moved(document: Document, source: str, kept: list[int]) -> Document:
    places = range(len(document.text)) if document.places is None else document.places
    return replace(
        document,
        source=source,
        places=tuple(kept[place] for place in places),
        comments=tuple((kept[place], text) for place, text in document.comments),
        inline=None if document.inline is None else _moved(document.inline, source, kept),
        kept={},
    )


def hide(text: str) -> str:
    """Return the text with code, web and mail addresses hidden; same length."""
    if "`" in text or "@" in text or "://" in text or "www." in text:
        return _IGNORED.sub(lambda found: HIDDEN * len(found.group()), text)
    return text


def _plain(source: str) -> Document:
    hidden = hide(source)
    blocks: list[Block] = []
    start = 0
    begins_lines = True
    for found in _PARAGRAPH_BREAK.finditer(hidden) if "\n" in hidden else ():
        first, last = found.span()
        if first > start:
            blocks.append(_NEW_BLOCK(Block, (start, first, _PARAGRAPH)))
        begins_lines &= hidden[last - 1] == "\n"
        start = last
    if start < len(hidden):
        blocks.append(_NEW_BLOCK(Block, (start, len(hidden), _PARAGRAPH)))
    return Document(
        source,
        hidden,
        tuple(blocks),
        _scopes=PLAIN_SCOPES,
        is_running_text=True,
        begins_lines=begins_lines,
    )
