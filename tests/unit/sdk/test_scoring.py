"""The rule score falls with every issue that counts; the voice match stays a number of its own."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import copydesk
from copydesk.assets import parse_assets
from copydesk.checks.contract import CheckResult, Finding, Outcome, Severity, Verdict
from copydesk.policy import CompiledPolicy
from copydesk.scoring import (
    SCORED_CHECKS,
    RuleScore,
    points,
    rule_score,
    score_of,
    scores_in_words,
    scores_to_json,
    voice_match,
)

SEVERITIES = st.lists(st.sampled_from(list(Severity)), max_size=60)
WORDS = st.integers(min_value=1, max_value=10**9)
COUNTING = [Severity.WARNING, Severity.ERROR, Severity.BLOCKER]


def test_the_published_example_scores_what_is_published() -> None:
    # 1,000 words and 12 issues: 0.5263.
    assert score_of(1000, [Severity.ERROR] * 12).required == pytest.approx(0.5263, abs=5e-5)


@given(WORDS)
def test_a_text_without_issues_has_the_full_score(words: int) -> None:
    assert score_of(words, [Severity.INFO]) == RuleScore(words, 1.0, 1.0)


@given(st.integers(1, 10**6), SEVERITIES, st.sampled_from(COUNTING))
def test_each_issue_lowers_the_score_of_its_own_kind_alone(
    words: int, found: list[Severity], more: Severity
) -> None:
    before, after = score_of(words, found), score_of(words, [*found, more])
    lowered, other = ("recommended", "required") if more is Severity.WARNING else ("required", "recommended")
    assert getattr(after, lowered) < getattr(before, lowered)
    assert getattr(after, other) == getattr(before, other)


@given(WORDS, SEVERITIES)
def test_scores_are_numbers_above_zero_and_at_most_one(words: int, found: list[Severity]) -> None:
    score = score_of(words, found)
    for value in (score.required, score.recommended):
        assert value is not None
        assert math.isfinite(value)
        assert 0 < value <= 1
        assert 0 <= points(value) <= 100


@given(WORDS, SEVERITIES)
def test_twice_the_text_with_twice_the_issues_scores_the_same(words: int, found: list[Severity]) -> None:
    once, twice = score_of(words, found), score_of(2 * words, [*found, *found])
    assert once.required == pytest.approx(twice.required)
    assert once.recommended == pytest.approx(twice.recommended)


@given(st.integers(1, 10**5), st.permutations(list(Severity)))
def test_a_blocker_weighs_more_than_an_error(words: int, found: list[Severity]) -> None:
    others = [severity for severity in found if severity is Severity.INFO]
    error = score_of(words, [*others, Severity.ERROR]).required
    blocker = score_of(words, [*others, Severity.BLOCKER]).required
    assert error is not None
    assert blocker is not None
    assert blocker < error


def test_only_a_text_without_an_issue_shows_a_hundred() -> None:
    nearly = score_of(100_000, [Severity.ERROR]).required
    assert nearly is not None
    assert (points(nearly), points(1.0), points(0.29), points(0.0)) == (99, 100, 29, 0)


def result(check: str, *severities: Severity, outcome: Outcome = Outcome.PASS) -> CheckResult:
    return CheckResult(check, outcome, tuple(Finding(check, "a/b", s, "Wrong.") for s in severities))


TEXT = " ".join(["word"] * 75)


@pytest.mark.parametrize("check", sorted(SCORED_CHECKS))
def test_an_issue_of_a_scored_check_in_75_words_halves_the_score(check: str) -> None:
    verdict = Verdict(Outcome.FAIL, (result(check, Severity.ERROR),))
    assert rule_score(TEXT, verdict) == RuleScore(75, 0.5, 1.0)


@pytest.mark.parametrize("check", ["facts", "toxicity", "personal_data", "limits", "brand_voice"])
def test_what_other_checks_find_is_no_part_of_the_score(check: str) -> None:
    verdict = Verdict(Outcome.FAIL, (result("style_rules"), result(check, Severity.BLOCKER)))
    assert rule_score(TEXT, verdict) == RuleScore(75, 1.0, 1.0)


def test_what_was_not_looked_at_has_no_score() -> None:
    broken = result("glossary", outcome=Outcome.NOT_RUN)
    verdict = Verdict(Outcome.WARN, (result("style_rules"), broken))
    assert rule_score(TEXT, verdict) == RuleScore(75, None, None, ("glossary",))
    assert scores_in_words(TEXT, verdict) == ["rules kept: not measured, since glossary did not run"]
    assert rule_score(TEXT, Verdict(Outcome.PASS, (result("facts"),))) == RuleScore(75, None, None)


@pytest.mark.parametrize("text", ["", " \n", "…!"])
def test_a_text_without_words_has_no_score(text: str) -> None:
    verdict = Verdict(Outcome.PASS, (result("style_rules"),))
    assert rule_score(text, verdict) == RuleScore(0, None, None)
    assert scores_in_words(text, verdict) == []


def test_the_two_numbers_are_said_apart() -> None:
    voice = CheckResult("brand_voice", Outcome.PASS, scores={"voice_match": 0.934})
    style = result("style_rules", Severity.WARNING, outcome=Outcome.WARN)
    verdict = Verdict(Outcome.WARN, (style, voice))
    assert voice_match(verdict) == 0.934
    assert scores_in_words(TEXT, verdict) == [
        "rules kept: required 100, recommended 50 of 100",
        "voice match: 93%",
    ]
    assert scores_to_json(TEXT, verdict) == {
        "rule_score": {"words": 75, "required": "1.000000", "recommended": "0.500000", "not_run": []},
        "voice_match": "0.934000",
    }


def test_a_voice_that_did_not_run_matches_nothing() -> None:
    broken = CheckResult("brand_voice", Outcome.NOT_RUN, reason="no model", scores={"voice_match": 0.9})
    assert voice_match(Verdict(Outcome.WARN, (broken,))) is None
    assert voice_match(Verdict(Outcome.PASS, (CheckResult("brand_voice", Outcome.PASS),))) is None


def test_a_policy_s_verdict_is_scored_through_the_package_itself() -> None:
    terms = [{"id": "banned", "term": "cheap", "status": "forbidden"}]
    assets = parse_assets({"glossary": {"house": {"title": "House", "terms": terms}}})
    policy = CompiledPolicy.compile(assets, only=["glossary"])
    text = " ".join(["cheap", *["word"] * 74])
    score = copydesk.rule_score(text, policy.check(text))
    assert isinstance(score, copydesk.RuleScore)
    assert score.required is not None
    assert score.required < 1.0 == score.recommended
    assert copydesk.voice_match(policy.check(text)) is None
