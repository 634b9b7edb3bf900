"""Which style rules services do without, so that whoever reads a run or signs a review knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copydesk.checks.style_rules import StyleRulesCheck
from copydesk.policy import CompiledPolicy

KEY = "unenforced_rules"


@dataclass(frozen=True, slots=True)
class UnenforcedRule:
    """A style rule that services do not run; `is_judged`: the run itself was judged by it.

    `reason` says why nothing can run it, empty where the console can.
    """

    rule_id: str
    title: str
    is_judged: bool
    reason: str


def unenforced_rules(policy: CompiledPolicy) -> list[dict[str, Any]]:
    """Return the style rules of a policy, compiled for the console, that services do without (JSON data)."""
    titles = {
        f"{name}/{rule.id}": rule.title
        for name, guide in policy.assets.style_guide.items()
        for rule in guide.rules
    }
    found: list[dict[str, Any]] = []
    for check in policy.checks:
        if isinstance(check, StyleRulesCheck):
            judged = [(rule_id, True, "") for rule_id in check.console_only_rules]
            kept = [(rule.rule_id, False, rule.reason) for rule in check.unenforced_rules]
            found += [
                {"rule": rule_id, "title": titles.get(rule_id, ""), "is_judged": is_judged, "reason": reason}
                for rule_id, is_judged, reason in sorted(judged + kept)
            ]
    return found


def read_unenforced(summary: Mapping[str, Any] | None) -> tuple[UnenforcedRule, ...]:
    """Return what the summary of a run says of rules that services do without; older runs say nothing."""
    return tuple(
        UnenforcedRule(row["rule"], row["title"], row["is_judged"], row["reason"])
        for row in (summary or {}).get(KEY, ())
    )
