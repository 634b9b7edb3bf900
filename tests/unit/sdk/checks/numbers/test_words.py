"""Numbers and parts written in words, in English and German: read back exactly, near misses left alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copydesk.checks.numbers import parse_amounts

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
EINER = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
).split()
ZEHNER = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()


def in_english(number: int, joint: str, hyphen: str) -> str:
    """Write a number below a million; `joint` stands before tens and ones, `hyphen` between them."""
    if number >= 1000:
        head, rest = divmod(number, 1000)
        tail = in_english(rest, joint, hyphen)
        words = f"{in_english(head, joint, hyphen)} thousand"
        return words if not rest else f"{words}{joint if rest < 100 else ' '}{tail}"
    if number >= 100:
        head, rest = divmod(number, 100)
        return f"{ONES[head]} hundred{joint + in_english(rest, joint, hyphen) if rest else ''}"
    if number < 20:
        return ONES[number]
    tens, ones = divmod(number, 10)
    return TENS[tens] + (hyphen + ONES[ones] if ones else "")


def in_german(number: int, *, is_last: bool = True) -> str:
    """Write a number below a million in one word, as the Duden does."""
    if number >= 1000:
        head, rest = divmod(number, 1000)
        return f"{in_german(head, is_last=False)}tausend{in_german(rest, is_last=is_last) if rest else ''}"
    if number >= 100:
        head, rest = divmod(number, 100)
        return f"{EINER[head]}hundert{in_german(rest, is_last=is_last) if rest else ''}"
    if number < 20:
        return "eins" if number == 1 and is_last else EINER[number]
    tens, ones = divmod(number, 10)
    return f"{EINER[ones]}und{ZEHNER[tens]}" if ones else ZEHNER[tens]


ANY = st.integers(0, 999_999) | st.integers(0, 999).map(lambda n: n * 1000) | st.integers(1000, 9999)


@given(ANY, st.sampled_from((" ", " and ")), st.sampled_from(("-", " ")))
@example(999_999, " and ", "-")
@example(100_000, " ", "-")
@example(2026, " and ", "-")
@example(101_001, " and ", " ")
@example(0, " ", "-")
def test_a_number_in_english_words_reads_back_exactly(number: int, joint: str, hyphen: str) -> None:
    words = in_english(number, joint, hyphen)
    (found,) = parse_amounts(f"Its tank holds {words} litres.", "en-GB")
    assert (found.low, found.high, found.unit) == (number, number, "litre")
    assert (found.start, found.end) == (15, 15 + len(words) + len(" litres"))


@given(ANY, st.booleans())
@example(999_999, True)
@example(777_777, False)
@example(1, True)
def test_a_number_in_german_words_reads_back_exactly(number: int, is_swiss: bool) -> None:
    words = in_german(number).replace("ß", "ss" if is_swiss else "ß")
    (found,) = parse_amounts(f"Der Tank fasst {words} Liter.", "de-DE")
    assert (found.low, found.high, found.unit) == (number, number, "litre")
    assert (found.start, found.end) == (15, 15 + len(words) + len(" Liter"))


@pytest.mark.parametrize(
    ("text", "locale", "quote", "value", "unit"),
    [
        ("Founded in two thousand and twenty-six.", "en-GB", "two thousand and twenty-six", "2026", ""),
        ("A prize of five thousand two hundred pounds", "en-GB", "five thousand two hundred pounds", "5200",
         "GBP"),
        ("a thousand two hundred metres", "en-GB", "thousand two hundred metres", "1200", "metre"),
        ("It takes a quarter of an hour.", "en-GB", "quarter of an hour", "0.25", "hour"),
        ("three quarters of an hour", "en-GB", "three quarters of an hour", "0.75", "hour"),
        ("Three-quarters of an hour", "en-US", "Three-quarters of an hour", "0.75", "hour"),
        ("half an hour", "en-GB", "half an hour", "0.5", "hour"),
        ("a half-hour walk", "en-GB", "half-hour", "0.5", "hour"),
        ("It lasts an hour and a half.", "en-GB", "an hour and a half", "1.5", "hour"),
        ("A year and a half of cover", "en-GB", "A year and a half", "1.5", "year"),
        ("two hours and a half", "en-GB", "two hours and a half", "2.5", "hour"),
        ("fünftausendzweihundert Meter", "de-DE", "fünftausendzweihundert Meter", "5200", "metre"),
        ("in einer Viertelstunde da", "de-DE", "einer Viertelstunde", "0.25", "hour"),
        ("drei Viertelstunden", "de-DE", "drei Viertelstunden", "0.75", "hour"),
        ("eine Dreiviertelstunde", "de-DE", "eine Dreiviertelstunde", "0.75", "hour"),
        ("eine dreiviertel Stunde", "de-DE", "dreiviertel Stunde", "0.75", "hour"),
        ("drei viertel Stunden", "de-DE", "drei viertel Stunden", "0.75", "hour"),
        ("eine halbe Stunde", "de-DE", "halbe Stunde", "0.5", "hour"),
        ("anderthalb Stunden", "de-AT", "anderthalb Stunden", "1.5", "hour"),
        ("ein Viertel Liter", "de-DE", "ein Viertel Liter", "0.25", "litre"),
    ],
)  # fmt: skip
def test_parts_and_long_numbers_are_read_with_their_place(
    text: str, locale: str, quote: str, value: str, unit: str
) -> None:
    (found,) = parse_amounts(text, locale)
    assert (text[found.start : found.end], found.low, found.unit) == (quote, Decimal(value), unit)
    assert found.low == found.high


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("A thousand thanks to all.", "en-GB"),
        ("Thanks a million!", "en-GB"),
        ("a thousand apologies", "en-GB"),
        ("half the price", "en-GB"),
        ("half-hourly trains", "en-GB"),
        ("three quarters of the guests", "en-GB"),
        ("a quarter of the price", "en-GB"),
        ("the last quarter of an odd year", "en-GB"),
        ("an hour and a half-baked idea", "en-GB"),
        ("Tausend Dank!", "de-DE"),
        ("hundert Küsse", "de-DE"),
        ("zum halben Preis", "de-DE"),
        ("ein lebendiges Viertel", "de-DE"),
        ("drei Viertel der Gäste", "de-DE"),
    ],
)
def test_what_only_sounds_like_a_number_is_left_alone(text: str, locale: str) -> None:
    assert parse_amounts(text, locale) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("between five thousand and six thousand pounds", [(5000, 6000)]),
        ("between two thousand and twenty-six hundred", [(2000, 2600)]),
        ("two thousand two-person tents", [2000, 2]),
        ("two to three thousand", [(2000, 3000)]),
        ("five thousand, two hundred of them blue", [5000, 200]),
        ("two thousand and six hundred", [2000, 600]),
        ("one thousand two million", [1000, 2_000_000]),
        ("five thousand or six hundred", [(5000, 600)]),
    ],
)
def test_two_numbers_stay_two(text: str, values: list[int | tuple[int, int]]) -> None:
    found = [int(a.low) if a.low == a.high else (int(a.low), int(a.high)) for a in parse_amounts(text)]
    flat = [n for value in values for n in (value if isinstance(value, tuple) else (value,))]
    assert [n for value in found for n in (value if isinstance(value, tuple) else (value,))] == flat
