"""promptfoo tests as cases: what is taken over, and that everything else is reported."""

from __future__ import annotations

from typing import Any

import pytest

from console.golden.promptfoo import assertion_of
from console.golden.transfer import Import, read_import
from console.golden.vocabulary import Vocabulary

VARS = "{first_name: Ada, product: tent, reason: snow on the pass, new_date: 2027-03-12}"


def _yaml(words: Vocabulary, test: str, head: str = "") -> Import:
    return read_import("promptfooconfig.yaml", f"{head}tests:\n{test}".encode(), words, prompt="delay-reply")


def _one(words: Vocabulary, *asserts: str) -> tuple[dict[str, Any], list[str]]:
    lines = "".join(f"  - {item}\n" for item in asserts)
    found = _yaml(words, f"- description: Late tent\n  vars: {VARS}\n  assert:\n{lines}")
    assert found.refused == ()
    return found.cases[0][1], [note.value for note in found.left_out]


def test_variables_become_typed_variables_of_the_chosen_prompt(words: Vocabulary) -> None:
    found = _yaml(words, f"- description: Late tent\n  vars: {VARS}\n")
    ((row, case),) = found.cases
    assert row == 1
    assert found.format == "promptfoo"
    assert case["title"] == "Late tent"
    assert case["channel"] == "chat"
    assert case["variables"] == {
        "first_name": "Ada",
        "product": "tent",
        "reason": "snow on the pass",
        "new_date": "2027-03-12",
    }


def test_contains_becomes_the_fact_that_says_it(words: Vocabulary) -> None:
    case, left = _one(words, "{type: icontains, value: 15%}")
    assert case["must_mention"] == ["welcome-back-discount"]
    assert left == []


def test_contains_without_a_fact_is_reported_and_kept_in_the_notes(words: Vocabulary) -> None:
    case, left = _one(words, "{type: contains, value: hello there}")
    assert case["must_mention"] == []
    assert left == ["contains: hello there"]
    assert "contains: hello there" in case["notes"]


def test_not_contains_becomes_the_check_that_forbids_the_word(words: Vocabulary) -> None:
    term = next(word for word, check in words.avoided.items() if check == "glossary" and word.isalpha())
    case, left = _one(words, f"{{type: not-icontains, value: {term.upper()}}}")
    assert case["expect"]["checks"] == {"glossary": "pass"}
    assert left == []
    case, left = _one(words, "{type: not-contains, value: zeppelin}")
    assert case["expect"]["checks"] == {}
    assert left == ["not-contains: zeppelin"]


@pytest.mark.parametrize(
    ("script", "is_taken"),
    [
        ("output.length <= 500", True),
        ("output.length < 501", True),
        ("return output.length <= 900;", True),
        ("output.length <= 100", False),
        ("output.length < 500", False),
        ("output.length <= 500 || true", False),
    ],
)
def test_a_longest_length_counts_where_the_prompt_is_limited_to_it(
    words: Vocabulary, script: str, is_taken: bool
) -> None:
    case, left = _one(words, f"{{type: javascript, value: '{script}'}}")
    assert (case["expect"]["checks"] == {"limits": "pass"}) is is_taken
    assert (left == []) is is_taken


def test_what_no_check_answers_is_reported_with_what_to_do(words: Vocabulary) -> None:
    found = _yaml(
        words,
        f"- vars: {VARS}\n  threshold: 0.5\n  options: {{provider: x}}\n  metadata: {{team: crm}}\n"
        "  assert:\n  - {type: llm-rubric, value: kind}\n  - {type: python, value: f()}\n  - file://x.yaml\n",
        head="prompts: [a]\nproviders: [b]\n",
    )
    ((_row, case),) = found.cases
    assert {note.column for note in found.left_out} == {
        "prompts",
        "providers",
        "assert llm-rubric",
        "assert python",
        "assert file",
        "threshold",
        "options",
        "metadata team",
    }
    assert all(note.remedy for note in found.left_out)
    assert "llm-rubric: kind" in case["notes"]
    assert "team: crm" in case["notes"]


def test_default_test_and_metadata_are_laid_under_each_test(words: Vocabulary) -> None:
    head = (
        "defaultTest:\n  vars: {first_name: Ada, reason: snow on the pass}\n"
        "  metadata: {audience: newcomer, locale: en-GB, segment: lapsed}\n"
    )
    found = _yaml(words, "- vars: {product: tent, new_date: '2027-03-12', first_name: Bo}\n", head)
    ((_row, case),) = found.cases
    assert case["variables"]["first_name"] == "Bo"
    assert (case["audience"], case["locale"], case["segment"]) == ("newcomer", "en-GB", "lapsed")


def test_lists_of_values_become_a_case_each(words: Vocabulary) -> None:
    found = _yaml(words, f"- description: Late\n  vars: {VARS.replace('tent', '[tent, boots]')}\n")
    assert [case["variables"]["product"] for _row, case in found.cases] == ["tent", "boots"]
    assert [case["title"] for _row, case in found.cases] == ["Late (1)", "Late (2)"]
    merged_ids = {case.get("id") for _row, case in found.cases}
    assert merged_ids == {None}


def test_too_many_combinations_are_refused(words: Vocabulary) -> None:
    many = ", ".join(f"p{n}" for n in range(300))
    found = _yaml(words, f"- vars: {VARS.replace('tent', f'[{many}]')}\n")
    assert found.cases == ()
    assert "300" in found.refused[0].remedy


def test_without_a_prompt_nothing_is_guessed(words: Vocabulary) -> None:
    found = read_import("t.yaml", f"tests:\n- vars: {VARS}\n".encode(), words)
    assert found.cases == ()
    assert found.refused[0].column == "prompt"


def test_a_csv_of_tests_is_read_with_its_row_numbers(words: Vocabulary) -> None:
    text = (
        "first_name,product,reason,new_date,__expected1,__expected2,__description,__metadata:segment\n"
        "Ada,tent,snow on the pass,2027-03-12,icontains: 15 %,similar(0.8):hello,Late tent,lapsed\n"
        "Bo,tent,dragons,2027-03-12,,,Bad,\n"
    )
    found = read_import("tests.csv", text.encode(), words, prompt="delay-reply")
    ((row, case),) = found.cases
    assert (row, case["title"], case["segment"]) == (2, "Late tent", "lapsed")
    assert case["must_mention"] == ["welcome-back-discount"]
    assert [(note.row, note.value) for note in found.left_out] == [(2, "similar: hello")]
    assert [note.row for note in found.refused] == [3]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("contains: 15 %", {"type": "contains", "value": "15 %"}),
        ("not-icontains:free", {"type": "not-icontains", "value": "free"}),
        ("contains-all: a, b", {"type": "contains-all", "value": ["a", "b"]}),
        ("fn: output.length < 5", {"type": "javascript", "value": "output.length < 5"}),
        ("grade: is kind", {"type": "llm-rubric", "value": "is kind"}),
        ("is-json", {"type": "is-json", "value": ""}),
        ("Dear: you", {"type": "equals", "value": "Dear: you"}),
    ],
)
def test_an_expected_cell_is_an_assertion(cell: str, wanted: dict[str, Any]) -> None:
    assert assertion_of(cell) == wanted
