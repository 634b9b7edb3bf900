"""Fuzz one target: `python -m tests.fuzz checks --runs 2000`, or `--seconds 600` for as long as that."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["copydesk", "console"]):
    from tests.fuzz.targets import SEEDS, TARGETS

# One input: larger ones find little that smaller ones do not, and take long. Yet more than the digits that
# Python reads as a number (4300), where readers that forget it raise.
MAX_INPUT_BYTES = 8192


def main() -> None:
    """Run libFuzzer on a target; a defect ends the process with another code than 0 and shows the bytes."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=main.__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--runs", type=int, default=-1, help="inputs to try (default: no end)")
    parser.add_argument("--seconds", type=int, default=0, help="seconds at most (default: no limit)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed tries the same inputs")
    asked = parser.parse_args()
    TARGETS[asked.target](b"")  # what is compiled once is no part of an input
    with tempfile.TemporaryDirectory(prefix="copydesk-fuzz-") as folder:
        for number, seed in enumerate(SEEDS.get(asked.target, ())):
            (Path(folder) / f"seed-{number}").write_bytes(seed)
        options = {
            "atheris_runs": asked.runs,
            "max_total_time": asked.seconds,
            "seed": asked.seed,
            "max_len": MAX_INPUT_BYTES,
            # Its alarm goes off every half of this, and kills a Python that is ending: never within a run.
            "timeout": 7200,
            "rss_limit_mb": 4096,
            "artifact_prefix": f"{tempfile.gettempdir()}/copydesk-fuzz-",
        }
        words = [f"-{name}={value}" for name, value in options.items()]
        atheris.Setup([sys.argv[0], *words, folder], TARGETS[asked.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
