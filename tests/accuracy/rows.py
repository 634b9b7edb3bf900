"""The rows that `make accuracy` prints: a figure, its interval, and the floor it has to reach."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure; `low` and `high` bound it with 95 %, `floor` None: reported only, `n` cases."""

    check: str
    dataset: str
    measure: str
    figure: float
    low: float
    high: float
    floor: float | None
    n: int


def share_row(check: str, dataset: str, measure: str, hits: float, n: int, floor: float | None) -> Row:
    """Make the row of a share `hits / n` with its Wilson interval (E. B. Wilson, 1927).

    `hits` may be a mean over several draws.
    """
    if n == 0:
        raise ValueError(f"{check}, {dataset}: a share of no cases")
    share = hits / n
    centre = (share + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    half = Z_95 / (1 + Z_95**2 / n) * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n))
    return Row(check, dataset, measure, share, max(centre - half, 0.0), min(centre + half, 1.0), floor, n)
