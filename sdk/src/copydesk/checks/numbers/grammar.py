"""The number grammar of a locale: patterns, separators, month names, and what an amount can begin with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import ahocorasick_rs

from copydesk.checks.numbers.units import UNIT_WRITINGS, Unit, unit_of
from copydesk.checks.numbers.words import (
    ADJECTIVES,
    CODES,
    FRACTIONS,
    HUNDREDS,
    MONEY_SCALES,
    NUMERALS,
    PARTS,
    POINTS,
    RANGE_WORDS,
    SIGNS,
    SINGLE_UNITS,
    SYMBOLS,
    THOUSANDS,
)

if TYPE_CHECKING:
    from babel import Locale

DEFAULT_LOCALE: Final = "en-GB"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns and separators of one locale.

    `joint` stands between the numbers of a range; `dated` reads a date, `score` the end of "4.5 out of 5".
    `units` holds what every unit means. A word is in `one_worded` where it is a unit by itself and begins no
    longer one, and in `plain_units` where it can be nothing else; `tails` reads the units that begin with
    any other word, or with a sign where that is empty. A number with none of the `continuing` words behind
    it is just a number.
    """

    language: str
    territory: str
    decimal: str
    group: str
    numerals: dict[str, int]
    months: dict[str, int]
    month_starts: frozenset[str]
    joint: re.Pattern[str]
    dated: re.Pattern[str]
    units: dict[str, Unit]
    tails: dict[str, re.Pattern[str]]
    one_worded: frozenset[str]
    plain_units: dict[str, Unit]
    continuing: frozenset[str]
    score: re.Pattern[str]


_LETTERS: Final = re.compile(r"[^\W\d_]+")
# What German writes other numerals at in one word ("zweitausend", "hundertzwanzig").
_JOINED: Final = ("hundert", "tausend")
_JOINING: Final = "and und of out von for st nd rd th am pm a o uhr"


def _any(words: object) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))  # type: ignore[call-overload]
    return "|".join(re.escape(word).replace(r"\ ", r"[\s\u00a0]") for word in ordered)


def _first_word(unit: str) -> str:
    """Return the letters a unit begins with, nothing for symbols."""
    match = re.match(r"[^\W\d_]*", unit)
    return match.group() if match else ""


@lru_cache(maxsize=32)
def grammar_of(locale: str) -> Grammar:
    """Return the grammar of a locale, compiled once.

    Args:
        locale: language tag such as `en-US`; languages without words of their own are read as English.
    """
    from babel import Locale
    from babel.numbers import get_decimal_symbol, get_group_symbol

    language, _, territory = locale.partition("-")
    language = language if language in NUMERALS else "en"
    known = Locale(language)
    months, month = _months_of(known)
    numerals = NUMERALS[language]
    territory = territory or {"de": "DE"}.get(language, "GB")
    units = {unit: unit_of(unit, language, territory) for unit in UNIT_WRITINGS}
    one_worded = frozenset(filter(str.isalpha, units)).difference(_longer(units))
    plain = one_worded.difference(MONEY_SCALES, numerals, months, RANGE_WORDS[language], _JOINING.split())
    continuing = [*units, *MONEY_SCALES, *numerals, *months, *RANGE_WORDS[language]]
    continuing += [HUNDREDS[language], *PARTS[language], POINTS[language], _JOINING]
    return Grammar(
        language,
        territory,
        get_decimal_symbol(known),
        get_group_symbol(known),
        numerals,
        months,
        frozenset(name[:3] for name in months),
        re.compile(rf"-?\s(?P<word>{_any(RANGE_WORDS[language])}|and|und)\s|\s?[-–—−]\s?", re.IGNORECASE),
        _dated(month),
        units,
        _tails(units),
        one_worded,
        # "2 in every pack" counts no inches.
        {word: units[word] for word in plain - {"in"}},
        frozenset([*_LETTERS.findall(" ".join(continuing)), *SIGNS]),
        _score(),
    )


def _months_of(locale: Locale) -> tuple[dict[str, int], str]:
    """Return the months of a language by name in lower case, and the pattern of a month."""
    wide, short = (
        {name.lower(): number for number, name in locale.months["format"][width].items()}
        for width in ("wide", "abbreviated")
    )
    months = {name.rstrip("."): number for name, number in (wide | short).items()}
    if locale.language == "de":
        wide |= {"jänner": 1, "feber": 2}  # as Austria calls them
        months |= {"jänner": 1, "jän": 1, "feber": 2, "sep": 9}
    months |= {"sept": 9} if locale.language == "en" else {}
    # The full stop of a short form is part of it, that of a whole name ends a sentence.
    return months, rf"(?:(?:{_any(wide)})\b|(?:{_any(months.keys() - wide)})\b\.?)"


def _dated(month: str) -> re.Pattern[str]:
    """Return the pattern of a date, from the one of a month."""
    year = r"[12]\d{3}(?!\s?(?:uhr|hrs)\b)"  # "3. Mai 1430 Uhr" says no year
    return re.compile(
        rf"(?<![\w/.])(?:(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})"
        rf"|(?P<a>\d{{1,2}})(?P<sep>[./-]|\.\s)(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{4}}|\d{{2}})"
        rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of\s)?(?P<m1>{month})(?:,?\s(?P<y1>{year}))?"
        rf"|(?P<m2>{month})\s(?:the\s)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<y2>{year}))?"
        rf"|(?P<m3>{month}),?\s(?P<y3>{year}))(?![\w/])",
        re.IGNORECASE,
    )


def _longer(units: Iterable[str]) -> frozenset[str]:
    """Return what the units begin with that are more than one word: "square", nothing for signs."""
    return frozenset(_first_word(unit) for unit in units if not unit.isalpha())


def _tails(units: Iterable[str]) -> dict[str, re.Pattern[str]]:
    """Return the patterns of those units, and of the one that is the word alone ("km", "km/h")."""
    found: dict[str, list[str]] = {word: [] for word in sorted(_longer(units))}
    for unit in units:
        if (word := _first_word(unit)) in found:
            found[word].append(unit)
    return {
        word: re.compile(rf"[\s\u00a0-]?(?P<unit>{_any(own)})(?![^\W_])", re.IGNORECASE)
        for word, own in found.items()
    }


def _score() -> re.Pattern[str]:
    """Return the pattern of what follows the number of a score: "/ 5", "out of 5", "of 5 stars"."""
    return re.compile(
        r"[\s\u00a0]?/[\s\u00a0]?(?P<a>5|10|100)(?![\w/])"
        r"|[\s\u00a0-](?:out[\s-]of|von)[\s-](?P<b>5|10|100|five|ten|fünf|zehn)(?!\w)"
        r"|\sof\s(?P<c>5|10|five|ten)(?=\s(?:stars?|points?)\b)",
        re.IGNORECASE,
    )


def language_of(locale: str | None) -> str:
    """Return the language a locale's numbers are read in; English where there are no words for its own."""
    language = (locale or DEFAULT_LOCALE).partition("-")[0]
    return language if language in NUMERALS else "en"


@lru_cache(maxsize=8)
def openers(language: str) -> frozenset[str]:
    """Return what an amount begins with, in lower case: digits, symbols, currency codes, numerals, months.

    Who runs an automaton over a text anyway adds these forms to it and hands the places that `could_open`
    lets pass to `amounts_at`.
    """
    months = grammar_of(language).months
    words = {re.split("[- ]", word)[0] for word in [*NUMERALS[language], *months, HUNDREDS[language]]} - {"a"}
    words |= {"pair", "quarter"} if language == "en" else set()
    words |= {*FRACTIONS[language], *SINGLE_UNITS[language], *THOUSANDS[language]}
    words |= ADJECTIVES if language == "de" else set()
    return frozenset([*words, *CODES, *SYMBOLS, *SIGNS, *"0123456789"])


@lru_cache(maxsize=8)
def openers_automaton(language: str) -> ahocorasick_rs.AhoCorasick:
    """Return the automaton over a language's openers."""
    return ahocorasick_rs.AhoCorasick(
        sorted(openers(language)), implementation=ahocorasick_rs.Implementation.DFA
    )


def could_open(low: str, start: int, end: int) -> bool:
    """Tell whether an amount could begin with the opener at a range of a text in lower case."""
    first = low[start]
    if start and first.isalnum() and low[start - 1].isalnum():
        return False
    return not first.isalpha() or end == len(low) or could_close(low, end) or low[start:end] in _JOINED


def could_close(low: str, end: int) -> bool:
    """Tell whether the word of an opener ends here, but for what German writes together ("fünfhundert")."""
    return not low[end].isalpha() or low.startswith(_JOINED, end)
