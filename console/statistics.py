"""Shares with their intervals, and what tells two of them from chance, in closed form or whole numbers.

No library: importing one that has these takes longer than judging a run (ADR 9). Tests compare with scipy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95
ALPHA: Final = 0.05
POWER: Final = 0.8
Z: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
# Of 100 cases, about two pass anew from one version to the next whatever it is worth: texts are written anew.
NEWLY_PASSING_SHARE: Final = 0.02
_MAX_TERMS = 10_000
_BISECTIONS = 60


def wilson(passed: float, total: float) -> tuple[float, float]:
    """Return the 95 % score interval of a rate; counts may be effective ones (`effective_cases`).

    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212; with effective counts: C. Franco et al.,
    Comparative study of confidence intervals for proportions in complex sample surveys, J. Surv. Stat.
    Methodol. 7 (2019), 334-364.
    """
    if total == 0:
        return 0.0, 1.0
    rate, z_squared = passed / total, Z * Z
    centre = 2 * passed + z_squared
    spread = Z * math.sqrt(4 * passed * (1 - rate) + z_squared)
    whole = 2 * (total + z_squared)
    # Rounding must not keep a rate of 0 or 1 out of its own interval.
    low = 0.0 if passed == 0 else (centre - spread) / whole
    return low, 1.0 if passed == total else (centre + spread) / whole


def exact_interval(passed: float, total: float) -> tuple[float, float]:
    """Return the exact 95 % interval of a rate, for conditions that tolerate no failure.

    Its ends are quantiles of beta distributions; where all pass, the lower one is .025 to the power of 1 / n.
    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404-413; with effective counts: E. L. Korn
    and B. I. Graubard, Surv. Methodol. 24 (1998), 193-201.
    """
    if total == 0:
        return 0.0, 1.0
    tail, failed = (1 - CONFIDENCE) / 2, total - passed
    if failed == 0:
        return tail ** (1 / total), 1.0
    if passed == 0:
        return 0.0, 1 - tail ** (1 / total)
    return _beta_quantile(tail, passed, failed + 1), _beta_quantile(1 - tail, passed + 1, failed)


def effective_cases(samples_per_case: Iterable[int]) -> float:
    """Return how many independent cases the samples are worth, at most as many as there are cases.

    Repeats of one case are taken as saying the same (a correlation of 1 within it): the design effect is then
    sum of squares / sum, and the effective number is (sum) squared / sum of squares. That is the number of
    cases where all have as many repeats. Source: L. Kish, Survey Sampling (1965), 5.4 and 11.7; ADR 13.
    """
    counts = [count for count in samples_per_case if count]
    squares = sum(count * count for count in counts)
    return sum(counts) ** 2 / squares if squares else 0.0


def cases_needed(floor: float) -> int:
    """Return how many cases, all passing, lift the lower end of the Wilson interval to a floor below 1.

    With no failure the lower end is n / (n + z²), so n = z² · floor / (1 - floor).
    """
    return math.ceil(Z * Z * floor / max(1 - floor, 1e-9))


def mcnemar_p(newly_failing: int, newly_passing: int) -> float:
    """Return the two-sided exact p-value of McNemar's test (Q. McNemar 1947, Psychometrika 12, 153-157).

    Its exact form is a sign test: twice the smaller tail of the binomial distribution at one half. Both
    counts are of distinct cases: repeats of a case are no evidence of their own.
    """
    discordant = newly_failing + newly_passing
    ways, tail = 1, 1
    for changed in range(min(newly_failing, newly_passing)):
        ways = ways * (discordant - changed) // (changed + 1)
        tail += ways
    return min(1.0, float(Fraction(2 * tail, 2**discordant)))


def least_drop_cases(alpha: float = ALPHA) -> int:
    """Return the net drop in cases below which McNemar's exact test never speaks, at a level between 0 and 1.

    With nothing newly passing, n cases newly failing have p = 2 / 2ⁿ; any case that passes anew raises it.
    """
    return next(cases for cases in range(1, 1100) if mcnemar_p(cases, 0) < alpha)


def paired_cases_needed(drop: float, alpha: float = ALPHA) -> int:
    """Return about how many paired cases show a drop of the pass rate four times in five.

    n = (z₁ √ψ + z₂ √(ψ - δ²))² / δ², where δ is the drop, ψ the share of cases that change at all, z₁ and z₂
    the normal quantiles of level and power. Beside those that drop, 2 in 100 are taken to change each way.
    Source: R. J. Connor, Sample size for testing differences in proportions for the paired-sample design,
    Biometrics 43 (1987), 207-211.
    """
    changing = min(1.0, drop + 2 * NEWLY_PASSING_SHARE)
    level, power = NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(POWER)
    root = level * math.sqrt(changing) + power * math.sqrt(max(0.0, changing - drop * drop))
    return math.ceil(root * root / (drop * drop))


def visible_drop(cases: int, alpha: float = ALPHA) -> float | None:
    """Return the smallest drop of the pass rate that so many paired cases show four times in five.

    None where they are too few for any: see `paired_cases_needed` and `least_drop_cases`.
    """
    least, low, high = least_drop_cases(alpha), 0.0, 1.0
    if cases < max(least, paired_cases_needed(high, alpha)):
        return None
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if paired_cases_needed(middle, alpha) <= cases else (middle, high)
    return max(high, least / cases)


def fisher_p(first_hits: int, first: int, second_hits: int, second: int) -> float:
    """Return the two-sided p-value that two shares differ by chance alone: Fisher's exact test.

    It is the exact permutation test of two groups of yes and no: of all ways to deal the hits out to the two
    groups, the share of those that are as unlikely as what was seen, or more.

    Args:
        first_hits, first: hits among how many in the smaller group; the work grows with `first`.
        second_hits, second: the same of the other group.

    Source: R. A. Fisher, Statistical Methods for Research Workers, 5th ed. (1934), 21.02.
    """
    hits, everything = first_hits + second_hits, first + second
    lowest, highest = max(0, hits - second), min(first, hits)
    mode = min(highest, max(lowest, (first + 1) * (hits + 1) // (everything + 2)))
    # Relative to the likeliest outcome: no factorials, so nothing overflows or loses digits.
    weights = {mode: 1.0}
    for count in range(mode, highest):
        ratio = (hits - count) * (first - count) / ((count + 1) * (second - hits + count + 1))
        weights[count + 1] = weights[count] * ratio
    for count in range(mode, lowest, -1):
        ratio = count * (second - hits + count) / ((hits - count + 1) * (first - count + 1))
        weights[count - 1] = weights[count] * ratio
    limit = weights[first_hits] * (1 + 1e-7)  # equally likely outcomes may differ by rounding
    extreme = math.fsum(weight for weight in weights.values() if weight <= limit)
    return min(1.0, extreme / math.fsum(weights.values()))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted for being several, in the order given: below .05 all of them hold together.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6 (1979), 65-70.
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return tuple(adjusted)


def _beta_quantile(share: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta_share(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) (DLMF 8.17.22, the continued fraction)."""
    if x > (a + 1) / (a + b + 2):  # there the fraction converges slowly
        return 1 - _beta_share(1 - x, b, a)
    if x <= 0:
        return 0.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    # Lentz's method (Press et al., Numerical Recipes, 3rd ed., 5.2): value = top * bottom at each step.
    value, top, bottom = 1.0, 1.0, 0.0
    for term in range(_MAX_TERMS):
        half = term // 2
        if term == 0:
            numerator = 1.0
        elif term % 2:
            numerator = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            numerator = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        bottom = 1 / (1 + numerator * bottom or 1e-300)
        top = 1 + numerator / top or 1e-300
        value *= top * bottom
        if abs(top * bottom - 1) < 1e-15:
            break
    return math.exp(log_front) * (value - 1) / a
