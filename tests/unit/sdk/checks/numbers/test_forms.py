"""Forms of numbers that say more than their digits: two units of one amount, parts, signs of other lands."""

from __future__ import annotations

from decimal import Decimal

import pytest

from copydesk.checks.contract import Context, Outcome
from copydesk.checks.numbers import AmountKind, PartialDate, parse_amounts
from tests.factories.facts import check_of, fact

EN, US, DE = "en-GB", "en-US", "de-DE"


@pytest.mark.parametrize(
    ("text", "locale", "value", "unit"),
    [
        ("The tour lasts 1 hour 45 minutes.", EN, "105", "minute"),
        ("The tour lasts 2 hours and 5 mins.", EN, "125", "minute"),
        ("The film runs 2 hours, 10 minutes.", EN, "130", "minute"),
        ("Charges in 1h 20m.", EN, "80", "minute"),
        ("Two hours and twenty minutes of fun", EN, "140", "minute"),
        ("Dauer: ca. 1 Std. 15 Min.", DE, "75", "minute"),
        ("Die Fahrt dauert 3 Stunden und 40 Minuten.", DE, "220", "minute"),
        ("It runs for 1 year 6 months.", EN, "18", "month"),
        ("It stands 5 feet 9 inches tall.", EN, "69", "inch"),
        ("Yours for 4 dollars 25 cents.", US, "4.25", "USD"),
        ("Yours for eleven dollars and twenty-five cents.", US, "11.25", "USD"),
        ("Für nur 7 Euro 80.", DE, "7.8", "EUR"),
        ("Simmer for 2 1/2 hours.", EN, "2.5", "hour"),
        ("Only 3/4 mile to the sea", EN, "0.75", "mile"),
        ("Nimm 1/2 Liter Brühe.", DE, "0.5", "litre"),
        ("A run of two point five hours", EN, "2.5", "hour"),
        ("Drei Komma fünf Kilometer weit", DE, "3.5", "kilometre"),
        ("A plot of 350 m2.", EN, "350", "square_metre"),
        ("A hall of 80 sq. m for you", EN, "80", "square_metre"),
        ("The park covers 12 km2.", EN, "12", "square_kilometre"),
        ("12 Kubikmeter Sand", DE, "12", "cubic_metre"),
        ("Nur 49,- €", DE, "49", "EUR"),
        ("Jetzt 1.199,– Euro", DE, "1199", "EUR"),
        ("Mit 14-tägigem Rückgaberecht", DE, "14", "day"),
        ("Eine dreijährige Garantie", DE, "3", "year"),
        ("Ein 15-prozentiger Rabatt", DE, "15", ""),
        ("From A$79 up", EN, "79", "AUD"),
        ("Now C$24.50", EN, "24.50", "CAD"),
        ("$1,290 CAD all in", US, "1290", "CAD"),
        ("NZD $45 a night", US, "45", "NZD"),
        ("Only 65 zł!", EN, "65", "PLN"),
        ("We raised 1.5M dollars", US, "1500000", "USD"),
        ("Am 3. 6. 2027 geht es los.", DE, "603", ""),
    ],
)
def test_an_amount_is_read_whole(text: str, locale: str, value: str, unit: str) -> None:
    (amount,) = parse_amounts(text, locale)
    assert (amount.low, amount.high, amount.unit) == (Decimal(value), Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "locale", "low", "high"),
    [
        ("3- to 5-day delivery", EN, "3", "5"),
        ("2- bis 3-tägige Reisen", DE, "2", "3"),
        ("Zimmer für 80 € – 120 € die Nacht", DE, "80", "120"),
        ("10 € bis 20 €", DE, "10", "20"),
        ("2 days to 4 days", EN, "2", "4"),
        ("10% to 15% cheaper", EN, "10", "15"),
    ],
)
def test_a_range_is_read_whole_however_its_units_are_spread(
    text: str, locale: str, low: str, high: str
) -> None:
    (amount,) = parse_amounts(text, locale)
    assert (amount.low, amount.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Two thirds of our guests come back.", EN),
        ("Zwei Drittel der Gäste kommen wieder.", DE),
        ("A 1080p picture", EN),
        ("Fast 5G everywhere", EN),
        ("It drinks 5.2 l/100 km.", EN),
        ("Call us 24/7, at 1/2 the price.", EN),
    ],
)
def test_what_only_looks_like_an_amount_is_none(text: str, locale: str) -> None:
    assert parse_amounts(text, locale) == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Choose 1 hour, 30 minutes or 10 minutes.", 3),
        ("Grown from 10% to 15% since", 2),
        ("£5 and 50p for a good cause", 2),
        ("5 kg, 3 kg and 1 kg", 3),
        ("It weighs 2 kg and lasts 6 hours.", 2),
    ],
)
def test_neighbours_that_say_something_of_their_own_stay_apart(text: str, count: int) -> None:
    assert len(parse_amounts(text, EN)) == count


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Am 13.1. geht es los.", [(1, 13, None)]),
        ("Bestellt bis 24.12. und spart.", [(12, 24, None)]),
        ("Offen vom 5.8. bis 16.8. im Park", [(8, 5, None), (8, 16, None)]),
        ("Offen 5. - 16.8. im Park", [(8, 5, None), (8, 16, None)]),
        ("Offen 7.8. bis 10.8.2027", [(8, 7, None), (8, 10, 2027)]),
        ("Messe 07.-10.08.2027", [(8, 7, 2027), (8, 10, 2027)]),
        ("Fest: 11.-13. Juli 2027", [(7, 11, 2027), (7, 13, 2027)]),
        ("Am 3. Mai 1430 Uhr", [(5, 3, None)]),
    ],
)
def test_german_days_in_digits_are_days(text: str, days: list[tuple[int, int, int | None]]) -> None:
    found = [a.date for a in parse_amounts(text, DE) if a.date is not None]
    assert [(d.month, d.day, d.year) for d in found] == days


@pytest.mark.parametrize("text", ["Version 4.5. ist da", "Neu: Reader 5.2. Los!", "am 31.2. nie"])
def test_a_number_with_a_point_is_no_day_without_a_word_that_says_so(text: str) -> None:
    assert all(amount.date is None for amount in parse_amounts(text, DE))


def test_a_wrong_german_day_is_mended_in_its_own_form() -> None:
    check = check_of(fact("start", "Start", {"type": "date", "date": "2027-01-13"}))
    (found,) = check.run("Der Start von Tarn Tent ist am 14.1. im Park.", Context(locale="de-DE")).findings
    assert (found.evidence["verdict"], found.suggestion) == ("contradicted", "13.1")


def test_scores_and_days_of_old_are_still_read() -> None:
    assert [a.unit for a in parse_amounts("Rated 4/5 by parents and 9/10 by us", EN)] == [
        "out of 5",
        "out of 10",
    ]
    (day,) = parse_amounts("Founded on 22 August 1485", EN)
    assert day.date == PartialDate(8, 22, 1485)


def test_pence_and_grams_are_still_read() -> None:
    assert [(a.kind, a.low) for a in parse_amounts("99p a piece, 250G net, 25 GB/month", EN)] == [
        (AmountKind.MONEY, Decimal("0.99")),
        (AmountKind.QUANTITY, Decimal(250)),
        (AmountKind.QUANTITY, Decimal(25)),
    ]


def test_a_right_time_in_two_units_is_accused_of_nothing_and_a_wrong_one_mended() -> None:
    check = check_of(fact("tour", "duration", {"type": "duration", "number": "90", "unit": "minute"}))
    assert (
        check.run("The Tarn Tent tour has a duration of 1 hour 30 minutes.", Context()).outcome
        is Outcome.PASS
    )
    (found,) = check.run("The duration of the Tarn Tent: 1 hour 45 minutes.", Context()).findings
    assert (found.evidence["verdict"], found.suggestion) == ("contradicted", "90 minutes")


def test_a_price_of_two_parts_is_mended_as_one() -> None:
    check = check_of(fact("price", "price", {"type": "money", "minor": 425, "currency": "USD"}))
    (found,) = check.run(
        "The price of the Tarn Tent is 3 dollars 50 cents.", Context(locale="en-US")
    ).findings
    assert found.suggestion == "$4.25"
