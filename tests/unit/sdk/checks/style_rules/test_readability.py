"""Counts and formulas of readability, against published examples and another implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.checks.style_rules.readability import (
    FormulaError,
    automated_readability_index,
    count,
    flesch_kincaid_grade,
    flesch_reading_ease,
    parse_condition,
    parse_formula,
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
    compare, bound = parse_condition("<= 8.5")
    assert compare(8.5, bound)
    assert not compare(9, bound)
    with pytest.raises(FormulaError):
        parse_condition("8")
