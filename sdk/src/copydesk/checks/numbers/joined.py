"""Amounts that two readings make together: "1 hour 30 minutes", "5 Euro 50", "10 € bis 20 €"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from copydesk.checks.numbers.amounts import Amount
from copydesk.checks.numbers.units import AmountKind
from copydesk.checks.numbers.words import UNIT_NAMES

# Between two amounts that could be one, in characters; the longest is ", and ".
MAX_GAP_CHARS: Final = 6
_AND: Final = re.compile(r",? (?:and |und )?|,? ?(?:& )?", re.IGNORECASE)
_TO: Final = re.compile(r"\s?[-–—−]\s?|\s(?:to|bis)\s(?:zu\s)?", re.IGNORECASE)
# Behind the second of two times a further one makes a list of them ("2 hours, 15 minutes or 5 minutes").
_LISTED: Final = re.compile(r",|\s(?:or|oder)\b", re.IGNORECASE)
_FROM: Final = re.compile(r"(?:from|von|vom)\s$", re.IGNORECASE)
_CENTS: Final = re.compile(r"(?:cents?|pence|p|ct|rappen)$", re.IGNORECASE)
_BARE_CENTS: Final = re.compile(r"\d\d(?=$|[\s)]*$|[,.;!?)](?!\d))", re.MULTILINE)
# A unit and the smaller one that a rest is given in, and how many of those make one of the larger.
_RESTS: Final = {
    ("hour", "minute"): 60,
    ("minute", "second"): 60,
    ("year", "month"): 12,
    ("week", "day"): 7,
    ("day", "hour"): 24,
    ("foot", "inch"): 12,
    ("pound_mass", "ounce"): 16,
}
_LARGE: Final = frozenset(large for large, _ in _RESTS)


def joined(text: str, first: Amount, second: Amount) -> Amount | None:
    """Read two neighbouring amounts as one, None where each says something of its own.

    Args:
        text: the text.
        first: an amount.
        second: the next one, at most `MAX_GAP_CHARS` behind it.
    """
    if first.low != first.high or second.low != second.high:
        return None
    if first.kind is AmountKind.MONEY:
        whole = _with_cents(text, first, second)
    else:
        whole = _with_rest(text, first, second) if first.unit in _LARGE else None
    return whole or _range(text, first, second)


def _with_rest(text: str, first: Amount, second: Amount) -> Amount | None:
    """Read "1 hour 30 minutes" as 90 minutes."""
    unit, rest = second.unit, second.low
    if first.unit == "hour" and unit == "metre" and text[second.number_end : second.end] == "m":
        unit = "minute"  # "1h 30m"
    size = _RESTS.get((first.unit, unit))
    if size is None or not 0 < rest < size or first.low != first.low.to_integral_value():
        return None
    gap = text[first.end : second.start].lstrip(".")
    if not _AND.fullmatch(gap) or ("," in gap and _LISTED.match(text, second.end)):
        return None
    kind = AmountKind.DURATION if unit == "minute" else second.kind
    value = first.low * size + rest
    return Amount(first.start, second.end, kind, value, value, unit, first.number_start, second.number_end,
                  in_words=first.in_words)  # fmt: skip


def _with_cents(text: str, first: Amount, second: Amount) -> Amount | None:
    """Read "3 dollars 50 cents" and "5 Euro 50" as one price."""
    gap = text[first.end : second.start]
    # Behind a sign before the number nothing more is said of it: "£5 and 50p".
    is_led = first.number_start > first.start
    if is_led or first.low != first.low.to_integral_value() or not _AND.fullmatch(gap) or "," in gap:
        return None
    rest = second.low
    if second.kind is AmountKind.NUMBER:
        if gap != " " or first.unit != "EUR" or not _BARE_CENTS.match(text, second.start):
            return None
        rest = rest / 100
    elif first.unit != second.unit or not _CENTS.search(text, second.number_end, second.end):
        return None
    if not Decimal(0) < rest < 1:
        return None
    value = first.low + rest
    return first._replace(end=second.end, low=value, high=value, number_end=second.end, in_words=False)


def _range(text: str, first: Amount, second: Amount) -> Amount | None:
    """Read "10 € bis 20 €" as a range; behind "from" two values may as well be before and after."""
    if first.kind is not second.kind or first.unit != second.unit or first.low >= second.low:
        return None
    has_unit = first.kind is AmountKind.PERCENT or first.unit in UNIT_NAMES or first.kind is AmountKind.MONEY
    if not has_unit or not _TO.fullmatch(text, first.end, second.start):
        return None
    if _FROM.search(text, max(0, first.start - 5), first.start):
        return None
    return first._replace(end=second.end, high=second.low, number_end=second.number_end)
