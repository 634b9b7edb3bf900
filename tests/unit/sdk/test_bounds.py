"""One text holds nobody up: beyond a length nothing is checked and nothing passes; findings are bounded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from copydesk.assets import PolicyAssets, parse_assets
from copydesk.bounds import MAX_CHECKED_CHARS, MAX_FINDINGS
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    Span,
    outcome_of,
)
from copydesk.policy import CompiledPolicy

TOO_LONG = "cheap " * (MAX_CHECKED_CHARS // 6) + "x" * 6


def policy_of(on_not_run: str) -> CompiledPolicy:
    terms = [{"id": "banned", "term": "cheap", "status": "forbidden"}]
    names = ("glossary", "limits", "personal_data")
    settings = [{"check": name, "on_not_run": on_not_run} for name in names]
    content: dict[str, Any] = {
        "glossary": {"house": {"title": "House", "terms": terms}},
        "limits": {"house": {"title": "House", "checks": settings}},
    }
    return CompiledPolicy.compile(parse_assets(content), only=names)


@pytest.mark.parametrize(
    ("on_not_run", "outcome"),
    [("block", Outcome.FAIL), ("review", Outcome.WARN), ("allow", Outcome.WARN)],
)
def test_a_text_beyond_the_bound_is_not_run_and_never_passes(on_not_run: str, outcome: Outcome) -> None:
    policy = policy_of(on_not_run)

    for verdict in (policy.check(TOO_LONG), policy.check_runtime(TOO_LONG)):
        assert verdict.outcome is outcome
        assert {(result.outcome, result.reason) for result in verdict.results} == {
            (
                Outcome.NOT_RUN,
                f"text of {len(TOO_LONG):,} characters; at most 1,000,000 are checked: split it",
            )
        }
        assert len(verdict.results) == 3


def test_the_longest_text_is_still_read_to_its_end() -> None:
    text = "a " * (MAX_CHECKED_CHARS // 2 - 3) + " cheap"

    verdict = policy_of("allow").check(text)

    assert len(text) == MAX_CHECKED_CHARS
    assert verdict.outcome is Outcome.FAIL
    assert [finding.span for finding in verdict.findings] == [Span(len(text) - 5, len(text))]


@dataclass
class ManyFindings:
    """A check that finds what it is told to."""

    findings: tuple[Finding, ...]
    name: str = "glossary"
    cost: Cost = Cost.RUNTIME
    deterministic: bool = True
    reads: frozenset[str] = frozenset()
    engine: EngineInfo = field(default_factory=lambda: EngineInfo("glossary", "test", "1"))

    def run(self, text: str, context: Context) -> CheckResult:
        return CheckResult(self.name, outcome_of(self.findings), self.findings)


def found(number: int, rule: str, severity: Severity) -> list[Finding]:
    return [Finding("glossary", rule, severity, "x", Span(place, place + 1)) for place in range(number)]


def result_of(*findings: Finding) -> CheckResult:
    policy = CompiledPolicy(PolicyAssets(), (ManyFindings(findings),), {})
    return policy.check("text").results[0]


def test_of_many_findings_the_weightiest_are_kept_in_order_with_a_note_of_the_others() -> None:
    notes, warnings = found(5_000, "a", Severity.INFO), found(400, "b", Severity.WARNING)
    error = replace(notes[-1], rule_id="c", severity=Severity.ERROR)

    result = result_of(*notes, *warnings, error)

    assert result.outcome is Outcome.FAIL
    assert result.reason == "5,401 findings; 4,401 of them are left out"
    assert result.findings == (*notes[: MAX_FINDINGS - 401], *warnings, error)


def test_every_broken_rule_stays_known_however_many_there_are() -> None:
    rules = [found(1, f"rule-{number}", Severity.INFO)[0] for number in range(MAX_FINDINGS + 50)]

    result = result_of(*found(2_000, "often", Severity.ERROR), *rules)

    assert {finding.rule_id for finding in result.findings} == {"often", *(one.rule_id for one in rules)}
    assert len(result.findings) == MAX_FINDINGS + 51


def test_a_thousand_findings_are_all_kept_and_nothing_is_noted() -> None:
    result = result_of(*found(MAX_FINDINGS, "a", Severity.WARNING))

    assert (len(result.findings), result.reason) == (MAX_FINDINGS, None)
