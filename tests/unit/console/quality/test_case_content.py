"""The shape of a labelled case: every problem is told at the field that is mended, all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from console.errors import InvalidError
from console.quality.content import read_case

GOOD: Mapping[str, Any] = {"check": "glossary", "expects": "finding", "text": "A cheap tent."}


def places(changes: Mapping[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidError) as caught:
        read_case({**GOOD, **changes})
    return {problem.path: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"quote": "cold"}, {"quote"}),
        ({"text": " \n"}, {"text"}),
        ({"check": "judge"}, {"rule"}),
        ({"check": "judge", "rule": "  "}, {"rule"}),
        ({"check": "injection"}, {"variables"}),
        ({"check": "injection", "variables": {}}, {"variables"}),
        ({"check": "injection", "quote": "cold"}, {"quote", "variables"}),
        ({"check": "judge", "text": " ", "quote": "cold"}, {"text", "rule"}),
        ({"check": "judge", "quote": "cold", "locale": "English"}, {"rule", "quote", "locale"}),
        ({"check": "nothing", "quote": "cold"}, {"check", "quote"}),
    ],
)
def test_every_problem_of_a_case_is_told_at_its_field(changes: Mapping[str, Any], fields: set[str]) -> None:
    assert set(places(changes)) == fields


def test_a_problem_says_how_to_mend_it() -> None:
    assert places({"check": "injection", "quote": "cold"}) == {
        "quote": "The words are not in the text; copy them from it.",
        "variables": "Give a variable: injected instructions are looked for in variables alone.",
    }


def test_what_may_stand_there_is_named_in_words_for_a_writer() -> None:
    assert places({"expects": "fail", "locale": "English", "audience": "All of us"}) == {
        "expects": "Choose one of: 'finding' or 'none'.",
        "locale": "Write a language or a language with a country, such as en or en-GB.",
        "audience": "Use lower-case letters, digits, '-', '_' or '.', at most 64 of them.",
    }


@pytest.mark.parametrize("start", [None, 2, 5_000])
def test_words_that_are_in_the_text_are_found_wherever_they_are_said_to_start(start: int | None) -> None:
    assert read_case({**GOOD, "quote": "cheap", "start": start}).span == (2, 7)
