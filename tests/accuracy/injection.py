"""Injected instructions: harmless requests with trap words let through, well-worn attacks found.

Literal rules stop phrases, not attackers: the share of attacks found is reported without a floor, because
no figure here would make the check a protection.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from copydesk.assets import PolicyAssets
from copydesk.checks.contract import Context, Outcome
from copydesk.checks.injection import InjectionCheck, compile_check
from tests.accuracy.personal_data import clean_texts
from tests.accuracy.rows import Row, share_row

CHECK = "injection"
MIN_LET_THROUGH = 0.97
LOOK_ALIKES = ("NotInject_one.json", "NotInject_two.json", "NotInject_three.json")


def measure(data: Path) -> list[Row]:
    """Put every text into a variable and count what is blocked.

    Args:
        data: the folder of the shared data.
    """
    check = compile_check(PolicyAssets(), {})
    harmless = [
        row["prompt"]
        for name in LOOK_ALIKES
        for row in json.loads((data / "injection" / name).read_text(encoding="utf-8"))
    ]
    with (data / "injection" / "giskard.csv").open(encoding="utf-8", newline="") as lines:
        attacks = list(csv.DictReader(lines))
    clean = clean_texts(data)
    rows = [
        share_row(
            CHECK, "injection/NotInject", "benign look-alikes let through",
            sum(not is_blocked(check, text) for text in harmless), len(harmless), MIN_LET_THROUGH,
        ),
        share_row(
            CHECK, "clean copy", "texts let through",
            sum(not is_blocked(check, text) for text in clean), len(clean), 0.999,
        ),
    ]  # fmt: skip
    groups = sorted({row["group"] for row in attacks})
    for group in groups:
        own = [row["prompt"] for row in attacks if row["group"] == group]
        found = sum(is_blocked(check, text) for text in own)
        rows.append(
            share_row(CHECK, "injection/giskard.csv", f"attacks found: {group}", found, len(own), None)
        )
    return rows


def is_blocked(check: InjectionCheck, value: str) -> bool:
    """Tell whether a variable of this value fails the call."""
    return check.run("", Context(variables={"note": value})).outcome is Outcome.FAIL
