"""Sees through disguised words: look-alike letters, leet digits, strewn accents, separators, spaced letters.

Only forbidden terms are looked for here, and only where something was really disguised: a term as written is
the glossary's ordinary business.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

import disarm
import re2

from copydesk.checks.contract import Span
from copydesk.checks.matching import Hit, PhraseMatcher
from copydesk.checks.text import (
    ANYWHERE,
    INVISIBLE,
    Folded,
    fold_term,
    is_word_character,
    lower_same_length,
    matching,
    whole_characters,
)

# The digits and symbols people write for letters; "1", "!" and "|" stand for i as for l, so both become i.
_LEET: Final = str.maketrans("0134578@$!|l€+", "oieastbasiiiet")
# Each of these starts at the beginning of a word only, so that a megabyte without a space costs one pass.
_LEET_WORD: Final = re.compile(r"(?<![\w@$!|€+])[\w@$!|€+]*[0134578@$!|€+][\w@$!|€+]*+")
# Ordinary words with digits in them: ordinals, times, sizes and units, names such as A4.
_ORDINARY_DIGITS: Final = re.compile(
    r"\d+(?:st|nd|rd|th|am|pm|[kmgsdxlhp]|in|ft|mm|cm|km|mg|kg|ml|gb|tb|mp)|[^\W\d_]\d{1,2}", re.IGNORECASE
)
_NON_ASCII_WORD: Final = re.compile(r"[^\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\u2010-\u2027\u2030-\u205e]++")
_SEPARATED: Final = re.compile(r"(?<!\w)\w++(?:[-.·_*‐‑~]++\w++)+")
_SEPARATOR_IN_WORD: Final = re.compile(r"[-.·_*‐‑~](?=[^\W_])")
_SPACED: Final = re.compile(r"(?<!\w)\w(?:[ \u00a0.\-_*·]{1,2}\w){2,}(?!\w)")
# Quick looks that spare most texts the exact patterns.
_LEET_LIKE: Final = r"[0134578@$!|€+][\pL\pN_@$!|€+]*\pL|\pL[\pL\pN_@$!|€+]*[0134578@$|€+]|\pL[!|+]\pL"
_SPACED_LETTERS: Final = r"(?:^|[^\pL\pN_])[\pL\pN_](?:[ \x{a0}.\-_*·]{1,2}[\pL\pN_]){2,}(?:$|[^\pL\pN_])"
_UNUSUAL: Final = r"[\x{aa}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{10ffff}]"
_PARTED_WORD: Final = r"[\pL\pN\pM_][-.·_*‐‑~][\pL\pN]"


class _Sign(IntEnum):
    """What a text may be disguised with, in the order of the set below."""

    ALWAYS = 0
    LEET = 1
    SPACED = 2
    UNUSUAL = 3
    PARTED = 4


def _signs_set() -> re2.Set:
    """Return the quick looks as one set: one pass tells which of the exact patterns are worth asking."""
    signs = re2.Set.SearchSet()
    for pattern in ("", _LEET_LIKE, _SPACED_LETTERS, _UNUSUAL, _PARTED_WORD):
        signs.Add(pattern)
    signs.Compile()
    return signs


_SIGNS: Final = _signs_set()
# The signs an ASCII text can have, parted words aside: one pattern is twice as quick as the set.
_SIGN_IN_ASCII: Final = matching(re2.compile(f"(?:{_LEET_LIKE})|(?:{_SPACED_LETTERS})"))
_PARTED_IN_ASCII: Final = matching(re2.compile(r"[A-Za-z0-9_][-._*~][A-Za-z0-9]"))
_INVISIBLE: Final = re.compile(f"[{INVISIBLE}\ufe00-\ufe0f]")
_PARTED_ALONE: Final = (_Sign.PARTED,)
MAX_KEPT_CHARS: Final = 60
_SEPARATORS: Final = re.compile(r"[\W_]+")
# Accents that are part of an English word, so that rosé is no disguise of rose.
_ENGLISH_ACCENTS: Final = frozenset(
    (
        *("café", "cafés", "cliché", "clichés", "crêpe", "décor", "doppelgänger", "entrée", "exposé"),
        *("façade", "fiancé", "fiancée", "jalapeño", "lamé", "maté", "naïve", "passé", "pâté", "piñata"),
        *("purée", "resumé", "rosé", "résumé", "sauté", "sautéed", "soufflé", "touché", "über"),
    )
)


@dataclass(frozen=True, slots=True)
class _View:
    """A plain reading of the text; a piece is (start here, end here, start in the text, end there)."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...]

    def span(self, start: int, end: int) -> Span | None:
        """Return the range in the text, or None when nothing in it was disguised."""
        first = bisect_right(self.pieces, start, key=_piece_end)
        if first == len(self.pieces) or self.pieces[first][0] >= end:
            return None
        return Span(self._start(start, first), self._end(end))

    def _start(self, index: int, first: int) -> int:
        here, here_end, there, there_end = self.pieces[first]
        if index >= here:
            # Inside a disguised word: exact when no character was dropped, else the whole word.
            return there + index - here if here_end - here == there_end - there else there
        return index + (self.pieces[first - 1][3] - self.pieces[first - 1][1] if first else 0)

    def _end(self, index: int) -> int:
        last = bisect_left(self.pieces, index, key=_piece_start) - 1
        here, here_end, there, there_end = self.pieces[last]
        if index < here_end:
            return there + index - here if here_end - here == there_end - there else there_end
        return index + there_end - here_end


def _piece_start(piece: tuple[int, int, int, int]) -> int:
    return piece[0]


def _piece_end(piece: tuple[int, int, int, int]) -> int:
    return piece[1]


class DisguiseMatcher:
    """Finds terms that were disguised in one of the usual ways; immutable and shared between threads."""

    __slots__ = ("_languages", "_matcher", "_terms", "_words")

    def __init__(self, terms: Sequence[tuple[int, str, str]]) -> None:
        """Build the matcher.

        Args:
            terms: (number of the caller's choice, term as written, its language).
        """
        forms = [
            (number, form, language.split("-", 1)[0])
            for number, term, language in terms
            for form in dict.fromkeys(
                (_plain_term(term, language), _plain_term(term, language).replace(" ", ""))
            )
        ]
        self._terms = tuple(number for number, _, _ in forms)
        self._languages = tuple(language for _, _, language in forms)
        self._matcher = PhraseMatcher([form for _, form, _ in forms])
        # A phrase run together is one of its forms, so every word a disguise can hide is here.
        self._words = frozenset(word for _, form, _ in forms for word in form.split())

    def find(self, text: str) -> list[tuple[int, Span]]:
        """Return (number of the term, range in the text) for each disguised term, overlapping ones too."""
        if not self._terms:
            return []
        found: dict[tuple[int, Span], None] = {}
        for strip_accents, view in _views(text, self._words):
            for hit in self._matcher.find(Folded(view.text, (), ())):
                self._add(found, view, hit, strip_accents)
        return list(found)

    def _add(self, found: dict[tuple[int, Span], None], view: _View, hit: Hit, strip_accents: bool) -> None:
        if strip_accents and self._languages[hit.phrase] != "en":
            return
        span = view.span(hit.start, hit.end)
        if span is not None:
            found[self._terms[hit.phrase], span] = None


def plain_word(word: str, *, strip_accents: bool) -> str:
    """Return what a reader takes a word for: look-alikes resolved, invisible characters and marks gone.

    Args:
        word: one word as written.
        strip_accents: whether accents on letters go too; in German "schon" and "schön" are two words.
    """
    seen = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", _INVISIBLE.sub("", word)))
    mixed = _mixes_scripts(seen)
    if mixed:
        seen = unicodedata.normalize("NFC", disarm.canonicalize(seen))
    if mixed or (strip_accents and seen.lower() not in _ENGLISH_ACCENTS):
        seen = unicodedata.normalize("NFD", seen)
    # What is left as a mark of its own after composing (strike-through, piled-up marks) is decoration.
    return "".join(char for char in seen if not unicodedata.combining(char)).lower()


def _plain_forms(term: str, language: str) -> tuple[str, ...]:
    """Return the term as the views show it, as words and run together."""
    plain = _plain_term(term, language)
    return tuple(dict.fromkeys((plain, plain.replace(" ", ""))))


def _plain_term(term: str, language: str) -> str:
    folded = fold_term(term)
    if language.startswith("en"):
        folded = "".join(
            char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char)
        )
    return _SEPARATORS.sub(" ", folded).translate(_LEET).strip()


def _mixes_scripts(word: str) -> bool:
    latin = other = False
    for char in word:
        if char.isalpha():
            if char < "\u0250" or "\u1e00" <= char < "\u1f00":
                latin = True
            else:
                other = True
    return latin and other


def _views(text: str, words: frozenset[str]) -> Iterator[tuple[bool, _View]]:
    """Yield (accents stripped?, view): separators closed up, separators as spaces, and accents stripped.

    Only what may be a word of a term is looked into: clean texts yield nothing.
    """
    signs = _signs(text)
    if not signs:
        return
    edits = _edits(text, words, signs, strip_accents=False)
    closed: dict[tuple[int, int], str] = {}
    opened: dict[tuple[int, int], str] = {}
    for start, end in _separated(text) if _Sign.PARTED in signs else ():
        parts = (
            _parts(text[start:end]) if end - start <= MAX_KEPT_CHARS else _parts.__wrapped__(text[start:end])
        )
        if (joined := "".join(parts)) in words:
            closed[start, end] = joined
        if not words.isdisjoint(parts):
            opened[start, end] = " ".join(parts)
    for start, end in _spaced(text) if _Sign.SPACED in signs else ():
        joined = _key(_SEPARATORS.sub("", text[start:end]))
        if joined in words:
            closed[start, end] = joined
    if edits or closed:
        yield False, _build(text, edits, closed)
    if opened:
        yield False, _build(text, edits, opened)
    if _Sign.UNUSUAL in signs:
        stripped = _edits(text, words, signs, strip_accents=True)
        if stripped != edits:
            yield True, _build(text, stripped, {})


def _signs(text: str) -> Collection[int]:
    """Return the signs of disguise in a text, `ALWAYS` aside."""
    if text.isascii():
        data = text.encode()
        if _SIGN_IN_ASCII(ANYWHERE, data, 0, len(data))[0][0] < 0:
            return _PARTED_ALONE
    signs: Collection[int] = _SIGNS.Match(whole_characters(text)) or ()
    if _Sign.ALWAYS not in signs:
        return tuple(_Sign)  # the set ran out of memory: every exact pattern is asked
    return signs if len(signs) > 1 else ()


@lru_cache(maxsize=1024)
def _parts(word: str) -> tuple[str, ...]:
    """Return the parts of a word with separators in it, as letters; those of short words are remembered."""
    return tuple(part for part in _SEPARATORS.split(word.lower().translate(_LEET)) if part)


def _key(plain: str) -> str:
    return lower_same_length(plain).translate(_LEET)


def _separated(text: str) -> list[tuple[int, int]]:
    """Return the ranges of words with separators in them ("out-let", "o.u.t")."""
    found: list[tuple[int, int]] = []
    position = 0
    for mark in _parting_marks(text):
        if mark < position:
            continue
        start = mark - 1
        while start > position and is_word_character(text[start - 1]):
            start -= 1
        whole = _SEPARATED.match(text, start)
        if whole:
            found.append(whole.span())
            position = whole.end()
    return found


def _parting_marks(text: str) -> Iterator[int]:
    """Yield the places of separators that stand between two characters of words."""
    if not text.isascii():
        for found in _SEPARATOR_IN_WORD.finditer(text):
            if is_word_character(text[found.start() - 1 : found.start()] or " "):
                yield found.start()
        return
    data = text.encode()
    begin, _ = _PARTED_IN_ASCII(ANYWHERE, data, 0, len(data))[0]
    while begin >= 0:
        yield begin + 1
        begin, _ = _PARTED_IN_ASCII(ANYWHERE, data, begin + 1, len(data))[0]


def _spaced(text: str) -> list[tuple[int, int]]:
    """Return the ranges of words written letter by letter ("o u t l e t")."""
    return [match.span() for match in _SPACED.finditer(text)]


def _edits(
    text: str, words: frozenset[str], signs: Collection[int], *, strip_accents: bool
) -> dict[tuple[int, int], str]:
    edits: dict[tuple[int, int], str] = {}
    if _Sign.UNUSUAL in signs:
        for match in _NON_ASCII_WORD.finditer(text):
            if match.group().isascii():
                continue
            plain = plain_word(match.group(), strip_accents=strip_accents)
            if plain != match.group().lower() and not words.isdisjoint(_key(plain).split()):
                edits[match.span()] = plain
    if _Sign.LEET in signs:
        for match in _LEET_WORD.finditer(text):
            # "now!" ends with an exclamation mark, not with a letter in disguise.
            word = match.group().rstrip("!|+")
            if _is_leet(word) and _key(word) in words:
                edits.setdefault((match.start(), match.start() + len(word)), lower_same_length(word))
    return edits


def _is_leet(word: str) -> bool:
    return (
        len(word) > 2
        and any(map(str.isalpha, word))
        and word.translate(_LEET) != word.replace("l", "i")
        and not _ORDINARY_DIGITS.fullmatch(word)
    )


def _build(text: str, edits: dict[tuple[int, int], str], closed: dict[tuple[int, int], str]) -> _View:
    low = lower_same_length(text).replace("\u00a0", " ").replace("l", "i")
    pieces: list[tuple[int, int, int, int]] = []
    parts: list[str] = []
    position = length = 0
    wanted = sorted({**edits, **closed}.items(), key=lambda item: (item[0][0], -item[0][1]))
    for (start, end), plain in wanted:
        if start < position:
            continue
        parts += (low[position:start], _key(plain))
        length += start - position
        pieces.append((length, length + len(plain), start, end))
        length += len(plain)
        position = end
    parts.append(low[position:])
    return _View(whole_characters("".join(parts)), tuple(pieces))
