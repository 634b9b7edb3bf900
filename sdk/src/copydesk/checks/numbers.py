"""Numbers as people write them: money, percentages, quantities, durations, dates, ranges, with exact spans.

The grammar is our own because the libraries at hand take prices for dates or guess; every reading is typed by
what stands around the number, and what has no reading (telephone numbers, times, codes) is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Final

from copydesk.checks.number_words import (
    CODES,
    CURRENCY_WORDS,
    DURATION_UNITS,
    HUNDREDS,
    MONEY_SCALES,
    NUMERALS,
    PERCENT_WORDS,
    RANGE_WORDS,
    SCALES,
    SYMBOLS,
    UNIT_NAMES,
)

DEFAULT_LOCALE: Final = "en-GB"
# Longer runs of digits are identifiers, not amounts.
MAX_DIGITS: Final = 15


class AmountKind(StrEnum):
    """What a number in a text measures."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    QUANTITY = "quantity"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar day whose year may be left open."""

    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """One number of a text with its type.

    `start:end` spans symbol, number and unit; `number_start:number_end` the digits or words alone. `low` and
    `high` differ for ranges. `unit` is an ISO 4217 code for money, a canonical unit name for durations and
    quantities, else empty. `date` is set for dates only.
    """

    start: int
    end: int
    kind: AmountKind
    low: Decimal
    high: Decimal
    unit: str = ""
    number_start: int = 0
    number_end: int = 0
    in_words: bool = False
    date: PartialDate | None = None

    @property
    def is_range(self) -> bool:
        """Whether two numbers are given ("2 to 4")."""
        return self.low != self.high


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled patterns and separators of one locale."""

    language: str
    territory: str
    decimal: str
    group: str
    numerals: dict[str, int]
    months: dict[str, int]
    openers: frozenset[str]
    start: re.Pattern[str]
    more: re.Pattern[str]
    dated: re.Pattern[str]
    tail: re.Pattern[str]
    score: re.Pattern[str]


_DIGITS = r"\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?"


def _any(words: object) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))  # type: ignore[call-overload]
    return "|".join(re.escape(word).replace(r"\ ", r"[\s\u00a0]") for word in ordered)


@lru_cache(maxsize=32)
def _grammar(locale: str) -> _Grammar:
    from babel import Locale
    from babel.dates import get_month_names
    from babel.numbers import get_decimal_symbol, get_group_symbol

    language, _, territory = locale.partition("-")
    language = language if language in NUMERALS else "en"
    known = Locale(language)
    months = {
        name.lower().rstrip("."): number
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=known).items()
    }
    months |= {"sept": 9} if language == "en" else {}
    numerals = NUMERALS[language]
    hundred = HUNDREDS[language]
    small = _any(numerals)
    joint = r"(?:[\s\u00a0](?:and[\s\u00a0])?)?" if language == "en" else "(?:und)?"
    words = rf"(?:(?:(?:{small})[\s\u00a0]?)?{hundred}(?:{joint}(?:{small}))?|{small})(?![^\W\d_])"
    currency = rf"{_any(SYMBOLS)}|{_any(CODES)}"
    number = rf"(?P<digits>{_DIGITS})|(?P<words>\b{words})"
    scale = rf"(?:[\s\u00a0]?(?P<scale>{_any(MONEY_SCALES)})(?![^\W_]))?"
    core = rf"(?:(?P<currency>{currency})[\s\u00a0]?)?(?P<sign>[-−](?=\d))?(?:{number}){scale}"
    ranges = _any(RANGE_WORDS[language])
    units = _any([*UNIT_NAMES, *PERCENT_WORDS, *CURRENCY_WORDS, *SYMBOLS, *CODES])
    month = _any(months)
    return _Grammar(
        language,
        territory or {"de": "DE"}.get(language, "GB"),
        get_decimal_symbol(known),
        get_group_symbol(known),
        numerals,
        months,
        frozenset(re.split("[- ]", word)[0] for word in [*numerals, *months, *CODES, hundred]) - {"a"},
        re.compile(rf"(?<![\w#@.,/:])(?:{core})", re.IGNORECASE),
        re.compile(rf"(?:[\s\u00a0]?[-–—−][\s\u00a0]?|[\s\u00a0](?P<joint>{ranges}|and|und)[\s\u00a0]){core}",
                   re.IGNORECASE),
        re.compile(
            rf"(?<![\w/.])(?:(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})"
            rf"|(?P<a>\d{{1,2}})(?P<sep>[./-])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{4}}|\d{{2}})"
            rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of\s)?(?P<m1>{month})\b\.?(?:,?\s(?P<y1>\d{{4}}))?"
            rf"|(?P<m2>{month})\b\.?\s(?:the\s)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<y2>\d{{4}}))?)(?![\w/])",
            re.IGNORECASE),
        re.compile(rf"[\s\u00a0-]?(?P<unit>{units})(?![^\W_])", re.IGNORECASE),
        re.compile(r"[\s\u00a0]?/[\s\u00a0]?(?P<a>5|10|100)(?![\w/])"
                   r"|[\s\u00a0-](?:out[\s-]of|von)[\s-](?P<b>5|10|100|five|ten|fünf|zehn)(?!\w)",
                   re.IGNORECASE),
    )  # fmt: skip


def parse_amounts(text: str, locale: str | None = None) -> tuple[Amount, ...]:
    """Find every number of a text with its type and exact span, in order and without overlap.

    Args:
        text: any text.
        locale: language tag such as `en-US`; decides separators (CLDR through babel), month names, numerals
            and whether day or month comes first in `01/02/2026`. None means `en-GB`.
    """
    grammar = _grammar(locale or DEFAULT_LOCALE)
    found: list[Amount] = []
    position = 0
    for start in _candidates(text, grammar):
        if start < position:
            continue
        if (dated := grammar.dated.match(text, start)) and (day := _date(dated, grammar)):
            found.append(day)
            position = day.end
        elif match := grammar.start.match(text, start):
            amount = _amount(text, match, grammar)
            if amount is not None:
                found.append(amount)
            position = amount.end if amount else _past(text, match.end())
    return tuple(found)


_MARKS: Final = re.compile(r"(?:us)?[$£€¥]|[-−]?\d", re.IGNORECASE)
_WORDS: Final = re.compile(r"[^\W\d_]+")


def _candidates(text: str, grammar: _Grammar) -> list[int]:
    """Return where an amount could start: looking only there is ten times faster than one large pattern."""
    places = [match.start() for match in _MARKS.finditer(text)]
    if not grammar.openers.isdisjoint(text.lower().split()) or any(mark in text for mark in "-–—("):
        places += [m.start() for m in _WORDS.finditer(text) if m.group().lower() in grammar.openers]
        places.sort()
    return places


def _past(text: str, end: int) -> int:
    """Return where an unread number really ends, so that its tail is not read as one of its own."""
    while end < len(text) and text[end].isalnum():
        end += 1
    return end


def _amount(text: str, match: re.Match[str], grammar: _Grammar) -> Amount | None:
    low = _value(match, grammar)
    if low is None:
        return None
    start, end = match.start(), match.end()
    number_start = match.start("digits") if match["digits"] else match.start("words")
    number_end = match.end("digits") if match["digits"] else match.end("words")
    if match["sign"] and start == match.start("sign"):
        number_start = start
    high, currency, scale_text = low, match["currency"], match["scale"]
    second = grammar.more.match(text, end) if not match["sign"] else None
    if second is not None and _joins(text, start, second) and (other := _value(second, grammar)) is not None:
        scale_low = not scale_text and second["scale"] and second["scale"].lower() in SCALES
        low = low * _scale(second["scale"]) if scale_low and low < other else low
        if low < other:
            high, end, number_end = other, second.end(), _number_end(second)
            currency = currency or second["currency"]
            scale_text = scale_text or second["scale"]
        else:
            low = high = _value(match, grammar) or Decimal(0)
    if scale_text and scale_text.lower() == "m" and not currency:
        # "5 m" is a length: the letter is a million only after a currency.
        low, high, end = low / 10**6, high / 10**6 if high != low else low / 10**6, end - len(scale_text)
        end = len(text[:end].rstrip())
    return _typed(
        text, (start, end), (low, high), currency, (number_start, number_end, bool(match["words"])), grammar
    )


def _joins(text: str, start: int, second: re.Match[str]) -> bool:
    joint = (second["joint"] or "").lower()
    if joint not in ("and", "und"):
        return True
    before = text[max(0, start - 9) : start].lower()
    return before.endswith(("between ", "zwischen "))


def _number_end(match: re.Match[str]) -> int:
    return match.end("digits") if match["digits"] else match.end("words")


def _typed(
    text: str,
    span: tuple[int, int],
    values: tuple[Decimal, Decimal],
    currency: str | None,
    number: tuple[int, int, bool],
    grammar: _Grammar,
) -> Amount | None:
    start, end = span
    low, high = values
    number_start, number_end, in_words = number

    def made(kind: AmountKind, unit: str, until: int, factor: Decimal = Decimal(1)) -> Amount:
        return Amount(
            start, until, kind, low * factor, high * factor, unit, number_start, number_end, in_words
        )

    if currency:
        code = _currency(currency, grammar.territory)
        return made(AmountKind.MONEY, code, end)
    if low == high and (score := grammar.score.match(text, end)):
        best = (score["a"] or score["b"]).lower()
        return made(AmountKind.QUANTITY, f"out of {grammar.numerals.get(best, best)}", score.end())
    if tail := grammar.tail.match(text, end):
        word = " ".join(tail["unit"].lower().split())
        if word in PERCENT_WORDS:
            return made(AmountKind.PERCENT, "", tail.end())
        if word == "pounds" and grammar.territory == "US":
            return made(AmountKind.QUANTITY, "pound_mass", tail.end())
        if word in CURRENCY_WORDS:
            code, factor = CURRENCY_WORDS[word]
            code = "EUR" if word.startswith("cent") and grammar.language == "de" else code
            return made(AmountKind.MONEY, code, tail.end(), factor)
        if word in SYMBOLS or word in CODES:
            return made(AmountKind.MONEY, _currency(word, grammar.territory), tail.end())
        if word != "in" or tail.end() == len(text) or not text[tail.end()].isspace():
            unit = UNIT_NAMES[word][0]
            kind = AmountKind.DURATION if unit in DURATION_UNITS else AmountKind.QUANTITY
            return made(kind, unit, tail.end())
    follows = text[end : end + 1]
    if follows.isalnum() or (follows and follows in "/:_@" and text[end + 1 : end + 2].isalnum()):
        return None
    if in_words and low == high and low <= 1:
        return None  # "one" and "zero" without a unit are pronouns more often than numbers
    return made(AmountKind.NUMBER, "", end)


def _currency(written: str, territory: str) -> str:
    folded = written.strip().lower()
    if folded == "$":
        return {"CA": "CAD", "AU": "AUD", "NZ": "NZD"}.get(territory, "USD")
    return SYMBOLS.get(folded) or folded.upper()


def _scale(word: str | None) -> int:
    return MONEY_SCALES[word.lower()] if word else 1


def _value(match: re.Match[str], grammar: _Grammar) -> Decimal | None:
    if match["digits"]:
        if sum(c.isdigit() for c in match["digits"]) > MAX_DIGITS:
            return None
        value = read_digits(match["digits"], grammar.decimal, grammar.group)
    else:
        value = _read_words(match["words"], grammar)
    return None if value is None else value * _scale(match["scale"]) * (-1 if match["sign"] else 1)


def read_digits(written: str, decimal: str, group: str) -> Decimal | None:
    """Return the value of digits with separators, or None where they make no number.

    Args:
        written: ASCII or other decimal digits with `.`, `,`, apostrophes or narrow spaces between.
        decimal: the locale's decimal sign.
        group: the locale's group sign; it settles `1.299`, every other case is clear from the form.
    """
    marks = [char for char in written if not char.isdigit()]
    if marks:
        last = marks[-1]
        tail = len(written) - written.rindex(last) - 1
        clear = len(set(marks)) > 1 and last in ".,"
        is_decimal = last in ".," and (clear or (len(marks) == 1 and (tail != 3 or last == decimal != group)))
        whole, fraction = (written[: -tail - 1], written[-tail:]) if is_decimal else (written, "")
        digits = "".join(c for c in whole if c.isdigit())
        written = f"{digits}.{fraction}" if is_decimal else digits
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def _read_words(written: str, grammar: _Grammar) -> Decimal | None:
    folded = " ".join(written.lower().split())
    if folded in grammar.numerals:
        return Decimal(grammar.numerals[folded])
    head, _, rest = folded.partition(HUNDREDS[grammar.language])
    rest = rest.strip().removeprefix("and ").removeprefix("und").strip()
    hundreds = 1 if head.strip() in ("a", "") else grammar.numerals.get(head.strip())
    ones = grammar.numerals.get(rest, 0 if not rest else None)
    return None if hundreds is None or ones is None else Decimal(100 * hundreds + ones)


def _date(match: re.Match[str], grammar: _Grammar) -> Amount | None:
    parts = _parts(match, grammar)
    if parts is None or not _exists(parts):
        return None
    start, end = match.span()
    key = Decimal(parts.month * 100 + parts.day)
    return Amount(start, end, AmountKind.DATE, key, key, "", start, end, in_words=False, date=parts)


def _parts(match: re.Match[str], grammar: _Grammar) -> PartialDate | None:
    if match["y"]:
        return PartialDate(int(match["m"]), int(match["d"]), int(match["y"]))
    if match["a"]:
        first, second, year = int(match["a"]), int(match["b"]), int(match["c"])
        year += 2000 if year < 100 else 0
        month_first = grammar.territory == "US" and match["sep"] != "."
        # A number above 12 can only be the day, whatever the custom.
        month_first = (month_first and first <= 12) or second > 12
        return PartialDate(*((first, second) if month_first else (second, first)), year)
    name, day, year_text = (
        (match["m1"], match["d1"], match["y1"]) if match["m1"] else (match["m2"], match["d2"], match["y2"])
    )
    month = grammar.months.get(name.lower().rstrip("."))
    return None if month is None else PartialDate(month, int(day), int(year_text) if year_text else None)


def _exists(parts: PartialDate) -> bool:
    try:
        date(parts.year or 2024, parts.month, parts.day)
    except ValueError:
        return False
    return True
