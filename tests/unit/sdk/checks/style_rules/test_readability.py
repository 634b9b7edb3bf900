"""Counts and formulas of readability, against published examples and another implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import Context, Finding
from copydesk.checks.style_rules import compile_check
from copydesk.checks.style_rules.metric import FormulaError, parse_condition, parse_formula
from copydesk.checks.style_rules.readability import (
    automated_readability_index,
    count,
    flesch_kincaid_grade,
    flesch_reading_ease,
    syllables,
)

COPY = (
    "Our new Ridge tent keeps you dry in the heaviest rain. It weighs less than two bags of sugar. "
    "Pitch it in four minutes, even in the dark. The colour-coded poles make it easy. "
    "Every tent comes with a lifetime guarantee. If a pole breaks, we send you a new one the same day."
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("tent", 1),
        ("jacket", 2),
        ("guarantee", 3),
        ("the", 1),
        ("table", 2),
        ("walked", 1),
        ("wanted", 2),
        ("beautiful", 3),
        ("create", 2),
        ("waterproof", 3),
        ("don't", 1),
        ("idea", 3),
        ("boxes", 2),
        ("makes", 1),
    ],
)
def test_syllables_of_common_words(word: str, expected: int) -> None:
    assert syllables(word) == expected


def test_formulas_agree_with_their_definition() -> None:
    counts = count("The cat sat on the mat. It was warm.")
    assert (counts.words, counts.sentences, counts.syllables, counts.characters) == (9, 2, 9, 26)
    assert flesch_reading_ease(counts) == pytest.approx(206.835 - 1.015 * 4.5 - 84.6)
    assert flesch_kincaid_grade(counts) == pytest.approx(0.39 * 4.5 + 11.8 - 15.59)
    assert automated_readability_index(counts) == pytest.approx(4.71 * 26 / 9 + 0.5 * 4.5 - 21.43)


def test_counts_that_need_no_download_agree_with_another_implementation() -> None:
    # textstat fetches a dictionary for syllables, so only what it counts itself is compared.
    textstat = pytest.importorskip("textstat")
    counts = count(COPY)
    assert counts.sentences == textstat.sentence_count(COPY)
    # Like Vale we count the parts of a compound with a hyphen.
    parted = COPY.replace("-", " ")
    assert counts.words == textstat.lexicon_count(parted)
    # textstat counts punctuation as characters of the index, which its source does not.
    ours = automated_readability_index(counts)
    assert ours == pytest.approx(textstat.automated_readability_index(parted), abs=1.0)


@given(st.text(max_size=200))
def test_any_text_has_figures(text: str) -> None:
    counts = count(text)
    assert counts.syllables >= counts.words
    assert abs(flesch_kincaid_grade(counts)) < 1e6
    assert abs(flesch_reading_ease(counts)) < 1e6
    assert abs(automated_readability_index(counts)) < 1e6


@given(st.text(max_size=60))
def test_no_formula_but_arithmetic_is_taken(text: str) -> None:
    try:
        formula = parse_formula(text)
    except FormulaError:
        return
    value = formula.value(count(COPY))
    assert value is None or isinstance(value, float)


@pytest.mark.parametrize(
    "text", ["words ** 9", "().__class__", "exec('1')", "words if 1 else 2", "1 < 2", "x"]
)
def test_programs_are_no_formulas(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_formula(text)


def test_a_condition_is_a_comparison_with_a_number() -> None:
    condition = parse_condition("<= 8.5")
    assert condition.holds(8.5, count(COPY))
    assert not condition.holds(9, count(COPY))


@pytest.mark.parametrize(
    "text", ["8", "", "> 8 &&", "> 8 && colour > 2", "> 8 && words", "> 1 > 0", "> sqrt(1, 2)", "> __x__"]
)
def test_what_compares_nothing_is_no_condition(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (">= 10 && result < 14", True),
        (">= 10 && words >= 1000", False),
        ("> 100 || sentences > 2 && words > 2", True),
        ("> words / 2", False),
        ("> 1 && 1 / (words - words) > 1", False),
    ],
)
def test_conditions_are_joined_and_may_count_too(text: str, holds: bool) -> None:
    assert parse_condition(text).holds(12.0, count(COPY)) is holds


def test_round_takes_its_digits_and_functions_the_right_number_of_values() -> None:
    assert parse_formula("round(10 / 3, 1)").value(count(COPY)) == 3.3
    with pytest.raises(FormulaError, match="too few or too many"):
        parse_formula("sqrt(1, 2)")


def test_a_metric_with_a_scope_measures_each_of_its_blocks() -> None:
    text = "# Of all the tents we made this one is light\n\nIt is.\n\nTake it wherever you want to go.\n"
    definition = {"formula": "words", "condition": "> 3 && result < 10", "scope": "paragraph"}
    found = [(f.span.start, f.message) for f in _findings(definition, text) if f.span]
    assert found == [(text.index("Take"), "7.00 words")]
    assert len(_findings({**definition, "scope": "heading"}, text)) == 0
    whole = _findings({**definition, "scope": "text", "condition": "> 3"}, text)
    assert [(f.span.start, f.message) for f in whole if f.span] == [(0, "9.00 words")]


def test_a_metric_of_sentences_counts_each_alone() -> None:
    text = "It is light. Take it wherever you want to go."
    found = _findings({"formula": "words", "condition": "> 5", "scope": "sentence"}, text)
    assert [text[f.span.start : f.span.end] for f in found if f.span] == ["Take it wherever you want to go."]


def _findings(definition: dict[str, str], text: str) -> tuple[Finding, ...]:
    rule = StyleRule(
        id="length", title="Length", kind=RuleKind.METRIC, message="%s words", definition=definition
    )
    guide = StyleGuide(title="House", rules=(rule,))
    check = compile_check(PolicyAssets(style_guide={"house": guide}), {})
    return check.run_markup(text, Context(), "markdown").findings
