"""The voice match from which a text counts as on-brand, where nobody set one: learnt from the examples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev
from typing import Final

from copydesk.checks.heads import sigmoid

# As topics have it: of a hundred on-brand texts at most two go to a person for nothing.
TARGET_RATE: Final = 0.02
DIGITS: Final = 6


def threshold_of(left_out: Sequence[float], rate: float = TARGET_RATE) -> float:
    """Return the voice match below which at most this share of on-brand texts lies, seen and new ones.

    Two bounds are taken together and the lower one counts. Of the examples themselves, each left out once,
    no more than the share may lie below. That alone is too high for new texts: it is the second lowest of
    fifty, below which one of 25 new texts is to be expected (measured: 3.9 % where 2 % is wanted), and the
    lowest of fifty is an outlier's, which costs up to a fifth of what is found. So the bound for a new text
    is read from centre and spread of all examples, by Student's t, on the log-odds, which have no ends:
    2.0 % to 2.2 % of new texts at fifty and at a hundred examples (tests/accuracy/voice.py measures it).

    Args:
        left_out: log-odds of at least two on-brand examples, each by a model that did not see it.
        rate: wanted share in (0, 1).

    Source: one-sided prediction limit of one more observation of a normal sample, Hahn & Meeker, Statistical
    Intervals (1991), chapter 4; what lies below an order statistic: Wilks (1941), Ann. Math. Stat. 12.
    """
    n = len(left_out)
    seen = sorted(left_out)[min(math.floor(rate * n + 1e-9), n - 1)]
    new = fmean(left_out) - student_t(1 - rate, n - 1) * stdev(left_out) * math.sqrt(1 + 1 / n)
    # Downwards, so that the text that gave the bound is not below it.
    return math.floor(float(sigmoid(min(seen, new))) * 10**DIGITS) / 10**DIGITS


def student_t(probability: float, degrees: int) -> float:
    """Return the quantile of Student's t distribution; exact to four digits from ten degrees of freedom on.

    Args:
        probability: in (0, 1).
        degrees: degrees of freedom, at least 1.

    Source: the Cornish-Fisher expansion, Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(degrees) ** power for power, term in enumerate(terms, start=1))
