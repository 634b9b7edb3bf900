"""Figures, thresholds and judging as pure functions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.quality.cases import Label
from console.quality.compiling import CHECK_READS, MODEL_CHECKS, changed_checks, compiled
from console.quality.figures import Confusion, f1_rate, kappa
from console.quality.judging import (
    effect_on_labelled_cases,
    judge,
    judgement_from_json,
    judgement_to_json,
)
from console.quality.labels import ABOUT
from console.quality.state import PolicyState
from console.quality.thresholds import (
    RATES,
    bins,
    choose,
    is_flagged,
    lowest_rate,
    needed_texts,
    place_in_picture,
)
from copydesk.assets import Kind, parse_assets
from copydesk.checks.contract import Context, Span
from copydesk.checks.registry import CHECK_NAMES
from copydesk.policy import CompiledPolicy

COUNT = st.integers(0, 400)
SCORES = st.lists(st.floats(0, 1).map(lambda x: round(x, 6)), min_size=1, max_size=300)


@given(COUNT, COUNT, COUNT)
def test_f1_lies_within_its_interval_and_is_the_harmonic_mean(hits: int, misses: int, alarms: int) -> None:
    found = f1_rate(hits, misses, alarms)
    if found.value is None:
        assert hits + misses + alarms == 0
        return
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value <= found.high + 1e-12 <= 1 + 1e-9
    assert found.value == pytest.approx(2 * hits / (2 * hits + misses + alarms))


def test_kappa_is_one_for_agreement_zero_for_chance_and_nothing_where_chance_is_all() -> None:
    assert kappa(Confusion(hits=5, clean=5)) == pytest.approx(1)
    assert kappa(Confusion(hits=5, misses=5, false_alarms=5, clean=5)) == pytest.approx(0)
    assert kappa(Confusion(clean=5)) is None
    assert kappa(Confusion()) is None


@given(SCORES, st.sampled_from(RATES), st.booleans())
def test_a_threshold_flags_at_most_the_share_that_was_asked_for(
    scores: list[float], rate: str, above: bool
) -> None:
    choice = choose(scores, rate, flags_above=above)
    flagged = sum(is_flagged(score, choice.threshold, flags_above=above) for score in scores)
    everywhere_at_the_top = sum(score == 1.0 for score in scores) if above else 0
    assert flagged <= max(float(rate) * len(scores) + 1e-9, everywhere_at_the_top)
    assert choice.flagged.n == len(scores)
    assert 0 <= float(choice.threshold) <= 1


@given(st.sampled_from(RATES))
def test_the_needed_texts_show_the_rate_and_one_fewer_does_not(rate: str) -> None:
    n = needed_texts(float(rate))
    assert (lowest_rate(n) or 1) <= float(rate) < (lowest_rate(n - 1) or 1)


@given(SCORES)
def test_the_picture_holds_every_score(scores: list[float]) -> None:
    assert sum(count for _low, _high, count in bins(scores)) == len(scores)
    places = [place_in_picture(score) for score in sorted(scores)]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] <= 1


def test_every_check_says_what_it_reads_and_what_it_does() -> None:
    assert set(CHECK_READS) == set(CHECK_NAMES)
    assert set(ABOUT) == set(CHECK_NAMES)
    for check in CompiledPolicy.compile(parse_assets({})).checks:
        # The setting, which stands in limits, is part of every check's key.
        assert check.reads - {Kind.LIMITS} <= CHECK_READS[check.name], check.name
    assert set(CHECK_NAMES) >= MODEL_CHECKS


def glossary(*terms: str) -> CompiledPolicy:
    rows = [{"id": f"t{n}", "term": term, "status": "forbidden"} for n, term in enumerate(terms)]
    assets = parse_assets({"glossary": {"house": {"title": "House", "terms": rows}}})
    return CompiledPolicy.compile(assets, only=["glossary"])


def label(
    text: str, expects: bool, rule: str | None = None, span: Span | None = None, number: int = 1
) -> Label:
    return Label(number, number, "glossary", expects, text, rule, span)


@pytest.mark.parametrize(
    ("case", "result"),
    [
        (label("A cheap tent.", True), "hit"),
        (label("A cheap tent.", False), "false_alarm"),
        (label("A warm tent.", True), "miss"),
        (label("A warm tent.", False), "clean"),
        (label("A cheap tent.", True, "house/t0"), "hit"),
        (label("A cheap tent.", True, "house/t1"), "miss"),
        (label("A cheap tent.", False, "house/t1"), "clean"),
        (label("A cheap tent.", True, span=Span(2, 7)), "hit"),
        (label("A cheap tent.", True, span=Span(8, 12)), "miss"),
        (label("A cheap tent.", False, span=Span(8, 12)), "clean"),
    ],
)
def test_a_finding_counts_for_its_rule_and_its_place(case: Label, result: str) -> None:
    judgement = judge(glossary("cheap", "lousy"), case)
    assert judgement.result == result
    assert judgement_from_json(case, judgement_to_json(judgement)) == judgement


def test_a_check_that_is_switched_off_is_not_run_and_never_right() -> None:
    policy = CompiledPolicy.compile(parse_assets({}), only=["limits"])
    judgement = judge(policy, label("A warm tent.", False))
    assert judgement.result == "not_run"
    assert not judgement.is_right


def test_a_change_makes_cases_worse_better_or_leaves_them() -> None:
    cases = [
        label("A cheap tent.", True, number=1),
        label("A warm tent.", False, number=2),
        label("A shabby tent.", True, number=3),
        label("Nothing.", False, number=4),
    ]
    effect = effect_on_labelled_cases(glossary("cheap"), glossary("warm", "shabby"), cases)
    assert [flip.label.number for flip in effect.worse] == [1, 2]
    assert [flip.label.number for flip in effect.better] == [3]
    assert effect.unchanged == 1


def test_a_judgement_of_an_older_case_is_not_taken_for_the_case_as_it_is() -> None:
    old = judge(glossary("cheap"), label("A cheap tent.", True))
    assert judgement_from_json(label("A cheap tent!", True), judgement_to_json(old)) is None


def test_only_checks_whose_inputs_change_are_asked_again() -> None:
    limits = {"title": "L", "checks": [{"check": "toxicity", "review_threshold": "0.2"}]}
    before = PolicyState(1, {}, {}).with_content(Kind.GLOSSARY, "house", {"title": "House", "terms": []})
    assert changed_checks(before, before) == ()
    terms = {"title": "House", "terms": [{"id": "a", "term": "a", "status": "forbidden"}]}
    assert changed_checks(before, before.with_content(Kind.GLOSSARY, "house", terms)) == (
        "glossary",
        "inclusive_language",
    )
    assert changed_checks(before, before.with_content(Kind.LIMITS, "l", limits)) == ("limits", "toxicity")


def test_a_compiled_check_is_kept_by_what_it_is_compiled_from(tmp_path: Path) -> None:
    terms = [{"id": "a", "term": "cheap", "status": "forbidden"}]
    state = PolicyState(1, {}, {}).with_content(Kind.GLOSSARY, "house", {"title": "House", "terms": terms})
    first = compiled("glossary", state, tmp_path, may_train=False)
    again = compiled("glossary", state, tmp_path, may_train=False)
    assert first is not None
    assert again is not None
    assert first.policy is again.policy
    assert first.engine is not None
    assert first.policy.check("cheap", Context()).results[0].findings
