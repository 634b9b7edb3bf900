"""A rule's own examples as its tests, and the problems an editor is told before saving."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.assets.style_guide import StyleGuide, StyleRule
from copydesk.checks.style_rules import check_examples, rule_problems


def rule(kind: str, definition: dict[str, Any], **more: Any) -> StyleRule:
    return StyleRule.model_validate(
        {"id": "rule", "title": "A rule", "kind": kind, "definition": definition, **more}
    )


def test_bad_examples_have_to_be_found_and_good_ones_not() -> None:
    results = check_examples(
        rule("existence", {"tokens": ["very"]}, bad=["very good", "good"], good=["good", "very"])
    )
    assert [(item.expected, item.found, item.holds) for item in results] == [
        ("bad", True, True),
        ("bad", False, False),
        ("good", False, True),
        ("good", True, False),
    ]


def test_examples_do_not_depend_on_audience_or_dates() -> None:
    limited = rule(
        "existence",
        {"tokens": ["very"]},
        bad=["very"],
        scope={"audiences": ["families"]},
        effective_to="2001-01-01",
    )
    assert check_examples(limited)[0].holds


def test_examples_of_a_heading_rule_are_read_as_markdown() -> None:
    heading = rule("existence", {"scope": "heading", "tokens": ["very"]}, bad=["# very"], good=["very"])
    assert all(item.holds for item in check_examples(heading))


def test_accepted_words_count_in_examples() -> None:
    guide = StyleGuide(title="House", vocabulary_accept=("very berry",))
    assert check_examples(rule("existence", {"tokens": ["very"]}, good=["very berry"]), guide)[0].holds


@pytest.mark.parametrize(
    ("kind", "definition", "path", "message"),
    [
        ("existence", {}, "definition.tokens", "is missing"),
        ("existence", {"tokens": ["ok", "a(b"]}, "definition.tokens.1", "never closed"),
        ("existence", {"tokens": ["a[b"]}, "definition.tokens", "never closed"),
        ("existence", {"tokens": ["*a"]}, "definition.tokens", "nothing to repeat"),
        ("existence", {"tokens": ["a{2000}"]}, "definition.tokens", "more than 1000"),
        ("existence", {"tokens": ["(?:(?:(?:a{99}){99}){99})"]}, "definition.tokens", "refused by RE2"),
        ("existence", {"tokens": [r"\p{Bogus}"]}, "definition.tokens", r"“\p{Bogus}” is refused by RE2"),
        ("existence", {"tokens": [r"(\w)\1"]}, "definition.tokens", "only checked in the console"),
        ("existence", {"tokens": ["a" * 9000]}, "definition.tokens", "at most 8000"),
        ("existence", {"tokens": {"a": "b"}}, "definition.tokens", "list of texts"),
        ("existence", {"tokens": ["a"], "nonword": "maybe"}, "definition.nonword", "true or false"),
        ("existence", {"tokens": ["a"], "limit": "many"}, "definition.limit", "whole number"),
        ("existence", {"tokens": ["a"], "scope": "footer"}, "definition.scope", "“footer” is not a scope"),
        ("existence", {"tokens": ["a"], "action": {"name": "explode"}}, "definition.action.name", "explode"),
        (
            "existence",
            {"tokens": ["a"], "action": {"name": "edit", "params": ["regex", "("]}},
            "definition.action.params",
            "needs 2 more",
        ),
        *(
            (
                "existence",
                {"tokens": ["a"], "action": {"name": "edit", "params": ["split", " ", part]}},
                "definition.action.params",
                "the number of the part",
            )
            for part in ("-1", "²", "9" * 5_000)
        ),
        *(
            (
                "readability",
                {"metrics": ["Flesch-Kincaid"], "grade": grade},
                "definition.grade",
                "such as 0.8",
            )
            for grade in ("nan", "inf", "1e400")
        ),
        ("existence", {"tokens": ["a"], "exceptions": ["("]}, "definition.exceptions", "never closed"),
        ("existence", {"tokens": ["a"], "colour": 1}, "definition.colour", "means nothing"),
        ("existence", {"tokens": ["e.g."]}, "definition.tokens.0", ""),
        ("existence", {"tokens": [r"C\+\+"]}, "definition.tokens.0", "nonword"),
        ("substitution", {"swap": ["a"]}, "definition.swap", "pairs"),
        ("substitution", {"swap": {"a(": "b"}}, "definition.swap", "never closed"),
        ("occurrence", {"token": "a"}, "definition.max", "max or min"),
        ("capitalization", {"match": "$camel"}, "definition.match", "$camel"),
        ("capitalization", {"match": "$title", "threshold": "2"}, "definition.threshold", "between 0 and 1"),
        (
            "metric",
            {"formula": "__import__('os')", "condition": "> 1"},
            "definition.formula",
            "no arithmetic",
        ),
        ("metric", {"formula": "horses / 2", "condition": "> 1"}, "definition.formula", "'horses'"),
        ("metric", {"formula": "words", "condition": "many"}, "definition.condition", "> 8"),
        ("conditional", {"first": "a", "second": "("}, "definition.second", "never closed"),
        ("script", {"script": "text := 1"}, "kind", ""),
    ],
)
def test_each_mistake_is_named_with_its_place(
    kind: str, definition: dict[str, Any], path: str, message: str
) -> None:
    problems = rule_problems(rule(kind, definition))
    assert any(item.path == path and message in item.message for item in problems) or (
        path == "definition.tokens.0" and message == "" and problems == []
    ), problems


@pytest.mark.parametrize(
    ("kind", "definition", "warned", "wrong"),
    [
        ("existence", {"tokens": ["a"], "colour": 1}, {"definition.colour"}, set()),
        ("script", {"script": "text := 1"}, {"kind"}, set()),
        ("existence", {"tokens": [r"C\+\+"]}, {"definition.tokens.0"}, set()),
        ("existence", {"tokens": ["a("]}, set(), {"definition.tokens"}),
        ("existence", {"tokens": ["a("], "colour": 1}, {"definition.colour"}, {"definition.tokens"}),
        ("existence", {"tokens": [r"(\w)\1"]}, set(), {"definition.tokens"}),
    ],
)
def test_a_warning_is_told_from_what_keeps_a_rule_from_being_saved(
    kind: str, definition: dict[str, Any], warned: set[str], wrong: set[str]
) -> None:
    problems = rule_problems(rule(kind, definition))
    assert {item.path for item in problems if item.is_warning} == warned
    assert {item.path for item in problems if not item.is_warning} == wrong
    assert not any(item.message.startswith("warning") for item in problems)


def test_a_sound_rule_has_no_problems() -> None:
    assert rule_problems(rule("existence", {"tokens": ["very", r"\w+ly"], "link": "https://x"})) == []
