"""Which plain letter a reader takes a character for, where the tables of look-alikes (UTS 39) don't say."""

from __future__ import annotations

import re
import string
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final

import disarm

from copydesk.checks.plain_views import View, replaced
from copydesk.checks.text import INVISIBLE, normalised


def _alphabet(first: int) -> dict[int, str]:
    return {first + number: letter for number, letter in enumerate(string.ascii_lowercase)}


def _pairs(pairs: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in pairs.split()}


# Letters in brackets, rings and boxes, regional indicators; small capitals. They are letters of no script
# and mean their letter wherever they stand.
SYMBOLS: Final = {
    **_alphabet(0x249C),
    **_alphabet(0x1F110),
    **_alphabet(0x1F130),
    **_alphabet(0x1F150),
    **_alphabet(0x1F170),
    **_alphabet(0x1F1E6),
    **_pairs("ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ǫq"),
}
# Letters of other scripts that stand for a Latin one in disguised words, beyond the tables.
FOREIGN: Final = _pairs("иu лn цu яr дd зz ηn λa φf ξe եt պw լl դn տs")
# Letters turned upside down; a turned word reads backwards, and its other letters are of this table, too.
TURNED: Final = _pairs(
    "ɐa qb ɔc pd ǝe ɟf ƃg ɓg ɥh ᴉi ıi !i ɾj ʞk ll ɯm un ou db bq ɹr ss ʇt nu ʌv ʍw xx ʎy zz"
    " ∀A ƆC ƎE ℲF ⅁G ſJ ˥L ԀP ┴T ⅄Y"
) | {ord("o"): "o", ord("d"): "p", ord(" "): " "}
TURNED_ONLY: Final = frozenset("ɐɔǝɟƃɓɥᴉɾʞɯɹʇʌʍʎ∀ƆƎℲ⅁˥Ԁ")
# A character outside ASCII that is no punctuation, and what of its word follows.
_NON_ASCII: Final = re.compile(
    r"[^\s\x00-\x7f\u2010-\u2027\u2030-\u205e]"
    r"[^\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\u2010-\u2027\u2030-\u205e]*+"
)
MAX_KEPT_CHARS: Final = 60
_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")
_TURNED_RUN: Final = re.compile("(?<!\\S)[" + re.escape("".join(map(chr, TURNED))) + "]+(?!\\w)")
_UMLAUT: Final = re.compile("[aouAOU]\u0308")
_FOREIGN_LETTERS: Final = re.compile("[\u0370-\u1cff\u2c00-\u2dff\uab70-\uabbf]")
# Accents that are part of an English word, so that rosé is no disguise of rose.
ENGLISH_ACCENTS: Final = frozenset(
    (
        *("café", "cafés", "cliché", "clichés", "crêpe", "décor", "doppelgänger", "entrée", "exposé"),
        *("façade", "fiancé", "fiancée", "jalapeño", "lamé", "maté", "naïve", "passé", "pâté", "piñata"),
        *("purée", "resumé", "rosé", "résumé", "sauté", "sautéed", "soufflé", "touché", "über"),
    )
)


class Accents(Enum):
    """Which accents on Latin letters are taken for decoration: none, all, or all but German umlauts."""

    KEEP = "keep"
    DROP = "en"
    DROP_BUT_UMLAUTS = "de"


def decode(text: str) -> View | None:
    """Return the text with look-alike letters resolved and hidden characters gone, None where it has none.

    A word wholly in another script is a disguise only in a text otherwise Latin: Russian stays Russian.
    """
    is_latin: bool | None = None
    edits: dict[tuple[int, int], str] = {}
    for start, end in unusual_words(text):
        word = text[start:end]
        is_foreign = _FOREIGN_LETTERS.search(word) is not None
        if is_foreign and is_latin is None:
            is_latin = _is_latin(text)
        plain = plain_word(word, is_text_latin=is_foreign and bool(is_latin))
        if plain != word.lower():
            edits[start, end] = plain
    turned = {} if TURNED_ONLY.isdisjoint(text) else _turned_edits(text)
    if turned:
        places = sorted(turned)
        edits = {place: plain for place, plain in edits.items() if not _overlaps(place, places)} | turned
    return replaced(text, edits) if edits else None


def _turned_edits(text: str) -> dict[tuple[int, int], str]:
    """Return words written upside down, which read backwards."""
    edits: dict[tuple[int, int], str] = {}
    for match in _TURNED_RUN.finditer(text):
        run = match.group().strip()
        if not TURNED_ONLY.isdisjoint(run):
            start = match.start() + match.group().index(run)
            edits[start, start + len(run)] = run.translate(TURNED)[::-1].lower()
    return edits


def _overlaps(place: tuple[int, int], ordered: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a range touches one of the sorted, separate ranges."""
    before = bisect_left(ordered, (place[1], 0)) - 1
    return before >= 0 and ordered[before][1] > place[0]


def unusual_words(text: str) -> Iterator[tuple[int, int]]:
    """Yield the range of each word with a character outside ASCII in it."""
    position = 0
    for match in _NON_ASCII.finditer(text):
        start = match.start()
        while start > position and text[start - 1].isascii() and text[start - 1].isalnum():
            start -= 1
        position = match.end()
        yield start, position


def _is_latin(text: str) -> bool:
    """Tell whether at least three of four letters are Latin."""
    foreign = len(_FOREIGN_LETTERS.findall(text))
    return sum(map(str.isalpha, text)) >= 4 * foreign


def plain_word(word: str, *, accents: Accents = Accents.KEEP, is_text_latin: bool = False) -> str:
    """Return what a reader takes a word for: look-alikes resolved, invisible characters and marks gone.

    Args:
        word: one word as written.
        accents: which accents on letters go too; in German "schon" and "schön" are two words.
        is_text_latin: whether a word without Latin letters is taken for one all the same.
    """
    read = _plain_word if len(word) <= MAX_KEPT_CHARS else _plain_word.__wrapped__
    return read(word, accents, is_text_latin)


@lru_cache(maxsize=1024)
def _plain_word(word: str, accents: Accents, is_text_latin: bool) -> str:
    bare = _INVISIBLE.sub("", word).translate(SYMBOLS)
    seen = unicodedata.normalize("NFC", normalised("NFKC", bare))
    mixed = _mixes_scripts(seen, is_text_latin=is_text_latin)
    if mixed:
        seen = unicodedata.normalize("NFC", disarm.canonicalize(seen.translate(FOREIGN)))
    if mixed or (accents is not Accents.KEEP and seen.lower() not in ENGLISH_ACCENTS):
        seen = unicodedata.normalize("NFD", seen)
        # Foreign letters alone say nothing of umlauts: "Türstеher" is a German word in disguise.
        if accents is not Accents.DROP:
            seen = _UMLAUT.sub(lambda match: unicodedata.normalize("NFC", match.group()), seen)
    # What is left as a mark of its own after composing (strike-through, piled-up marks) is decoration.
    return "".join(char for char in seen if not unicodedata.combining(char)).lower()


def _mixes_scripts(word: str, *, is_text_latin: bool) -> bool:
    latin = is_text_latin
    other = False
    for char in word:
        if char.isalpha():
            if char < "\u0250" or "\u1e00" <= char < "\u1f00":
                latin = True
            else:
                other = True
    return latin and other
