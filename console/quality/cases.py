"""Labels as values: a text, and what a check must say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.clock import now
from copydesk.canonical import digest
from copydesk.checks.contract import Context, Span
from copydesk.policy import NO_CONTEXT
from models import LabelledCase


@dataclass(frozen=True, slots=True)
class Label:
    """One text with what a check must say of it.

    `rule` narrows it to one rule of the check, `span` (code points) to one place of the text; None: any.
    `id` is the row's, `number` the policy's own.
    """

    id: int
    number: int
    check: str
    expects_finding: bool
    text: str
    rule: str | None = None
    span: Span | None = None
    context: Context = NO_CONTEXT

    @property
    def sha256(self) -> str:
        """Digest of what decides how the case is judged."""
        return digest(
            {
                "check": self.check,
                "expects": self.expects_finding,
                "text": self.text,
                "rule": self.rule,
                "span": None if self.span is None else [self.span.start, self.span.end],
                "context": context_json(self.context),
            }
        )


def label_of(row: LabelledCase) -> Label:
    """Return the value of a stored case."""
    span = None
    if row.span_start is not None and row.span_end is not None:
        span = Span(row.span_start, row.span_end)
    context = Context(
        prompt=row.prompt,
        audience=row.audience,
        channel=row.channel,
        locale=row.locale,
        segment=row.segment,
        variables=row.variables,
        must_mention=tuple(row.must_mention),
        # As in runs: facts and rules that are out of date do not count.
        today=now().date().isoformat(),
    )
    return Label(row.id, row.number, row.check, row.expects_finding, row.text, row.rule, span, context)


def context_json(context: Context) -> dict[str, Any]:
    """Return a context as JSON data."""
    return {
        "prompt": context.prompt,
        "audience": context.audience,
        "channel": context.channel,
        "locale": context.locale,
        "segment": context.segment,
        "variables": dict(context.variables),
        "must_mention": list(context.must_mention),
    }


def cases_sha256(labels: Sequence[Label]) -> str:
    """Return the digest of a set of cases, whatever their order."""
    return digest(sorted([label.id, label.sha256] for label in labels))


def by_check(labels: Sequence[Label]) -> Mapping[str, tuple[Label, ...]]:
    """Return the labels of each check that has any."""
    found: dict[str, list[Label]] = {}
    for label in labels:
        found.setdefault(label.check, []).append(label)
    return {check: tuple(group) for check, group in found.items()}
