from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.numbers import AmountKind, PartialDate, parse_amounts
from copydesk.checks.numbers.amounts import read_amount, read_dated
from copydesk.checks.numbers.grammar import grammar_of
from copydesk.checks.numbers.plain import read_plain_digits, read_worded

LOCALES = st.sampled_from(["en-GB", "en-US", "de-DE"])


@given(st.text(max_size=200), LOCALES)
def test_any_text_gives_amounts_in_order_without_overlap(text: str, locale: str) -> None:
    end = 0
    for amount in parse_amounts(text, locale):
        assert end <= amount.start < amount.end <= len(text)
        assert amount.start <= amount.number_start < amount.number_end <= amount.end
        assert amount.low <= amount.high
        end = amount.end


@given(st.integers(0, 10**8), st.sampled_from(["GBP", "USD", "EUR"]), LOCALES)
def test_money_written_by_cldr_is_read_back_with_its_span(minor: int, currency: str, locale: str) -> None:
    number = Decimal(minor).scaleb(-2)
    written = format_currency(number, currency, locale=locale.replace("-", "_"))
    (amount,) = parse_amounts(f"Now {written} only", locale)
    assert (amount.start, amount.end) == (4, 4 + len(written))
    assert (amount.kind, amount.unit, amount.low) == (AmountKind.MONEY, currency, number)


@given(st.integers(0, 10**8), st.sampled_from(["GBP", "USD", "EUR", "CHF"]), LOCALES)
def test_money_with_its_currencys_name_is_read_back(minor: int, currency: str, locale: str) -> None:
    number = Decimal(minor).scaleb(-2)
    written = format_currency(number, currency, locale=locale.replace("-", "_"), format_type="name")
    (amount,) = parse_amounts(f"Now {written} only", locale)
    assert (amount.kind, amount.unit, amount.low) == (AmountKind.MONEY, currency, number)


@pytest.mark.parametrize("text", ["a thousand pounds", "a million pounds"])
def test_an_article_counts_a_thousand(text: str) -> None:
    (amount,) = parse_amounts(text, "en-GB")
    assert (amount.kind, amount.low in (1000, 10**6)) == (AmountKind.MONEY, True)
    assert not parse_amounts("Thousand islands, Hundertwasser and tausendfach", "de-DE")
    assert not parse_amounts("Thousand islands", "en-GB")
    assert not parse_amounts("tausend" * 10_000, "de-DE")


@given(st.integers(0, 10**9), LOCALES)
def test_grouped_numbers_are_read_back(number: int, locale: str) -> None:
    written = format_decimal(number, locale=locale.replace("-", "_"))
    (amount,) = parse_amounts(f"about {written} of them", locale)
    assert amount.low == amount.high == number


@given(st.dates(), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d"]))
def test_german_and_iso_dates_are_read_back(day: object, form: str) -> None:
    written = day.strftime(form)  # type: ignore[attr-defined]
    if len(written) != 10:
        return  # years before 1000 have no four digits
    (amount,) = parse_amounts(f"am {written} los", "de-DE")
    assert amount.date == PartialDate(day.month, day.day, day.year)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "locale", "kind", "low", "high", "unit"),
    [
        ("2 to 4 working days", "en-GB", "duration", "2", "4", "working_day"),
        ("between two and four days", "en-GB", "duration", "2", "4", "day"),
        ("zwei bis fünfundzwanzig Tage", "de-DE", "duration", "2", "25", "day"),
        ("one hundred and fifty shops", "en-GB", "number", "150", "150", ""),
        ("£20-25", "en-GB", "money", "20", "25", "GBP"),
        ("99p", "en-GB", "money", "0.99", "0.99", "GBP"),
        ("£2.5m", "en-GB", "money", "2500000", "2500000", "GBP"),
        ("5 m", "en-GB", "quantity", "5", "5", "metre"),
        ("ninety per cent", "en-GB", "percent", "90", "90", ""),
        ("three out of five", "en-GB", "quantity", "3", "3", "out of 5"),
        ("-5 °C", "en-GB", "quantity", "-5", "-5", "celsius"),
        ("1.299", "de-DE", "number", "1299", "1299", ""),
        ("1.299 km", "en-GB", "quantity", "1.299", "1.299", "kilometre"),
        ("two hundred and ten days", "en-GB", "duration", "210", "210", "day"),
        ("zweihundertfünfzig Tage", "de-DE", "duration", "250", "250", "day"),
        ("2 to 3 thousand", "en-GB", "number", "2000", "3000", ""),
        ("5 Mio. Euro", "de-DE", "money", "5000000", "5000000", "EUR"),
        ("3 of 5 stars", "en-GB", "quantity", "3", "3", "out of 5"),
        ("half an hour", "en-GB", "duration", "0.5", "0.5", "hour"),
        ("zwanzigtausend Euro", "de-DE", "money", "20000", "20000", "EUR"),
        ("zweihundertfünfzigtausend Euro", "de-DE", "money", "250000", "250000", "EUR"),
        ("tausend Tage", "de-DE", "duration", "1000", "1000", "day"),
        ("hundertzwanzig Tage", "de-DE", "duration", "120", "120", "day"),
        ("dreissig Tage", "de-CH", "duration", "30", "30", "day"),
        ("50 ct", "de-DE", "money", "0.5", "0.5", "EUR"),
        ("30 Sek.", "de-DE", "duration", "30", "30", "second"),
        ("SEK 30", "de-DE", "money", "30", "30", "SEK"),
        ("120 Kilometer pro Stunde", "de-DE", "quantity", "120", "120", "kilometre_per_hour"),
        ("15 kilowatt-hours", "en-US", "quantity", "15", "15", "kilowatt_hour"),
        ("10 mi", "en-US", "quantity", "10", "10", "mile"),
        ("₹1,50,000", "en-IN", "money", "150000", "150000", "INR"),
        ("49 Swiss francs", "en-GB", "money", "49", "49", "CHF"),
        ("half a million pounds", "en-GB", "money", "500000", "500000", "GBP"),
        ("within a fortnight", "en-GB", "duration", "1", "1", "fortnight"),
        ("two and a half miles", "en-GB", "quantity", "2.5", "2.5", "mile"),
        ("2½ hours", "en-GB", "duration", "2.5", "2.5", "hour"),
        ("two dozen", "en-GB", "number", "24", "24", ""),
        ("anderthalb Stunden", "de-DE", "duration", "1.5", "1.5", "hour"),
        ("zweieinhalb Jahre", "de-DE", "duration", "2.5", "2.5", "year"),
        ("zwei Dutzend", "de-DE", "number", "24", "24", ""),
        ("£500 000", "en-GB", "money", "500000", "500000", "GBP"),
        ("1 299,50 €", "de-DE", "money", "1299.50", "1299.50", "EUR"),
        ("15 000", "en-GB", "number", "15000", "15000", ""),
        ("80 km/h", "en-GB", "quantity", "80", "80", "kilometre_per_hour"),
        ("50 MP", "en-US", "quantity", "50", "50", "megapixel"),
    ],
)
def test_written_forms(text: str, locale: str, kind: str, low: str, high: str, unit: str) -> None:
    (amount,) = parse_amounts(text, locale)
    assert (amount.kind, amount.low, amount.high, amount.unit) == (kind, Decimal(low), Decimal(high), unit)


@pytest.mark.parametrize(
    "text",
    [
        "24/7",
        "open at 9:30",
        "order #1234",
        "iPhone15",
        "A4x4 and 3D",
        "one of us",
        "at 5 pm",
        "6 o'clock",
        "£ an hour",
        "+34 971 123 456",
        "020 7946 0018",
        "half of it",
    ],
)
def test_codes_times_and_pronouns_are_no_amounts(text: str) -> None:
    assert parse_amounts(text, "en-GB") == ()


@pytest.mark.parametrize("text", ["113-107", "113 - 107", "7-of-14", "3 for 5"])
def test_the_numbers_of_a_pair_are_read_one_by_one(text: str) -> None:
    first, second = parse_amounts(text, "en-GB")
    assert (first.start, second.end) == (0, len(text))


def test_a_short_month_with_a_full_stop_begins_a_date() -> None:
    (amount,) = parse_amounts("on Nov. 17, 2018", "en-US")
    assert amount.date == PartialDate(11, 17, 2018)


@pytest.mark.parametrize(("locale", "expected"), [("en-GB", (2, 1)), ("en-US", (1, 2))])
def test_the_territory_decides_which_of_day_and_month_comes_first(
    locale: str, expected: tuple[int, int]
) -> None:
    (amount,) = parse_amounts("on 01/02/2026", locale)
    assert amount.date is not None
    assert (amount.date.month, amount.date.day) == expected


@pytest.mark.parametrize(
    ("text", "locale", "first", "last"),
    [
        ("11–13 July 2026", "en-GB", (7, 11, 2026), (7, 13, 2026)),
        ("July 11-13, 2026", "en-US", (7, 11, None), (7, 13, 2026)),
        ("11. bis 13. Juli", "de-DE", (7, 11, None), (7, 13, None)),
        ("11 July until 13 July", "en-GB", (7, 11, None), (7, 13, None)),
    ],
)
def test_both_days_of_a_range_are_dates(
    text: str, locale: str, first: tuple[int, ...], last: tuple[int, ...]
) -> None:
    found = [amount.date for amount in parse_amounts(f"from {text}.", locale)]
    assert found == [PartialDate(*first), PartialDate(*last)]


def test_a_month_of_a_year_is_a_date_without_a_day() -> None:
    (amount,) = parse_amounts("im März 2026", "de-DE")
    assert amount.date == PartialDate(3, 0, 2026)
    assert amount.date.says(2026, 3, 17)
    assert not amount.date.says(2026, 4, 17)


def test_the_full_stop_behind_a_whole_month_is_no_part_of_the_date() -> None:
    (amount,) = parse_amounts("It ends on 1st July. See you!", "en-GB")
    assert (amount.start, amount.end) == (11, 19)


NUMBERS = st.sampled_from(
    "5 12 60 1974 1.9 £20 $4.50 €7 one two Twenty thirty eleven zero pair half a an may March hundred "
    "zwei Fünf ein eine halbe".split()
)
BEHIND = st.sampled_from(
    [
        *"and of to or a an the half hundred dozen five ten 10 May July pm o'clock hours days day".split(),
        *"m kg in litre every degrees square metres per cent % stars und bis von Tage Mio. k".split(),
        *",.:-½\n",
    ]
)
GAPS = st.sampled_from([" ", "-", "", "\n", "\u00a0", "  "])
BEFORE = st.sampled_from(["", "between ", "within ", "zwischen ", "takes "])


@given(BEFORE, NUMBERS, st.lists(st.tuples(GAPS, BEHIND), max_size=4), LOCALES)
def test_the_quick_look_at_a_number_and_the_whole_reading_agree(
    before: str, number: str, behind: list[tuple[str, str]], locale: str
) -> None:
    text = before + number + "".join(gap + word for gap, word in behind)
    grammar, place = grammar_of(locale), len(before)
    whole = read_dated(text, place, None, grammar) or read_amount(text, place, grammar)
    if number[0].isalpha():
        assert read_worded(text, place, grammar, with_weak=False) == whole
    elif (plain := read_plain_digits(text, place, grammar)) is not None:
        assert plain == whole
