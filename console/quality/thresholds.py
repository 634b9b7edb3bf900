"""Choosing a threshold on approved copy: how many of its texts a check may flag, and what that needs."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from console.quality.figures import Rate, wilson_rate

RATES: Final = ("0.005", "0.01", "0.02", "0.05", "0.1")
STEP = Decimal("0.000001")
# Scores of good checks crowd at both ends, so the picture spreads the ends out.
EDGES: Final = (
    0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99,
    0.995, 0.998, 0.999, 1.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold for a wanted rate; `flagged` says what share of the approved texts it flags.

    `needed` is how many approved texts can show so low a rate; with fewer `is_shown` is False.
    """

    rate: str
    threshold: str
    flagged: Rate
    needed: int

    @property
    def is_shown(self) -> bool:
        """Whether the approved copy is enough to speak of this rate."""
        return self.flagged.n >= self.needed


def needed_texts(rate: float) -> int:
    """Return how many texts, none of them flagged, show with 95 % confidence that a rate is not higher.

    From (1 - rate)^n <= .05; for small rates this is the rule of three (Hanley and Lippman-Hand, JAMA 1983).
    """
    return math.ceil(math.log(0.05) / math.log(1 - rate))


def lowest_rate(n: int) -> float | None:
    """Return the lowest rate that n texts can show; None for fewer than one."""
    return 1 - math.pow(0.05, 1 / n) if n > 0 else None


def choose(scores: Sequence[float], rate: str, *, flags_above: bool) -> Choice:
    """Return the lowest (flags above: highest recall) threshold that flags at most this share of the scores.

    Args:
        scores: probabilities of approved texts, at least one.
        rate: wanted share in (0, 1), decimal text.
        flags_above: whether a text is flagged from the threshold up (toxicity) or below it (voice match).
    """
    allowed = math.floor(float(rate) * len(scores) + 1e-9)
    ordered = sorted(scores, reverse=flags_above)
    edge = Decimal(str(ordered[min(allowed, len(ordered) - 1)]))
    if flags_above:
        threshold = min(Decimal(1), edge.quantize(STEP, ROUND_FLOOR) + STEP)
    else:
        threshold = max(Decimal(0), edge.quantize(STEP, ROUND_FLOOR))
    text = decimal_text(threshold)
    return Choice(rate, text, flagged_share(scores, text, flags_above=flags_above), needed_texts(float(rate)))


def flagged_share(scores: Sequence[float], threshold: str, *, flags_above: bool) -> Rate:
    """Return the share of scores that a threshold flags, with its interval."""
    return wilson_rate(sum(is_flagged(s, threshold, flags_above=flags_above) for s in scores), len(scores))


def is_flagged(score: float, threshold: str, *, flags_above: bool) -> bool:
    """Tell whether a threshold flags a score."""
    bar = float(threshold)
    return score >= bar if flags_above else score < bar


def decimal_text(value: Decimal) -> str:
    """Write a probability as assets hold it: at most six digits, no exponent."""
    found = format(value.quantize(STEP, ROUND_CEILING).normalize(), "f")
    return "0" if found in {"-0", "0"} else found


def bins(scores: Sequence[float]) -> tuple[tuple[float, float, int], ...]:
    """Return the distribution as (from, to, count) over `EDGES`; the last bin holds its upper end."""
    counts = [0] * (len(EDGES) - 1)
    for score in scores:
        counts[min(max(bisect_right(EDGES, score) - 1, 0), len(counts) - 1)] += 1
    return tuple(zip(EDGES[:-1], EDGES[1:], counts, strict=True))


def place_in_picture(threshold: float) -> float:
    """Return where a threshold stands between the ends of the picture, 0 to 1."""
    index = min(max(bisect_right(EDGES, threshold) - 1, 0), len(EDGES) - 2)
    low, high = EDGES[index], EDGES[index + 1]
    within = (threshold - low) / (high - low) if high > low else 0.0
    return min(max((index + within) / (len(EDGES) - 1), 0.0), 1.0)
