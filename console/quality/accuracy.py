"""The accuracy on public data that ships with the console: `docs/accuracy.json`, made by `make accuracy`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from console.config import ROOT

RESULTS = ROOT / "docs" / "accuracy.json"


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """One measured figure of a check on a public set; `floor` None: reported only."""

    check: str
    dataset: str
    measure: str
    figure: float
    low: float
    high: float
    floor: float | None
    n: int

    @property
    def is_met(self) -> bool:
        """Whether the figure reaches its floor."""
        return self.floor is None or self.figure >= self.floor


@dataclass(frozen=True, slots=True)
class PublicAccuracy:
    """All figures with the day they were measured on."""

    measured_on: str
    figures: tuple[PublicFigure, ...]

    def of(self, check: str) -> tuple[PublicFigure, ...]:
        """Return a check's figures."""
        return tuple(figure for figure in self.figures if figure.check == check)


NOTHING = PublicAccuracy("", ())


def public_accuracy(path: Path = RESULTS) -> PublicAccuracy:
    """Return the shipped figures; none where the file is not there or not of this form."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return NOTHING


@lru_cache(maxsize=4)
def _read(path: Path, _modified_ns: int) -> PublicAccuracy:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return PublicAccuracy(str(data["date"]), tuple(_figure(row) for row in data["rows"]))
    except (ValueError, KeyError, TypeError):
        return NOTHING


def _figure(row: dict[str, Any]) -> PublicFigure:
    floor = row["floor"]
    return PublicFigure(
        check=str(row["check"]),
        dataset=str(row["dataset"]),
        measure=str(row["measure"]),
        figure=float(row["figure"]),
        low=float(row["low"]),
        high=float(row["high"]),
        floor=None if floor is None else float(floor),
        n=int(row["n"]),
    )
