"""Personal values hidden where findings, pages and logs would quote them.

What hides keeps the length of a text, so the places of findings hold in it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from copydesk.checks.contract import CheckResult, Finding, Span

DOT: Final = "•"
_PERSONAL_DATA: Final = "personal_data"
_WORD_CHARACTER: Final = re.compile(r"\w")


def hide_span(text: str, span: Span, *, first: int = 0, last: int = 0) -> str:
    """Return a text with a dot for each letter and digit of a place; what divides them stays.

    Args:
        text: any text.
        span: the place, in code points.
        first, last: so many letters and digits stay at the place's beginning and end.
    """
    places = [found.start() for found in _WORD_CHARACTER.finditer(text, span.start, span.end)]
    hidden = set(places[first : len(places) - last])
    inside = (DOT if at in hidden else text[at] for at in range(span.start, min(span.end, len(text))))
    return text[: span.start] + "".join(inside) + text[span.end :]


def personal_spans(findings: Iterable[Finding]) -> tuple[Span, ...]:
    """Return the places that findings of personal data name."""
    return tuple(f.span for f in findings if f.check == _PERSONAL_DATA and f.span is not None)


def hide_found(text: str, findings: Iterable[Finding]) -> str:
    """Return a text with every place hidden that findings of personal data name."""
    for span in personal_spans(findings):
        text = hide_span(text, span)
    return text


def quote_of(finding: Finding, hidden: str) -> str:
    """Return what a card quotes of a text for a finding: of personal data its mask, never the value.

    Args:
        finding: what is quoted for.
        hidden: the text as `hide_found` returns it.
    """
    if finding.span is None:
        return ""
    if finding.check == _PERSONAL_DATA:
        return str(finding.evidence.get("masked", DOT * 4))
    return hidden[finding.span.start : finding.span.end]


def mask_quotes(text: str, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """Return results in which no message and no evidence quotes a value that was found to be personal.

    Args:
        text: what was checked.
        results: of all checks of that text.
    """
    found = [f for r in results if r.check == _PERSONAL_DATA for f in r.findings if f.span is not None]
    if not found:
        return results
    masks = {text[f.span.start : f.span.end]: str(f.evidence["masked"]) for f in found if f.span}

    def masked(said: str) -> str:
        for value, mask in masks.items():
            said = said.replace(value, mask)
        return said

    return tuple(
        replace(result, findings=tuple(reworded(finding, masked) for finding in result.findings))
        for result in results
    )


def reworded(finding: Finding, change: Callable[[str], str]) -> Finding:
    """Return a finding with its message and every text of its evidence changed; its place stays.

    Args:
        finding: any finding.
        change: from a text to another one.
    """
    evidence = {name: _changed(value, change) for name, value in finding.evidence.items()}
    return replace(finding, message=change(finding.message), evidence=evidence)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _changed(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(item, change) for item in value]
    return value
