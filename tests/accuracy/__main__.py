"""`make accuracy DATA=…`: measure every check on public data and hold the figures to their floors.

Each module in this folder with a function `measure(data) -> list[Row]` takes part. The figures go to
`build/accuracy.json` as a list of {name, measured, bar, met}; `--write` also puts the table into
`docs/accuracy.md`, and the rows into `docs/accuracy.json` for the console's pages. The exit code is 0 where
every floor is reached, 1 where one is not or a measure failed, 2 where there are no data to measure on.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from tests import accuracy
from tests.accuracy._page import as_page
from tests.accuracy.rows import Row

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_DATA = ROOT.parent / "shared" / "data"
FIGURES = ROOT / "build" / "accuracy.json"
PAGE = ROOT / "docs" / "accuracy.md"
# The same figures for the console's pages of checks (console.quality.accuracy reads them).
SHIPPED = ROOT / "docs" / "accuracy.json"

Measure = Callable[[Path], list[Row]]
HEADINGS = ("check", "data", "measure", "figure", "95 % interval", "floor", "n", "")


def measures(only: Sequence[str]) -> Iterator[tuple[str, Measure]]:
    """Give every module's `measure`, in the order of the modules' names."""
    for module in sorted(pkgutil.iter_modules(accuracy.__path__), key=lambda found: found.name):
        if module.name.startswith("_") or module.name == "rows" or (only and module.name not in only):
            continue
        loaded = importlib.import_module(f"{accuracy.__name__}.{module.name}")
        if hasattr(loaded, "measure"):
            yield module.name, loaded.measure


def collect(data: Path, only: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Run the measures; returns their rows, and the names of those that failed, whose reason is printed."""
    rows: list[Row] = []
    failed: list[str] = []
    for name, measure in measures(only):
        started = time.monotonic()
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        try:
            rows += measure(data)
        except Exception:  # noqa: BLE001  (one check's failure must not hide the other checks' figures)
            traceback.print_exc()
            failed.append(name)
        print(f"          {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return rows, failed


def is_met(row: Row) -> bool:
    """Whether a figure reaches its floor; figures without one are reported only."""
    return row.floor is None or row.figure >= row.floor


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as it is printed."""
    floor = "" if row.floor is None else f"{row.floor:.3f}"
    verdict = "" if row.floor is None else "met" if is_met(row) else "NOT MET"
    interval = f"{row.low:.3f} – {row.high:.3f}"
    return (row.check, row.dataset, row.measure, f"{row.figure:.3f}", interval, floor, str(row.n), verdict)


def as_table(rows: Sequence[Row]) -> str:
    """Lay the rows out in columns."""
    lines = [HEADINGS, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_figures(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return the rows in the common form of `build/*.json`."""
    return [
        {
            "name": f"{row.check}: {row.measure} on {row.dataset}",
            "measured": round(row.figure, 6),
            "bar": row.floor,
            "met": is_met(row),
            "low": round(row.low, 6),
            "high": round(row.high, 6),
            "n": row.n,
        }
        for row in rows
    ]


def as_shipped(rows: Sequence[Row], day: date) -> dict[str, object]:
    """Return what the console shows beside its own figures; rates in seconds are left out."""
    return {
        "date": day.isoformat(),
        "rows": [
            {
                "check": row.check,
                "dataset": row.dataset,
                "measure": row.measure,
                "figure": round(row.figure, 6),
                "low": round(row.low, 6),
                "high": round(row.high, 6),
                "floor": row.floor,
                "n": row.n,
            }
            for row in rows
            if "µs" not in row.measure
        ],
    }


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of public data")
    parser.add_argument("--write", action="store_true", help="also write docs/accuracy.md and .json")
    parser.add_argument("only", nargs="*", help="names of checks to measure; all when none is given")
    given = parser.parse_args(arguments)
    if not given.data.is_dir():
        print(
            f"No data in {given.data}. Say where they are: make accuracy DATA=path/to/data", file=sys.stderr
        )
        return 2
    if given.write and given.only:
        parser.error("--write takes all checks: a page of some would look like a page of all")
    rows, failed = collect(given.data.resolve(), given.only)
    print(as_table(rows))
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(as_figures(rows), indent=2) + "\n", encoding="utf-8")
    if given.write and not failed:
        day = datetime.now(UTC).date()
        page = as_page([cells(row) for row in rows], day, sum(not is_met(row) for row in rows))
        PAGE.write_text(page, encoding="utf-8")
        shipped = json.dumps(as_shipped(rows, day), indent=2)
        SHIPPED.write_text(shipped + "\n", encoding="utf-8")
    missed = [row for row in rows if not is_met(row)]
    print(f"\n{len(rows)} figures, {len(missed)} below their floor, {len(failed)} measures failed", *failed)
    return 1 if missed or failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
