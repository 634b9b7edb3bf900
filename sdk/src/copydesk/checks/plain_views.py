"""Plain readings of a text, with the way back to its places."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.checks.contract import Span


@dataclass(frozen=True, slots=True)
class View:
    """A plain reading of the text; a piece is (start here, end here, start in the text, end there)."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...]

    def locate(self, start: int, end: int) -> tuple[Span, bool]:
        """Return the range in the text, and whether anything in it was disguised."""
        if not self.pieces:
            return Span(start, end), False
        first = bisect_right(self.pieces, start, key=_piece_end)
        is_touched = first < len(self.pieces) and self.pieces[first][0] < end
        return Span(self._start(start, first), self._end(end)), is_touched

    def _start(self, index: int, first: int) -> int:
        if first == len(self.pieces):
            return index + self.pieces[-1][3] - self.pieces[-1][1]
        here, here_end, there, there_end = self.pieces[first]
        if index >= here:
            # Inside a disguised word: exact when no character was dropped, else the whole word.
            return there + index - here if here_end - here == there_end - there else there
        return index + (self.pieces[first - 1][3] - self.pieces[first - 1][1] if first else 0)

    def _end(self, index: int) -> int:
        last = bisect_left(self.pieces, index, key=_piece_start) - 1
        if last < 0:
            return index
        here, here_end, there, there_end = self.pieces[last]
        if index < here_end:
            return there + index - here if here_end - here == there_end - there else there_end
        return index + there_end - here_end


def _piece_start(piece: tuple[int, int, int, int]) -> int:
    return piece[0]


def _piece_end(piece: tuple[int, int, int, int]) -> int:
    return piece[1]


def replaced(text: str, edits: Mapping[tuple[int, int], str]) -> View:
    """Return a text with ranges replaced; where two overlap, the one that begins first and is longer counts.

    Args:
        text: the text that is shown otherwise.
        edits: replacements by range.
    """
    pieces: list[tuple[int, int, int, int]] = []
    parts: list[str] = []
    position = length = 0
    for (start, end), plain in sorted(edits.items(), key=lambda item: (item[0][0], -item[0][1])):
        if start < position:
            continue
        parts += (text[position:start], plain)
        length += start - position
        pieces.append((length, length + len(plain), start, end))
        length += len(plain)
        position = end
    parts.append(text[position:])
    return View("".join(parts), tuple(pieces))
