"""A text as the rules see it: blocks with scopes, code and addresses hidden, offsets back to the source.

Markdown is read by markdown-it-py; its inline tokens carry no offsets, so every piece of text is looked up in
the source from where the last one ended.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from copydesk.checks.style_rules.folding import without_surrogates
from copydesk.checks.style_rules.sentences import is_regular, regular_spans, sentence_spans
from copydesk.checks.style_rules.view import ANYWHERE, View, matching

HIDDEN = "*"
SEPARATOR = "\n\n"
SENTENCE_SCOPES = frozenset({"paragraph", "list", "blockquote"})
_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")
# Code spans, fences, web and mail addresses: no rule should fire inside them (scope `raw` still sees them).
_IGNORED = re.compile(
    r"```[\s\S]*?(?:```|\Z)|`[^`\n]+`|https?://[^\s<>\"')\]]+|www\.[^\s<>\"')\]]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
)
_SIGNS_OF_IGNORED = ("`", "@", "://", "www.")
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
_PLAIN_SCOPES = frozenset({"text", "paragraph"})
_SENTENCE = frozenset({"sentence"})
_HEADING = re.compile(r"h[1-6]")


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
    """

    source: str
    text: str
    blocks: tuple[Block, ...]
    places: tuple[int, ...] | None = None
    widths: Mapping[int, int] = field(default_factory=dict)
    _sentences: tuple[Block, ...] | None = None
    _sentence_spans: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)
    _view: View | None = None
    _is_regular: bool | None = None
    _scopes: frozenset[str] | None = None
    is_running_text: bool = False  # all of it is made of sentences: known of plain text only
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
        """The sentences of paragraphs, list items and quotations."""
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

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the source of `[start, end)` of the joined text."""
        if self.places is None:
            return start, end
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
    if markup == "markdown":
        return _markdown(source)
    if markup == "html":
        return _html(source)
    return _plain(source)


def _hide(text: str) -> str:
    if not any(sign in text for sign in _SIGNS_OF_IGNORED):
        return text
    return _IGNORED.sub(lambda found: HIDDEN * len(found.group()), text)


def _plain(source: str) -> Document:
    hidden = _hide(source)
    blocks: list[Block] = []
    start = 0
    scopes = _PLAIN_SCOPES
    for found in _PARAGRAPH_BREAK.finditer(hidden) if "\n" in hidden else ():
        first, last = found.span()
        if first > start:
            blocks.append(Block(start, first, scopes))
        start = last
    if start < len(hidden):
        blocks.append(Block(start, len(hidden), scopes))
    return Document(source, hidden, tuple(blocks), _scopes=_PLAIN_SCOPES | _SENTENCE, is_running_text=True)


class _Builder:
    """Collects pieces of text with their places in the source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.places: list[int] = []
        self.widths: dict[int, int] = {}
        self.blocks: list[Block] = []
        self.block_start = 0

    def add(self, text: str, places: Iterable[int]) -> None:
        self.pieces.append(text)
        self.places.extend(places)

    def add_reference(self, shown: str, place: int, width: int) -> None:
        """Add text that stands for `width` code points of the source."""
        for index in range(len(self.places), len(self.places) + len(shown)):
            self.widths[index] = width
        self.add(shown, [place] * len(shown))

    def end_block(self, scopes: Iterable[str]) -> None:
        if len(self.places) > self.block_start:
            self.blocks.append(Block(self.block_start, len(self.places), frozenset(scopes)))
            at = min(self.places[-1] + 1, len(self.source))
            self.add(SEPARATOR, [at] * len(SEPARATOR))
        self.block_start = len(self.places)

    def document(self) -> Document:
        return Document(
            self.source, "".join(self.pieces), tuple(self.blocks), tuple(self.places), self.widths
        )


def _markdown(source: str) -> Document:
    builder = _Builder(source)
    line_starts = [0, *(found.end() for found in re.finditer("\n", source))]
    open_types: list[str] = []
    cursor = 0
    for token in _MARKDOWN.parse(source.replace("\x00", "\ufffd")):
        if token.nesting == 1:
            open_types.append(
                token.tag if _HEADING.fullmatch(token.tag) else token.type.removesuffix("_open")
            )
        elif token.nesting == -1 and open_types:
            open_types.pop()
        elif token.type == "inline":
            first_line = token.map[0] if token.map else 0
            cursor = max(cursor, line_starts[min(first_line, len(line_starts) - 1)])
            cursor = _inline(builder, token.children or [], cursor)
            builder.end_block(_scopes(open_types))
    return builder.document()


def _scopes(open_types: list[str]) -> set[str]:
    kinds = set(open_types)
    heading = next((kind for kind in open_types if _HEADING.fullmatch(kind)), None)
    if heading:
        found = {"text", "heading", heading}
    elif "th" in kinds or "td" in kinds:
        found = {"text", "table", "header" if "th" in kinds else "cell"}
    elif "list_item" in kinds or "li" in kinds:
        found = {"text", "list"}
    elif "blockquote" in kinds:
        return {"text", "blockquote"}
    else:
        return {"text", "paragraph"}
    return found | ({"blockquote"} if "blockquote" in kinds else set())


def _inline(builder: _Builder, children: list[Token], cursor: int) -> int:
    for child in children:
        written = child.markup if child.type == "text_special" and child.markup else child.content
        if child.type in {"text", "text_special"}:
            cursor = _text(builder, child.content, written, cursor)
        elif child.type == "code_inline":
            cursor = _code(builder, child, cursor)
        elif child.type in {"softbreak", "hardbreak"}:
            found = builder.source.find("\n", cursor)
            place = found if found >= 0 else cursor
            builder.add("\n", [min(place, len(builder.source) - 1)])
            cursor = place + 1
        elif child.type == "html_inline":
            found = builder.source.find(child.content, cursor)
            cursor = found + len(child.content) if found >= 0 else cursor
        elif child.type == "image":
            cursor = _after_link(
                builder.source, max(builder.source.find("![", cursor) + 2, cursor), child.content
            )
        elif child.type == "link_close" and child.markup != "autolink":
            cursor = _after_link(builder.source, cursor, "")
    return cursor


def _text(builder: _Builder, content: str, written: str, cursor: int) -> int:
    if not content:
        return cursor
    found = builder.source.find(written, cursor)
    last = max(len(builder.source) - 1, 0)
    if found < 0:
        # Cannot happen for text that markdown-it took over as written; keep offsets inside all the same.
        builder.add(content, [min(cursor, last)] * len(content))
        return cursor
    if written == content:
        builder.add(_hide(content), range(found, found + len(content)))
    else:
        builder.add_reference(content, found, len(written))
    return found + len(written)


def _code(builder: _Builder, child: Token, cursor: int) -> int:
    found = builder.source.find(child.markup, cursor)
    start = found + len(child.markup) if found >= 0 else cursor
    closing = builder.source.find(child.markup, start + 1)
    end = closing + len(child.markup) if closing >= 0 else start
    last = max(len(builder.source) - 1, 0)
    length = len(child.content)
    builder.add(HIDDEN * length, [min(start + i, max(end - 1, 0), last) for i in range(length)])
    return max(end, cursor)


def _after_link(source: str, cursor: int, label: str) -> int:
    """Return the place after `](address "title")`, `][reference]` or `]`, looked for after the label."""
    closing = source.find("]", cursor + len(label))
    if closing < 0:
        return cursor
    at = closing + 1
    if at < len(source) and source[at] == "[":
        end = source.find("]", at)
        return end + 1 if end >= 0 else at
    if at >= len(source) or source[at] != "(":
        return at
    depth = 0
    while at < len(source):
        if source[at] == "\\":
            at += 1
        elif source[at] in "()":
            depth += 1 if source[at] == "(" else -1
            if depth == 0:
                return at + 1
        at += 1
    return closing + 1


_HTML_BLOCKS = frozenset(
    (
        "p div h1 h2 h3 h4 h5 h6 li td th blockquote br hr ul ol table tr"
        " section article header footer body title"
    ).split()
)
_HTML_HIDDEN = frozenset({"script", "style", "code", "pre", "kbd", "samp", "title"})
_HTML_VOID = frozenset("br hr img input meta link wbr area base col embed source track".split())


class _HtmlReader(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.builder = _Builder(source)
        self.line_starts = [0, *(found.end() for found in re.finditer("\n", source))]
        self.open_tags: list[str] = []

    def _place(self) -> int:
        line, column = self.getpos()
        return min(self.line_starts[min(line, len(self.line_starts)) - 1] + column, len(self.builder.source))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _HTML_BLOCKS:
            self.builder.end_block(_scopes(self.open_tags))
        if tag not in _HTML_VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HTML_BLOCKS:
            self.builder.end_block(_scopes(self.open_tags))
        if tag in self.open_tags:
            while self.open_tags.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        start = self._place()
        if not data.strip() and self.builder.block_start == len(self.builder.places):
            return
        shown = HIDDEN * len(data) if _HTML_HIDDEN.intersection(self.open_tags) else _hide(data)
        last = max(len(self.builder.source) - 1, 0)
        self.builder.add(shown, (min(start + i, last) for i in range(len(data))))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        shown = html.unescape(written)
        place = self._place()
        # The closing semicolon may be missing in the source.
        width = len(written) if self.builder.source.startswith(written, place) else len(written) - 1
        self.builder.add_reference(shown, place, width)


def _html(source: str) -> Document:
    reader = _HtmlReader(source)
    reader.feed(source)
    reader.close()
    reader.builder.end_block(_scopes(reader.open_tags))
    return reader.builder.document()
