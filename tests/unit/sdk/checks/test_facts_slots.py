"""Which slot of a subject an amount speaks of, and what is said of something else."""

from __future__ import annotations

import pytest

from copydesk.checks.contract import Context, Outcome
from tests.factories.facts import COST, GUARANTEE, PRICE, check_of, fact, only


@pytest.mark.parametrize(
    ("said", "is_right"),
    [("11 July", True), ("12 July", True), ("14 July", False), ("from 12 to 14 July", False)],
)
def test_a_day_that_is_none_of_its_days_is_wrong_whichever_is_meant(said: str, is_right: bool) -> None:
    check = check_of(
        fact("start", "start", {"type": "date", "date": "2026-07-11"}),
        fact("end", "end", {"type": "date", "date": "2026-07-13"}),
    )
    verdicts = [f.evidence["verdict"] for f in check.run(f"Tarn Tent runs {said}.", Context()).findings]
    assert ("contradicted" in verdicts) != is_right


def test_a_value_that_no_slot_has_is_wrong_where_no_slot_is_named() -> None:
    deposit = fact("deposit", "deposit", {**COST, "minor": 2000})
    check = check_of(PRICE, deposit)
    assert only(check, "Get the Tarn Tent for £119.").evidence["verdict"] == "contradicted"
    assert check.run("Get the Tarn Tent for £20.", Context()).findings == ()
    assert only(check, "Take the Tarn Tent with a deposit of £30.").rule_id == "sheet/deposit"


@pytest.mark.parametrize(
    "text",
    [
        "The Tarn Tent is 10 minutes from the shop.",
        "The Tarn Tent takes 5 minutes.",
        "Get £10 off the price of the Tarn Tent.",
        "The Tarn Tent: £9 more.",
        "Three friends had the Tarn Tent for £310 in total.",
        "You saved £24 with the Tarn Tent.",
        "The price of insurance for the Tarn Tent is £4 a month.",
    ],
)
def test_what_is_said_of_something_else_is_left_to_people(text: str) -> None:
    check = check_of(PRICE, fact("dispatch", "dispatch", {"type": "duration", "number": "3", "unit": "day"}))
    assert all(f.evidence["verdict"] == "unsupported" for f in check.run(text, Context()).findings)


def test_a_price_of_a_month_is_the_slots_own_where_its_name_says_so() -> None:
    rent = fact("rent", "rent per month", {**COST, "minor": 1900}, attribute_aliases=["rent"])
    assert (
        only(check_of(rent), "The rent of the Tarn Tent is £4 a month.").evidence["verdict"] == "contradicted"
    )


def test_words_of_a_name_are_no_rates_and_no_cues() -> None:
    seats = fact("seats", "seats", {"type": "quantity", "number": "5", "unit": "seat"}, subject="Tarn Pro")
    assert only(check_of(seats), "There are 7 seats in the Tarn Pro.").evidence["verdict"] == "contradicted"


@pytest.mark.parametrize(
    ("value", "right", "wrong"),
    [
        ({"number": "99", "unit": "mph"}, "159 km/h", "162 km/h"),
        ({"number": "10", "unit": "kilometre"}, "6.2 miles", "6 miles"),
        ({"number": "10", "unit": "kilometre"}, "10k", "15k"),
        ({"number": "15000", "unit": "gram"}, "15.000 g", "1.500 g"),
        ({"number": "15", "unit": "kilogram"}, "33 lbs", "35 lbs"),
        ({"number": "15", "unit": "kilogram"}, "33 pounds", "35 pounds"),
    ],
)
def test_a_quantity_may_be_rounded_into_another_unit_or_written_as_abroad(
    value: dict[str, str], right: str, wrong: str
) -> None:
    check = check_of(fact("size", "size", {"type": "quantity", **value}))
    assert check.run(f"The size of the Tarn Tent is {right}.", Context()).findings == ()
    assert only(check, f"The size of the Tarn Tent is {wrong}.").evidence["verdict"] == "contradicted"


def test_seconds_are_held_against_a_duration() -> None:
    check = check_of(fact("setup", "set-up", {"type": "duration", "number": "2", "unit": "minute"}))
    assert check.run("The set-up of the Tarn Tent takes 120 seconds.", Context()).findings == ()
    assert only(check, "The set-up of the Tarn Tent takes 90 seconds.").rule_id == "sheet/setup"
    assert (
        check_of(GUARANTEE).run("The Tarn Tent is up in 9 seconds.", Context()).outcome is not Outcome.NOT_RUN
    )
