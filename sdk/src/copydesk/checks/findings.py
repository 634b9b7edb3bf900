"""Findings made in a third of the usual time: a text may have dozens, and the runtime tier has microseconds.

The generated constructor of a frozen dataclass sets each field through `object.__setattr__`. The drafts here
have the same slots without that, and become findings by changing their class, which Python allows for
classes of one layout; from then on they are frozen like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from copydesk.checks.contract import Finding, Severity, Span


@dataclass(slots=True)
class SpanDraft:
    """The fields of a `Span`, not frozen yet."""

    start: int
    end: int


@dataclass(slots=True)
class FindingDraft:
    """The fields of a `Finding`, not frozen yet."""

    check: str
    rule_id: str
    severity: Severity
    message: str
    span: Span | None
    suggestion: str | None
    score: float | None
    evidence: Mapping[str, Any]


_new = cast("Callable[[type], Any]", object.__new__)


def make_finding(
    check: str,
    rule_id: str,
    severity: Severity,
    message: str,
    start: int,
    end: int,
    suggestion: str | None,
    evidence: Mapping[str, Any],
) -> Finding:
    """Return a finding on `[start, end)`, equal to one made by its constructor."""
    # Field by field: calling the draft's class would cost as much again.
    span = _new(SpanDraft)
    span.start = start
    span.end = end
    span.__class__ = Span
    draft = _new(FindingDraft)
    draft.check = check
    draft.rule_id = rule_id
    draft.severity = severity
    draft.message = message
    draft.span = span
    draft.suggestion = suggestion
    draft.score = None
    draft.evidence = evidence
    draft.__class__ = Finding
    finding: Finding = draft
    return finding
