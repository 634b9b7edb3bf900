"""A complete run as Markdown, for a pull request or a build's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_NAMED_CASES = 20
_STATES = {"met": "met", "not_met": "**not met**", "too_few": "**too few cases**", "not_applicable": "–"}


def run_summary(run: Mapping[str, Any]) -> str:
    """Return the verdict, every condition of the gate, and the cases that changed.

    Args:
        run: a complete run as the console's API answers it.
    """
    gate, summary = run["gate"], run["summary"]
    verdict = "met" if gate["is_met"] else "not met"
    lines = [
        f"## Copydesk gate: {verdict}",
        "",
        f"Run {run['number']} on golden set `{run['golden_set']}` r{run['golden_revision']}: "
        f"{summary['passed']} of {summary['total']} samples pass.",
        "",
        "| Condition | Result | What was measured |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| `{_cell(c['id'])}` | {_STATES.get(c['state'], c['state'])} | {_cell(c['message'])} |"
        for c in gate["conditions"]
    ]
    for label, name in (("Newly failing", "newly_failing"), ("Newly passing", "newly_passing")):
        cases = summary.get(name)
        if cases:
            lines += ["", f"{label} ({len(cases)}): {_named(cases)}"]
    return "\n".join(lines)


def _named(cases: list[str]) -> str:
    shown = ", ".join(f"`{_cell(case)}`" for case in cases[:MAX_NAMED_CASES])
    return shown + (f" and {len(cases) - MAX_NAMED_CASES} more" if len(cases) > MAX_NAMED_CASES else "")


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
