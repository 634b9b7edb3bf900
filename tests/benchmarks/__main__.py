"""Prints the table and writes `build/bench.json`; ends with 1 where a bar is not met."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from console.config import ROOT
from tests.benchmarks import data_plane, recheck, runtime_tier


def main() -> int:
    """Measure everything in one run."""
    rows = []
    for part in (runtime_tier, recheck, data_plane):
        for row in part.measure():
            rows.append(row)
            state = {True: "met", False: "NOT MET", None: "-"}[row.met]
            measured = "-" if row.measured is None else f"{row.measured:.3g}"
            bar = "" if row.bar is None else f"bar {row.bar:g}"
            print(f"{row.name:<46} {measured:>9} {row.unit:<6} {bar:<10} {state:<8} {row.note}", flush=True)
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"written to {path.relative_to(ROOT)}")
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
