"""Comparing what a text says with what a fact says, and writing the right value in the text's own form."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from copydesk.assets.fact_sheet import (
    DateValue,
    Duration,
    Enumeration,
    Fact,
    Money,
    Percent,
    Quantity,
    Value,
)
from copydesk.checks.facts.mentions import fold, fold_word
from copydesk.checks.numbers import Amount, AmountKind, parse_amounts
from copydesk.checks.numbers.words import NUMERALS, UNIT_NAMES, UNIT_WORDS

# With the space before them, so that "Punter" is not "unter".
_BELOW: Final = (" no more than", " not more than", " at most", " nicht mehr als", " höchstens", " <", " ≤",
                 " less than", " lower than", " cheaper than", " fewer than", " under", " below",
                 " weniger als", " unter")  # fmt: skip
_NOT_BELOW: Final = (" no less than", " not less than", " no fewer than", " nicht weniger als")
_ABOVE: Final = (" >", " ≥", " more than", " higher than", " over", " above", " at least", " mehr als",
                 " über", " mindestens")  # fmt: skip
_BOUND_CHARS: Final = 19
# Of a range of time the one end alone: "within 4 days", "in as little as 2".
_LATEST: Final = (
    " within", " up to", " no later than", " maximum of", " at most", " no more than", " innerhalb",
    " innerhalb von", " binnen", " bis zu", " spätestens nach", " spätestens in", " höchstens", " maximal",
)  # fmt: skip
_EARLIEST: Final = (" as little as", " at least", " from", " ab", " frühestens nach", " mindestens")
_ZERO: Final = Decimal(0)
_SHORT_TIMES: Final = frozenset({"second", "minute"})
# What has units of two systems, between which people round, and how far at most.
_ROUNDED: Final = frozenset({"length", "mass", "volume", "area", "speed", "celsius", "fahrenheit"})
_ROUNDING: Final = Decimal("0.02")
_WORD_LIMIT: Final = 12
_UNLIKE_PLURALS: Final = {"foot": "feet", "person": "people"}
_LETTER: Final = re.compile(r"[^\W\d_]")
_Key = tuple[AmountKind, str, Decimal, Decimal, str]


def bound(folded: str, amount: Amount) -> str:
    """Return `below` or `above` for "less than £20" and "over 30", else an empty string.

    Args:
        folded: the text as `fold` returns it.
        amount: one of its amounts.
    """
    before = f" {folded[max(0, amount.start - _BOUND_CHARS) : amount.start].rstrip()}"
    if before.endswith(_BELOW):
        return "above" if before.endswith(_NOT_BELOW) else "below"
    return "above" if before.endswith(_ABOVE) else ""


def is_end_of(value: Value, folded: str, amount: Amount) -> bool:
    """Tell whether an amount is said to be the end of a fact's range: "within 4 days" of two to four."""
    if not isinstance(value, Duration) or value.number_max is None or amount.is_range:
        return False
    expected = expected_range(value, amount.unit)
    if expected is None or amount.low not in expected:
        return False
    before = f" {folded[max(0, amount.start - _BOUND_CHARS) : amount.start].rstrip()}"
    return before.endswith(_LATEST if amount.low == expected[1] else _EARLIEST)


def value_key(written: str, locale: str | None) -> _Key | None:
    """Return the typed reading of an enum value such as "£20-25" or "3 out of 5", None for plain words."""
    amounts = parse_amounts(written, locale)
    if len(amounts) != 1 or amounts[0].kind is AmountKind.NUMBER or amounts[0].end != len(written):
        return None
    head = fold(written[: amounts[0].start]).strip()
    relation = bound(fold(written), amounts[0])
    return amount_key(amounts[0], relation) if bool(head) == bool(relation) else None


def amount_key(amount: Amount, relation: str) -> _Key:
    """Return what two writings of the same amount have in common."""
    return (amount.kind, amount.unit, amount.low, amount.high, relation)


def is_comparable(value: Value, kind: AmountKind, unit: str) -> bool:
    """Tell whether an amount could state a fact's value at all: same type, same currency or dimension.

    Args:
        value: the fact's value.
        kind: the kind of the amount.
        unit: its unit, as amounts name it.
    """
    match value:
        case Money():
            return kind is AmountKind.MONEY
        case Percent():
            return kind is AmountKind.PERCENT
        case Duration():
            return kind is AmountKind.DURATION and _shares_calendar(value.unit, unit)
        case DateValue():
            return kind is AmountKind.DATE
        case Quantity():
            known = UNIT_NAMES.get(fold_word(value.unit))
            spoken = UNIT_NAMES.get(unit)
            if known and spoken and kind in (AmountKind.QUANTITY, AmountKind.DURATION):
                return known[1] == spoken[1]
            return kind is AmountKind.QUANTITY and fold_word(value.unit) == unit
        case _:
            return False


def _shares_calendar(one: str, other: str) -> bool:
    # Any two durations can contradict each other; minutes against years are two different statements.
    far = {"minute", "hour"}
    return not ((one in far) != (other in far) and (one in {"month", "year"} or other in {"month", "year"}))


def is_of_another_scale(value: Value, unit: str) -> bool:
    """Tell whether minutes stand against days or more: where nothing names them, two different statements."""
    return isinstance(value, Duration) and unit in _SHORT_TIMES and value.unit not in _SHORT_TIMES | {"hour"}


class Comparer:
    """What a fact says, ready to be compared: what depends on the fact alone is worked out once."""

    __slots__ = ("_currency", "_day", "_ranges", "_tolerance", "_value")

    def __init__(self, fact: Fact) -> None:
        """Keep what comparing needs of a fact."""
        value = fact.value
        self._value = value
        self._tolerance = _ZERO if fact.tolerance == "0" else Decimal(fact.tolerance)
        self._currency = value.currency if isinstance(value, Money) else None
        self._day: tuple[int, int, int] | None = None
        if isinstance(value, DateValue):
            year, month, day = map(int, value.date.split("-"))
            self._day = (year, month, day)
        self._ranges: dict[str, tuple[Decimal, Decimal] | None] = {}

    def agrees(self, amount: Amount, relation: str) -> bool:
        """Tell whether a comparable amount says what the fact says, within the fact's tolerance."""
        if self._day is not None:
            said = amount.date
            return said is not None and said.says(*self._day)
        unit = amount.unit
        if self._currency is not None and self._currency != unit:
            return False
        if unit not in self._ranges:
            # Units and currencies are a closed set.
            self._ranges[unit] = expected_range(self._value, unit)
        expected = self._ranges[unit]
        if expected is None:
            return False
        low, high = expected
        if amount.low == low and amount.high == high:
            return True
        if (
            relation
            and not amount.is_range
            and (high < amount.low if relation == "below" else low > amount.high)
        ):
            return True
        if self._is_rounded(amount, low, high):
            return True
        return bool(self._tolerance) and self._is_near(amount, low, high)

    def _is_rounded(self, amount: Amount, low: Decimal, high: Decimal) -> bool:
        """Tell whether an amount is the fact's in another system's unit, rounded ("6.2 miles" for 10 km)."""
        known = UNIT_NAMES.get(amount.unit)
        if known is None or known[1] not in _ROUNDED or (_is_short(low) and _is_short(high)):
            return False
        return all(
            abs(said - exact) <= min(_half_of_last_digit(said), abs(exact) * _ROUNDING)
            for said, exact in ((amount.low, low), (amount.high, high))
        )

    def _is_near(self, amount: Amount, low: Decimal, high: Decimal) -> bool:
        # The tolerance is in the fact's unit; scale it by what the conversion did to the number.
        own = expected_range(self._value, getattr(self._value, "unit", ""))
        scale = high / own[1] if own and own[1] else Decimal(1)
        return max(abs(amount.low - low), abs(amount.high - high)) <= self._tolerance * abs(scale)


@lru_cache(maxsize=4096)
def expected_range(value: Value, unit: str) -> tuple[Decimal, Decimal] | None:
    """Return a fact's number or range in the unit the text uses, None where it can't be converted."""
    if not unit and isinstance(value, Duration):
        return Decimal(value.number), Decimal(value.number_max or value.number)
    match value:
        case Money():
            number = Decimal(value.minor).scaleb(-currency_digits(value.currency))
            return number, number
        case Percent():
            return Decimal(value.number), Decimal(value.number)
        case Duration():
            low, high = Decimal(value.number), Decimal(value.number_max or value.number)
            return _converted(low, high, value.unit, unit)
        case Quantity():
            number = Decimal(value.number)
            own = UNIT_NAMES.get(fold_word(value.unit))
            unit = own[0] if own and unit == value.unit else unit
            return (
                _converted(number, number, own[0], unit) if own and unit in UNIT_NAMES else (number, number)
            )
        case _:
            return None


def _converted(low: Decimal, high: Decimal, own: str, unit: str) -> tuple[Decimal, Decimal] | None:
    _, dimension, factor = UNIT_NAMES[own]
    _, other_dimension, other_factor = UNIT_NAMES[unit]
    if dimension != other_dimension:
        return None
    return low * factor / other_factor, high * factor / other_factor


@lru_cache(maxsize=256)
def currency_digits(code: str) -> int:
    """Return the number of decimals of a currency (CLDR through babel)."""
    from babel.numbers import get_currency_precision

    return get_currency_precision(code)


def write_like(value: Value, text: str, amount: Amount, locale: str | None) -> str | None:
    """Write a fact's value the way the text wrote its amount: same symbol, separators, words and unit.

    Args:
        value: the fact's value.
        text: the checked text.
        amount: the amount to replace.
        locale: language tag of the text.
    """
    language = "de" if (locale or "").startswith("de") else "en"
    if isinstance(value, Enumeration):
        return value.values[0]
    if isinstance(value, DateValue):
        return _write_date(value.date, text[amount.start : amount.end], locale)
    written = text[amount.number_start : amount.number_end]
    # "3 dollars 50 cents" holds its currency between its numbers.
    is_of_two = amount.low == amount.high and not amount.in_words and _LETTER.search(written) is not None
    if isinstance(value, Money) and (value.currency != amount.unit or is_of_two):
        return _write_money(value, locale)
    expected = expected_range(value, amount.unit)
    # "Eine Viertelstunde" and "an hour and a half" hold their unit inside the number: it is written anew.
    has_own_unit = bool(amount.unit) and amount.in_words and amount.number_end == amount.end
    if expected is not None and not has_own_unit and all(_is_short(number) for number in expected):
        before, after = text[amount.start : amount.number_start], text[amount.number_end : amount.end]
        return f"{before}{_write_range(expected, written, amount, language)}{after}"
    if isinstance(value, Duration):
        low, high = Decimal(value.number), Decimal(value.number_max or value.number)
        one, many = UNIT_WORDS[language][value.unit]
        return f"{_write_range((low, high), written, amount, language)} {one if high == 1 else many}"
    if isinstance(value, Quantity):
        return f"{value.number} {_unit_word(value) if language == 'en' else value.unit}"
    return None


def _unit_word(value: Quantity) -> str:
    """Return a quantity's unit as English counts it ("1.9 kilograms"); signs such as "kg" have one form."""
    if value.number == "1":
        return value.unit
    if value.unit in _UNLIKE_PLURALS:
        return _UNLIKE_PLURALS[value.unit]
    plurals = (f"{value.unit}s", f"{value.unit}es")
    return next((word for word in plurals if UNIT_NAMES.get(word, ("",))[0] == value.unit), value.unit)


def _half_of_last_digit(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)


def _is_short(number: Decimal) -> bool:
    exponent = number.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -3


def _write_range(expected: tuple[Decimal, Decimal], written: str, amount: Amount, language: str) -> str:
    low, high = expected
    money = amount.kind is AmountKind.MONEY
    if low == high:
        return _write_number(low, written, amount.in_words, language, money)
    dash = next((mark for mark in "–—-" if mark in written), None)
    joint = dash or (" bis " if language == "de" else " to ")
    return joint.join(_write_number(n, written, amount.in_words, language, money) for n in expected)


def _write_number(number: Decimal, written: str, in_words: bool, language: str, money: bool) -> str:
    whole = number == number.to_integral_value()
    if in_words and whole and 1 < number <= _WORD_LIMIT:
        return next(word for word, value in NUMERALS[language].items() if value == number)
    has_cents = bool(re.search(r"[.,]\d{2}$", written))
    digits = f"{number:.2f}" if money and (has_cents or not whole) else format(number.normalize(), "f")
    head, _, tail = digits.partition(".")
    if len(head) > 3 and (len(head) > 4 or re.search(r"\d[.,]\d{3}", written)):
        head = f"{int(head):,}".replace(",", "." if language == "de" else ",")
    comma = "," if language == "de" or (has_cents and written[-3] == ",") else "."
    return f"{head}{comma}{tail}" if tail else head


@lru_cache(maxsize=1024)
def _write_money(value: Money, locale: str | None) -> str:
    from babel.numbers import format_currency

    number = Decimal(value.minor).scaleb(-currency_digits(value.currency))
    return format_currency(number, value.currency, locale=(locale or "en-GB").replace("-", "_"))


def _write_date(iso: str, written: str, locale: str | None) -> str:
    from datetime import date

    from babel.dates import format_date

    day = date.fromisoformat(iso)
    if re.match(r"\d{4}-", written):
        return iso
    tag = (locale or "en-GB").replace("-", "_")
    if re.fullmatch(r"\d{1,2}(?:,? \d{4})?", written):
        return re.sub(r"^\d+", str(day.day), written)  # a day of a range whose month stands elsewhere
    if re.fullmatch(r"\d{1,2}\.\s?\d{1,2}", written):
        return f"{day.day}.{day.month}"
    if re.fullmatch(r"[\d./-]+", written):
        mark = next(char for char in written if not char.isdigit())
        order = (day.month, day.day) if tag.endswith("US") and mark != "." else (day.day, day.month)
        return mark.join([f"{order[0]:02d}", f"{order[1]:02d}", str(day.year)])
    if re.fullmatch(r"\D+\d{4}", written):
        return format_date(day, "MMMM y", locale=tag)
    full = format_date(day, "long", locale=tag)
    return full if re.search(r"\d{4}", written) else re.sub(r",?\s\d{4}$", "", full)


def describe(value: Value, locale: str | None) -> str:
    """Return a fact's value in words for a message, such as `£129.00` or `2 to 4 working days`."""
    match value:
        case Money():
            return _write_money(value, locale)
        case Percent():
            return f"{value.number}%"
        case Duration():
            number = f"{value.number} to {value.number_max}" if value.number_max else value.number
            one, many = UNIT_WORDS["en"][value.unit]
            return f"{number} {one if number == '1' else many}"
        case Quantity():
            return f"{value.number} {_unit_word(value)}"
        case DateValue():
            return value.date
        case Enumeration():
            return value.values[0]
        case _:
            return value.text
