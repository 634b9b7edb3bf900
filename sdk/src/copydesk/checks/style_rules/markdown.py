"""Markdown as blocks of text, read by markdown-it-py.

Its inline tokens carry no offsets, so every piece of text is looked up in the source from where the last one
ended. HTML inside the text is read as HTML.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from copydesk.checks.style_rules.building import Builder, scopes_of
from copydesk.checks.style_rules.document import HIDDEN, Document, hide
from copydesk.checks.style_rules.front_matter import front_matter_end, texts_of
from copydesk.checks.style_rules.html_text import read_fragment

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
_HEADING = re.compile(r"h[1-6]")
_LINE_END = re.compile("\n")
_NOT_LINE_END = re.compile(r"[^\n]")
_TASK = re.compile(r"\[[ xX]\][ \t]")
_COMMENT = re.compile(r"<!--([\s\S]*?)-->")
_INLINE_SCOPES = {"link": "link", "strong": "strong", "em": "emphasis"}
_INLINE_TAGS = {"a": "link", "strong": "strong", "b": "strong", "em": "emphasis", "i": "emphasis"}
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")


def read_markdown(source: str) -> Document:
    """Split a Markdown text into blocks.

    Args:
        source: the text, with line feeds as line ends.
    """
    builder = Builder(source, "md")
    head = front_matter_end(source)
    for key, value, at in texts_of(source, head):
        builder.add(hide(value), range(at, at + len(value)))
        builder.end_block({"text", "frontmatter", key})
    body = _NOT_LINE_END.sub(" ", source[:head]) + source[head:]
    line_starts = [0, *(found.end() for found in _LINE_END.finditer(source))]
    open_kinds: list[str] = []
    cursor = head
    for token in _MARKDOWN.parse(body.replace("\x00", "\ufffd")):
        if token.nesting == 1:
            open_kinds.append(
                token.tag if _HEADING.fullmatch(token.tag) else token.type.removesuffix("_open")
            )
        elif token.nesting == -1 and open_kinds:
            open_kinds.pop()
        elif token.type in {"fence", "code_block"}:
            builder.code_blocks += 1
        elif token.type in {"inline", "html_block"}:
            first_line = token.map[0] if token.map else 0
            cursor = max(cursor, line_starts[min(first_line, len(line_starts) - 1)])
            if token.type == "html_block":
                cursor = _html(builder, token.content, cursor, open_kinds)
                continue
            cursor = _inline(builder, token.children or [], cursor)
            is_task = "list_item" in open_kinds and _TASK.match(token.content)
            builder.end_block(scopes_of(open_kinds), skipped=4 if is_task else 0)
    return builder.document()


def _html(builder: Builder, content: str, cursor: int, open_kinds: list[str]) -> int:
    """Read a block of HTML; inside a list or a quotation each of its lines is indented in the source."""
    places: list[int] = []
    at = cursor
    for line in content.splitlines(keepends=True):
        text = line.rstrip("\n")
        found = builder.source.find(text, at)
        at = found if found >= 0 else at
        places += (builder.place(at + index) for index in range(len(line)))
        at = min(at + len(line), len(builder.source))
    read_fragment(builder, content, places, open_kinds)
    return at


def _inline(builder: Builder, children: list[Token], cursor: int) -> int:
    for child in children:
        written = child.markup if child.type == "text_special" and child.markup else child.content
        if child.type in {"text", "text_special"}:
            cursor = _text(builder, child.content, written, cursor)
        elif child.type == "code_inline":
            cursor = _code(builder, child, cursor)
        elif child.type in {"softbreak", "hardbreak"}:
            found = builder.source.find("\n", cursor)
            place = found if found >= 0 else cursor
            builder.add("\n", [builder.place(place)])
            cursor = place + 1
        elif child.type == "html_inline":
            cursor = _tag(builder, child.content, cursor)
        elif child.type == "image":
            cursor = _image(builder, child, cursor)
        elif child.nesting:
            cursor = _mark(builder, child, cursor)
    return cursor


def _mark(builder: Builder, child: Token, cursor: int) -> int:
    """Open or close a link, strong or emphasised text."""
    kind, _, side = child.type.rpartition("_")
    if scope := _INLINE_SCOPES.get(kind):
        builder.open_inline(scope) if side == "open" else builder.close_inline(scope)
    if child.type == "link_close" and child.markup != "autolink":
        return _after_link(builder.source, cursor, "")
    return cursor


def _tag(builder: Builder, content: str, cursor: int) -> int:
    found = builder.source.find(content, cursor)
    if found < 0:
        return cursor
    if comment := _COMMENT.fullmatch(content):
        builder.comment(found, comment[1])
    elif tag := _TAG.match(content):
        if scope := _INLINE_TAGS.get(tag[2].lower()):
            builder.close_inline(scope) if tag[1] else builder.open_inline(scope)
        elif tag[2].lower() == "br":
            builder.add(" ", [builder.place(found)])
    return found + len(content)


def _image(builder: Builder, child: Token, cursor: int) -> int:
    """Take an image's alternative text as a block of its own."""
    start = max(builder.source.find("![", cursor) + 2, cursor)
    at = builder.source.find(child.content, start)
    if child.content and at >= 0:
        shown = "".join(part.content for part in child.children or [])
        if shown == child.content:
            builder.add_aside(hide(shown), range(at, at + len(shown)), {"text", "attr", "alt"})
    return _after_link(builder.source, start, child.content)


def _text(builder: Builder, content: str, written: str, cursor: int) -> int:
    if not content:
        return cursor
    found = builder.source.find(written, cursor)
    if found < 0:
        # Cannot happen for text that markdown-it took over as written; keep offsets inside all the same.
        builder.add(content, [builder.place(cursor)] * len(content))
        return cursor
    if written == content:
        builder.add(hide(content), range(found, found + len(content)))
    else:
        builder.add_reference(content, found, len(written))
    return found + len(written)


def _code(builder: Builder, child: Token, cursor: int) -> int:
    found = builder.source.find(child.markup, cursor)
    start = found + len(child.markup) if found >= 0 else cursor
    closing = builder.source.find(child.markup, start + 1)
    end = closing + len(child.markup) if closing >= 0 else start
    length = len(child.content)
    places = [builder.place(min(start + i, max(end - 1, 0))) for i in range(length)]
    builder.add(HIDDEN * length, places)
    builder.add_inline("code", child.content, places)
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
