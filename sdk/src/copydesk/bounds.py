"""How much of a text is checked and how much is said of it: one text must not hold a service up.

A text beyond the bound is not cut: whatever stood behind the cut would go unread and pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from copydesk.checks.contract import CheckResult, Finding, Severity

MAX_CHECKED_CHARS: Final = 1_000_000
"""Longest text that is checked, in code points; a long novel. Checking takes about 2 µs for each."""

MAX_FINDINGS: Final = 1_000
"""Findings that are kept of one check on one text; more only where more rules than that are broken."""


def reason_not_checked(text: str) -> str | None:
    """Say why a text is too long to be checked; None where it is not."""
    if len(text) <= MAX_CHECKED_CHARS:
        return None
    return f"text of {len(text):,} characters; at most {MAX_CHECKED_CHARS:,} are checked: split it"


def bounded(result: CheckResult) -> CheckResult:
    """Return a result with its weightiest findings, in order; its reason says how many more there were.

    The outcome stays. Of every rule and severity the first finding is kept, so that whoever waives or counts
    by rule decides as with all of them.
    """
    findings = result.findings
    if len(findings) <= MAX_FINDINGS:
        return result
    kept = _weightiest(findings)
    note = f"{len(findings):,} findings; {len(findings) - len(kept):,} of them are left out"
    reason = f"{result.reason}; {note}" if result.reason else note
    return replace(result, findings=tuple(findings[place] for place in sorted(kept)), reason=reason)


def _weightiest(findings: tuple[Finding, ...]) -> set[int]:
    firsts: dict[tuple[str, Severity], int] = {}
    for place, finding in enumerate(findings):
        firsts.setdefault((finding.rule_id, finding.severity), place)
    kept = set(firsts.values())
    for severity in sorted(Severity, key=lambda one: one.rank, reverse=True):
        for place, finding in enumerate(findings):
            if len(kept) >= MAX_FINDINGS:
                return kept
            if finding.severity is severity:
                kept.add(place)
    return kept
