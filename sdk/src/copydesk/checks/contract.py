"""The one contract of all checks: what goes in, what comes out.

A check is compiled once from the assets of a policy and then run many times, from many threads, without
I/O. What it says is frozen: a `CheckResult` with `Finding`s whose spans are code-point offsets into the
very text that was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Protocol

EMPTY: Mapping[str, Any] = MappingProxyType({})


class Severity(StrEnum):
    """How much a finding weighs: only `error` fails a text, and `blocker` fails it whatever the gate says."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    BLOCKER = "blocker"

    @property
    def rank(self) -> int:
        """Order of weight, 0 for `info` to 3 for `blocker`."""
        return _RANKS[self]


_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2, Severity.BLOCKER: 3}


class Outcome(StrEnum):
    """What a check or a whole verdict says of a text; `not_run` is never a pass."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    NOT_RUN = "not_run"


class Cost(StrEnum):
    """Cost class: microseconds at runtime, milliseconds with a model, or a network call in console jobs."""

    RUNTIME = "runtime"
    MODEL = "model"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points `[start, end)` in the checked text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of a check on one place of a text (or on the whole text when `span` is None).

    `rule_id` is `<asset name>/<id in the asset>` or the check's own rule name; `message` is one sentence for
    the writer; `suggestion` replaces the span; `evidence` is JSON data (no floats) such as the list that
    matched; `score` is a probability in [0, 1] where the check has one.
    """

    check: str
    rule_id: str
    severity: Severity
    message: str
    span: Span | None = None
    suggestion: str | None = None
    score: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check says of one text, and with which engine; `reason` explains `not_run`."""

    check: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    scores: Mapping[str, float] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which code and weights produced a result; part of the run digest and of the bundle."""

    check: str
    engine: str
    engine_version: str
    weights_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a text when it is checked.

    `variables` are the prompt's variables, `must_mention` fact ids that the text has to state; names that
    are None apply to everything.
    """

    prompt: str | None = None
    audience: str | None = None
    channel: str | None = None
    locale: str | None = None
    segment: str | None = None
    variables: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    must_mention: tuple[str, ...] = ()
    today: str | None = None  # ISO 8601 date for validity periods; None: validity is not looked at


@dataclass(frozen=True, slots=True)
class Verdict:
    """The results of all checks on one text; findings in the order of their place."""

    outcome: Outcome
    results: tuple[CheckResult, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, by place in the text and then by weight."""
        found = [finding for result in self.results for finding in result.findings]
        return tuple(sorted(found, key=_place))

    @property
    def is_blocked(self) -> bool:
        """Whether the text must not be used: a check failed it."""
        return self.outcome is Outcome.FAIL


class Check(Protocol):
    """One compiled check. `reads` names the asset kinds it was compiled from."""

    name: str
    cost: Cost
    deterministic: bool
    reads: frozenset[str]
    engine: EngineInfo

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text; thread-safe, no I/O, never raises on any text."""
        ...


_severity = attrgetter("severity")


def outcome_of(findings: tuple[Finding, ...]) -> Outcome:
    """Return fail for an error or blocker, warn for a warning, else pass."""
    # Compared as texts: to look a severity up by its hash is a call of Python, and findings may be many.
    severities = list(map(_severity, findings))
    if Severity.ERROR in severities or Severity.BLOCKER in severities:
        return Outcome.FAIL
    return Outcome.WARN if Severity.WARNING in severities else Outcome.PASS


def _place(finding: Finding) -> tuple[int, int, int, str]:
    start, end = (finding.span.start, finding.span.end) if finding.span else (-1, -1)
    return (start, end, -finding.severity.rank, finding.rule_id)
