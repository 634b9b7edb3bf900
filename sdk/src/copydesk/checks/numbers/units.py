"""What a number measures by the word or sign behind it: kind, canonical unit and factor."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from copydesk.checks.numbers.words import (
    CODES,
    CURRENCY_WORDS,
    DURATION_UNITS,
    PART_UNITS,
    PERCENT_WORDS,
    SYMBOLS,
    UNIT_NAMES,
)

_ONE: Final = Decimal(1)
_SIGNS: Final = tuple(sign for sign in SYMBOLS if not sign[0].isalpha() or sign == "us$")
# As they are written, in lower case and with single spaces; "A$" and the like stand before a number only.
UNIT_WRITINGS: Final = (*UNIT_NAMES, *PART_UNITS, *PERCENT_WORDS, *CURRENCY_WORDS, *_SIGNS, *CODES)


class AmountKind(StrEnum):
    """What a number in a text measures."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    QUANTITY = "quantity"
    DATE = "date"

    # Kinds are looked up for every claim; Enum's own hash is written in Python.
    __hash__ = str.__hash__


class Unit(NamedTuple):
    """What a unit makes of the number before it: its kind, its canonical name, and what to multiply it by."""

    kind: AmountKind
    name: str
    factor: Decimal


def unit_of(written: str, language: str, territory: str) -> Unit:
    """Return what one of `UNIT_WRITINGS` means where it is written."""
    if written in PERCENT_WORDS:
        return Unit(AmountKind.PERCENT, "", _ONE)
    if written in ("pound", "pounds") and territory == "US":
        return Unit(AmountKind.QUANTITY, "pound_mass", _ONE)
    if written == "sek" and language == "de":
        return Unit(AmountKind.DURATION, "second", _ONE)
    if written in CURRENCY_WORDS:
        code, factor = CURRENCY_WORDS[written]
        is_euro = written in ("cent", "cents", "ct") and language == "de"
        return Unit(AmountKind.MONEY, "EUR" if is_euro else code, factor)
    if written in SYMBOLS or written in CODES:
        return Unit(AmountKind.MONEY, currency_of(written, territory), _ONE)
    if written in PART_UNITS:
        return Unit(AmountKind.DURATION, *PART_UNITS[written])
    name = UNIT_NAMES[written][0]
    return Unit(AmountKind.DURATION if name in DURATION_UNITS else AmountKind.QUANTITY, name, _ONE)


def currency_of(written: str, territory: str) -> str:
    """Return the ISO 4217 code of a currency's symbol or code, as it is written in a territory."""
    folded = written.strip().lower()
    if folded == "$":
        return {"CA": "CAD", "AU": "AUD", "NZ": "NZD"}.get(territory, "USD")
    return SYMBOLS.get(folded) or folded.upper()
