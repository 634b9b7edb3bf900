"""One row of the table, and the calibration loop that times are compared with."""

from __future__ import annotations

import time
from dataclasses import dataclass

# What the loop below takes on the 2-core machine that the bars were set for, with nothing else running.
REFERENCE_S = 0.017
LOOPS = 400_000


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `bar` and `met` are None without a bar, or when nothing was measured (see `note`)."""

    name: str
    measured: float | None
    unit: str
    bar: float | None = None
    met: bool | None = None
    note: str = ""


def calibrate() -> float:
    """Return seconds of the calibration loop: the same work every time, the median of five."""
    return sorted(_loop() for _ in range(5))[2]


def _loop() -> float:
    started, total = time.perf_counter(), 0
    for number in range(LOOPS):
        total += number & 7
    return time.perf_counter() - started


def timed(name: str, measured: float, unit: str, bar: float, slowness: float) -> Row:
    """Return the row of a time that is to stay under a bar, judged by its ratio to the calibration loop.

    Args:
        measured: in `unit`, as the bar.
        slowness: how many times slower than the reference this machine was while measuring.
    """
    note = f"{measured / slowness:.3g} {unit} on the reference machine ({slowness:.2f} times slower now)"
    return Row(name, measured, unit, bar, measured / slowness <= bar, note)


def at_least(name: str, ratio: float, bar: float, note: str) -> Row:
    """Return the row of a ratio that is to reach a bar."""
    return Row(name, ratio, "ratio", bar, ratio >= bar, note)
