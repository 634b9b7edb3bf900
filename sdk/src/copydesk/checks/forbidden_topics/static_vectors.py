"""Sentence vectors from a table of token vectors: microseconds a sentence, numpy only, always installed.

The table (`data/static_vectors.npz`, 7 MB) is distilled from the sentence encoder by
`sdk/static_vectors/train.py`, which says how: a sentence's vector is the mean of its tokens' rows, brought
to unit length. It was made for English.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.checks.text import normalised

DIMENSIONS: Final = 256
ENGINE: Final = "static-vectors"
ENGINE_VERSION: Final = "1"
SHA256: Final = "bb8489412777a3eabf53fa9b668585f1cd7628ab96488d5c36e417e641b09bf0"
# BERT's own bounds: longer words are unknown as a whole (Devlin et al. 2019, reference code).
MAX_WORD_CHARS: Final = 100
MAX_CACHED_WORDS: Final = 65_536
_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]|_")

Vectors = npt.NDArray[np.float32]


class StaticVectorsError(RuntimeError):
    """The table is damaged or not the one this version was made for."""


class StaticVectors:
    """The table with its tokenizer; thread-safe."""

    def __init__(self, data: bytes) -> None:
        """Read the table.

        Args:
            data: the bytes of the file.

        Raises:
            StaticVectorsError: its checksum is another than `SHA256`.
        """
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise StaticVectorsError("the table of word vectors is damaged: install copydesk anew")
        with np.load(BytesIO(data), allow_pickle=False) as table:
            tokens, self._scales, self._rows = table["tokens"], table["scales"], table["rows"]
        words = files("copydesk.checks").joinpath("minilm_vocab.txt").read_text(encoding="utf-8").split("\n")
        row_of = {words[token]: row for row, token in enumerate(tokens.tolist())}
        self._rows_of_word = lru_cache(MAX_CACHED_WORDS)(lambda word: _word_pieces(word, row_of))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, zeros where no token is known.

        Args:
            texts: any texts, read to their end.

        Returns:
            float32 array of shape (len(texts), 256).
        """
        return _unit(self._sums([self._rows_in(text) for text in texts]))

    def embed_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> Vectors:
        """Return a unit vector per span of a text and, where there are several, one of all of them last.

        Args:
            text: any text.
            spans: half-open ranges of code points.
        """
        sums = self._sums([self._rows_in(text[start:end]) for start, end in spans])
        if len(spans) > 1:
            sums = np.vstack([sums, sums.sum(axis=0)])
        return _unit(sums)

    def _rows_in(self, text: str) -> list[int]:
        rows: list[int] = []
        for word in _TOKEN.findall(_plain(text)):
            rows += self._rows_of_word(word)
        return rows

    def _sums(self, rows: Sequence[list[int]]) -> Vectors:
        sums = np.zeros((len(rows), DIMENSIONS), np.float32)
        held = [number for number, found in enumerate(rows) if found]
        if held:
            flat = np.array([row for number in held for row in rows[number]])
            starts = np.cumsum([0, *(len(rows[number]) for number in held[:-1])])
            values = self._rows[flat] * self._scales[flat, None]
            sums[held] = np.add.reduceat(values, starts, axis=0)
        return sums


@lru_cache(maxsize=1)
def static_vectors() -> StaticVectors:
    """Return the process's one table, loaded on the first call (about 30 ms)."""
    return StaticVectors(files("copydesk.checks").joinpath("data", "static_vectors.npz").read_bytes())


def _unit(sums: Vectors) -> Vectors:
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def _plain(text: str) -> str:
    """Return a text in lower case and without accents, as the encoder's tokenizer reads it."""
    low = text.lower()
    if low.isascii():
        return low
    return "".join(char for char in normalised("NFD", low) if unicodedata.category(char) != "Mn")


def _word_pieces(word: str, row_of: dict[str, int]) -> tuple[int, ...]:
    """Split a word into the longest known pieces; one that can't be split has none.

    Source: WordPiece as in Devlin et al. (2019), BERT.
    """
    if len(word) > MAX_WORD_CHARS:
        return ()
    rows: list[int] = []
    start = 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in row_of), None)
        if end is None:
            return ()
        rows.append(row_of[mark + word[start:end]])
        start = end
    return tuple(rows)
