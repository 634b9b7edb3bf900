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
class _SpanDraft:
    start: int
    end: int


@dataclass(slots=True)
class _FindingDraft:
    check: str
    rule_id: str
    severity: Severity
    message: str
    span: Span | None
    suggestion: str | None
    score: float | None
    evidence: Mapping[str, Any]


_SPAN = cast("Callable[[int, int], Span]", _SpanDraft)
_FINDING = cast("Callable[..., Finding]", _FindingDraft)


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
    span = _SPAN(start, end)
    span.__class__ = Span
    finding = _FINDING(check, rule_id, severity, message, span, suggestion, None, evidence)
    finding.__class__ = Finding
    return finding
