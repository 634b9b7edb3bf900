"""Precision, recall and F1 with intervals, and agreement beyond chance, from four counts."""

from __future__ import annotations

from dataclasses import dataclass

from console.statistics import wilson


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in [0, 1] with its 95 % interval, over `n` cases; None where there is no case to say it of."""

    value: float | None
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a check found what it must, missed it, raised a false alarm, or rightly said nothing.

    `not_run` and `lacking` cases are in no figure: the check could not be asked, or there is nothing to read.
    """

    hits: int = 0
    misses: int = 0
    false_alarms: int = 0
    clean: int = 0
    not_run: int = 0
    lacking: int = 0

    @property
    def judged(self) -> int:
        """How many cases the check judged."""
        return self.hits + self.misses + self.false_alarms + self.clean

    @property
    def must_find(self) -> int:
        """How many of the judged cases hold something to be found."""
        return self.hits + self.misses

    @property
    def must_leave(self) -> int:
        """How many of the judged cases are to be left alone."""
        return self.false_alarms + self.clean

    @property
    def precision(self) -> Rate:
        """Of the findings, the share that is right."""
        return wilson_rate(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> Rate:
        """Of what must be found, the share that is."""
        return wilson_rate(self.hits, self.must_find)

    @property
    def f1(self) -> Rate:
        """Harmonic mean of precision and recall."""
        return f1_rate(self.hits, self.misses, self.false_alarms)


def wilson_rate(hits: int, n: int) -> Rate:
    """Return a share with its 95 % Wilson score interval; hits are at most n."""
    if n == 0:
        return Rate(None, 0.0, 1.0, 0)
    low, high = wilson(hits, n)
    return Rate(hits / n, low, high, n)


def f1_rate(hits: int, misses: int, false_alarms: int) -> Rate:
    """Return F1 with its 95 % interval by the Wilson indirect method.

    F1 / (2 - F1) is the share of hits among hits, misses and false alarms: a binomial share, whose Wilson
    interval is carried over by the increasing map x -> 2x / (1 + x).

    Source: K. F. Y. Lam et al., Confidence intervals for the F1 score, arXiv:2309.14621, 2023.
    """
    share = wilson_rate(hits, hits + misses + false_alarms)
    if share.value is None:
        return share
    return Rate(_to_f1(share.value), _to_f1(share.low), _to_f1(share.high), share.n)


def _to_f1(share: float) -> float:
    return 2 * share / (1 + share)


def kappa(counts: Confusion) -> float | None:
    """Return how far a check and the editors agree beyond chance, in [-1, 1]; None where chance is all.

    Source: J. Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    n = counts.judged
    if n == 0:
        return None
    found, expected = counts.hits + counts.false_alarms, counts.hits + counts.misses
    by_chance = (found * expected + (n - found) * (n - expected)) / n**2
    if by_chance == 1:
        return None
    return ((counts.hits + counts.clean) / n - by_chance) / (1 - by_chance)
