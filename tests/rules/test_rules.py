"""Every positive and near miss of `tests/rules/*.yml`, run through a policy compiled for that check alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from copydesk.assets import parse_assets
from copydesk.checks.contract import Context, Finding, Outcome
from copydesk.policy import CompiledPolicy

RULES = Path(__file__).parent
FILES = sorted(RULES.glob("*.yml"))
MIN_CASES = 30


@cache
def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def compiled(path: Path) -> CompiledPolicy:
    data = load(path)
    return CompiledPolicy.compile(parse_assets(data.get("assets", {})), only=[data["check"]])


def cases(side: str) -> list[Any]:
    return [
        pytest.param(path, case, id=f"{path.stem}-{index}-{case['why'][:60]}", marks=weakness(case))
        for path in FILES
        for index, case in enumerate(load(path)[side])
    ]


def weakness(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    """A trained engine's known mistakes stay in the file, with their reason; a mended one shows up."""
    reason = case.get("known_weakness")
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


def findings_of(path: Path, case: dict[str, Any]) -> tuple[Finding, ...]:
    context = dict(case.get("context", {}))
    if "must_mention" in context:
        context["must_mention"] = tuple(context["must_mention"])
    (result,) = compiled(path).check(case["text"], Context(**context)).results
    if result.outcome is Outcome.NOT_RUN and load(path).get("needs"):
        pytest.skip(f"{load(path)['needs']}: {result.reason}")
    assert result.outcome is not Outcome.NOT_RUN, result.reason
    return result.findings


def quote(text: str, finding: Finding) -> str | None:
    return text[finding.span.start : finding.span.end] if finding.span else finding.evidence.get("quote")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_check_has_enough_cases_on_both_sides(path: Path) -> None:
    data = load(path)
    assert len(data["positives"]) >= MIN_CASES
    assert len(data["near_misses"]) >= MIN_CASES


@pytest.mark.parametrize(("path", "case"), cases("positives"))
def test_a_positive_is_found(path: Path, case: dict[str, Any]) -> None:
    findings = findings_of(path, case)
    found = [(finding.rule_id, quote(case["text"], finding)) for finding in findings]
    matching = [
        finding
        for finding in findings
        if case.get("rule") in (None, finding.rule_id)
        and case.get("quote") in (None, quote(case["text"], finding))
    ]
    assert matching, f"found instead: {found}"


@pytest.mark.parametrize(("path", "case"), cases("near_misses"))
def test_a_near_miss_is_left_alone(path: Path, case: dict[str, Any]) -> None:
    found = [(f.rule_id, quote(case["text"], f), f.message) for f in findings_of(path, case)]
    assert not found
