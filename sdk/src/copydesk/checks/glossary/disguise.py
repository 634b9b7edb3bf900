"""Sees through disguised words: look-alike letters, leet digits, strewn accents, separators, spaced letters.

Only forbidden terms are looked for here, and only where something was really disguised: a term as written is
the glossary's ordinary business.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

import re2

from copydesk.checks.contract import Span
from copydesk.checks.look_alikes import ENGLISH_ACCENTS, Accents, decode, plain_word, unusual_words
from copydesk.checks.matching import PhraseMatcher
from copydesk.checks.plain_views import View, replaced
from copydesk.checks.quick_look import QuickLook
from copydesk.checks.text import (
    ANYWHERE,
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
_SEPARATED: Final = re.compile(r"(?<![^\W_])[^\W_]++(?:[-.·_*‐‑~]{1,3}[^\W_]++)+")
_SEPARATOR_IN_WORD: Final = re.compile(r"[-.·_*‐‑~]{1,3}(?=[^\W_])")
_SPACED: Final = re.compile(
    r"(?<!\w)\w(?:[^\w\n'‘’]{1,3}\w|[^\w\n]?\n[^\w\n]?\w){2,}(?!\w)|(?<![^\W_])[^\W_](?:_[^\W_]){2,}(?![^\W_])"
)
_GAP: Final = re.compile(r"[\W_]+")
# A word with a letter three times running, or with letters starred out.
_DRAWN_OUT: Final = re.compile(r"(?<!\w)\w*(\w)\1\1\w*")
_STARRED: Final = re.compile(r"(?<![\w*])[^\W_]+(?:\*+[^\W_]+)+(?![\w*])")
_HASHTAG: Final = re.compile(r"(?<![\w#&/])#(\w+)")
_CAMEL: Final = re.compile(r"[A-Z]?[a-zß-ÿ]+|[A-Z]+(?![a-z])|\d+")
# Quick looks that spare most texts the exact patterns.
_LEET_LIKE: Final = r"[0134578@$!|€+][\pL\pN_@$!|€+]*\pL|\pL[\pL\pN_@$!|€+]*[0134578@$|€+]|\pL[!|+]\pL"
# Everything but apostrophes, or "I'm a" would be three letters of a word.
_BETWEEN: Final = r"[\t\n\r -&(-/:-@\[-`{-~\x{a0}\x{b7}\x{2000}-\x{2017}\x{201a}-\x{206f}]"
_SPACED_LETTERS: Final = rf"(?:^|[^\pL\pN_])[\pL\pN](?:{_BETWEEN}{{1,3}}[\pL\pN]){{2,}}(?:$|[^\pL\pN_])"
_STARRED_OR_TAGGED: Final = r"\pL\*+\pL|#\pL"
_THREE_ALIKE: Final = f"(?i:{'|'.join(letter * 3 for letter in string.ascii_lowercase + 'äöüß')})"
_UNUSUAL: Final = r"[\x{aa}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{10ffff}]"
_PARTED_WORD: Final = r"[\pL\pN\pM][-.·_*‐‑~]{1,3}[\pL\pN]"


# Words by length, first and last letter, for letters starred out between them.
_Masks = Mapping[tuple[int, str, str], Sequence[str]]


class _Sign(IntEnum):
    """What a text may be disguised with, in the order of the quick looks below."""

    LEET = 0
    SPACED = 1
    UNUSUAL = 2
    PARTED = 3
    DRAWN = 4


_SIGNS: Final = QuickLook(
    (
        _LEET_LIKE,
        _SPACED_LETTERS,
        _UNUSUAL,
        _PARTED_WORD,
        f"{_STARRED_OR_TAGGED}|{_THREE_ALIKE}",
    )
)
# The signs an ASCII text can have, parted words aside: one pattern is twice as quick as the set.
_SIGN_IN_ASCII: Final = matching(
    re2.compile(f"(?:{_LEET_LIKE})|(?:{_SPACED_LETTERS})|{_STARRED_OR_TAGGED}|{_THREE_ALIKE}")
)
_SEPARATED_IN_ASCII: Final = matching(re2.compile(r"[A-Za-z0-9]+(?:[-._*~]{1,3}[A-Za-z0-9]+)+"))
_PARTED_ALONE: Final = (_Sign.PARTED,)
_IN_WORDS: Final = f"{string.ascii_letters}{string.digits}_"
_THRICE_IN_ASCII: Final = matching(re2.compile("|".join(char * 3 for char in _IN_WORDS)))
MAX_KEPT_CHARS: Final = 60
MIN_STARRED_CHARS: Final = 4
_SEPARATORS: Final = re.compile(r"[\W_]+")
_THRICE: Final = re.compile(r"(\w)\1{2,}")


class DisguiseMatcher:
    """Finds terms that were disguised in one of the usual ways; immutable and shared between threads."""

    __slots__ = ("_languages", "_masks", "_matcher", "_terms", "_words")

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
        masks: dict[tuple[int, str, str], list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= MIN_STARRED_CHARS:
                masks.setdefault((len(word), word[0], word[-1]), []).append(word)
        self._masks = masks

    def find(self, text: str, locale: str | None = None) -> list[tuple[int, Span]]:
        """Return (number of the term, range in the text) for each disguised term, overlapping ones too.

        Args:
            text: any string.
            locale: of the text, where it is known: accents are no disguise in French.
        """
        if not self._terms:
            return []
        signs = _signs(text)
        if not signs:
            return []
        decoded = decode(text) if _Sign.UNUSUAL in signs else None
        source = decoded.text if decoded else text
        if decoded:
            signs = _signs(source)
        found: dict[tuple[int, Span], None] = {}
        if decoded:
            self._add(found, _build(source, {}), decoded, None)
        for view in _views(source, self._words, self._masks, signs):
            self._add(found, view, decoded, None)
        if _Sign.UNUSUAL in signs:
            for accents in self._accents(locale):
                edits = _accent_edits(source, self._words, accents)
                if edits:
                    self._add(found, _build(source, edits), decoded, accents.value)
        return list(found)

    def _accents(self, locale: str | None) -> list[Accents]:
        language = (locale or "").replace("_", "-").partition("-")[0].lower()
        return [
            accents
            for accents in (Accents.DROP, Accents.DROP_BUT_UMLAUTS)
            if accents.value in self._languages and language in {"", "en", accents.value}
        ]

    def _add(
        self, found: dict[tuple[int, Span], None], view: View, decoded: View | None, language: str | None
    ) -> None:
        for hit in self._matcher.find(Folded(view.text, (), ())):
            if language and self._languages[hit.phrase] != language:
                continue
            span, is_disguised = view.locate(hit.start, hit.end)
            if decoded:
                span, is_decoded = decoded.locate(span.start, span.end)
                is_disguised |= is_decoded
            if is_disguised:
                found[self._terms[hit.phrase], span] = None


def _plain_term(term: str, language: str) -> str:
    folded = fold_term(term)
    if language.startswith("en"):
        folded = "".join(
            char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char)
        )
    return _SEPARATORS.sub(" ", folded).translate(_LEET).strip()


def _views(
    text: str,
    words: frozenset[str],
    masks: _Masks,
    signs: Collection[int],
) -> Iterator[View]:
    """Yield plain readings: separators closed up, and separators as spaces.

    Only what may be a word of a term is looked into: clean texts yield nothing.
    """
    edits = _leet_edits(text, words) if _Sign.LEET in signs else {}
    closed: dict[tuple[int, int], str] = {}
    opened: dict[tuple[int, int], str] = {}
    for start, end in _separated(text) if _Sign.PARTED in signs else ():
        parts = (
            _parts(text[start:end]) if end - start <= MAX_KEPT_CHARS else _parts.__wrapped__(text[start:end])
        )
        if (joined := "".join(parts)) in words:
            closed[start, end] = joined
        # One word of a name such as "sale_order" is no disguise; a phrase joined by underscores is.
        if not words.isdisjoint(parts) and (
            "_" not in text[start:end] or sum(map(words.__contains__, parts)) > 1
        ):
            opened[start, end] = " ".join(parts)
    if _Sign.SPACED in signs:
        closed |= _spelled_edits(text, words)
    if _Sign.DRAWN in signs:
        closed |= _drawn_edits(text, words)
        closed |= _starred_edits(text, masks)
        for match in _HASHTAG.finditer(text) if "#" in text else ():
            parts = tuple(_key(part) for part in _CAMEL.findall(match.group(1)))
            if (joined := "".join(parts)) in words:
                closed[match.span(1)] = joined
            elif not words.isdisjoint(parts):
                opened[match.span(1)] = " ".join(parts)
    if edits or closed:
        yield _build(text, {**edits, **closed})
    if opened:
        yield _build(text, {**edits, **opened})


def _spelled_edits(text: str, words: frozenset[str]) -> dict[tuple[int, int], str]:
    """Return words written letter by letter ("o u t l e t")."""
    edits: dict[tuple[int, int], str] = {}
    for match in _SPACED.finditer(text):
        spelled = match.group()
        letters = _key(_GAP.sub("", spelled))
        if letters in words:
            edits[match.span()] = letters
        elif letters[1:] in words and letters[0] in "ai":
            edits[match.start() + 1 + len(_GAP.findall(spelled)[0]), match.end()] = letters[1:]
        elif letters[:-1] in words:
            edits[match.start(), match.end() - 1 - len(_GAP.findall(spelled)[-1])] = letters[:-1]
        else:
            # Words of a phrase stand further apart than letters.
            narrow = min(map(len, _GAP.findall(spelled)))
            groups = [_key(_GAP.sub("", part)) for part in re.split(rf"[\W_]{{{narrow + 1},}}", spelled)]
            if not words.isdisjoint(groups):
                edits[match.span()] = " ".join(groups)
    return edits


def _drawn_edits(text: str, words: frozenset[str]) -> dict[tuple[int, int], str]:
    """Return words with a letter drawn out ("outleeeet")."""
    edits: dict[tuple[int, int], str] = {}
    for start, end in _drawn_out(text):
        for kept in (r"\1", r"\1\1"):
            short = _key(_THRICE.sub(kept, text[start:end]))
            if short in words:
                edits[start, end] = short
                break
    return edits


def _drawn_out(text: str) -> list[tuple[int, int]]:
    """Return the ranges of words with a character three times running."""
    if not text.isascii():
        return [match.span() for match in _DRAWN_OUT.finditer(text)]
    # Seldom is there one: its letters are looked for first, then the word round them.
    found: list[tuple[int, int]] = []
    data, end = text.encode(), 0
    start, behind = _THRICE_IN_ASCII(ANYWHERE, data, 0, len(data))[0]
    while start >= 0:
        while start > end and text[start - 1] in _IN_WORDS:
            start -= 1
        end = behind
        while end < len(text) and text[end] in _IN_WORDS:
            end += 1
        found.append((start, end))
        start, behind = _THRICE_IN_ASCII(ANYWHERE, data, end, len(data))[0]
    return found


def _starred_edits(
    text: str, masks: Mapping[tuple[int, str, str], Sequence[str]]
) -> dict[tuple[int, int], str]:
    """Return words with letters starred out ("ch*ap"), at least half of them left."""
    edits: dict[tuple[int, int], str] = {}
    for match in _STARRED.finditer(text) if "*" in text else ():
        shown = _key(match.group())
        if shown.count("*") * 2 > len(shown):
            continue
        for word in masks.get((len(shown), shown[0], shown[-1]), ()):
            if all(seen in {"*", meant} for seen, meant in zip(shown, word, strict=True)):
                edits[match.span()] = word
                break
    return edits


def _leet_edits(text: str, words: frozenset[str]) -> dict[tuple[int, int], str]:
    edits: dict[tuple[int, int], str] = {}
    for match in _LEET_WORD.finditer(text):
        # "now!" ends with an exclamation mark, not with a letter in disguise.
        word = match.group().rstrip("!|+")
        if _is_leet(word) and _key(word) in words:
            edits[match.start(), match.start() + len(word)] = lower_same_length(word)
    return edits


def _accent_edits(text: str, words: frozenset[str], accents: Accents) -> dict[tuple[int, int], str]:
    """Return words of terms with accents strewn in; none in a text that is full of other accents."""
    edits: dict[tuple[int, int], str] = {}
    others = 0
    for start, end in unusual_words(text):
        word = text[start:end]
        if word.lower() in ENGLISH_ACCENTS:
            continue
        plain = plain_word(word, accents=accents)
        if plain == word.lower():
            continue
        if accents is Accents.DROP_BUT_UMLAUTS and words.isdisjoint(_key(plain).split()):
            plain = plain_word(word, accents=Accents.DROP)  # where accents are strewn, umlauts may be too
        if words.isdisjoint(_key(plain).split()):
            others += 1
        else:
            edits[start, end] = plain
    return {} if others > 1 and others >= len(edits) else edits


def _signs(text: str) -> Collection[int]:
    """Return the signs of disguise in a text."""
    if text.isascii():
        data = text.encode()
        if _SIGN_IN_ASCII(ANYWHERE, data, 0, len(data))[0][0] < 0:
            return _PARTED_ALONE
    return _SIGNS.at(text)


@lru_cache(maxsize=1024)
def _parts(word: str) -> tuple[str, ...]:
    """Return the parts of a word with separators in it, as letters; those of short words are remembered."""
    return tuple(part for part in _SEPARATORS.split(word.lower().translate(_LEET)) if part)


def _key(plain: str) -> str:
    return lower_same_length(plain).translate(_LEET)


def _separated(text: str) -> list[tuple[int, int]]:
    """Return the ranges of words with separators in them ("out-let", "o.u.t")."""
    if text.isascii():
        return _separated_in_ascii(text.encode())
    found: list[tuple[int, int]] = []
    position = 0
    for separator in _SEPARATOR_IN_WORD.finditer(text):
        mark = separator.start()
        if mark <= position:
            continue
        start = mark
        while start > position and text[start - 1] != "_" and is_word_character(text[start - 1]):
            start -= 1
        whole = _SEPARATED.match(text, start) if start < mark else None
        if whole:
            found.append(whole.span())
        # Nothing is looked at twice, or a long line would take its length squared.
        position = whole.end() if whole else mark
    return found


def _separated_in_ascii(data: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    place = _SEPARATED_IN_ASCII(ANYWHERE, data, 0, len(data))[0]
    while place[0] >= 0:
        found.append(place)
        place = _SEPARATED_IN_ASCII(ANYWHERE, data, place[1], len(data))[0]
    return found


def _is_leet(word: str) -> bool:
    return (
        len(word) > 2
        and any(map(str.isalpha, word))
        and word.translate(_LEET) != word.replace("l", "i")
        and not _ORDINARY_DIGITS.fullmatch(word)
    )


def _build(text: str, edits: Mapping[tuple[int, int], str]) -> View:
    low = lower_same_length(text).replace("\u00a0", " ").replace("l", "i")
    return replaced(whole_characters(low), {place: _key(plain) for place, plain in edits.items()})
