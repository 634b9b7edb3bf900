"""The amounts most texts have, read in one look each: plain digits and numerals with the word behind them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from copydesk.checks.numbers.amounts import (
    Amount,
    follows_between,
    is_no_measure,
    read_amount,
    read_dated,
)
from copydesk.checks.numbers.grammar import Grammar
from copydesk.checks.numbers.reading import AND_A_HALF, MAX_DIGITS, SINGLE_AFTER
from copydesk.checks.numbers.units import AmountKind, Unit, currency_of
from copydesk.checks.numbers.words import PARTS

_DIGITS: Final = re.compile(r"([£€$¥₹]?)(\d+(?:\.\d\d?(?!\d))?)(?:([\s-]?)([^\W\d_]+))?")
_WORDS: Final = re.compile(r"([^\W\d_]+)(?:([\s-]?)([^\W\d_]+))?")
# Words that are more often a pronoun or an article than a number, and what they count.
_WEAK: Final = {"zero": Decimal(0), "one": Decimal(1), "pair": Decimal(2)}
_ARTICLES: Final = frozenset({"a", "an"})
# What "half" and "quarter" are parts of.
_PARTED: Final = {"half": frozenset({"a", "an", "hour"}), "quarter": frozenset({"of"})}
_HALF: Final = Decimal("0.5")
_DASHES: Final = ("-", "–", "—")


def read_plain_digits(text: str, place: int, grammar: Grammar) -> Amount | None:
    """Read digits with a currency's symbol before them or a unit behind; None asks for a second look."""
    match = _DIGITS.match(text, place)
    if match is None:
        return None
    symbol, digits, gap, following = match.groups()
    if len(digits) > MAX_DIGITS:
        return None
    start, end = match.span(2)
    value = Decimal(digits)
    if following is None:
        after = text[end : end + 2]
        if not symbol and "%" in after:
            return _percent(text, place, end, value)
        # Behind one or two digits a full stop may make an ordinal ("5. Mai").
        if not _ends(after, ",.;!?)" if symbol or len(digits) > 2 else ",;!?)"):
            return None
    elif (word := following.lower()) in grammar.continuing:
        unit = None if symbol else grammar.plain_units.get(word)
        if unit is not None:
            return _with_unit(text, (place, end, False), value, (unit, match.end()))
        if not gap or not _only_joins(text, place, (word, match.end()), grammar):
            return None
    elif not gap or gap == "-":
        return None
    if symbol:
        currency = currency_of(symbol, grammar.territory)
        return Amount(place, end, AmountKind.MONEY, value, value, currency, start, end)
    if "." in digits:
        return None
    return Amount(place, end, AmountKind.NUMBER, value, value, "", place, end)


def read_worded(text: str, place: int, grammar: Grammar, *, with_weak: bool) -> Amount | None:
    """Read the amount that begins with a word, None where it is none.

    Args:
        text: any text.
        place: where a letter stands.
        grammar: the locale's grammar.
        with_weak: whether "one", "zero" and "pair" count without a unit.
    """
    match = _WORDS.match(text, place)
    if match is None:
        return None
    word, gap, following = match.groups()
    word, following = word.lower(), following and following.lower()
    known = grammar.numerals.get(word)
    if known is None:
        amount = _led(text, place, word, following, grammar)
    else:
        amount = _numeral(text, match, known, (gap, following), grammar)
    if amount is None and with_weak and word in _WEAK and grammar.language == "en":
        end = match.end(1)
        behind = text[end : end + 1]
        if (behind == "-" or behind.isspace()) and following not in PARTS["en"]:
            value = _WEAK[word]
            return Amount(place, end, AmountKind.NUMBER, value, value, "", place, end, True)
    return amount


def _numeral(
    text: str, match: re.Match[str], known: int, behind: tuple[str | None, str | None], grammar: Grammar
) -> Amount | None:
    """Read a numeral with the gap and word behind it; "one" and "zero" without a unit are pronouns."""
    place, end = match.span(1)
    gap, following = behind
    if following is None:
        is_bare = _ends(text[end : end + 2], ",.;!?)")
    elif following not in grammar.continuing:
        is_bare = gap != "-"
    elif (unit := grammar.plain_units.get(following)) is not None:
        amount = _with_half_behind(text, (place, match.end()), Decimal(known), unit) or _with_unit(
            text, (place, end, True), Decimal(known), (unit, match.end())
        )
        return amount or read_amount(text, place, grammar)
    else:
        is_bare = _only_joins(text, place, (following, match.end()), grammar)
    if not is_bare:
        return read_amount(text, place, grammar)
    if known <= 1:
        return None
    value = Decimal(known)
    return Amount(place, end, AmountKind.NUMBER, value, value, "", place, end, True)


def _led(text: str, place: int, word: str, following: str | None, grammar: Grammar) -> Amount | None:
    """Read what begins with a month, a currency's code, a part ("half an hour") or an article that counts."""
    if word[:3] in grammar.month_starts:
        dated = read_dated(text, place, None, grammar)
        if dated is not None or word in grammar.months:
            return dated
    if grammar.language == "en":
        if word == "pair" or (word in _PARTED and following not in _PARTED[word]):
            return None
        if text[place + len(word) : place + len(word) + 1] == "$":
            return read_amount(text, place, grammar)
        if word in _ARTICLES and (unit := grammar.plain_units.get(following or "")) is not None:
            end = place + len(word) + 1 + len(following or "")
            amount = _with_half_behind(text, (place, end), Decimal(1), unit)
            if amount is not None:
                return amount
        if word in _ARTICLES and SINGLE_AFTER.search(text, max(0, place - 8), place) is None:
            return None
    return read_amount(text, place, grammar)


def _ends(after: str, marks: str) -> bool:
    """Tell whether a number ends before two characters: the text's end, a blank line, a mark but no digit."""
    # "49,- €" goes on behind its comma.
    return (
        not after
        or after == "\n\n"
        or (after[0] in marks and not (after[1:].isdigit() or after[1:] in _DASHES))
    )


def _only_joins(text: str, place: int, word: tuple[str, int], grammar: Grammar) -> bool:
    """Tell whether `(word, end)` behind a number is an "and" or "of" that nothing of the number's follows.

    What follows of it: "two and a half", "11 and 13 July", "between 2 and 3", "5 of May", "4 of five stars".
    """
    joining, end = word
    if joining not in ("and", "of"):
        return False
    ahead = text[end + 1 : end + 4].lower()
    if not ahead or ahead[0].isdigit():
        return False
    if joining == "of":
        return ahead not in ("fiv", "ten") and ahead not in grammar.month_starts
    is_half = ahead[0] == "a" and not ahead[1:2].isalpha()
    return not is_half and ahead != "the" and not follows_between(text, place)


def _percent(text: str, place: int, end: int, value: Decimal) -> Amount | None:
    """Read "15%" and "15 %"."""
    sign = text.index("%", end)
    if (sign > end and text[end] != " ") or text[sign + 1 : sign + 2].isalnum():
        return None
    return Amount(place, sign + 1, AmountKind.PERCENT, value, value, "", place, end)


def _with_half_behind(text: str, span: tuple[int, int], value: Decimal, unit: Unit) -> Amount | None:
    """Read the half behind a time in words ("an hour and a half"); None where there is none."""
    if unit.kind is not AmountKind.DURATION or unit.factor != 1:
        return None
    half = AND_A_HALF.match(text, span[1])
    if half is None or text[half.end() : half.end() + 1] == "-":
        return None
    start, end = span[0], half.end()
    value += _HALF
    return Amount(start, end, unit.kind, value, value, unit.name, start, end, True)


def _with_unit(
    text: str, number: tuple[int, int, bool], value: Decimal, unit: tuple[Unit, int]
) -> Amount | None:
    """Read a number `(start, end, in words)` with the one-worded unit `(unit, end)` behind it."""
    (kind, name, factor), until = unit
    following = text[until : until + 1]
    if following.isalnum() or (
        (following == "/" or (until - number[1] == 1 and kind is not AmountKind.DURATION))
        and is_no_measure(text, value, (number[1], until), kind)
    ):
        return None
    if factor != 1:
        value = value * factor
        if (
            kind is AmountKind.DURATION
        ):  # "eine Viertelstunde": another number takes another word for its unit
            number = (number[0], until, number[2])
    return Amount(number[0], until, kind, value, value, name, *number)
