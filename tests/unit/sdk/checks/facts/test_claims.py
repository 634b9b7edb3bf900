"""What a sheet asks of unverified facts, of superlatives and of guarantees."""

from __future__ import annotations

import pytest

from copydesk.assets import parse
from copydesk.checks.contract import Context, Outcome, Severity
from tests.factories.facts import PRICE, check_of, fact, only

UNVERIFIED = fact(
    "weight",
    "weight",
    {"type": "quantity", "number": "1.9", "unit": "kilogram"},
    attribute_aliases=["weighs"],
    status="unverified",
    required_wording="without pegs",
)


@pytest.mark.parametrize(
    ("setting", "plain", "hedged"),
    [
        ("forbid", Severity.ERROR, Severity.ERROR),
        ("hedge", Severity.WARNING, Severity.INFO),
        ("allow", Severity.INFO, Severity.INFO),
    ],
)
def test_a_sheet_says_what_stating_an_unverified_fact_does(
    setting: str, plain: Severity, hedged: Severity
) -> None:
    check = check_of(UNVERIFIED, unverified=setting)
    for text, severity in (
        ("The Tarn Tent weighs 1.9 kg without pegs.", plain),
        ("The Tarn Tent is expected to weigh 1.9 kg, without pegs.", hedged),
    ):
        finding = only(check, text)
        assert (finding.severity, finding.evidence["verdict"]) == (severity, "unverified")


@pytest.mark.parametrize(
    ("text", "is_hedged"),
    [
        ("The Tarn Tent probably weighs 1.9 kg without pegs.", True),
        ("Without pegs the Tarn Tent weighs 1.9 kg, we think, perhaps.", True),
        ("Das Tarn Tent wiegt voraussichtlich 1,9 kg without pegs.", True),
        ("In May the Tarn Tent weighs 1.9 kg without pegs.", False),
        ("Perhaps you know it: the Tarn Tent weighs 1.9 kg without pegs.", False),
        ("Perhaps you know it. The Tarn Tent weighs 1.9 kg without pegs.", False),
        ("The Tarn Tent weighs about 1.9 kg without pegs.", False),
    ],
)
def test_a_hedge_stands_near_the_claim_in_its_clause(text: str, is_hedged: bool) -> None:
    locale = "de-DE" if text.startswith("Das") else "en-GB"
    assert (only(check_of(UNVERIFIED), text, locale=locale).severity is Severity.INFO) == is_hedged


def test_an_unverified_fact_that_may_be_stated_still_needs_its_wording() -> None:
    found = check_of(UNVERIFIED, unverified="allow").run("The Tarn Tent weighs 1.9 kg.", Context()).findings
    assert [f.evidence["verdict"] for f in found] == ["unverified", "required_wording"]


@pytest.mark.parametrize(
    "text",
    ["The Tarn Tent is the lightest tent.", "The Tarn Tent is award-winning.", "Number one: the Tarn Tent."],
)
def test_superlatives_and_guarantees_are_reviewed_unless_the_sheet_turns_that_off(text: str) -> None:
    finding = only(check_of(PRICE), text)
    assert (finding.rule_id, finding.severity) == ("sheet/common-claims", Severity.WARNING)
    assert check_of(PRICE, common_claims="off").run(text, Context()).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("licence", "text", "locale"),
    [
        ("lightest", "The Tarn Tent is the lightest tent.", "en-GB"),
        ("the most comfortable", "The Tarn Tent is the most comfortable tent.", "en-GB"),
        ("clinically proven", "The Tarn Tent is clinically tested.", "en-GB"),
        ("garantiert", "Das Tarn Tent bleibt garantiert trocken.", "de-DE"),
        ("leichteste", "Das Tarn Tent ist unser leichtestes Zelt.", "de-DE"),
        ("guaranteed", "We guarantee every Tarn Tent.", "en-GB"),
    ],
)
def test_a_fact_licenses_a_claim_in_all_its_forms(licence: str, text: str, locale: str) -> None:
    assert check_of(PRICE).run(text, Context(locale=locale)).findings
    check = check_of({**PRICE, "claim_words": [licence]})
    assert not check.run(text, Context(locale=locale)).findings


def test_plurals_and_cases_of_a_claim_break_nothing() -> None:
    for text in (
        "Our bestsellers: the Tarn Tent.",
        "The market leaders' Tarn Tent.",
        "Tarn Tent guarantees it.",
    ):
        assert check_of(PRICE).run(text, Context()).outcome is Outcome.WARN


def test_settings_at_their_defaults_leave_the_digest_of_a_sheet_as_it_was() -> None:
    plain = parse("fact_sheet", {"title": "Sheet"}).to_json()
    assert plain == {"title": "Sheet", "facts": [], "guarded_claims": []}
    set_all = {"title": "Sheet", "unverified": "forbid", "common_claims": "off"}
    kept = parse("fact_sheet", set_all).to_json()
    assert (kept["unverified"], kept["common_claims"]) == ("forbid", "off")
    assert (
        parse("fact_sheet", {**set_all, "unverified": "hedge", "common_claims": "review"}).to_json() == plain
    )
