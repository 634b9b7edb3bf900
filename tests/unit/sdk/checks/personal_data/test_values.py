"""Which values are personal and which long numbers are not, by country, label and shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.personal_data import find_personal_values
from tests.accuracy._own_numbers import harmless, positives
from tests.accuracy.personal_data import holds


def kinds(text: str, locale: str | None = None) -> list[tuple[str, str]]:
    return [(value.kind, value.text) for value in find_personal_values(text, locale)]


def test_values_of_many_countries_are_found_whole() -> None:
    missed = [(kind, text) for kind, value, text in positives(per_form=2) if not holds(text, value, kind)]
    assert not missed


def test_numbers_that_are_nobodys_are_left_alone() -> None:
    accused = [(text, kinds(text)) for text in harmless(per_form=2) if kinds(text)]
    assert not accused


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Meine Sozialversicherungsnummer: 65 170839 J 003", "de_insurance", "65 170839 J 003"),
        ("AHV 756.9217.0769.85", "ch_ahv", "756.9217.0769.85"),
        ("SVNR 1237 010180", "at_insurance", "1237 010180"),
        ("NIE X1234567L", "es_nie", "X1234567L"),
        ("Mi DNI es 12345678Z.", "es_dni", "12345678Z"),
        ("RSSMRA85T10A562S", "it_fiscal_code", "RSSMRA85T10A562S"),
        ("BSN 111222333", "nl_bsn", "111222333"),
        ("Personnummer 880320-0016", "se_personal", "880320-0016"),
        ("PESEL: 44051401359", "pl_pesel", "44051401359"),
        ("131052-308T", "fi_hetu", "131052-308T"),
        ("Rijksregister 85.07.30-033.28", "be_national", "85.07.30-033.28"),
        ("CPR-nummer 211062-5629", "dk_cpr", "211062-5629"),
        ("CPF 390.533.447-05", "br_cpf", "390.533.447-05"),
        ("My SIN is 123 456 782", "ca_sin", "123 456 782"),
        ("Aadhaar 2341 2341 2346", "in_aadhaar", "2341 2341 2346"),
        ("ITIN 912-90-3456", "us_ssn", "912-90-3456"),
        ("SSN 536‑90‑4399", "us_ssn", "536‑90‑4399"),
        ("National insurance number: ab123456c", "uk_nino", "ab123456c"),
    ],
)
def test_the_numbers_states_give_are_found(text: str, kind: str, value: str) -> None:
    assert kinds(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "SKU 12345678Z",
        "880320-0016",
        "44051401359 steps",
        "Part 111222333",
        "Code 12345678Z",
        "65 170839 J 004",
        "Order 123 456 782",
    ],
)
def test_a_weak_national_number_needs_a_word_that_says_it(text: str) -> None:
    assert not kinds(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0151 23456789 bin ich zu erreichen", "0151 23456789"),
        ("Handy: 0664/123 45 67", "0664/123 45 67"),
        ("call 415-555-2671 x99", "415-555-2671 x99"),
        ("Ruf uns an: 054937363", "054937363"),
        ("Telefonnummer: 030 123456", "030 123456"),
        ("My number is 07700900123", "07700900123"),
        ("+7 495 123-45-67", "+7 495 123-45-67"),
        ("As I said (+43 (0) 655 37870019) twice", "+43 (0) 655 37870019"),
        ("call [656.891.9335](tel)", "656.891.9335"),
        ("phone=0407 559 200", "0407 559 200"),
        ('{"mobile_number":"4962407076"}', "4962407076"),
        ("Call 153-763-9710x3211", "153-763-9710x3211"),
        ("Ann Smith\nT: 19860395", "19860395"),
        ("Tlf. 4807 5592", "4807 5592"),
        ("Chiamatemi al 3774526697.", "3774526697"),
        ("Vous pouvez me joindre au 0490847195.", "0490847195"),
        ("Mijn telefoonnummer is 0762168275.", "0762168275"),
    ],
)  # fmt: skip
def test_a_phone_number_is_found_whole(text: str, value: str) -> None:
    assert kinds(text) == [("phone", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7172488851 is my mobile.", "7172488851"),
        ("If the driver is lost, 2028152738 is the number to call.", "2028152738"),
        ("08269801341 ist meine neue Nummer.", "08269801341"),
        ("Unter 8820473812 bin ich tagsüber erreichbar.", "8820473812"),
        ("Sie können mich unter 0277019734 anrufen.", "0277019734"),
    ],
)
def test_words_behind_a_number_say_what_it_is(text: str, value: str) -> None:
    assert kinds(text) == [("phone", value)]
    assert not kinds(f"Lot {value} of the auction.")


@pytest.mark.parametrize(
    "text",
    [
        "Meine alte Nummer +49 (0) 6338 823596 geht nicht.",
        "Meine alte Nummer 07079 278744 geht nicht.",
        "My wife's number is 07700 900123.",
        "Order number? No: +44 20 7946 0732.",
    ],
)
def test_what_is_said_of_a_number_does_not_hide_it(text: str) -> None:
    assert [kind for kind, _ in kinds(text)] == ["phone"]


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("d7a93a71-9710-3730-632e-1c4195c1fc6d", "de-DE"),
        ("Lotto: 45 29 35 47 43 16", "de-DE"),
        ("BLZ 720 123 11", "de-DE"),
        ("a value of 2.803025474217", "de-DE"),
        ("EUR 62.037.633", "de-DE"),
        ("Zug 8440 14.39 – 16.39", "de-DE"),
        ("lat=47.8559146&lng=36.1769773", "fr-FR"),
        ("rooms 0700-1600", "it-IT"),
        ("(version 19.12.5388.36)", "en-IN"),
        ("We are at 29.916501, -105.817126.", "da-DK"),
        ("OEM A739 159 63 80", "en-GB"),
    ],
)
def test_a_known_locale_makes_no_phone_of_other_numbers(text: str, locale: str) -> None:
    assert not kinds(text, locale)


@pytest.mark.parametrize(
    "text",
    [
        '{"order_id": "5647378288300591"}',
        '{"trackingNo":"2692349503624488"}',
        '{"id": 2112813545020973}',
        "order_id=4111111111111111",
        "IMEI 341640935349200",
        "Lizenzschlüssel 5971-1279-4709-3766",
        "ticket [5566566026]",
        "licence key 03503-04069-94097",
        "Since the update to 16.0.0.85 it hangs.",
        "aspects 16:9:4:3:2:1:1:1",
    ],
)
def test_a_key_or_a_label_says_that_a_number_is_nobodys(text: str) -> None:
    assert not kinds(text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("ssn=328-99-0359", "us_ssn", "328-99-0359"),
        ("card=4111111111111111", "card", "4111111111111111"),
        ('{"card_number": "4111111111111111"}', "card", "4111111111111111"),
        ('{"tax_id": "328-99-0359"}', "us_ssn", "328-99-0359"),
        ("pers.nr 910804-5767", "se_personal", "910804-5767"),
    ],
)
def test_a_value_is_found_behind_its_key(text: str, kind: str, value: str) -> None:
    assert kinds(text) == [(kind, value)]
    assert not kinds(f"https://shop.example/?q={value}")


def test_the_locale_adds_its_own_numbers_and_takes_none_away() -> None:
    assert kinds("Hola, 612 34 56 78", "es-ES") == [("phone", "612 34 56 78")]
    assert not kinds("Hola, 612 34 56 78")
    assert kinds("(415) 555-2671", "de_DE") == [("phone", "(415) 555-2671")]
    assert kinds("030 123456", "zh-Hant-TW") == [("phone", "030 123456")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('Mail "jo smith"@example.com now', '"jo smith"@example.com'),
        ("jo@[198.51.100.7]", "jo@[198.51.100.7]"),
        ("jo＠example.com", "jo＠example.com"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("E-mail jo at example dot com today", "jo at example dot com"),
        ("Schreib an jo ät example punkt de", "jo ät example punkt de"),
        ("Contact jo @ example.com", "jo @ example.com"),
    ],
)
def test_addresses_in_unusual_dress_are_found(text: str, value: str) -> None:
    assert kinds(text) == [("email", value)]


@pytest.mark.parametrize(
    "text",
    ["Look at that dot com boom", "Save 20% @ ridge.example", "icon@2x.png", "Meet us at amazon dot com"],
)
def test_what_only_sounds_like_an_address_is_left_alone(text: str) -> None:
    assert not kinds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Login from 203.0.113.77", ["203.0.113.77"]),
        ("Login from 192.168.4.23", ["192.168.4.23"]),
        ("fe80::1ff:fe23:4567:890a", ["fe80::1ff:fe23:4567:890a"]),
        ("::ffff:192.0.2.128 logged in", ["::ffff:192.0.2.128"]),
        ("Your IP is 8.8.4.4", ["8.8.4.4"]),
        ("Open 192.168.1.1 in the browser", []),
        ("See section 8.6.3.1 and 1.2.3.4", []),
    ],
)
def test_an_address_is_told_from_a_section_and_a_router(text: str, expected: list[str]) -> None:
    assert [value for _, value in kinds(text)] == expected


@given(st.text(alphabet="0123456789 .-/()+@:abXZ#€", max_size=60))
def test_any_number_soup_gives_spans_inside_the_text_that_do_not_overlap(text: str) -> None:
    end = 0
    for value in find_personal_values(text):
        assert end <= value.span.start < value.span.end <= len(text)
        assert text[value.span.start : value.span.end] == value.text
        end = value.span.end
