"""Collects the text of a marked-up source block by block, with the place of every character in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from copydesk.checks.style_rules.document import HIDDEN, SEPARATOR, Block, Document

_HEADING = re.compile(r"h[1-6]")
_TABLE_PARTS = {"th": "header", "td": "cell", "caption": "caption"}


def scopes_of(open_kinds: Sequence[str]) -> set[str]:
    """Return the scopes of text inside these open elements, named as in HTML or by markdown-it."""
    kinds = set(open_kinds)
    heading = next((kind for kind in open_kinds if _HEADING.fullmatch(kind)), None)
    part = next((_TABLE_PARTS[kind] for kind in reversed(open_kinds) if kind in _TABLE_PARTS), None)
    if heading:
        found = {"text", "heading", heading}
    elif part:
        found = {"text", "table", part}
    elif "list_item" in kinds or "li" in kinds:
        found = {"text", "list"}
    elif "figcaption" in kinds:
        found = {"text", "figure", "caption"}
    elif "blockquote" in kinds:
        return {"text", "blockquote"}
    else:
        return {"text", "paragraph"}
    return found | ({"blockquote"} if "blockquote" in kinds else set())


class Builder:
    """Pieces of text with their places in the source; `markup` is a scope of every block.

    `inline` collects the text of links, strong and emphasised words and code, each as a block of its own.
    """

    def __init__(self, source: str, markup: str, *, has_inline: bool = True) -> None:
        self.source = source
        self.markup = markup
        self.places: list[int] = []
        self.widths: dict[int, int] = {}
        self.blocks: list[Block] = []
        self.comments: list[tuple[int, str]] = []
        self.code_blocks = 0
        self.inline: Builder | None = Builder(source, markup, has_inline=False) if has_inline else None
        self._done: list[str] = []
        self._pieces: list[str] = []
        self._start = 0
        self._open: list[tuple[str, int]] = []
        self._asides: list[tuple[str, list[int], frozenset[str]]] = []

    @property
    def is_empty(self) -> bool:
        """Whether the block that is being built has no text yet."""
        return self._start == len(self.places)

    def place(self, at: int) -> int:
        """Return a place that lies inside the source."""
        return min(max(at, 0), max(len(self.source) - 1, 0))

    def add(self, text: str, places: Iterable[int]) -> None:
        """Add text with the place of each of its characters."""
        self._pieces.append(text)
        self.places.extend(places)

    def add_reference(self, shown: str, place: int, width: int) -> None:
        """Add text that stands for `width` code points of the source."""
        for index in range(len(self.places), len(self.places) + len(shown)):
            self.widths[index] = width
        self.add(shown, [place] * len(shown))

    def add_aside(self, text: str, places: Iterable[int], scopes: Iterable[str]) -> None:
        """Add a block that stands by itself, such as an image's alternative text; it follows this block."""
        if text.strip():
            self._asides.append((text, list(places), frozenset((*scopes, self.markup))))

    def comment(self, place: int, text: str) -> None:
        """Note a comment of the source."""
        self.comments.append((place, text.strip()))

    def open_inline(self, scope: str) -> None:
        """Begin a piece of text that is also a block of its own."""
        self._open.append((scope, len(self.places)))

    def close_inline(self, scope: str) -> None:
        """End the innermost open piece of a scope; without one nothing happens."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == scope:
                _, start = self._open.pop(index)
                text = "".join(self._pieces)[start - self._start :]
                self.add_inline(scope, text, self.places[start:])
                return

    def add_inline(self, scope: str, text: str, places: Iterable[int]) -> None:
        """Add a block to the inline ones, unless all of it is hidden."""
        if self.inline is not None and text.strip(HIDDEN + " \n\t"):
            self.inline.add(text, places)
            self.inline.end_block({scope})

    def end_block(self, scopes: Iterable[str], skipped: int = 0) -> None:
        """End the block; white space round it and `skipped` characters in front belong to no block."""
        text = "".join(self._pieces)
        if text:
            start = self._start + skipped + len(text[skipped:]) - len(text[skipped:].lstrip())
            end = self._start + len(text.rstrip())
            if end > start:
                self.blocks.append(Block(start, end, frozenset((*scopes, self.markup))))
            self._done += (text, SEPARATOR)
            self.places += [min(self.places[-1] + 1, len(self.source))] * len(SEPARATOR)
        self._pieces, self._open = [], []
        self._start = len(self.places)
        asides, self._asides = self._asides, []
        for aside, places, aside_scopes in asides:
            self.add(aside, places)
            self.end_block(aside_scopes)

    def document(self) -> Document:
        """Return everything collected as one document."""
        inline = self.inline.document() if self.inline is not None and self.inline.blocks else None
        return Document(
            self.source,
            "".join(self._done),
            tuple(self.blocks),
            tuple(self.places),
            self.widths,
            comments=tuple(self.comments),
            inline=inline,
            code_blocks=self.code_blocks,
        )
