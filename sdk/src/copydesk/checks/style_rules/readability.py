"""Counts of a text and the readability scores over them; `metric` rules compute with the same names.

Sources: Flesch 1948 (reading ease); Kincaid, Fishburne, Rogers, Chissom 1975 (grade level); Smith and Senter
1967 (automated readability index); Coleman and Liau 1975; Gunning 1952 (fog); McLaughlin 1969 (SMOG);
Björnsson 1968 (LIX).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from copydesk.checks.style_rules.document import HIDDEN, SEPARATOR, Block, Document, read
from copydesk.checks.style_rules.sentences import sentence_spans

_NO_PROSE = frozenset({"heading", "table"})
LONG_WORD_LETTERS = 7  # LIX: more than six letters
POLYSYLLABIC = 3
# As Vale counts words: abbreviations with full stops are one, the parts of a compound with hyphens several.
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:['’][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouyäöüéèêàâáíóúîïôû]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouycsxz]es|[aeiouy]re)$")
_SPLIT_VOWELS = re.compile(
    r"creat|idea|area|ia|io(?!us|n)|iu|eo(?!us)|ua(?!r|g)|uou|[aeiou]ying|ism$|dnt$|thm$"
)
_SUFFIX = re.compile(r"(?:es|ed|ing)$")


@dataclass(frozen=True, slots=True)
class Counts:
    """What the formulas are computed from; `characters` are letters and digits."""

    characters: int
    words: int
    sentences: int
    paragraphs: int
    syllables: int
    long_words: int
    complex_words: int
    polysyllabic_words: int

    def names(self) -> dict[str, float]:
        """Return the counts under the names that formulas use."""
        return {name: float(getattr(self, name)) for name in NAMES}


NAMES = (
    "characters",
    "words",
    "sentences",
    "paragraphs",
    "syllables",
    "long_words",
    "complex_words",
    "polysyllabic_words",
)


# How often each kind of block stands in a text, under the names Vale's formulas use.
STRUCTURE = ("pre", "list", "blockquote", *(f"heading_h{level}" for level in range(1, 7)))


def structure_of(document: Document) -> dict[str, float]:
    """Return how often each kind of block stands in a document."""
    found = Counter(name for block in document.blocks for name in block.scopes)
    counts = {name: float(found[name.rpartition("_")[2]]) for name in STRUCTURE}
    return {**counts, "pre": float(document.code_blocks)}


def syllables(word: str) -> int:
    """Estimate the syllables of an English word: groups of vowels, without silent endings; at least 1."""
    letters = word.lower().strip("'’")
    for ending in ("'s", "’s"):
        letters = letters.removesuffix(ending)
    if len(letters) <= 3:
        return 1
    count = len(_VOWELS.findall(letters)) + len(_SPLIT_VOWELS.findall(letters))
    if _SILENT_END.search(letters):
        count -= 1
    return max(1, count)


def count(text: str) -> Counts:
    """Count a plain text."""
    return count_document(read(text))


def count_document(document: Document, *, with_long_words: bool = True) -> Counts:
    """Count the prose of a document, once: headings, table cells and hidden code are left out.

    Args:
        document: the text.
        with_long_words: whether the last three counts are wanted; else they are 0.
    """
    key = (Counts, with_long_words)
    counts = document.kept.get(key)
    if counts is None:
        counts = document.kept[key] = _count_document(document, with_long_words)
    return cast("Counts", counts)


def _count_document(document: Document, with_long_words: bool) -> Counts:
    prose = [block for block in document.blocks if not block.scopes & _NO_PROSE]
    blocks = prose or list(document.blocks)
    texts = [document.text[block.start : block.end] for block in blocks]
    # No word reaches across white space, so what holds of the pieces between it adds up.
    # Case does not matter to the first three counts; without letters outside ASCII, neither does folding.
    is_whole = document.is_running_text and not document.view.is_foreign and HIDDEN not in document.text
    are_shared = is_whole and not with_long_words
    pieces = document.view.pieces if are_shared else SEPARATOR.join(texts).replace(HIDDEN, " ").split()
    spoken = _SPOKEN.added(pieces, len(document.text))
    long = _LONG.added(pieces, len(document.text)) if with_long_words else (0, 0, 0)
    return Counts(
        characters=spoken[0],
        words=spoken[1],
        sentences=sum(_sentences_in(document, *pair) for pair in zip(blocks, texts, strict=True)),
        paragraphs=len(blocks),
        syllables=spoken[2],
        long_words=long[0],
        complex_words=long[1],
        polysyllabic_words=long[2],
    )


def _sentences_in(document: Document, block: Block, text: str) -> int:
    if HIDDEN in text:
        text = text.replace(HIDDEN, " ")
        return len(sentence_spans(text)) if _WORD.search(text) else 0
    return len(document.sentence_spans(block)) if _WORD.search(text) else 0


class _Tallies(dict[str, int]):
    """Three counts of a piece between white space, packed into one number so that they add up in one go.

    Pieces recur from text to text, so the first ones seen are kept.
    """

    def __init__(self, counts_of_word: Callable[[str, int], tuple[int, int, int]]) -> None:
        super().__init__()
        self._counts_of_word = counts_of_word

    def counts(self, piece: str) -> list[int]:
        """Return the three counts of a piece."""
        words = [self._counts_of_word(word, syllables(word)) for word in _WORD.findall(piece)]
        return [sum(count) for count in zip(*words, strict=True)] or [0, 0, 0]

    def __missing__(self, piece: str) -> int:
        first, second, third = self.counts(piece)
        tally = first | second << _FIELD_BITS | third << 2 * _FIELD_BITS
        if len(piece) <= MAX_KEPT_CHARS and len(self) < MAX_KEPT_PIECES:
            self[piece] = tally
        return tally

    def added(self, pieces: list[str], length: int) -> tuple[int, int, int]:
        """Return the three counts of all pieces of a text of this length."""
        if length > _MAX_PACKED_CHARS:
            by_piece = [self.counts(piece) for piece in pieces]
            return sum(c[0] for c in by_piece), sum(c[1] for c in by_piece), sum(c[2] for c in by_piece)
        total = sum(map(self.__getitem__, pieces))
        return total & _FIELD_MASK, total >> _FIELD_BITS & _FIELD_MASK, total >> 2 * _FIELD_BITS


def _is_long(word: str, spoken: int) -> tuple[int, int, int]:
    return len(word) >= LONG_WORD_LETTERS, _is_complex(word, spoken), spoken >= POLYSYLLABIC


def _is_complex(word: str, count_of_syllables: int) -> bool:
    """Gunning: three syllables or more, a common suffix not counted."""
    return count_of_syllables - bool(_SUFFIX.search(word)) >= POLYSYLLABIC


# Three fields fit a machine word; no count of a text of so many characters outgrows its field.
_FIELD_BITS, _MAX_PACKED_CHARS = 20, 400_000
_FIELD_MASK = (1 << _FIELD_BITS) - 1
MAX_KEPT_PIECES, MAX_KEPT_CHARS = 20_000, 32
_SPOKEN = _Tallies(lambda word, spoken: (sum(map(str.isalnum, word)), 1, spoken))
_LONG = _Tallies(_is_long)


def flesch_reading_ease(counts: Counts) -> float:
    """Return the reading ease, about 0 (hard) to 100 (easy). Source: Flesch 1948."""
    if not counts.words:
        return 0.0
    return 206.835 - 1.015 * counts.words / sentences_of(counts) - 84.6 * counts.syllables / counts.words


def flesch_kincaid_grade(counts: Counts) -> float:
    """Return the US school grade. Source: Kincaid et al. 1975."""
    if not counts.words:
        return 0.0
    return 0.39 * counts.words / sentences_of(counts) + 11.8 * counts.syllables / counts.words - 15.59


def automated_readability_index(counts: Counts) -> float:
    """Return the US school grade from characters and words. Source: Smith and Senter 1967."""
    if not counts.words:
        return 0.0
    return 4.71 * counts.characters / counts.words + 0.5 * counts.words / sentences_of(counts) - 21.43


def sentences_of(counts: Counts) -> int:
    """Return the number of sentences to divide by."""
    return max(1, counts.sentences)
