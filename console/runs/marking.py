"""Findings marked in a text: cut into segments, numbered, heaviest first where they overlap."""

from __future__ import annotations

from collections.abc import Sequence

from console.assets.labelled import finding_key
from console.runs.labels import check_label
from console.web.components import FindingView, TextSegment
from copydesk.checks.contract import Finding
from copydesk.checks.masking import hide_found, quote_of


def mark(text: str, findings: Sequence[Finding]) -> tuple[tuple[TextSegment, ...], tuple[FindingView, ...]]:
    """Cut a text at its findings.

    The segments show the text as it is given; quotes hide what was found to be personal. Findings are
    numbered in the order of their place. Where two overlap, the heavier one is marked and the other stands in
    the list alone.

    Returns:
        The segments, whose texts joined are the text, and the findings as cards show them.
    """
    ordered = sorted(
        findings, key=lambda f: (f.span is None, f.span.start if f.span else 0, -f.severity.rank)
    )
    hidden = hide_found(text, findings)
    views = tuple(_view(hidden, number, finding) for number, finding in enumerate(ordered, start=1))
    segments: list[TextSegment] = []
    end = 0
    for number, finding in _unoverlapped(ordered):
        span = finding.span
        if span is None:
            continue
        if span.start > end:
            segments.append(TextSegment(text[end : span.start]))
        segments.append(TextSegment(text[span.start : span.end], finding.severity.value, number))
        end = span.end
    if end < len(text):
        segments.append(TextSegment(text[end:]))
    return tuple(segments), views


def _place(finding: Finding) -> tuple[bool, int, int]:
    return finding.span is None, finding.span.start if finding.span else 0, -finding.severity.rank


def _unoverlapped(ordered: Sequence[Finding]) -> list[tuple[int, Finding]]:
    numbered = [(n, f) for n, f in enumerate(ordered, start=1) if f.span and f.span.end > f.span.start]
    kept: list[tuple[int, Finding]] = []
    for number, finding in sorted(numbered, key=lambda pair: -pair[1].severity.rank):
        if all(not _overlap(finding, other) for _, other in kept):
            kept.append((number, finding))
    return sorted(kept, key=lambda pair: pair[1].span.start if pair[1].span else 0)


def _overlap(left: Finding, right: Finding) -> bool:
    if left.span is None or right.span is None:
        return False
    return left.span.start < right.span.end and right.span.start < left.span.end


def _view(hidden: str, number: int, finding: Finding) -> FindingView:
    span = finding.span
    return FindingView(
        severity=finding.severity.value,
        title=finding.message,
        number=number,
        rule_label=f"{check_label(finding.check)}, {finding.rule_id}",
        quote=quote_of(finding, hidden),
        suggestion=finding.suggestion,
        start=span.start if span else None,
        end=span.end if span else None,
        key=finding_key(finding),
    )
