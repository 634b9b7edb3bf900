"""What the pages of candidates and runs show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.runs.enforcement import UnenforcedRule
from console.runs.progress import RunProgress
from console.web.components import EvidenceRow, FindingView, Stat, TextSegment


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in a list."""

    id: int
    number: int
    policy: str
    candidate_number: int
    candidate_title: str
    golden_title: str
    golden_number: int
    state: str
    passed: int | None
    total: int
    newly_failing: int | None
    is_gate_met: bool | None
    started_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class UntestedRow:
    """One candidate without a run."""

    id: int
    number: int
    policy: str
    title: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RunsPage:
    """Runs of a workspace, newest first, and the newest candidates that nobody ran."""

    runs: tuple[RunRow, ...]
    untested: tuple[UntestedRow, ...]
    active: tuple[RunProgress, ...]
    older: int | None
    newer: int | None
    state: str
    may_run: bool


@dataclass(frozen=True, slots=True)
class PinRow:
    """One asset pinned in a candidate, and what production has of it."""

    kind: str
    name: str
    title: str
    number: int
    production_number: int | None

    @property
    def is_changed(self) -> bool:
        """Whether it differs from production."""
        return self.number != self.production_number


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """One candidate with its pins and runs."""

    id: int
    number: int
    title: str
    digest: str
    policy: str
    created_by: str
    created_at: datetime
    pins: tuple[PinRow, ...]
    runs: tuple[RunRow, ...]
    golden_sets: tuple[tuple[int, str], ...]
    has_production: bool
    may_run: bool


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition of the gate in words."""

    id: str
    label: str
    state: str
    message: str
    case_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One number over the texts of a run; `fell` and `rose` are None where nothing is in production."""

    label: str
    mean: str
    before: str
    texts: int
    fell: int | None
    rose: int | None


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """The mean of one number in two runs, and how it moved."""

    label: str
    left: str
    right: str
    change: str


@dataclass(frozen=True, slots=True)
class SampleRowView:
    """One sample in the list of a run."""

    id: int
    case_key: str
    title: str
    repeat_index: int
    passed: bool
    change: str  # of its case: newly_failing, newly_passing, still_failing, still_passing, new
    prompt: str
    audience: str
    locale: str
    segment: str
    summary: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of samples is narrowed to; empty means all."""

    show: str = ""  # failing, newly_failing, newly_passing
    check: str = ""
    prompt: str = ""
    audience: str = ""
    locale: str = ""
    segment: str = ""

    def without(self, name: str) -> dict[str, str]:
        """Return the other filters as query arguments."""
        return {key: value for key, value in self.as_query().items() if key != name}

    def as_query(self) -> dict[str, str]:
        """Return the filters that are set as query arguments."""
        names = ("show", "check", "prompt", "audience", "locale", "segment")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run: progress while it works, then figures, evidence, gate and samples.

    `evidence_limits` says in words which drop against production its cases can't show.
    """

    id: int
    number: int
    policy: str
    candidate_id: int
    candidate_number: int
    candidate_title: str
    golden_title: str
    golden_number: int
    started_by: str
    created_at: datetime
    finished_at: datetime | None
    progress: RunProgress
    stats: tuple[Stat, ...]
    evidence: tuple[EvidenceRow, ...]
    scores: tuple[ScoreRow, ...]
    unenforced: tuple[UnenforcedRule, ...]
    conditions: tuple[ConditionRow, ...]
    evidence_limits: str
    is_gate_met: bool | None
    generation: Sequence[Mapping[str, Any]]
    sources: Mapping[str, int]
    recorded_on: str | None
    digest: str | None
    engines: Sequence[Mapping[str, Any]]
    samples: tuple[SampleRowView, ...]
    sample_total: int
    older: int | None
    filters: Filters
    choices: Mapping[str, tuple[str, ...]]
    comparable: tuple[tuple[int, str], ...]
    baseline_id: int | None
    may_run: bool
    may_request: bool
    review_url: str | None


@dataclass(frozen=True, slots=True)
class MovedProduction:
    """A run whose comparison is over: which version it was with (None: nothing), and how to run it again."""

    compared_version: int | None
    golden_set_id: int
    repeats: int


@dataclass(frozen=True, slots=True)
class CheckView:
    """What one check said of one sample."""

    check: str
    outcome: str
    passed: bool
    reason: str | None
    scores: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One sample with its findings marked in the text, beside production's text of the same case.

    `labelled` leads from the key of a finding to the number of the case that says it is wrong.
    """

    id: int
    run_id: int
    run_number: int
    case_key: str
    title: str
    repeat_index: int
    passed: bool
    failure: str | None
    facts: tuple[tuple[str, str], ...]
    variables: tuple[tuple[str, str], ...]
    segments: tuple[TextSegment, ...]
    findings: tuple[FindingView, ...]
    labelled: Mapping[str, int]
    checks: tuple[CheckView, ...]
    scores: tuple[tuple[str, str], ...]  # (number, figure), beside production's where there is one
    baseline_scores: tuple[tuple[str, str], ...]
    baseline_text: str | None
    baseline_passed: bool | None
    notes: str
    policy_slug: str
    may_label: bool
    hides: bool  # personal values, from who only reads


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """One case, or one of its repeats, in two runs; `change` is of the whole case."""

    case_key: str
    repeat_index: int
    title: str
    left_id: int | None
    right_id: int | None
    left_text: str | None
    right_text: str | None
    left_passed: bool | None
    right_passed: bool | None
    change: str


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two runs side by side; changed cases first."""

    left: RunRow
    right: RunRow
    left_id: int
    right_id: int
    cases: tuple[ComparedCase, ...]
    counts: Mapping[str, int]
    checks: tuple[tuple[str, str, str], ...]
    scores: tuple[ScoreChange, ...]
    show: str


@dataclass(frozen=True, slots=True)
class GatePage:
    """The gate of a policy."""

    number: int
    author: str | None
    since: datetime | None
    checks: tuple[str, ...]  # what a floor can be set for
    may_edit: bool
