"""Texts as the lines of a text area, and back without loss: outer spaces and empty texts stand in quotes.

A style rule's token may begin or end with a space on purpose, which nobody sees at the end of a line. Quotes
are written as CSV writes them (RFC 4180, section 2: a quote inside is doubled); what a writer types in quotes
without need keeps them, for most quotes belong to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

QUOTE = '"'
PAIR_SIGN = "=>"
MIN_END = 3  # plus signs that end a text of several lines
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_QUOTED_LEFT = re.compile(rf'("(?:[^"]|"")*")\s*{PAIR_SIGN}')


def written_text(text: str, *, in_pair: bool = False) -> str:
    """Return a text as it stands in a line: bare where that reads back, else in quotes.

    Args:
        text: any text.
        in_pair: it is one side of a pair, where the sign between the sides needs quotes too.
    """
    if not _needs_quotes(text, in_pair) and read_text(text, in_pair=in_pair) == text:
        return text
    return _in_quotes(text)


def read_text(line: str, *, in_pair: bool = False) -> str:
    """Return the text that a line stands for."""
    bare = line.strip()
    if not _QUOTED.fullmatch(bare):
        return bare
    inner = bare[1:-1].replace(QUOTE * 2, QUOTE)
    return inner if _needs_quotes(inner, in_pair) or inner.startswith(QUOTE) else bare


def written_pair(left: str, right: str) -> str:
    """Return two texts as a line, such as `utilise => use`."""
    other = written_text(right, in_pair=True) if right else ""
    line = f"{written_text(left, in_pair=True)} {PAIR_SIGN} {other}"
    if read_pair(line) == (left, right):
        return line
    return f"{_in_quotes(left)} {PAIR_SIGN} {other}"


def read_pair(line: str) -> tuple[str, str] | None:
    """Return the two texts of a line; None where it has no sign, or nothing before it."""
    bare = line.strip()
    found = _QUOTED_LEFT.match(bare)
    left, rest = (read_text(found[1], in_pair=True), bare[found.end() :]) if found else ("", "")
    if not found or left == found[1]:  # quotes that belong to the text, so the first sign divides
        left, sign, rest = bare.partition(PAIR_SIGN)
        left = left.strip()
        if not sign or not left:
            return None
    return left, read_text(rest, in_pair=True)


def written_list(texts: Sequence[str]) -> str:
    """Return texts a line each; where one has several lines, each ends with a line of plus signs.

    That line has more plus signs than any line of the texts.
    """
    written = [written_text(text) for text in texts]
    own = [len(line) for text in written for line in _ends(text.split("\n"))]
    if not own and not any("\n" in text for text in written):
        return "\n".join(written)
    end = "+" * max(MIN_END, *(length + 1 for length in own), 0)
    return "\n".join(f"{text}\n{end}" for text in written)


def read_list(text: str) -> list[str]:
    """Return the texts of lines, or those that end with a line of plus signs; blank lines are left out."""
    lines = plain_ends(text).split("\n")
    end = max(_ends(lines), key=len, default=None)
    if end is None:
        return [read_text(line) for line in lines if line.strip()]
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip() == end:
            found.append([])
        else:
            found[-1].append(line)
    parts = ("\n".join(part).strip("\n") for part in found)
    return [_read_part(part) for part in parts if part.strip()]


def plain_ends(text: str) -> str:
    """Return a text with plain line ends; browsers send CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_part(part: str) -> str:
    """Return a text of several lines; its outer spaces are its own even without quotes."""
    read = read_text(part)
    return part if read == part.strip() else read


def _ends(lines: Iterable[str]) -> list[str]:
    """Return the lines that can end a text: nothing but plus signs."""
    stripped = (line.strip() for line in lines)
    return [line for line in stripped if len(line) >= MIN_END and not line.strip("+")]


def _needs_quotes(text: str, in_pair: bool) -> bool:
    return not text or text != text.strip() or (in_pair and PAIR_SIGN in text)


def _in_quotes(text: str) -> str:
    return f"{QUOTE}{text.replace(QUOTE, QUOTE * 2)}{QUOTE}"
