"""Vale's own expectations of four published styles against our engine (`conformance.json`)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from copydesk import vale
from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import StyleGuide, StyleRule
from copydesk.checks.contract import Context
from copydesk.checks.style_rules import compile_check
from tests.accuracy.rows import Row, share_row

CHECK = "style_rules"
DATASET = "vale/conformance.json"
FLOOR_ALERTS = 224  # of 225
Alert = tuple[str, int, int, str, str]


def measure(data: Path) -> list[Row]:
    """Count the expected alerts that come out with file, line, column, rule and message.

    Args:
        data: the folder of the shared data.
    """
    folder = data / "vale"
    rules = imported(folder / "styles")
    met: Counter[str] = Counter()
    for scenario in scenarios(folder):
        found = alerts(scenario, rules)
        expected = expectations(scenario)
        met["expected"] += sum(expected.values())
        met["found"] += sum((expected & found).values())
        met["further"] += sum((found - expected).values())
    expected, found = met["expected"], met["found"]
    alerts_made = found + met["further"]
    return [
        share_row(CHECK, DATASET, "expected alerts found", found, expected, FLOOR_ALERTS / expected),
        share_row(CHECK, DATASET, "alerts that are expected", found, alerts_made, None),
    ]


def scenarios(folder: Path) -> list[dict[str, Any]]:
    """Return the scenarios of the conformance file."""
    return list(json.loads((folder / "conformance.json").read_text(encoding="utf-8")))


def imported(styles: Path) -> dict[str, StyleRule]:
    """Return all rules of a styles folder by `Style.Rule`."""
    files = [file for style in sorted(styles.iterdir()) for file in vale.read_folder(style)]
    return {f"{rule.style}.{rule.title}": rule for rule in vale.import_rules(files).rules}


def expectations(scenario: dict[str, Any]) -> Counter[Alert]:
    """Return what a scenario expects."""
    return Counter(
        (item["file"], item["line"], item["col"], item["rule"], item["message"])
        for item in scenario["expected"]
    )


def alerts(scenario: dict[str, Any], rules: dict[str, StyleRule]) -> Counter[Alert]:
    """Return what our engine says of a scenario's files."""
    used = {rules[name].id: (name, rules[name]) for name in scenario["rules"] if name in rules}
    guide = StyleGuide(title="Conformance", rules=tuple(rule for _, rule in used.values()))
    check = compile_check(PolicyAssets(style_guide={"all": guide}), {})
    found: Counter[Alert] = Counter()
    for file, text in scenario["files"].items():
        for finding in check.run_markup(text, Context(), "markdown").findings:
            start = finding.span.start if finding.span else 0
            line = text.count("\n", 0, start) + 1
            column = start - (text.rfind("\n", 0, start) + 1) + 1
            name = used[finding.rule_id.partition("/")[2]][0]
            found[file, line, column, name, " ".join(finding.message.split())] += 1
    return found
