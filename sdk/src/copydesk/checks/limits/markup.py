"""Finds what a channel may not carry: links, HTML, Markdown, emoji, placeholders. All patterns run on RE2."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import re2
import regex

from copydesk.checks.contract import Span
from copydesk.checks.text import found_in, whole_characters

# Top-level domains by which a bare address in running text is taken for a link.
_BARE_TLDS: Final = (
    "com|net|org|info|biz|edu|gov|io|co|me|app|dev|shop|store|online|site|xyz|ly|gl|uk|de|at|ch|fr|eu|us|ca|au|ie"
    "|example|test"
)
_LINK: Final = re2.compile(
    r"(?i)(?:\b[a-z][a-z0-9+.-]{1,15}:)?[/\\]{2}[^\s<>\"'“”]+|\bwww\.[^\s<>\"'“”]+"
    rf"|(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+(?:{_BARE_TLDS})\b(?::[0-9]+)?(?:/[^\s<>\"'“”]*)?"
)
_AFTER_LINK: Final = ".,;:!?)]}*_’”'\"…"
_HTML: Final = re2.compile(
    r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s+[a-zA-Z_:@][^<>]*|\s*)/?>|<!--|<![a-zA-Z]"
    r"|&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});"
)
_MARKDOWN: Final = re2.compile(
    r"(?m)^ {0,3}#{1,6} +\S"
    r"|^ {0,3}(?:[-*+]|[0-9]{1,3}[.)]) +\S[^\n]*\n+ {0,3}(?:[-*+]|[0-9]{1,3}[.)]) +\S|^ {0,3}[*+] +\S"
    r"|^ {0,3}>+ ?\S|^ {0,3}(?:```|~~~)|^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$"
    r"|\*\*[^\s*](?:[^*\n]*[^\s*])?\*\*|(?:^|[\s(])__[^\s_](?:[^_\n]*[^\s_])?__|~~[^\s~][^~\n]*~~"
    r"|(?:^|[\s(])[*_][A-Za-z](?:[^*_\n]*[A-Za-z.!?,])?[*_](?:$|[\s).,;:!?])"
    r"|`[^`\n]+`|!?\[[^\[\]\n]*\]\([^()\s]+\)|^\|.+\|$"
)
_EMOJI: Final = regex.compile(
    r"(?V1)(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|[©®™]\uFE0F"
    r"|[[\p{Emoji_Presentation}\p{Extended_Pictographic}]--[\p{Regional_Indicator}©®™]])"
    r"(?:[\uFE0F\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]|\u200D\p{Extended_Pictographic})*+"
)
# Blocks that hold every emoji base: one quick look spares the exact one.
_PICTURE: Final = re2.compile("[\u00a9\u00ae\u203c-\u2049\u20e3\u2122-\u3299\U0001f000-\U0001faff]")
_PLACEHOLDER_NOUN: Final = (
    r"name|names|surname|company|customer|client|user|username|recipient|sender|product|item|price|amount|total"
    r"|date|day|time|month|year|order|number|email|e-mail|mail|phone|telephone|address|city|town|country|store|shop"
    r"|link|url|website|code|discount|percentage|percent|title|headline|subject|brand|team|signature|position"
    r"|department|here|text|description|location|placeholder|variable|value|kunde|kundenname|vorname|nachname|datum"
)
_PLACEHOLDER: Final = re2.compile(
    r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\$?\{[A-Za-z][A-Za-z0-9]*(?:[_.][A-Za-z0-9]+)+\}|\$\{[A-Za-z][A-Za-z0-9_.]*\}"
    rf"|\{{(?i:{_PLACEHOLDER_NOUN})\}}"
    rf"|\[(?i:(?:insert|enter|add|fill in|your|type)\s[^\[\]\n]{{1,60}})\]"
    rf"|\[(?i:(?:[\w'’]+[ _-]){{0,3}}(?:{_PLACEHOLDER_NOUN}))\]"
    rf"|<(?i:(?:insert|enter|add|fill in|your)\s[^<>\n=]{{1,60}}|(?:\w+[ _])?(?:{_PLACEHOLDER_NOUN}))>"
    r"|\[[A-Z]+(?:_[A-Z0-9]+)+\]|%[A-Z]+(?:_[A-Z0-9]+)*%|%%[A-Za-z_]+%%|\*\|[A-Z_:]+\|\*"
    r"|%\([A-Za-z_]\w*\)[#0 +-]?\d*(?:\.\d+)?[diouxXeEfFgGcrsa]\b"
    r"|(?i:\blorem\s+ipsum\b)|\b(?:TODO|TBD|TBC|FIXME|TK TK|XXXX+)\b|_{4,}"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text; `host` is lower-case, empty when it can't be told."""

    span: Span
    host: str


def links(text: str) -> list[Link]:
    """Find all links: with a scheme, with www., in Markdown, and bare addresses of well-known endings."""
    found: list[Link] = []
    for start, end in _spans(_LINK, text):
        written = text[start:end].rstrip(_AFTER_LINK)
        if start and (text[start - 1] == "@" or text[start - 1].isalnum()):
            continue  # the host of an e-mail address, or the end of another word
        if written == text[start:end] and text[end : end + 1] == "-":
            continue  # "7.com-pact" is a word with a full stop in it
        if written.strip("/\\:"):
            found.append(Link(Span(start, start + len(written)), _host(written)))
    return found


def host_is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Tell whether a host is one of those allowed or below one of them."""
    names = [name.lower().strip().rstrip(".") for name in allowed]
    return any(host == name or host.endswith("." + name) for name in names)


def html(text: str) -> list[Span]:
    """Find HTML tags, comments and character references."""
    if "<" not in text and "&" not in text:
        return []
    placeheld = {span.start for span in placeholders(text)}
    return [Span(start, end) for start, end in _spans(_HTML, text) if start not in placeheld]


def markdown(text: str) -> list[Span]:
    """Find Markdown: headings, lists, quotes, code, emphasis, links, tables, rules."""
    return [Span(start, end) for start, end in _spans(_MARKDOWN, text)]


def emoji(text: str) -> list[Span]:
    """Find emoji, joined sequences and flags as one each; ©, ® and ™ are not emoji unless asked to be.

    Source: Unicode UTS 51.
    """
    if text.isascii() or not found_in(_PICTURE, text):
        return []
    return [Span(match.start(), match.end()) for match in _EMOJI.finditer(text)]


def placeholders(text: str) -> list[Span]:
    """Find what was left to fill in: Liquid, mail merge, `%(name)s`, "[Customer name]", lorem ipsum, TODO."""
    found = []
    for start, end in _spans(_PLACEHOLDER, text):
        # "[Add to order](https://…)" is a Markdown link.
        if not (text[start] == "[" and text[end : end + 1] == "("):
            found.append(Span(start, end))
    return found


def _host(written: str) -> str:
    # Browsers take a backslash for a slash (WHATWG URL standard), so it must not hide a host.
    address = written.replace("\\", "/")
    if "//" not in address.split("?", 1)[0].split("#", 1)[0]:
        address = "//" + address
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _spans(pattern: Any, text: str) -> list[tuple[int, int]]:
    # Most texts have nothing of the kind, which the bare engine tells in half the time of the package.
    if not found_in(pattern, text):
        return []
    return [match.span() for match in pattern.finditer(whole_characters(text))]
