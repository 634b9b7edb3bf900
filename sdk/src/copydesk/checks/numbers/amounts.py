"""One amount of a text, read in full: a number or the two of a range, with scale, currency, unit or date."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from copydesk.checks.numbers.dates import DateRead, PartialDate, read_date, read_last_day
from copydesk.checks.numbers.grammar import Grammar
from copydesk.checks.numbers.reading import IS_MONEY, NEXT_WORD, Piece, read_piece
from copydesk.checks.numbers.units import AmountKind, Unit, currency_of
from copydesk.checks.numbers.words import POLITE, SCALES

_NO_UNIT: Final = ".,;:!?)"
# What stands behind a time of the day ("5 pm", "17 Uhr").
_TIME: Final = re.compile(r"\s?(?:[ap]\.?m\b|o['’]clock|uhr\b)", re.IGNORECASE)
_DOLLAR_CODE: Final = re.compile(r"\s?(aud|cad|nzd|hkd|sgd|usd)(?!\w)", re.IGNORECASE)
# "10 l/100 km", "5 mg/kg": so much of one to the other; by the hour or the month it stays a measure.
_RATE: Final = re.compile(
    r"\s?/\s?(?:\d|[kmc]?[gm][²³23]?\b|[mcd]?l\b|qm\b|sqm\b|liter\b|litre\b)", re.IGNORECASE
)
# Heights of pictures and generations of telephone nets: neither pence nor grams.
_TV_LINES: Final = frozenset(map(Decimal, (240, 360, 480, 576, 720, 1080, 1440, 2160, 4320)))
_BETWEEN: Final = ("between ", "zwischen ")
_ROUND: Final = frozenset({100, 1000, 10**6})


class Amount(NamedTuple):
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


def read_dated(text: str, place: int, before: Amount | None, grammar: Grammar) -> Amount | None:
    """Read the date at a place, or the last day of a range that the amount before it began."""
    read = read_date(text, place, grammar)
    if read is None and before is not None and before.date is not None and text[place].isdigit():
        read = read_last_day(text, DateRead(before.start, before.end, before.date), place)
    if read is None:
        return None
    key = Decimal(read.date.month * 100 + read.date.day)
    start, end = read.start, read.end
    return Amount(start, end, AmountKind.DATE, key, key, "", start, end, in_words=False, date=read.date)


def read_amount(text: str, place: int, grammar: Grammar) -> Amount | None:
    """Read the amount at a place, whatever its form but a date, None where it is none."""
    first = read_piece(text, place, grammar)
    if first is None:
        return None
    second = None if first.is_signed else _second(text, first, grammar)
    currency = first.currency or (second.currency if second else "")
    if not currency:
        # "5 m" is a length: the letter is a million only beside a currency.
        first, second = _without_m(text, first), second and _without_m(text, second)
    elif currency == "$" and (code := _DOLLAR_CODE.match(text, (second or first).end)):
        currency = code.group(1)  # "$1,190 CAD"
        first = first._replace(end=code.end(), currency=currency)
        second = second and second._replace(end=code.end())
    low = first.value
    if second is not None:
        # "2 to 3 thousand": the scale is said once.
        scaled = second.scale_word and not first.scale_word and second.scale_word.lower() in SCALES
        start = first.number * second.scale if scaled and low < second.value else low
        if start < second.value:
            whole = first._replace(end=second.end, number_end=second.number_end, currency=currency)
            return _typed(text, whole, start, second.value, grammar)
    return _typed(text, first, low, low, grammar)


def is_no_measure(text: str, value: Decimal, unit: tuple[int, int], kind: AmountKind) -> bool:
    """Tell whether what looks like a unit makes no amount of a number: "1080p", "5G", "10 l/100 km".

    Args:
        text: the text.
        value: the number.
        unit: where the unit begins, or the space before it, and where it ends.
        kind: what the unit makes of the number.
    """
    start, end = unit
    if end - start == 1:
        letter = text[start]
        if letter == "G":
            return value < 7
        if letter == "p" or letter == "P":
            return value in _TV_LINES
    return (
        kind is AmountKind.QUANTITY
        and text[end : end + 2].strip() != ""
        and _RATE.match(text, end) is not None
    )


def follows_between(text: str, place: int) -> bool:
    """Tell whether "between" stands before a number, so that an "and" behind it makes a range."""
    return text[max(0, place - 9) : place].lower().endswith(_BETWEEN)


def _without_m(text: str, piece: Piece) -> Piece:
    if piece.scale_word not in ("m", "M") or IS_MONEY.match(text, piece.end):
        return piece
    return piece._replace(end=piece.number_end, scale=1, scale_word="")


def _second(text: str, first: Piece, grammar: Grammar) -> Piece | None:
    """Return the second number of a range; after "and" it is one only behind "between"."""
    following = text[first.end : first.end + 1]
    if not (following.isspace() or following in "-–—−") or not following:
        return None
    joint = grammar.joint.match(text, first.end)
    if joint is None or joint.end() == len(text):
        return None
    if (joint["word"] or "").lower() in ("and", "und") and not follows_between(text, first.start):
        return None
    return read_piece(text, joint.end(), grammar)


def _typed(text: str, piece: Piece, low: Decimal, high: Decimal, grammar: Grammar) -> Amount | None:
    """Give a number the type that its currency or the word after it says; None where it is no amount."""
    end = piece.end
    if piece.currency:
        return _made(
            piece, AmountKind.MONEY, (low, high), currency_of(piece.currency, grammar.territory), end
        )
    follows = text[end : end + 1]
    if follows and follows not in _NO_UNIT:
        if _TIME.match(text, end):
            return None
        if low == high and (score := _score(text, end, grammar)):
            best = (score["a"] or score["b"] or score["c"]).lower()
            unit = f"out of {grammar.numerals.get(best, best)}"
            return _made(piece, AmountKind.QUANTITY, (low, high), unit, score.end())
        if found := _unit(text, end, grammar):
            (kind, unit, factor), until = found
            if is_no_measure(text, low, (end, until), kind):
                return None
            values = (low, high) if factor == 1 else (low * factor, high * factor)
            return _made(piece, kind, values, unit, until)
    if "/" in text[piece.number_start : piece.number_end] and low < 1:
        return None  # "1/2" of nothing that is measured
    if follows.isalnum() or (follows and follows in "/:_@" and text[end + 1 : end + 2].isalnum()):
        return None
    if piece.in_words and low == high and (low <= 1 or (low in _ROUND and _is_polite(text, piece, grammar))):
        return None  # "one" and "zero" without a unit are pronouns more often than numbers
    return _made(piece, AmountKind.NUMBER, (low, high), "", end)


def _is_polite(text: str, piece: Piece, grammar: Grammar) -> bool:
    """Tell whether a round number only says how much somebody thanks: "a thousand thanks"."""
    match = NEXT_WORD.match(text, piece.end)
    if match is not None and match.group(2).lower() in POLITE[grammar.language]:
        return True
    return text[max(0, piece.start - 9) : piece.start].lower().endswith("thanks a ")


def _made(piece: Piece, kind: AmountKind, values: tuple[Decimal, Decimal], unit: str, end: int) -> Amount:
    number = (piece.number_start, piece.number_end, piece.in_words)
    return Amount(piece.start, end, kind, values[0], values[1], unit, *number)


def _score(text: str, end: int, grammar: Grammar) -> re.Match[str] | None:
    if text[end] == "/" or text[end + 1 : end + 2] in ("/", "o", "O", "v", "V"):
        return grammar.score.match(text, end)
    return None


def _unit(text: str, end: int, grammar: Grammar) -> tuple[Unit, int] | None:
    """Return the unit after a number and where it ends."""
    match = NEXT_WORD.match(text, end)
    if match is None:
        if not any(char in "%°$£€¥₹" for char in text[end : end + 2]):
            return None
        word = ""
    else:
        word, until = match.group(2).lower(), match.end()
        if word in grammar.one_worded and not text[until : until + 1].isalnum():
            is_inch = word != "in" or not text[until : until + 1].isspace()  # "2 in every pack"
            return (grammar.units[word], until) if is_inch else None
    tail = grammar.tails.get(word)
    found = tail.match(text, end) if tail is not None else None
    return (grammar.units[" ".join(found["unit"].lower().split())], found.end()) if found else None
