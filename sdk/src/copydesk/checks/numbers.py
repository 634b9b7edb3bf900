"""Numbers as people write them: money, percentages, quantities, durations, dates, ranges, with exact spans.

The grammar is our own because the libraries at hand take prices for dates or guess; every reading is typed by
what stands around the number, and what has no reading (telephone numbers, times, codes) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from copydesk.checks.number_dates import DateRead, PartialDate, read_date, read_last_day
from copydesk.checks.number_grammar import (
    DEFAULT_LOCALE,
    Grammar,
    could_open,
    grammar_of,
    language_of,
    openers_automaton,
)
from copydesk.checks.number_reading import MAX_DIGITS, NEXT_WORD, Piece, read_piece
from copydesk.checks.number_words import (
    CODES,
    CURRENCY_WORDS,
    DURATION_UNITS,
    MONEY_SCALES,
    PERCENT_WORDS,
    SCALES,
    SYMBOLS,
    UNIT_NAMES,
)
from copydesk.checks.text import lower_same_length, whole_characters

_ONE: Final = Decimal(1)


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


# Words that tie two numbers together by hyphens ("7-of-14"); any other word before the hyphen makes a code.
_TIED: Final = re.compile(r"(?:[\s-](?:of|for|to|by|von|aus|bis|zu))-$", re.IGNORECASE)
# After these a digit continues something else: a code, a time, a path, an address.
_CONTINUES: Final = "_#@.,/:"
_PLAIN: Final = re.compile(r"([£€$¥]?)(?:(\d+(?:\.\d\d?(?!\d))?)|([^\W\d_]+))(?:([\s-]?)([^\W\d_]+))?")
_WEAK: Final = re.compile(r"(one|zero|pair)(?=[\s-])", re.IGNORECASE)
_WEAK_VALUES: Final = {"zero": Decimal(0), "one": _ONE, "pair": Decimal(2)}
_WEAK_STARTS: Final = "oOzZpP"
_UNSURE: Final = (None, False)
_NO_UNIT: Final = ".,;:!?)"
# What stands behind a time of the day ("5 pm", "17 Uhr"), and how telephone numbers are written.
_TIME: Final = re.compile(r"\s?(?:[ap]\.?m\b|o['’]clock|uhr\b)", re.IGNORECASE)
_TELEPHONE: Final = re.compile(r"(?:(?<=\+)\d{1,3}[\s(.-]+|\(?0\d{2,5}[\s)/-]+)\d[\d\s()/.-]{3,}\d(?!\w)")


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


def amounts_at(
    text: str, places: Iterable[int], locale: str | None = None, *, with_weak: bool = False
) -> tuple[Amount, ...]:
    """Read the amounts that begin at given places; looking only there is ten times faster than everywhere.

    Args:
        text: any text.
        places: where openers stand (see `copydesk.checks.number_grammar.openers`), in order.
        locale: as for `parse_amounts`.
        with_weak: also read "one", "zero" and "a pair of" without a unit, which are numbers only where
            something that can be counted follows (`is_weak` tells them).
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
        if start and (text[start - 1] in _CONTINUES or text[start - 1].isalnum()):
            continue
        if (text[start] == "0" or text[start - 1 : start] == "+") and (call := _TELEPHONE.match(text, start)):
            position = call.end()
            continue
        amount, is_sure = _plain(text, start, grammar)
        if not is_sure or (found and found[-1].date is not None):
            amount = _dated(text, start, found, grammar) or (
                amount if is_sure else _amount(text, start, grammar)
            )
        if amount is None and with_weak and text[start] in _WEAK_STARTS:
            amount = _weak(text, start, grammar)
        if amount is not None:
            found.append(amount)
        position = amount.end if amount else _past(text, place)
    return tuple(found)


def _dated(text: str, place: int, found: list[Amount], grammar: Grammar) -> Amount | None:
    """Read the date at a place, or the last day of a range that the amount before began."""
    read = read_date(text, place, grammar)
    if read is None and found and (first := found[-1].date) is not None and text[place].isdigit():
        read = read_last_day(text, DateRead(found[-1].start, found[-1].end, first), place)
    if read is None:
        return None
    key = Decimal(read.date.month * 100 + read.date.day)
    start, end = read.start, read.end
    return Amount(start, end, AmountKind.DATE, key, key, "", start, end, in_words=False, date=read.date)


def is_weak(amount: Amount) -> bool:
    """Tell whether a number is written with a word that is more often a pronoun or an article."""
    is_pair = amount.low == 2 and amount.end - amount.start == len("pair")
    return amount.in_words and amount.kind is AmountKind.NUMBER and (amount.low <= 1 or is_pair)


def is_article(amount: Amount) -> bool:
    """Tell whether a number is only an article before a unit ("takes a minute"), often a figure of speech."""
    return amount.in_words and amount.low == 1 and amount.number_end - amount.number_start <= len("an")


def as_millions(text: str, amount: Amount) -> Amount | None:
    """Read "2.5m" as millions where it was read as metres, None for what can't be millions."""
    is_joined = amount.number_end == amount.end - 1 and text[amount.number_end] in "mM"
    if amount.unit != "metre" or not is_joined:
        return None
    low, high = (n * MONEY_SCALES["m"] for n in (amount.low, amount.high))
    return amount._replace(kind=AmountKind.NUMBER, unit="", low=low, high=high)


def _weak(text: str, place: int, grammar: Grammar) -> Amount | None:
    match = _WEAK.match(text, place) if grammar.language == "en" else None
    if match is None:
        return None
    value = _WEAK_VALUES[match.group(1).lower()]
    return Amount(place, match.end(1), AmountKind.NUMBER, value, value, "", place, match.end(1), True)


def _plain(text: str, place: int, grammar: Grammar) -> tuple[Amount | None, bool]:
    """Read the common cases fast; returns the amount if there is one, and whether that is all to know."""
    match = _PLAIN.match(text, place)
    if match is None:
        return _UNSURE
    symbol, digits, word, gap, following = match.groups()
    if digits is None:
        known = None if symbol else grammar.numerals.get(word.lower())
        if known is None:
            return _UNSURE
        start, end, value = place, match.end(3), Decimal(known)
    elif len(digits) > MAX_DIGITS:
        return _UNSURE
    else:
        start, end = match.span(2)
        value = Decimal(digits)
    if following is None:
        after = text[end : end + 2]
        if digits is not None and not symbol and "%" in after:
            return _percent(text, place, end, value)
        # Behind one or two digits a full stop may make an ordinal ("5. Mai").
        ends = ",.;!?)" if symbol or digits is None or len(digits) > 2 else ",;!?)"
        if after and (after[0] not in ends or after[1:].isdigit()):
            return _UNSURE
    elif (unit := following.lower()) in grammar.continuing:
        if symbol or unit not in grammar.plain_units:
            return _UNSURE
        return _with_unit(text, (place, end, digits is None), value, (unit, match.end()), grammar)
    elif not gap or gap == "-":
        return _UNSURE
    if symbol:
        currency = _currency(symbol, grammar.territory)
        return Amount(place, end, AmountKind.MONEY, value, value, currency, start, end), True
    return _bare(place, end, value, digits)


def _bare(place: int, end: int, value: Decimal, digits: str | None) -> tuple[Amount | None, bool]:
    """Return a number without a unit; decimals need a second look, "one" and "zero" are pronouns."""
    if digits is None and value <= 1:
        return None, True
    if digits is not None and "." in digits:
        return _UNSURE
    return Amount(place, end, AmountKind.NUMBER, value, value, "", place, end, digits is None), True


def _percent(text: str, place: int, end: int, value: Decimal) -> tuple[Amount | None, bool]:
    """Read "15%" and "15 %"."""
    sign = text.index("%", end)
    if (sign > end and text[end] != " ") or text[sign + 1 : sign + 2].isalnum():
        return _UNSURE
    return Amount(place, sign + 1, AmountKind.PERCENT, value, value, "", place, end), True


def _with_unit(
    text: str, number: tuple[int, int, bool], value: Decimal, unit: tuple[str, int], grammar: Grammar
) -> tuple[Amount | None, bool]:
    """Read a number `(start, end, in words)` with the one-worded unit `(word, end)` behind it."""
    found = None if text[unit[1] : unit[1] + 1].isalnum() else _named_unit(text, *unit, grammar)
    if found is None:
        return _UNSURE
    kind, name, factor, until = found
    value = value if factor == 1 else value * factor
    return Amount(number[0], until, kind, value, value, name, *number), True


def _past(text: str, end: int) -> int:
    """Return where an unread number really ends, so that its tail is not read as one of its own."""
    while end < len(text) and text[end].isalnum():
        end += 1
    return end


def _amount(text: str, place: int, grammar: Grammar) -> Amount | None:
    first = read_piece(text, place, grammar)
    if first is None:
        return None
    second = None if first.is_signed else _second(text, first, grammar)
    currency = first.currency or (second.currency if second else "")
    if not currency:
        # "5 m" is a length: the letter is a million only after a currency.
        first, second = _without_m(first), second and _without_m(second)
    low = first.value
    if second is not None:
        # "2 to 3 thousand": the scale is said once.
        scaled = second.scale_word and not first.scale_word and second.scale_word.lower() in SCALES
        start = first.number * second.scale if scaled and low < second.value else low
        if start < second.value:
            whole = first._replace(end=second.end, number_end=second.number_end, currency=currency)
            return _typed(text, whole, start, second.value, grammar)
    return _typed(text, first, low, low, grammar)


def _without_m(piece: Piece) -> Piece:
    if piece.scale_word not in ("m", "M"):
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
    if (joint["word"] or "").lower() in ("and", "und"):
        before = text[max(0, first.start - 9) : first.start].lower()
        if not before.endswith(("between ", "zwischen ")):
            return None
    return read_piece(text, joint.end(), grammar)


def _typed(text: str, piece: Piece, low: Decimal, high: Decimal, grammar: Grammar) -> Amount | None:
    """Give a number the type that its currency or the word after it says; None where it is no amount."""
    end = piece.end
    if piece.currency:
        return _made(piece, AmountKind.MONEY, (low, high), _currency(piece.currency, grammar.territory), end)
    follows = text[end : end + 1]
    if follows and follows not in _NO_UNIT:
        if _TIME.match(text, end):
            return None
        if low == high and (score := _score(text, end, grammar)):
            best = (score["a"] or score["b"] or score["c"]).lower()
            unit = f"out of {grammar.numerals.get(best, best)}"
            return _made(piece, AmountKind.QUANTITY, (low, high), unit, score.end())
        if found := _unit(text, end, grammar):
            kind, unit, factor, until = found
            values = (low, high) if factor == 1 else (low * factor, high * factor)
            return _made(piece, kind, values, unit, until)
    if follows.isalnum() or (follows and follows in "/:_@" and text[end + 1 : end + 2].isalnum()):
        return None
    if piece.in_words and low == high and low <= 1:
        return None  # "one" and "zero" without a unit are pronouns more often than numbers
    return _made(piece, AmountKind.NUMBER, (low, high), "", end)


def _made(piece: Piece, kind: AmountKind, values: tuple[Decimal, Decimal], unit: str, end: int) -> Amount:
    number = (piece.number_start, piece.number_end, piece.in_words)
    return Amount(piece.start, end, kind, values[0], values[1], unit, *number)


def _score(text: str, end: int, grammar: Grammar) -> re.Match[str] | None:
    if text[end] == "/" or text[end + 1 : end + 2] in ("/", "o", "O", "v", "V"):
        return grammar.score.match(text, end)
    return None


def _unit(text: str, end: int, grammar: Grammar) -> tuple[AmountKind, str, Decimal, int] | None:
    """Return kind, canonical unit, factor and end of the unit after a number.

    The dear pattern runs only for symbols and for words that begin a unit of several words.
    """
    match = NEXT_WORD.match(text, end)
    if match is None:
        if not any(char in "%°$£€¥" for char in text[end : end + 2]):
            return None
    elif (word := match.group(2).lower()) not in grammar.tail_words:
        return None
    elif word in grammar.units and not text[match.end() : match.end() + 1].isalnum():
        return _named_unit(text, word, match.end(), grammar)
    tail = grammar.tail.match(text, end)
    if tail is None:
        return None
    return _named_unit(text, " ".join(tail["unit"].lower().split()), tail.end(), grammar)


def _named_unit(
    text: str, word: str, end: int, grammar: Grammar
) -> tuple[AmountKind, str, Decimal, int] | None:
    if word in PERCENT_WORDS:
        return AmountKind.PERCENT, "", _ONE, end
    if word == "pounds" and grammar.territory == "US":
        return AmountKind.QUANTITY, "pound_mass", _ONE, end
    if word in CURRENCY_WORDS:
        code, factor = CURRENCY_WORDS[word]
        code = "EUR" if word.startswith("cent") and grammar.language == "de" else code
        return AmountKind.MONEY, code, factor, end
    if word in SYMBOLS or word in CODES:
        return AmountKind.MONEY, _currency(word, grammar.territory), _ONE, end
    if word == "in" and end < len(text) and text[end].isspace():
        return None  # "2 in every pack" counts no inches
    unit = UNIT_NAMES[word][0]
    return AmountKind.DURATION if unit in DURATION_UNITS else AmountKind.QUANTITY, unit, _ONE, end


def _currency(written: str, territory: str) -> str:
    folded = written.strip().lower()
    if folded == "$":
        return {"CA": "CAD", "AU": "AUD", "NZ": "NZD"}.get(territory, "USD")
    return SYMBOLS.get(folded) or folded.upper()
