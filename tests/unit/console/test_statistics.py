"""Intervals, tests and needed numbers against published ones and against scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.statistics import (
    ALPHA,
    CONFIDENCE,
    cases_needed,
    effective_cases,
    exact_interval,
    fisher_p,
    holm,
    least_drop_cases,
    mcnemar_p,
    paired_cases_needed,
    visible_drop,
    wilson,
)


@given(st.sampled_from(["0.5", "0.8", "0.9", "0.95", "0.99", "0.999"]))
def test_the_needed_number_of_cases_is_enough_and_the_smallest(rate: str) -> None:
    needed = cases_needed(float(rate))
    assert wilson(needed, needed)[0] >= float(rate) - 1e-12
    assert wilson(needed - 1, needed - 1)[0] < float(rate)


@pytest.mark.parametrize(
    ("newly_failing", "newly_passing", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 1, 14 / 64),
        (6, 0, 2 / 64),
        (8, 1, 20 / 512),
        (10, 0, 2 / 1024),
        (3, 3, 1.0),
    ],
)
def test_mcnemar_is_the_exact_test(newly_failing: int, newly_passing: int, p: float) -> None:
    assert mcnemar_p(newly_failing, newly_passing) == pytest.approx(p)


@pytest.mark.parametrize(
    ("passed", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (9, 10, 0.5958, 0.9821), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)],
)
def test_wilson_intervals_are_the_published_ones(passed: int, total: int, low: float, high: float) -> None:
    assert wilson(passed, total) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 3000), st.data())
def test_interval_and_test_agree_with_scipys(total: int, data: st.DataObject) -> None:
    from scipy.stats import binomtest

    passed = data.draw(st.integers(0, total))
    theirs = binomtest(passed, total).proportion_ci(CONFIDENCE, method="wilson")
    assert wilson(passed, total) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert mcnemar_p(passed, total - passed) == pytest.approx(binomtest(passed, total, 0.5).pvalue, rel=1e-9)


@given(st.integers(1, 3000), st.data())
def test_exact_intervals_are_scipys(total: int, data: st.DataObject) -> None:
    from scipy.stats import binomtest

    passed = data.draw(st.integers(0, total))
    theirs = binomtest(passed, total).proportion_ci(CONFIDENCE, method="exact")
    assert exact_interval(passed, total) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(st.floats(0.01, 0.99), st.floats(1.5, 3000))
def test_exact_intervals_of_effective_counts_are_quantiles_of_beta(rate: float, total: float) -> None:
    from scipy.stats import beta

    passed, failed = rate * total, total - rate * total
    theirs = beta.ppf(0.025, passed, failed + 1), beta.ppf(0.975, passed + 1, failed)
    assert exact_interval(passed, total) == pytest.approx(theirs, abs=1e-7)


def test_without_cases_every_rate_is_possible() -> None:
    assert exact_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("samples", "cases"),
    [([], 0), ([0], 0), ([1] * 20, 20), ([10] * 20, 20), ([1, 1, 0], 2), ([3, 1], 1.6), ([9, 1], 1.2195)],
)
def test_samples_are_worth_at_most_their_cases(samples: list[int], cases: float) -> None:
    assert effective_cases(samples) == pytest.approx(cases, abs=1e-4)


@given(st.lists(st.integers(1, 10), min_size=1, max_size=60), st.data())
def test_repeats_never_narrow_an_interval(samples: list[int], data: st.DataObject) -> None:
    passed, total = data.draw(st.integers(0, sum(samples))), sum(samples)
    worth = effective_cases(samples)
    assert 1 - 1e-9 <= worth <= len(samples) + 1e-9
    rate, cases = passed / total, len(samples)
    ours, by_case = wilson(rate * worth, worth), wilson(rate * cases, cases)
    assert ours[0] <= by_case[0] + 1e-9
    assert ours[1] >= by_case[1] - 1e-9


@given(st.integers(1, 60), st.integers(1, 5000), st.data())
def test_fishers_test_is_scipys(first: int, second: int, data: st.DataObject) -> None:
    from scipy.stats import fisher_exact

    hits = data.draw(st.integers(0, first)), data.draw(st.integers(0, second))
    theirs = fisher_exact([[hits[0], first - hits[0]], [hits[1], second - hits[1]]]).pvalue
    assert fisher_p(hits[0], first, hits[1], second) == pytest.approx(theirs, rel=1e-6, abs=1e-12)


def test_fishers_test_stands_millions_of_texts() -> None:
    assert fisher_p(2, 62, 10**5, 10**9) < 1e-4
    assert fisher_p(0, 62, 10**5, 10**9) == pytest.approx(1.0)
    assert fisher_p(62, 62, 0, 10**9) < 1e-100


def test_holm_adjusts_for_the_number_of_tests() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.5, 0.1])
def test_the_least_drop_is_where_the_exact_test_begins_to_speak(alpha: float) -> None:
    least = least_drop_cases(alpha)
    assert mcnemar_p(least, 0) < alpha <= mcnemar_p(least - 1, 0)
    for passing in range(40):
        assert mcnemar_p(least - 1 + passing, passing) >= alpha


def test_about_280_paired_cases_show_a_drop_of_five_points() -> None:
    # The number of CHECKS.md: 7 in 100 newly failing, 2 newly passing.
    assert paired_cases_needed(0.05) == pytest.approx(280, abs=1)


def test_what_a_number_of_cases_shows_goes_down_with_it() -> None:
    assert [visible_drop(cases) for cases in (0, 1, 5)] == [None] * 3
    shown = [visible_drop(cases) or 0 for cases in (6, 10, 62, 281, 2000)]
    assert shown == sorted(shown, reverse=True)
    assert shown[2] == pytest.approx(0.1536, abs=1e-4)
    assert shown[3] <= 0.05 + 1e-4


@pytest.mark.parametrize("drop", [0.05, 0.1, 0.2])
def test_the_exact_test_sees_the_drop_that_is_promised_most_of_the_time(drop: float) -> None:
    cases = paired_cases_needed(drop)
    failing, passing = drop + 0.02, 0.02
    power = 0.0
    for changed in range(cases + 1):
        chance = _binomial(cases, changed, failing + passing)
        if chance > 1e-9:
            share = failing / (failing + passing)
            power += chance * math.fsum(
                _binomial(changed, worse, share)
                for worse in range(changed // 2 + 1, changed + 1)
                if mcnemar_p(worse, changed - worse) < ALPHA
            )
    # The formula is of the normal approximation; the exact test is a little stricter.
    assert 0.7 < power < 0.85


def _binomial(n: int, k: int, share: float) -> float:
    logs = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(logs + k * math.log(share) + (n - k) * math.log1p(-share))
