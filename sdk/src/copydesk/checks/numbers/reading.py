"""One number of a text: digits with separators or numerals, with currency, sign and scale around them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from copydesk.checks.numbers.grammar import Grammar
from copydesk.checks.numbers.words import (
    ADJECTIVE_STEMS,
    CODES,
    CURRENCY_WORDS,
    DOZENS,
    FRACTIONS,
    HUNDREDS,
    MONEY_SCALES,
    PARTS,
    POINTS,
    QUARTERS,
    SIGNS,
    SINGLE_UNITS,
    SYMBOLS,
    THOUSANDS,
)

# Longer runs of digits are identifiers, not amounts.
MAX_DIGITS: Final = 15
SYMBOL_CHARS: Final = "$£€¥₹"
_DIGITS: Final = re.compile(
    r"\d{1,2}(?:,\d\d)+,\d{3}(?!\d)(?:\.\d{1,2}(?!\d))?|\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?"
)
_DOLLARS: Final = "|".join(re.escape(sign) for sign in SYMBOLS if sign[0].isalpha())
_CURRENCY: Final = re.compile(
    rf"({_DOLLARS}|[{SYMBOL_CHARS}]|(?:{'|'.join(CODES)})(?=\s?\$?\s?[-−]?\d))\s?\$?\s?(?=[-−]?\d)",
    re.IGNORECASE,
)
_CURRENCY_STARTS: Final = frozenset(CODES)
NEXT_WORD: Final = re.compile(r"([\s-]?)([^\W\d_]+)")
# Groups of three after a plain space ("500 000"): only what stands around them tells them from two numbers.
_SPACED: Final = re.compile(r"(?: \d{3})+(?!\d|\.\d)(?:,\d{1,2}(?!\d))?")
IS_MONEY: Final = re.compile(
    rf"\s?(?:[{SYMBOL_CHARS}]|(?:{'|'.join([*CODES, *CURRENCY_WORDS])})(?![^\W\d_]))", re.IGNORECASE
)
_MONEY_BEHIND: Final = re.compile(
    rf"\s?(?:[{SYMBOL_CHARS}]|(?:{'|'.join([*CODES, *CURRENCY_WORDS, *MONEY_SCALES])})(?![^\W\d_]))",
    re.IGNORECASE,
)
# "2 1/2 hours", "1/4 mile": only what is smaller than one is a part; "4/5" and "9/10" are scores.
_FRACTION: Final = re.compile(r"([1-9])/([23468]|16)(?![\d/])")
# What German writes for no cents: "49,- €", "1.299,– Euro".
_NO_CENTS: Final = re.compile(r",[-–—]{1,2}(?!\d)")
_STEM: Final = re.compile(rf"(?:{'|'.join(ADJECTIVE_STEMS)})(?:e[nrsm]?)?$")
_STEM_ENDINGS: Final = ("ig", "ige", "igen", "iger", "iges", "igem")
AND_A_HALF: Final = re.compile(r"[\s-]and[\s-]a[\s-]half(?!\w)", re.IGNORECASE)
# "siebenhundertsiebenundsiebzigtausendsiebenhundertsiebenundsiebzig" is the longest numeral below a million.
_MAX_NUMERAL_CHARS: Final = 65
_ARTICLE: Final = re.compile(r"(?<!\w)an?\s$", re.IGNORECASE)
_PART: Final = re.compile(
    r"(?P<half>half(?:(?:\s|-)an?(?=\s)|(?=[\s-]hour\b)))|quarter\sof\san?(?=\s)", re.IGNORECASE
)
_OF_A: Final = re.compile(r"\sof\san?(?=\s)", re.IGNORECASE)
_BETWEEN: Final = ("between ", "zwischen ")
# After these "an hour" is one hour; elsewhere it is a rate ("£5 an hour") or just an hour.
SINGLE_AFTER: Final = re.compile(r"(?:in|within|under|than|takes?|lasts?)\s$", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\W\d_]+")


class Piece(NamedTuple):
    """A number without its unit; `scale` multiplies it, `scale_word` is how the text says so."""

    start: int
    end: int
    number_start: int
    number_end: int
    number: Decimal
    scale: int
    scale_word: str
    currency: str
    in_words: bool
    is_signed: bool

    @property
    def value(self) -> Decimal:
        """The number with its scale."""
        return self.number if self.scale == 1 else self.number * self.scale


def read_piece(text: str, place: int, grammar: Grammar) -> Piece | None:
    """Read the number that begins at a place with its currency, sign or first digit or letter.

    Args:
        text: any text.
        place: inside the text.
        grammar: the locale's grammar.
    """
    position, currency = place, ""
    char = text[place]
    if char in SYMBOL_CHARS or (char.isalpha() and _begins_currency(text[place : place + 3])):
        match = _CURRENCY.match(text, place)
        if match is None:
            return None
        currency, position = match.group(1), match.end()
        char = text[position]
    sign = char in "-−"
    if sign:
        position += 1
        char = text[position : position + 1]
    if char.isdigit():
        number, end = _read_number(text, position, bool(currency), grammar)
    elif char in SIGNS:
        number, end = SIGNS[char], position + 1
    else:
        number, end = _read_words(text, position, grammar) if not sign else (None, position)
    if number is None:
        return None
    number_start = place if sign and not currency else position
    if text[end : end + 1] == ",":
        end = _without_cents(text, end, currency)
    scale_word, until = _scale_after(text, end)
    scale = MONEY_SCALES[scale_word.lower()] if scale_word else 1
    return Piece(
        place, until, number_start, end, -number if sign else number, scale, scale_word, currency,
        not char.isdigit(), sign,
    )  # fmt: skip


def _begins_currency(letters: str) -> bool:
    """Tell whether three characters could begin a currency's code or sign ("CHF 5", "A$5")."""
    return letters.lower() in _CURRENCY_STARTS or "$" in letters


def _without_cents(text: str, end: int, currency: str) -> int:
    """Return where a price ends that stands before a comma, with what German writes for no cents."""
    whole = _NO_CENTS.match(text, end)
    return whole.end() if whole and (currency or IS_MONEY.match(text, whole.end())) else end


def _read_number(text: str, place: int, has_currency: bool, grammar: Grammar) -> tuple[Decimal | None, int]:
    """Read digits, with groups behind plain spaces and a half behind them, and where they end."""
    digits = _DIGITS.match(text, place)
    if digits is None:
        return None, place
    written, end = digits.group(), digits.end()
    spaced = _SPACED.match(text, end) if text[end : end + 1] == " " and len(written) <= 3 else None
    if spaced and written.isdecimal() and not text[max(0, place - 2) : place].strip(" +").isdigit():
        is_round = spaced.group().endswith(" 000")
        if has_currency or is_round or _MONEY_BEHIND.match(text, spaced.end()):
            whole = (written + spaced.group()).replace(" ", "").replace(",", ".")
            return Decimal(whole), spaced.end()
    number = read_digits(written, grammar.decimal, grammar.group)
    if number is None:
        return None, end
    sign = text[end : end + 1]
    if sign == "/" or (sign == " " and text[end + 2 : end + 3] == "/"):
        fraction = _FRACTION.match(text, place if sign == "/" else end + 1)
        if fraction is not None and written.isdecimal() and int(fraction[1]) < int(fraction[2]):
            share = Decimal(fraction[1]) / Decimal(fraction[2])
            return share if sign == "/" else number + share, fraction.end()
    if sign in SIGNS or (sign == " " and text[end + 1 : end + 2] in SIGNS):
        end += 1 if sign in SIGNS else 2
        return number + SIGNS[text[end - 1]], end
    return _with_half(text, number, end)


def _with_half(text: str, number: Decimal, end: int) -> tuple[Decimal, int]:
    """Add the half of "two and a half"."""
    half = AND_A_HALF.match(text, end)
    return (number + SIGNS["½"], half.end()) if half else (number, end)


def read_digits(written: str, decimal: str, group: str) -> Decimal | None:
    """Return the value of digits with separators, or None where they make no number.

    Args:
        written: ASCII or other decimal digits with `.`, `,`, apostrophes or narrow spaces between.
        decimal: the locale's decimal sign.
        group: the locale's group sign; it settles `1.299`, every other case is clear from the form.
    """
    if len(written) > MAX_DIGITS and sum(char.isdigit() for char in written) > MAX_DIGITS:
        return None
    marks = [] if written.isdecimal() else [char for char in written if not char.isdigit()]
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


def _scale_after(text: str, end: int) -> tuple[str, int]:
    """Return the word for thousands or millions after a number and where it ends, or nothing and `end`."""
    following = text[end : end + 1]
    if not (following.isalpha() or following.isspace()):
        return "", end
    match = NEXT_WORD.match(text, end)
    if match is None:
        return "", end
    word, until = match.group(2), match.end()
    # "5 Mio." and "5 Tsd." are listed with their full stop as well.
    if text.startswith(".", until) and f"{word.lower()}." in MONEY_SCALES:
        return word + ".", until + 1
    if word.lower() not in MONEY_SCALES or text[until : until + 1].isalnum():
        return "", end
    return word, until


def _read_words(text: str, place: int, grammar: Grammar) -> tuple[Decimal | None, int]:
    """Read a numeral and where it ends: "twenty-five", "two dozen", "two and a half", "anderthalb"."""
    number, end = _read_whole_words(text, place, grammar)
    if number is None:
        return _read_part(text, place, grammar)
    following = NEXT_WORD.match(text, end)
    word = following.group(2).lower() if following is not None else ""
    if word == POINTS[grammar.language] and following is not None:
        return _with_decimals(text, number, end, following.end(), grammar.numerals)
    if (quarters := _word_after(text, end, QUARTERS[grammar.language], "-")) is not None:
        # "Three quarters of the guests" are no three of anything.
        of = _OF_A.match(text, quarters) if grammar.language == "en" else None
        until = of.end() if of else quarters
        return (number / 4, until) if of or grammar.language == "de" else (None, place)
    if word in PARTS[grammar.language]:
        return None, place
    dozen = _word_after(text, end, DOZENS[grammar.language])
    if dozen is not None and number < 12:
        return number * 12, dozen
    return _with_half(text, number, end)


def _with_decimals(
    text: str, number: Decimal, end: int, until: int, numerals: dict[str, int]
) -> tuple[Decimal, int]:
    """Read the decimals of "two point five"; without any, the number ends before its "point"."""
    digits = ""
    while (match := NEXT_WORD.match(text, until)) and 0 <= numerals.get(match.group(2).lower(), -1) <= 9:
        digits += str(numerals[match.group(2).lower()])
        until = match.end()
    return (number + Decimal(f"0.{digits}"), until) if digits else (number, end)


def _read_part(text: str, place: int, grammar: Grammar) -> tuple[Decimal | None, int]:
    """Read a part ("half an", "quarter of an", "anderthalb"), or an article that counts ("within a week")."""
    if grammar.language == "de":
        match = _LETTERS.match(text, place)
        return (FRACTIONS["de"].get(match.group().lower()), match.end()) if match else (None, place)
    if part := _PART.match(text, place):
        dozen = _word_after(text, part.end(), DOZENS["en"])
        share = SIGNS["½" if part["half"] else "¼"]
        return (share, part.end()) if dozen is None else (share * 12, dozen)
    low = text[place : place + 12].lower()
    if not low.startswith(SINGLE_UNITS["en"]) or not SINGLE_AFTER.search(text, max(0, place - 8), place):
        return None, place
    return Decimal(1), place + low.index(" ")


def _read_whole_words(text: str, place: int, grammar: Grammar) -> tuple[Decimal | None, int]:
    match = _LETTERS.match(text, place)
    if match is None:
        return None, place
    word, end = match.group().lower(), match.end()
    if grammar.language == "de":
        stem = _STEM.search(word) if word.endswith(_STEM_ENDINGS) else None
        if stem is not None:
            word, end = word[: stem.start()], match.start() + stem.start()
        return _german(word, grammar.numerals), end
    hundred = HUNDREDS["en"]
    if word in THOUSANDS["en"]:
        # "A thousand", not "thousand islands".
        if _ARTICLE.search(text, max(0, place - 4), place) is None:
            return None, place
        value = THOUSANDS["en"][word]
        return _with_rest(text, place, value, end, grammar) if value == 1000 else (Decimal(value), end)
    if word == hundred:
        value, end = 1, place
    else:
        known = grammar.numerals.get(word)
        if known is None:
            return None, place
        value, end = _with_ones(text, end, known, grammar.numerals)
    below, end = _with_hundreds(text, match, value, end, grammar)
    thousands = _word_after(text, end, "thousand") if below < 1000 else None
    return (below, end) if thousands is None else _with_rest(text, place, below * 1000, thousands, grammar)


def _with_hundreds(
    text: str, match: re.Match[str], value: int, end: int, grammar: Grammar
) -> tuple[Decimal, int]:
    """Read the hundreds behind a numeral and what follows them: "two hundred and six".

    Args:
        match: the numeral's first word, or "hundred" itself.
        value, end: the numeral and where it ends.
    """
    hundred = HUNDREDS["en"]
    at = match.end() if match.group().lower() == hundred else _word_after(text, end, hundred)
    if at is None:
        return Decimal(value), end
    rest = _LETTERS.match(text, (_word_after(text, at, "and") or at) + 1)
    tail = grammar.numerals.get(rest.group().lower()) if rest else None
    if rest is None or tail is None or not text[at : at + 1].isspace():
        return Decimal(100 * value), at
    tail, end = _with_ones(text, rest.end(), tail, grammar.numerals)
    return Decimal(100 * value + tail), end


def _with_rest(
    text: str, place: int, value: Decimal | int, end: int, grammar: Grammar
) -> tuple[Decimal, int]:
    """Add what follows the thousands: "five thousand two hundred", "two thousand and twenty-six".

    What is a number of its own is left alone: "between five thousand and six thousand", "two thousand
    two-person tents". Without it the scale is read behind the number, as of "5 thousand".
    """
    scaled = Decimal(value) / 1000 if value != 1000 or text[place : place + 8].lower() != "thousand" else None
    alone = (Decimal(value), end) if scaled is None else (scaled, end - len(" thousand"))
    joined = _word_after(text, end, "and")
    at = (joined or end) + 1
    first = _LETTERS.match(text, at) if text[at - 1 : at].isspace() else None
    known = grammar.numerals.get(first.group().lower()) if first else None
    if first is None or not known:
        return alone
    ones, until = _with_ones(text, first.end(), known, grammar.numerals)
    rest, until = _with_hundreds(text, first, ones, until, grammar)
    is_own = _scale_after(text, until)[0] or (
        text[until : until + 1] == "-" and text[until + 1 :][:1].isalpha()
    )
    if is_own or rest >= (100 if joined else 1000):
        return alone
    if joined and text[max(0, place - 9) : place].lower().endswith(_BETWEEN):
        return alone
    return Decimal(value) + rest, until


def _with_ones(text: str, end: int, value: int, numerals: dict[str, int]) -> tuple[int, int]:
    """Add the ones to the tens ("twenty-five", "twenty five")."""
    if value in range(20, 91, 10) and (match := NEXT_WORD.match(text, end)) and match.group(1):
        ones = numerals.get(match.group(2).lower(), 0)
        if 1 <= ones <= 9:
            return value + ones, match.end()
    return value, end


def _word_after(text: str, end: int, word: str, gap: str = "") -> int | None:
    until = end + 1 + len(word)
    follows = (text[end : end + 1].isspace() or text[end : end + 1] == gap != "") and text[
        end + 1 : until
    ].lower() == word
    return until if follows and not text[until : until + 1].isalpha() else None


def _german(word: str, numerals: dict[str, int]) -> Decimal | None:
    if word in numerals:
        return Decimal(numerals[word])
    if len(word) > _MAX_NUMERAL_CHARS:
        return None
    for joint, size in (("tausend", 1000), (HUNDREDS["de"], 100)):
        head, found, rest = word.partition(joint)
        if found:
            count = _german(head, numerals) if head else Decimal(1)
            ones = _german(rest.removeprefix("und"), numerals) if rest else Decimal(0)
            return None if count is None or ones is None or ones >= size else size * count + ones
    return None
