"""Prints the table and writes `build/bench.json`; ends with 1 where a bar is not met.

`python -m tests.benchmarks [PART …]` measures these parts alone and leaves the file as it is.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from console.config import ROOT
from tests.benchmarks.rows import Row

# Modules of this folder with `measure() -> Iterator[Row]`, in the order of the table.
PARTS = ("runtime_tier", "toxicity", "recheck", "impact", "data_plane")


def main(wanted: Sequence[str]) -> int:
    """Measure everything in one run."""
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        print(f"There is no part {', '.join(unknown)}; the parts are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    rows, started = [], time.monotonic()
    for part in wanted or PARTS:
        for row in _rows(part):
            rows.append(row)
            print(_line(row), flush=True)
    print(f"measured in {time.monotonic() - started:.0f} s")
    if not wanted:
        path = ROOT / "build" / "bench.json"
        path.parent.mkdir(exist_ok=True)
        written = json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False)
        path.write_text(written + "\n", encoding="utf-8")
        print(f"written to {path.relative_to(ROOT)}")
    return 1 if any(row.met is False for row in rows) else 0


def _rows(part: str) -> Iterator[Row]:
    """Yield the rows of one part; one that breaks is a row that says so, and the rest is still measured."""
    try:
        yield from importlib.import_module(f"tests.benchmarks.{part}").measure()
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        yield Row(f"{part} broke off", None, "", None, False, f"{type(error).__name__}: {error}"[:300])


def _line(row: Row) -> str:
    state = {True: "met", False: "NOT MET", None: "-"}[row.met]
    measured = "-" if row.measured is None else f"{row.measured:.3g}"
    bar = "" if row.bar is None else f"bar {row.bar:g}"
    return f"{row.name:<52} {measured:>9} {row.unit:<7} {bar:<10} {state:<8} {row.note}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
