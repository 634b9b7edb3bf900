"""`docs/accuracy.md`: the figures with their date, where the data come from, and what the figures hide."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import yaml

HEADINGS: Final = ("data", "measure", "figure", "95 % interval", "floor", "n", "")
COMMAND: Final = "make accuracy DATA=../shared/data ACCURACY_ARGS=--write"
WORDS: Final = Path(__file__).with_name("page.yml")


def as_page(cells: Sequence[tuple[str, ...]], day: date, missed: int) -> str:
    """Return the page in Markdown.

    Args:
        cells: per row the check, then what `HEADINGS` names, as text.
        day: when it was measured.
        missed: how many figures are below their floor.
    """
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    how, weak_spots = words["how"], words["weak_spots"]
    state = "Every floor is reached." if not missed else f"**{missed} figures are below their floor.**"
    lines = [
        "# How well the checks do",
        "",
        f"Measured on {day.isoformat()} with Python {platform.python_version()} on {platform.machine()} by",
        f"`{COMMAND}`. {state}",
        "A floor is the least a figure may be; figures without one are for information. Where a set was read",
        "while its check was built, the section says so.",
    ]
    for check in dict.fromkeys(row[0] for row in cells):
        lines += ["", f"## {words['titles'].get(check, check)}", ""]
        lines += [how[check], ""] if check in how else []
        lines += [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
        lines += [f"| {' | '.join(row[1:])} |" for row in cells if row[0] == check]
        lines += ["", f"**Weak spots.** {weak_spots[check]}"] if check in weak_spots else []
    lines += ["", "## The data", "", "| set | from | licence |", "|---|---|---|"]
    lines += [f"| {' | '.join(entry)} |" for entry in words["data_sets"]]
    lines += ["", "None of it is part of the project; tests that read it skip where it is absent."]
    return "\n".join(lines) + "\n"
