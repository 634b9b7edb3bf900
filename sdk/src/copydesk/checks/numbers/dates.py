"""Dates as people write them: whole, without a year, without a day, and the days of a range."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from copydesk.checks.numbers.grammar import Grammar

# Between the two days of a range ("11–13 July", "11. bis 13. Juli", "July 11 to 13").
_JOINT: Final = r"(?:\s?[-–—/&]\s?|\s(?:to|until|till|through|and|bis|und)\s(?:the\s|zum\s)?)"
_TIE: Final = re.compile(_JOINT, re.IGNORECASE)
_FIRST_DAY: Final = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?{_JOINT}(?=\d{{1,2}}(?!\d))", re.IGNORECASE
)
_LAST_DAY: Final = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s(?P<year>\d{4}))?(?![\w/:%]|[.,]\d|\s?[-–]\d)", re.IGNORECASE
)
# "Am 13.1. geht es los", "5.8. bis 16.8.": German writes a day without its year in digits.
_SHORT: Final = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\s?\d)")
_SHORT_LEAD: Final = re.compile(
    r"(?:(?<!\w)(?:am|bis|ab|vom|zum|seit|den|dem|mo|di|mi|do|fr|sa|so|(?:mon|diens|donners|frei|sams|sonn)tag"
    r"|mittwoch)\.?,?\s|\d\.\s?[-–—]\s?)$",
    re.IGNORECASE,
)
_LEAD_CHARS: Final = 13


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar day whose year may be left open, or a month of a year (`day` is 0 then)."""

    month: int
    day: int
    year: int | None = None

    def says(self, year: int, month: int, day: int) -> bool:
        """Tell whether it names a calendar day, as far as it goes."""
        return self.month == month and self.day in (0, day) and self.year in (None, year)

    def lies_within(self, first: date, last: date) -> bool:
        """Tell whether it could be a day from one to another, both included."""
        years = range(first.year, last.year + 1) if self.year is None else (self.year,)
        if not self.day:
            return any((first.year, first.month) <= (y, self.month) <= (last.year, last.month) for y in years)
        ends = (first.year, first.month, first.day), (last.year, last.month, last.day)
        return any(ends[0] <= (year, self.month, self.day) <= ends[1] for year in years)


class DateRead(NamedTuple):
    """A date of a text and where it stands."""

    start: int
    end: int
    date: PartialDate


def read_date(text: str, place: int, grammar: Grammar) -> DateRead | None:
    """Read the date that begins at a place; only digits and the names of months can begin one.

    Of a range ("11–13 July 2026") this is the first day; the second has a place of its own.
    """
    first = text[place]
    is_digit = first.isdigit()
    if not is_digit and text[place : place + 3].lower() not in grammar.month_starts:
        return None
    match = grammar.dated.match(text, place)
    if match is None:
        return (_first_of_range(text, place, grammar) or _short(text, place, grammar)) if is_digit else None
    parts = _parts(match, grammar)
    if parts is None or not _exists(parts):
        return None
    return DateRead(place, match.end(), parts)


def read_last_day(text: str, first: DateRead, place: int) -> DateRead | None:
    """Read the second day of "July 11–13, 2026" behind the first.

    Args:
        text: the text.
        first: the date that ends before `place`.
        place: where the digits begin.
    """
    if not text[first.start].isalpha() or not first.date.day or first.date.year is not None:
        return None
    if _TIE.fullmatch(text, first.end, place) is None:
        return None
    match = _LAST_DAY.match(text, place)
    if match is None:
        return None
    parts = PartialDate(first.date.month, int(match["day"]), int(match["year"]) if match["year"] else None)
    is_later = parts.day > first.date.day and _exists(parts)
    return DateRead(place, match.end(), parts) if is_later else None


def _first_of_range(text: str, place: int, grammar: Grammar) -> DateRead | None:
    match = _FIRST_DAY.match(text, place)
    if match is None or text[max(0, place - 1) : place].isalnum():
        return None
    last = grammar.dated.match(text, match.end())
    if last is not None and (last["m1"] or (last["a"] and last["sep"].startswith("."))):
        parts = _parts(last, grammar)
    else:
        short = _short_parts(text, match.end(), grammar) if text[match.end("day")] == "." else None
        parts = short and short[0]
    day = int(match["day"])
    if parts is None or not 0 < day < parts.day or not _exists(parts):
        return None
    return DateRead(place, match.end("day"), PartialDate(parts.month, day, parts.year))


def _short(text: str, place: int, grammar: Grammar) -> DateRead | None:
    """Read a German day without its year, where a word or a range says that it is one."""
    short = _short_parts(text, place, grammar)
    if short is None:
        return None
    parts, end = short
    tie = _TIE.match(text, end + 1)
    is_led = _SHORT_LEAD.search(text, max(0, place - _LEAD_CHARS), place) is not None
    is_range = tie is not None and (
        _short_parts(text, tie.end(), grammar) is not None or grammar.dated.match(text, tie.end()) is not None
    )
    return DateRead(place, end, parts) if is_led or is_range else None


def _short_parts(text: str, place: int, grammar: Grammar) -> tuple[PartialDate, int] | None:
    match = _SHORT.match(text, place) if grammar.language == "de" else None
    if match is None or not 0 < int(match["month"]) <= 12:
        return None
    parts = PartialDate(int(match["month"]), int(match["day"]))
    return (parts, match.end("month")) if parts.day and _exists(parts) else None


def _parts(match: re.Match[str], grammar: Grammar) -> PartialDate | None:
    if match["y"]:
        return PartialDate(int(match["m"]), int(match["d"]), int(match["y"]))
    if match["a"]:
        first, second, year = int(match["a"]), int(match["b"]), int(match["c"])
        year += 2000 if year < 100 else 0
        month_first = grammar.territory == "US" and not match["sep"].startswith(".")
        # A number above 12 can only be the day, whatever the custom.
        month_first = (month_first and first <= 12) or second > 12
        return PartialDate(*((first, second) if month_first else (second, first)), year)
    for number in ("1", "2", "3"):
        if name := match[f"m{number}"]:
            month = grammar.months.get(name.lower().rstrip("."))
            day = 0 if number == "3" else int(match[f"d{number}"])
            year_text = match[f"y{number}"]
            return None if month is None else PartialDate(month, day, int(year_text) if year_text else None)
    return None


def _exists(parts: PartialDate) -> bool:
    try:
        date(parts.year or 2024, parts.month, parts.day or 1)
    except ValueError:
        return False
    return True
