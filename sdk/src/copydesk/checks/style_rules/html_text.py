"""HTML as blocks of text: what is shown, without code, scripts and markup."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html.parser import HTMLParser

from copydesk.checks.style_rules.building import Builder, scopes_of
from copydesk.checks.style_rules.document import HIDDEN, Document, hide

# What does not end the run of text it stands in; every other element is a block.
_INLINE = frozenset(
    (
        "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark"
        " q rp rt ruby s samp small span strong sub sup time tt u var wbr"
    ).split()
)
_DROPPED = frozenset("script style pre noscript iframe template textarea svg math".split())
_HIDDEN_TAGS = frozenset("code kbd samp tt".split())
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_INLINE_SCOPES = {
    "a": "link",
    "strong": "strong",
    "b": "strong",
    "em": "emphasis",
    "i": "emphasis",
    "code": "code",
    "tt": "code",
}
_ALT = re.compile(r"""(?i)\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class _Reader(HTMLParser):
    """Feeds a builder; `places` maps offsets of the text read to the source, None where they are equal."""

    def __init__(
        self, builder: Builder, text: str, places: Sequence[int] | None, outer: Sequence[str] = ()
    ) -> None:
        super().__init__(convert_charrefs=False)
        self.builder = builder
        self.text = text
        self.places = places
        self.outer = tuple(outer)
        self.line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.open_tags: list[str] = []

    def _offset(self) -> int:
        line, column = self.getpos()
        return min(self.line_starts[min(line, len(self.line_starts)) - 1] + column, len(self.text))

    def _place(self, offset: int) -> int:
        if self.places is not None:
            offset = self.places[min(offset, len(self.places) - 1)] if self.places else 0
        return self.builder.place(offset)

    def end(self) -> None:
        """End what is still open."""
        self.builder.end_block(scopes_of((*self.outer, *self.open_tags)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.end()
        if tag == "br" and not self.builder.is_empty:
            self.builder.add(" ", [self._place(self._offset())])
        elif tag == "img":
            self._alternative(dict(attrs).get("alt") or "")
        if tag not in _VOID:
            self.builder.code_blocks += tag == "pre"
            self.open_tags.append(tag)
            if scope := _INLINE_SCOPES.get(tag):
                self.builder.open_inline(scope)

    def _alternative(self, shown: str) -> None:
        written = self.get_starttag_text() or ""
        found = _ALT.search(written)
        if found:
            group = 1 if found[1] is not None else 2
            start = self._offset() + found.start(group)
            # A reference in the attribute makes it longer than what is shown.
            last = start + len(found[group]) - 1
            places = (self._place(min(start + index, last)) for index in range(len(shown)))
            self.builder.add_aside(hide(shown), places, {"text", "attr", "alt"})

    def handle_endtag(self, tag: str) -> None:
        if scope := _INLINE_SCOPES.get(tag):
            self.builder.close_inline(scope)
        if tag not in _INLINE:
            self.end()
        if tag in self.open_tags:
            while self.open_tags.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if _DROPPED.intersection(self.open_tags) or (self.builder.is_empty and not data.strip()):
            return
        start = self._offset()
        places = [self._place(start + index) for index in range(len(data))]
        if _HIDDEN_TAGS.intersection(self.open_tags):
            if self.open_tags[-1] in {"code", "tt"}:
                self.builder.add_inline("code", data, places)
            data = HIDDEN * len(data)
        else:
            data = hide(data)
        self.builder.add(data, places)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        if _DROPPED.intersection(self.open_tags):
            return
        offset = self._offset()
        # The closing semicolon may be missing in the source.
        width = len(written) if self.text.startswith(written, offset) else len(written) - 1
        self.builder.add_reference(html.unescape(written), self._place(offset), width)

    def handle_comment(self, data: str) -> None:
        self.builder.comment(self._place(self._offset()), data)


def read_html(source: str) -> Document:
    """Split an HTML text into blocks.

    Args:
        source: the text, with line feeds as line ends.
    """
    builder = Builder(source, "html")
    read_fragment(builder, source, None, ())
    return builder.document()


def read_fragment(builder: Builder, text: str, places: Sequence[int] | None, outer: Sequence[str]) -> None:
    """Add the blocks of a piece of HTML.

    Args:
        builder: takes the blocks.
        text: the HTML.
        places: for each of its characters the place in the builder's source; None where they are equal.
        outer: the elements that are open round it.
    """
    reader = _Reader(builder, text, places, outer)
    reader.feed(text)
    reader.close()
    reader.end()
