"""Verdicts as JSON data and back: what the console stores and `copydesk serve` answers.

Scores are decimal text with six places, so that the data has one canonical form (RFC 8785 without floats).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copydesk.checks.contract import (
    CheckResult,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    Span,
    Verdict,
)


def decimal_text(score: float) -> str:
    """Write a score with six places; minus zero becomes zero."""
    return f"{score + 0.0:.6f}"


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON data; `span` is `[start, end]` in code points or None."""
    return {
        "check": finding.check,
        "rule_id": finding.rule_id,
        "severity": finding.severity.value,
        "message": finding.message,
        "span": [finding.span.start, finding.span.end] if finding.span else None,
        "suggestion": finding.suggestion,
        "score": None if finding.score is None else decimal_text(finding.score),
        "evidence": _plain(finding.evidence),
    }


def finding_from_json(data: Mapping[str, Any]) -> Finding:
    """Read a finding written by `finding_to_json`.

    Raises:
        KeyError, ValueError: the data was not written by it.
    """
    span, score = data["span"], data["score"]
    return Finding(
        check=data["check"],
        rule_id=data["rule_id"],
        severity=Severity(data["severity"]),
        message=data["message"],
        span=None if span is None else Span(span[0], span[1]),
        suggestion=data["suggestion"],
        score=None if score is None else float(score),
        evidence=data["evidence"],
    )


def result_to_json(result: CheckResult) -> dict[str, Any]:
    """Return a check's result as JSON data."""
    return {
        "check": result.check,
        "outcome": result.outcome.value,
        "reason": result.reason,
        "scores": {name: decimal_text(score) for name, score in sorted(result.scores.items())},
        "findings": [finding_to_json(finding) for finding in result.findings],
    }


def result_from_json(data: Mapping[str, Any]) -> CheckResult:
    """Read a result written by `result_to_json`.

    Raises:
        KeyError, ValueError: the data was not written by it.
    """
    return CheckResult(
        check=data["check"],
        outcome=Outcome(data["outcome"]),
        findings=tuple(finding_from_json(finding) for finding in data["findings"]),
        reason=data["reason"],
        scores={name: float(score) for name, score in data["scores"].items()},
    )


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON data: the outcome and the result of every check."""
    return {
        "outcome": verdict.outcome.value,
        "results": [result_to_json(result) for result in verdict.results],
    }


def verdict_from_json(data: Mapping[str, Any]) -> Verdict:
    """Read a verdict written by `verdict_to_json`.

    Raises:
        KeyError, ValueError: the data was not written by it.
    """
    return Verdict(Outcome(data["outcome"]), tuple(result_from_json(item) for item in data["results"]))


def engine_to_json(engine: EngineInfo) -> dict[str, Any]:
    """Return an engine's identity as JSON data, for the run digest and the bundle's manifest."""
    return {
        "check": engine.check,
        "engine": engine.engine,
        "engine_version": engine.engine_version,
        "weights_sha256": engine.weights_sha256,
    }


def _plain(value: Any) -> Any:
    """Turn read-only maps and tuples of evidence into JSON data; floats become decimal text."""
    match value:
        case float():
            return decimal_text(value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value
