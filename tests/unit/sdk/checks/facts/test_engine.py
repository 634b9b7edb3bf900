from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.contract import Context, Outcome, Severity
from copydesk.checks.facts.support import supports
from tests.accuracy._facts_catalogues import read_catalogues
from tests.factories.facts import COST, GUARANTEE, PRICE, TIME, check_of, fact, only


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("The Tarn Tent costs £199.99.", "£299.50"),
        ("The Tarn Tent costs 199.99 pounds.", "299.50 pounds"),
        ("The Tarn Tent costs $199.", "£299.50"),
        ("The Tarn Tent has a guarantee of five years.", "two years"),
        ("The Tarn Tent has a 12-month guarantee.", "24-month"),
        ("The delivery time of the Tarn Tent is 1–2 days.", "2–4 working days"),
    ],
)
def test_a_wrong_value_blocks_and_the_right_one_is_offered_in_its_form(text: str, suggestion: str) -> None:
    finding = only(check_of(PRICE, GUARANTEE, TIME), text)
    assert finding.severity is Severity.BLOCKER
    assert finding.suggestion == suggestion
    mended = text[: finding.span.start] + suggestion + text[finding.span.end :]  # type: ignore[union-attr]
    assert check_of(PRICE, GUARANTEE, TIME).run(mended, Context()).outcome is Outcome.PASS


def test_each_number_of_a_sentence_is_bound_to_its_own_attribute() -> None:
    check = check_of(PRICE, GUARANTEE)
    right = check.run("The Tarn Tent costs £299.50 with a 2-year guarantee.", Context())
    assert right.outcome is Outcome.PASS
    finding = only(check, "The Tarn Tent costs £299.50 with a 3-year guarantee.")
    assert finding.rule_id == "sheet/guarantee"


def test_a_subject_named_by_a_variable_is_carried_into_the_text() -> None:
    finding = only(check_of(PRICE), "It costs £250.", variables={"product": "Tarn Tent"})
    assert finding.rule_id == "sheet/price"


def test_a_number_of_the_variables_is_never_questioned() -> None:
    variables = {"refund": {"minor": 1250, "currency": "GBP"}}
    result = check_of(PRICE).run("Your Tarn Tent refund of £12.50 is here.", Context(variables=variables))
    assert result.findings == ()


def _nested(inner: Any) -> Any:
    for _ in range(5_000):
        inner = {"a": [inner]}
    return inner


@pytest.mark.parametrize(
    "odd",
    [
        {"minor": "many", "currency": "GBP"},
        {"minor": None, "currency": None},
        {"minor": "1e999999", "currency": ["GBP"]},
        Decimal("sNaN"),
        Decimal("Infinity"),
        10**5_000,
        1e400,
        _nested(1),
        {1: object()},
    ],
    ids=range(9),
)
def test_variables_of_any_shape_keep_no_fact_from_being_checked(odd: Any) -> None:
    variables = {"odd": odd, "refund": {"minor": 1250, "currency": "GBP"}}
    text = "Your Tarn Tent refund of £12.50 is here."
    assert check_of(PRICE).run(text, Context(variables=variables)).outcome is Outcome.PASS
    assert only(check_of(PRICE), "The Tarn Tent costs £250.", variables=variables).rule_id == "sheet/price"


def test_variables_within_themselves_are_read_once() -> None:
    round_and_round: list[Any] = ["£12.50"]
    round_and_round += [round_and_round, round_and_round]
    text = "Your Tarn Tent refund of £12.50 is here."
    assert check_of(PRICE).run(text, Context(variables={"odd": round_and_round})).findings == ()


def test_validity_is_looked_at_only_when_the_day_is_known() -> None:
    check = check_of({**PRICE, "valid_to": "2026-01-31"})
    text = "The Tarn Tent costs £299.50."
    assert check.run(text, Context()).outcome is Outcome.PASS
    assert check.run(text, Context(today="2026-01-31")).outcome is Outcome.PASS
    assert only(check, text, today="2026-02-01").evidence["verdict"] == "expired"


def test_a_must_mention_fact_that_is_missing_is_an_error_on_the_whole_text() -> None:
    finding = only(check_of(PRICE), "A tent for every day.", must_mention=("price",))
    assert (finding.span, finding.severity) == (None, Severity.ERROR)
    assert check_of(PRICE).run("£299.50, all in.", Context(must_mention=("sheet/price",))).findings == ()


def test_facts_out_of_scope_say_nothing() -> None:
    check = check_of({**PRICE, "scope": {"locales": ["en-US"]}})
    assert check.run("The Tarn Tent costs £1.", Context(locale="en-US")).outcome is Outcome.FAIL
    assert check.run("The price of the Tarn Tent is £1.", Context(locale="en-GB")).outcome is Outcome.WARN


def test_only_the_long_name_of_an_attribute_implies_its_subject() -> None:
    offer = fact(
        "offer", "valid for", {"type": "duration", "number": "30", "unit": "day"}, attribute_aliases=["lasts"]
    )
    assert check_of(offer).run("At half power it lasts six hours.", Context()).findings == ()
    assert only(check_of(offer), "It is valid for six hours.").rule_id == "sheet/offer"


def count(id_: str, subject: str, attribute: str, number: str, unit: str) -> dict[str, Any]:
    value = {"type": "quantity", "number": number, "unit": unit}
    return {"id": id_, "subject": subject, "attribute": attribute, "value": value}


TEAM = (
    count("ann-goals", "Ann Hill", "goals", "9", "goal"),
    count("ann-saves", "Ann Hill", "saves", "1", "save"),
    count("reds-goals", "Reds", "goals", "30", "goal"),
    count("reds-won", "Reds", "record", "12", "win"),
    count("reds-lost", "Reds", "record", "5", "win"),
    count("reds-lost", "Reds", "record", "5", "win") | {"id": "reds-average", "attribute": "spread"},
)


@pytest.mark.parametrize(
    "text",
    [
        "Ann Hill led the Reds with 9 goals and one save.",
        "Ann Hill led the Reds. In the last two years she won.",
        "The Reds (12-5) were led by Ann Hill, who had 9 goals.",
    ],
)
def test_counts_and_pairs_are_bound_to_who_the_clause_is_about(text: str) -> None:
    assert check_of(*TEAM).run(text, Context()).findings == ()


@pytest.mark.parametrize(
    ("text", "quote", "verdict"),
    [
        ("Ann Hill led the Reds with 30 goals.", "30", "contradicted"),
        ("Ann Hill had 9 goals and a pair of saves.", "pair", "contradicted"),
        ("The Reds (12-7) won again.", "7", "unsupported"),
        ("Ann Hill is averaging 8 goals per game.", "8", "unsupported"),
        ("The Reds had 30 goals and six players.", "six", "unsupported"),
    ],
)
def test_a_wrong_count_is_found_in_its_place(text: str, quote: str, verdict: str) -> None:
    finding = only(check_of(*TEAM), text)
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == quote
    assert finding.evidence["verdict"] == verdict


def rating(*values: str, others: tuple[str, ...]) -> dict[str, Any]:
    value = {"type": "enum", "values": list(values), "others": list(others)}
    return {
        "id": "price",
        "subject": "The Punter",
        "attribute": "price",
        "attribute_aliases": ["priced"],
        "value": value,
    }


CHEAP = rating("cheap", "less than £20", "1 out of 5", others=("high", "average", "reasonably", "riverside"))


@pytest.mark.parametrize(
    "text",
    [
        "The Punter has a high rating.",
        "The Punter is south of the riverside.",
        "We rated The Punter 1 out of 5.",
        "The Punter would not be considered high.",
        "The Punter has guests whose rating is high.",
    ],
)
def test_a_word_that_grades_something_else_is_not_held_against_the_slot(text: str) -> None:
    assert check_of(CHEAP).run(text, Context(locale="en-GB")).findings == ()


def test_a_wrong_word_beside_the_right_answer_is_for_a_person_to_read() -> None:
    finding = only(check_of(CHEAP), "The Punter is reasonably priced at less than £20.", locale="en-GB")
    assert (finding.severity, finding.evidence["verdict"]) == (Severity.WARNING, "unsupported")
    assert only(check_of(CHEAP), "The Punter has high prices.").severity is Severity.BLOCKER


@pytest.mark.parametrize(
    ("claim", "is_supported"),
    [
        ("The shop opened in Leeds on 5 May 2019.", True),
        ("The shop opened in Leeds on 6 May 2019.", False),
        ("The shop in Leeds sells 40 kinds of tea.", False),
        ("The shop opened in York.", False),
    ],
)
def test_evidence_without_a_claims_numbers_or_names_does_not_support_it(
    claim: str, is_supported: bool
) -> None:
    evidence = ["Our shop opened its doors on May 5, 2019.", "You find it in Leeds, where it sells tea."]
    found = supports(evidence, claim, "en-GB")
    assert found.is_supported is is_supported
    assert bool(found.missing_names or found.missing_numbers) is not is_supported


@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=60))
def test_any_evidence_gives_a_probability(evidence: list[str], claim: str) -> None:
    assert 0 <= supports(evidence, claim).score <= 1


@given(st.text(alphabet=st.sampled_from("Tarn ent£$%12,.- costday\n’İß!"), max_size=120))
def test_any_text_gives_findings_with_spans_inside_it(text: str) -> None:
    for finding in check_of(PRICE, GUARANTEE, guarded=("best",)).run(text, Context()).findings:
        assert finding.span is None or 0 <= finding.span.start < finding.span.end <= len(text)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Keep the box. It is the best packaging you will find in the house.", Severity.WARNING),
        ("Bring the warmest socks in the drawer.", Severity.WARNING),
        ("The Tarn Tent is here. It is the best.", Severity.ERROR),
        ("The Tarn Tent has the best zips.", Severity.ERROR),
        ("The best tent you can buy.", Severity.ERROR),
        ("The warmest socks we make.", Severity.ERROR),
        ("The best in class.", Severity.ERROR),
        ("Guaranteed comfort for every night.", Severity.ERROR),
        ("Das beste Zelt der Welt.", Severity.ERROR),
    ],
)
def test_a_superlative_fails_a_text_only_where_it_ranks_a_subject_or_the_whole(
    text: str, severity: Severity
) -> None:
    check = check_of(PRICE, guarded=("best", "beste", "warmest", "guaranteed"))
    assert only(check, text).severity is severity


MINI = {**PRICE, "id": "mini-price", "subject": "Mini", "value": {**COST, "minor": 9900}}


@pytest.mark.parametrize(
    "text",
    [
        "For £199 you get the new Tarn Tent.",
        "At £199, the Tarn Tent is a bargain.",
        "The Mini costs £99, the Tarn Tent £199.",
        "| Tent | Price |\n|---|---|\n| Tarn Tent | £199 |",
        "- Tarn Tent: £199\n- Mini: £99",
    ],
)
def test_a_wrong_price_is_found_wherever_it_stands_at_its_subject(text: str) -> None:
    finding = only(check_of(PRICE, MINI), text)
    assert (finding.rule_id, finding.severity) == ("sheet/price", Severity.BLOCKER)


@pytest.mark.parametrize(
    "text",
    [
        "The Tarn Tent is a 10-minute walk away.",
        "The Tarn Tent comes with a £20 voucher.",
        "3 in 10 people buy the Tarn Tent.",
    ],
)
def test_a_number_that_measures_something_else_is_for_people_to_judge(text: str) -> None:
    found = check_of(PRICE, GUARANTEE).run(text, Context()).findings
    assert {f.evidence["verdict"] for f in found} == {"unsupported"}


@pytest.mark.parametrize(
    "text", ["Step 3: put up the Tarn Tent.", "Call the Tarn Tent line on +44 20 7946 0018 before 5 pm."]
)
def test_counting_off_times_and_telephones_are_no_claims(text: str) -> None:
    assert check_of(PRICE, GUARANTEE).run(text, Context()).findings == ()


def test_a_number_that_agrees_with_the_slot_the_sentence_names_is_right() -> None:
    fee = fact("fee", "parking", {**COST, "minor": 1200}, attribute_aliases=["parking fee"])
    assert check_of(PRICE, fee).run("Parking at the Tarn Tent costs £12 a day.", Context()).findings == ()


def test_both_days_of_a_range_are_looked_for_among_the_dates() -> None:
    check = check_of(
        fact("start", "start", {"type": "date", "date": "2026-07-11"}, attribute_aliases=["opens"]),
        fact("end", "end", {"type": "date", "date": "2026-07-13"}, attribute_aliases=["until"]),
    )
    assert check.run("The Tarn Tent opens from 11 July until 13 July.", Context()).findings == ()
    finding = only(check, "The Tarn Tent will open on 12 July. It is free.")
    assert (finding.rule_id, finding.suggestion) == ("sheet/start", "11 July")


@pytest.mark.parametrize(
    ("text", "is_right"),
    [("The age limit of the Tarn Tent is 16.", True), ("The age limit of the Tarn Tent is 18.", False)],
)
def test_a_bare_number_answers_a_duration_that_is_named(text: str, is_right: bool) -> None:
    age = fact("age", "age limit", {"type": "duration", "number": "16", "unit": "year"})
    assert (check_of(age).run(text, Context()).outcome is Outcome.PASS) == is_right


def test_own_catalogues_of_ten_trades_hold_what_was_reached() -> None:
    trades = list(read_catalogues())
    right = [(trade, text) for trade in trades for text in trade.right]
    wrong = [(trade, text) for trade in trades for text in trade.wrong]
    accused = [text for trade, text in right if trade.accused(text)]
    assert len(accused) <= len(right) // 200, accused
    assert sum(trade.accused(text) for trade, text in wrong) >= 0.95 * len(wrong)


@pytest.mark.parametrize(
    "text",
    ["The Tarn Tent, £129, 5 kg and 7 more; ", "Tarn Tent costs £129 ", "5 ", "the best Tarn Tent 3 years "],
)
def test_a_text_without_sentence_ends_is_judged_piece_by_piece(text: str) -> None:
    # Where each claim were held against all others of such a text, this would take minutes.
    line = (text * 20_000)[:100_000]
    result = check_of(PRICE, guarded=("best",)).run(line, Context(locale="en-GB"))
    assert result.outcome is not Outcome.NOT_RUN
    assert all(f.span is None or 0 <= f.span.start < f.span.end <= len(line) for f in result.findings)


def test_a_claim_far_behind_its_subject_in_an_endless_sentence_is_still_judged() -> None:
    line = "The Tarn Tent is light and " + "warm and dry and " * 80 + "the Tarn Tent costs £119"
    assert [f.rule_id for f in check_of(PRICE).run(line, Context(locale="en-GB")).findings] == ["sheet/price"]


@given(st.text(alphabet=st.sampled_from("äß😀ŉ–“ \n"), max_size=12), st.integers(0, 10**6), st.booleans())
def test_letters_beyond_ascii_in_front_move_findings_and_change_nothing_else(
    front: str, pounds: int, has_sign: bool
) -> None:
    check = check_of(PRICE, GUARANTEE, guarded=("lightest",))
    text = (
        f"The Tarn Tent, the lightest, costs {'£' if has_sign else 'GBP '}{pounds}. Its guarantee is 9 years."
    )
    alone = check.run(text, Context()).findings
    moved = check.run(f"{front}\n{text}", Context()).findings
    assert [(f.rule_id, f.severity, f.message, f.suggestion) for f in moved] == [
        (f.rule_id, f.severity, f.message, f.suggestion) for f in alone
    ]
    ahead = len(front) + 1
    assert [(f.span.start - ahead, f.span.end - ahead) for f in moved if f.span] == [
        (f.span.start, f.span.end) for f in alone if f.span
    ]


@pytest.mark.parametrize("text", ["max", "max.", "up.", "up!"])
def test_a_guarded_word_is_found_in_the_shortest_text(text: str) -> None:
    finding = only(check_of(PRICE, guarded=("max", "up")), text)
    assert finding.rule_id == "sheet/guarded-claims"


@pytest.mark.parametrize(
    "run", ["." * 100_000, "?!" * 50_000, ".)" * 50_000, "\n" * 100_000, "e.g. " * 20_000]
)
def test_a_long_run_of_marks_between_a_subject_and_its_claim_is_passed_in_one_go(run: str) -> None:
    finding = only(check_of(PRICE), f"Here is the Tarn Tent {run} and it costs £5.")
    assert finding.rule_id == "sheet/price"
