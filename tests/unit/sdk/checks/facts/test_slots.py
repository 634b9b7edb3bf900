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


WOOL = fact(
    "material",
    "material",
    {"type": "enum", "values": ["wool"], "others": ["cotton", "linen"]},
    attribute_aliases=["made of"],
)
POCKETS = fact("pockets", "pockets", {"type": "quantity", "number": "4", "unit": "pocket"})
# Another subject of which the sheet knows less.
OTHER = fact(
    "other-weight", "weight", {"type": "quantity", "number": "2", "unit": "kilogram"}, subject="Alder Tent"
)


@pytest.mark.parametrize(
    "text",
    [
        "The Tarn Tent costs £299.50. The Alder Tent costs £149.",
        "The Tarn Tent costs £299.50, and the Alder Tent costs £149.",
        "The Alder Tent costs £149 while the Tarn Tent costs £299.50.",
        "The Tarn Tent is new. The price of the Alder Tent is £149.",
        "The Tarn Tent has 4 pockets. The Alder Tent has 6 pockets.",
        "The Tarn Tent is made of wool. The Alder Tent is made of cotton.",
        "Unlike the Alder Tent in cotton, the Tarn Tent is wool.",
        "The Tarn Tent is wool and the Alder Tent is cotton.",
        "the Tarn Tent costs £299.50 altogether. the Alder Tent costs £149.",
    ],
)
def test_nobody_is_accused_of_what_is_said_of_another_subject(text: str) -> None:
    check = check_of(PRICE, WOOL, POCKETS, OTHER)
    assert all(f.evidence["verdict"] == "unsupported" for f in check.run(text, Context()).findings)


@pytest.mark.parametrize(
    "text",
    [
        "The Tarn Tent costs £149, more than the Alder Tent.",
        "Next to the Alder Tent, the Tarn Tent costs £149.",
        "The Tarn Tent goes with the Alder Tent and costs £149.",
        "At the Alder Tent it costs £149. The Tarn Tent costs £149.",
    ],
)
def test_another_name_in_the_sentence_hides_no_wrong_claim(text: str) -> None:
    found = check_of(PRICE, WOOL, POCKETS, OTHER).run(text, Context()).findings
    assert [f.rule_id for f in found if f.evidence["verdict"] == "contradicted"] == ["sheet/price"]


def test_a_sentence_that_goes_on_about_one_thing_says_nothing_of_another_of_its_kind() -> None:
    duration = fact("time", "drying time", {"type": "duration", "number": "30", "unit": "minute"})
    kind = fact("kind", "weight", {"type": "quantity", "number": "3", "unit": "kilogram"})
    shop = fact(
        "ship", "express delivery", {"type": "duration", "number": "2", "unit": "day"}, subject="Shop"
    )
    check = check_of(duration, kind, OTHER, shop)
    assert check.run("Meet the Alder Tent. Its drying time is 50 minutes.", Context()).findings == ()
    assert check.run("Meet the Alder Tent. The drying time is 50 minutes.", Context()).findings == ()
    wrong = only(check, "Meet the Alder Tent. Express delivery takes 5 days.")
    assert (wrong.rule_id, wrong.evidence["verdict"]) == ("sheet/ship", "contradicted")


@pytest.mark.parametrize(
    "text",
    [
        "The Tarn Tent is wool. Prefer cotton?",
        "The Tarn Tent is wool. There are cotton tents as well.",
        "The Tarn Tent is wool. We also sell linen ones.",
        "The Tarn Tent is wool rather than cotton.",
        "The Tarn Tent is wool. Wir haben auch Zelte aus linen.",
    ],
)
def test_what_is_brought_up_anew_accuses_nothing(text: str) -> None:
    assert check_of(WOOL).run(text, Context()).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "The Tarn Tent is new. It is cotton.",
        "The Tarn Tent is warm. Is it of cotton?",
        "A cotton tent: Tarn Tent.",
    ],
)
def test_what_is_said_of_the_thing_itself_still_counts(text: str) -> None:
    assert only(check_of(WOOL), text).evidence["verdict"] == "contradicted"


def test_a_number_inside_of_an_answer_is_no_count() -> None:
    system = fact("os", "system", {"type": "enum", "values": ["Reader 8"], "others": ["Reader 9"]})
    weight = fact(
        "w", "weight", {"type": "quantity", "number": "2", "unit": "kilogram"}, attribute_aliases=["weighs"]
    )
    text = "The Tarn Tent is a Reader 8 tent that weighs 2 kg."
    assert check_of(system, weight).run(text, Context()).findings == ()


def test_what_a_thing_is_called_by_its_measure_is_its_own() -> None:
    power = fact("power", "power", {"type": "quantity", "number": "1200", "unit": "watt"})
    check = check_of(power, PRICE)
    assert only(check, "The Tarn Tent is a 900-watt marvel.").evidence["verdict"] == "contradicted"
    assert check.run("The Tarn Tent is a 1200-watt marvel.", Context()).findings == ()
    assert only(check, "The Tarn Tent is new. It's £149.").evidence["verdict"] == "contradicted"
    assert only(check, "The Tarn Tent is a £20 voucher short.").evidence["verdict"] == "unsupported"


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("At Tarn Tent delivery is free.", True),
        ("Tarn Tent: free shipping on every order.", True),
        ("Tarn Tent: kostenloser Versand.", True),
        ("Tarn Tent: free shipping over £50.", False),
        ("For members of Tarn Tent delivery is free.", False),
        ("Tarn Tent: kein kostenloser Versand.", False),
        ("Tarn Tent: free returns.", False),
        ("Tarn Tent is free to enter.", True),
        ("Tarn Tent: Eintritt frei!", True),
        ("Tarn Tent: Eintritt frei für Kinder.", False),
    ],
)
def test_what_has_a_price_is_not_free(text: str, is_wrong: bool) -> None:
    check = check_of(
        fact("delivery", "delivery", {**COST, "minor": 399}, attribute_aliases=["shipping", "Versand"]),
        fact("returns", "returns", {**COST, "minor": 0}),
        fact("entry", "entry fee", {**COST, "minor": 700}),
    )
    verdicts = [f.evidence["verdict"] for f in check.run(text, Context()).findings]
    assert ("contradicted" in verdicts) == is_wrong


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("The Tarn Tent holds 2 x 500 ml.", False),
        ("The Tarn Tent holds 2 × 0.5 litres.", False),
        ("The Tarn Tent holds 2 litres.", True),
        ("The Tarn Tent holds no more than 2 litres.", False),
        ("The Tarn Tent holds at most 2 litres.", False),
        ("The Tarn Tent holds no more than 500 ml.", True),
        ("The Tarn Tent holds no less than 500 ml.", False),
        ("The Tarn Tent holds no less than 2 litres.", True),
        ("The volume of the Tarn Tent is >500 ml.", False),
        ("The volume of the Tarn Tent is <b>500 ml</b>.", True),
        ("Das Volumen von Tarn Tent: höchstens 2 Liter.", False),
    ],
)
def test_products_and_bounds_say_less_than_their_number(text: str, is_wrong: bool) -> None:
    volume = fact(
        "volume",
        "volume",
        {"type": "quantity", "number": "1", "unit": "litre"},
        attribute_aliases=["holds", "Volumen"],
    )
    verdicts = [f.evidence["verdict"] for f in check_of(volume).run(text, Context()).findings]
    assert ("contradicted" in verdicts) == is_wrong


@pytest.mark.parametrize(
    ("said", "is_wrong"),
    [
        ("within 4 days", False),
        ("in up to 4 days", False),
        ("in as little as 2 days", False),
        ("in 2 to 4 days", False),
        ("in 4 days", True),
        ("within 2 days", True),
        ("within 3 days", True),
        ("in as little as 4 days", True),
    ],
)
def test_the_end_of_a_range_may_be_given_alone_where_it_is_called_one(said: str, is_wrong: bool) -> None:
    delivery = fact(
        "delivery", "delivery", {"type": "duration", "number": "2", "number_max": "4", "unit": "day"}
    )
    text = f"The delivery of the Tarn Tent comes {said}."
    verdicts = [f.evidence["verdict"] for f in check_of(delivery).run(text, Context()).findings]
    assert ("contradicted" in verdicts) == is_wrong
