"""The demo's labelled cases fit its policy, and the checks get wrong only what is said to be hard."""

from __future__ import annotations

import pytest

from console.demo.content import load_demo
from console.quality.cases import Label
from console.quality.content import CaseContent, read_case
from console.quality.judging import judge
from copydesk.checks.contract import Context, Span
from copydesk.checks.registry import CHECK_NAMES
from copydesk.policy import CompiledPolicy

# Cases of these checks are judged without a model, so what comes out is the same everywhere.
DETERMINISTIC = (
    "limits",
    "glossary",
    "style_rules",
    "personal_data",
    "facts",
    "inclusive_language",
    "injection",
)


@pytest.fixture(scope="module")
def cases() -> list[CaseContent]:
    return [read_case(raw) for raw in load_demo().labelled_cases]


def label_of(number: int, case: CaseContent) -> Label:
    context = Context(
        audience=case.audience, channel=case.channel, locale=case.locale, variables=case.variables
    )
    span = Span(*case.span) if case.span else None
    return Label(
        number, number, case.check, case.expects == "finding", case.text, case.rule or None, span, context
    )


def test_every_check_has_cases_and_no_text_is_labelled_twice(cases: list[CaseContent]) -> None:
    assert {case.check for case in cases} == set(CHECK_NAMES)
    assert len({(case.check, case.text) for case in cases}) == len(cases)
    for check in CHECK_NAMES:
        assert {case.expects for case in cases if case.check == check} == {"finding", "none"}, check


def test_what_a_check_gets_wrong_has_a_note_that_says_why(cases: list[CaseContent]) -> None:
    policy = CompiledPolicy.compile(load_demo().policy_assets(), only=DETERMINISTIC)
    judged = [
        (case, judge(policy, label_of(number, case)))
        for number, case in enumerate(cases)
        if case.check in DETERMINISTIC
    ]
    wrong = [case for case, judgement in judged if not judgement.is_right]
    assert 1 <= len(wrong) <= 6
    assert all(case.note for case in wrong), [case.text for case in wrong if not case.note]
