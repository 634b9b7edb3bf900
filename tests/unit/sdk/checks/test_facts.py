from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import FactSheet
from copydesk.checks.contract import Context, Finding, Outcome, Severity
from copydesk.checks.facts import FactsCheck, compile_check


def check_of(*facts: dict[str, Any], guarded: tuple[str, ...] = ()) -> FactsCheck:
    sheet = {"title": "Sheet", "facts": list(facts), "guarded_claims": list(guarded)}
    return compile_check(PolicyAssets(fact_sheet={"sheet": FactSheet.model_validate(sheet)}), {})


def fact(id_: str, attribute: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id_, "subject": "Tarn Tent", "attribute": attribute, "value": value, **more}


COST = {"type": "money", "minor": 29950, "currency": "GBP"}
PRICE = fact("price", "price", COST, attribute_aliases=["costs"])
GUARANTEE = fact("guarantee", "guarantee", {"type": "duration", "number": "2", "unit": "year"})
TIME = fact(
    "time", "delivery time", {"type": "duration", "number": "2", "number_max": "4", "unit": "working_day"}
)


def only(check: FactsCheck, text: str, **context: Any) -> Finding:
    (finding,) = check.run(text, Context(**context)).findings
    return finding


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


@given(st.text(alphabet=st.sampled_from("Tarn ent£$%12,.- costday\n’İß!"), max_size=120))
def test_any_text_gives_findings_with_spans_inside_it(text: str) -> None:
    for finding in check_of(PRICE, GUARANTEE, guarded=("best",)).run(text, Context()).findings:
        assert finding.span is None or 0 <= finding.span.start < finding.span.end <= len(text)
