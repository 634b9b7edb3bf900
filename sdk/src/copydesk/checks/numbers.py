"""Numbers as people write them: money, percentages, quantities, durations, dates, ranges, with exact spans.

The grammar is our own because the libraries at hand take prices for dates or guess; every reading is typed by
what stands around the number, and what has no reading (telephone numbers, times, codes) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from copydesk.checks.number_grammar import (
    DEFAULT_LOCALE,
    Grammar,
    could_open,
    grammar_of,
    language_of,
    openers_automaton,
)
from copydesk.checks.number_words import (
    CODES,
    CURRENCY_WORDS,
    DURATION_UNITS,
    HUNDREDS,
    MONEY_SCALES,
    PERCENT_WORDS,
    SCALES,
    SYMBOLS,
    UNIT_NAMES,
)
from copydesk.checks.text import lower_same_length, whole_characters

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


# Words that tie two numbers together by hyphens ("7-of-14"); any other word before the hyphen makes a code.
_TIED: Final = re.compile(r"(?:[\s-](?:of|for|to|by|von|aus|bis|zu))-$", re.IGNORECASE)


_NEXT_WORD: Final = re.compile(r"[\s-]?([^\W\d_]+)")


def parse_amounts(text: str, locale: str | None = None) -> tuple[Amount, ...]:
    """Find every number of a text with its type and exact span, in order and without overlap.

    Args:
        text: any text.
        locale: language tag such as `en-US`; decides separators (CLDR through babel), month names, numerals
            and whether day or month comes first in `01/02/2026`. None means `en-GB`.
    """
    low = lower_same_length(text)
    hits = openers_automaton(language_of(locale)).find_matches_as_indexes(
        whole_characters(low), overlapping=True
    )
    return amounts_at(text, sorted(start for _, start, end in hits if could_open(low, start, end)), locale)


def amounts_at(text: str, places: Iterable[int], locale: str | None = None) -> tuple[Amount, ...]:
    """Read the amounts that begin at given places; looking only there is ten times faster than everywhere.

    Args:
        text: any text.
        places: where openers stand (see `copydesk.checks.number_grammar.openers`), in order.
        locale: as for `parse_amounts`.
    """
    grammar = grammar_of(locale or DEFAULT_LOCALE)
    found: list[Amount] = []
    position = 0
    for place in places:
        start = place
        if start < position:
            continue
        if start and text[start - 1] in "-−":
            if found and found[-1].end == start - 1:
                pass  # "113-107": the hyphen ties two numbers
            elif start == 1 or not text[start - 2].isalnum():
                start -= 1
            elif not _TIED.search(text, max(0, start - 8), start):
                continue
        is_word = text[start].isalpha()
        may_date = not is_word or text[start : start + 3].lower() in grammar.month_starts
        if may_date and (dated := grammar.dated.match(text, start)) and (day := _date(dated, grammar)):
            found.append(day)
            position = day.end
        elif match := grammar.start.match(text, start):
            amount = _amount(text, match, grammar)
            if amount is not None:
                found.append(amount)
            position = amount.end if amount else _past(text, match.end())
    return tuple(found)


def _past(text: str, end: int) -> int:
    """Return where an unread number really ends, so that its tail is not read as one of its own."""
    while end < len(text) and text[end].isalnum():
        end += 1
    return end


def _amount(text: str, match: re.Match[str], grammar: Grammar) -> Amount | None:
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
    grammar: Grammar,
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
    if tail := _tail(text, end, grammar):
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


def _tail(text: str, end: int, grammar: Grammar) -> re.Match[str] | None:
    """Return the unit after a number; the dear pattern runs only where the next word begins one."""
    word = _NEXT_WORD.match(text, end)
    if word is not None and word.group(1).lower() not in grammar.tail_words:
        return None
    return grammar.tail.match(text, end)


def _currency(written: str, territory: str) -> str:
    folded = written.strip().lower()
    if folded == "$":
        return {"CA": "CAD", "AU": "AUD", "NZ": "NZD"}.get(territory, "USD")
    return SYMBOLS.get(folded) or folded.upper()


def _scale(word: str | None) -> int:
    return MONEY_SCALES[word.lower()] if word else 1


def _value(match: re.Match[str], grammar: Grammar) -> Decimal | None:
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


def _read_words(written: str, grammar: Grammar) -> Decimal | None:
    folded = " ".join(written.lower().split())
    if folded in grammar.numerals:
        return Decimal(grammar.numerals[folded])
    head, _, rest = folded.partition(HUNDREDS[grammar.language])
    rest = rest.strip().removeprefix("and ").removeprefix("und").strip()
    hundreds = 1 if head.strip() in ("a", "") else grammar.numerals.get(head.strip())
    ones = grammar.numerals.get(rest, 0 if not rest else None)
    return None if hundreds is None or ones is None else Decimal(100 * hundreds + ones)


def _date(match: re.Match[str], grammar: Grammar) -> Amount | None:
    parts = _parts(match, grammar)
    if parts is None or not _exists(parts):
        return None
    start, end = match.span()
    key = Decimal(parts.month * 100 + parts.day)
    return Amount(start, end, AmountKind.DATE, key, key, "", start, end, in_words=False, date=parts)


def _parts(match: re.Match[str], grammar: Grammar) -> PartialDate | None:
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
