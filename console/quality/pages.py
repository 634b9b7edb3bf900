"""What the pages of checks, labelled cases and thresholds show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.quality.accuracy import PublicFigure
from console.quality.figures import Confusion, Rate
from console.web.components import Bin, Stat, Tab, TextSegment


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check in the list of a policy's checks; figures count what is judged."""

    check: str
    label: str
    url: str
    about: str
    engine: str
    is_on: bool
    case_count: int
    wrong: int
    waiting: int
    precision: Rate
    recall: Rate
    f1: Rate
    measured_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChecksPage:
    """All checks of a policy."""

    policy_name: str
    rows: tuple[CheckRow, ...]
    case_count: int
    withdrawn_count: int
    blocks: bool
    may_label: bool
    may_manage: bool
    accuracy_date: str


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled case a check gets wrong: the text with what was, or should have been, marked."""

    number: int
    url: str
    segments: tuple[TextSegment, ...]
    messages: tuple[str, ...]
    note: str
    rule: str
    variables: tuple[tuple[str, str], ...] = ()  # where the check looks in them and not in the text


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One labelled case in a list."""

    number: int
    url: str
    text: str
    expects: str
    expects_finding: bool
    check: str
    rule: str
    result: str
    result_kind: str
    place: str
    note: str
    author: str
    created_at: datetime
    is_withdrawn: bool
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of labelled cases with its filters; `query` are the filters that are set."""

    rows: tuple[CaseRow, ...]
    words: str
    expects: str
    source: str
    result: str
    show: str
    newer_url: str | None
    older_url: str | None
    is_narrowed: bool
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Work on its way, or what kept it from being done; `stop_url` ends it, where it can be and one may."""

    done: int
    total: int
    failure: str | None
    url: str
    stop_url: str | None = None


@dataclass(frozen=True, slots=True)
class CaseEffect:
    """What one labelled case does to the figures of its check: kind of banner, what is said of the case."""

    kind: str
    title: str
    figures: str


@dataclass(frozen=True, slots=True)
class CheckPage:
    """One check of a policy: what it does, how right it is, on which cases, measured when and how."""

    check: str
    label: str
    about: str
    is_on: bool
    failure: str | None
    without_grounds: str  # why every text passes it, empty where it has something to go by
    without_voice: str
    facts: tuple[tuple[str, str], ...]
    measurement: tuple[tuple[str, str], ...]
    measured_at: datetime | None
    is_stale: bool
    stats: tuple[Stat, ...]
    of_case: CaseEffect | None
    case_count: int
    counts: Confusion
    not_run_reason: str
    waiting: int
    progress: Progress | None
    false_alarms: tuple[Example, ...]
    misses: tuple[Example, ...]
    public: tuple[PublicFigure, ...]
    public_date: str
    cases: CaseList
    tabs: tuple[Tab, ...]
    may_label: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """One labelled case to read and change, or a new one (`number` 0).

    `lacks_variables`: its check looks in variables alone and it has none, so it is in no figure.
    `hides`: personal values of its text are hidden from this reader; `shows_values`: they are shown.
    """

    number: int
    title: str
    check: str
    check_label: str
    result: str
    result_kind: str
    segments: tuple[TextSegment, ...]
    messages: tuple[str, ...]
    reason: str
    facts: tuple[tuple[str, str], ...]
    sample_url: str | None
    is_withdrawn: bool
    withdrawn: str
    may_label: bool
    rules: tuple[str, ...] = ()
    note: str = ""
    lacks_variables: bool = False
    hides: bool = False
    shows_values: bool = False


@dataclass(frozen=True, slots=True)
class RateRow:
    """What one false-positive rate would give."""

    rate: str
    percent: str
    threshold: str
    flagged: str
    found: str
    wrongly: str
    is_shown: bool
    needed: int
    note: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ThresholdPage:
    """One threshold of a model-tier check, set on approved copy."""

    check: str
    check_label: str
    level: str
    level_label: str
    tabs: tuple[Tab, ...]
    levels: tuple[Tab, ...]
    current: str
    current_note: str
    holder: str
    sources: tuple[tuple[str, str], ...]
    copy_count: int
    text_count: int
    unscored: int
    unscored_reason: str
    approved: tuple[Bin, ...]
    labelled: tuple[Bin, ...]
    off_brand: tuple[Bin, ...]
    threshold_place: float | None
    now: RateRow | None
    rows: tuple[RateRow, ...]
    too_few: str
    progress: Progress | None
    is_scored: bool
    may_edit: bool
    may_score: bool


@dataclass(frozen=True, slots=True)
class FlipView:
    """A labelled case that a change judges another way."""

    number: int
    url: str
    check: str
    segments: tuple[TextSegment, ...]
    was: str
    becomes: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffectView:
    """What a draft does to the labelled cases of one policy; `state` is done, waiting, failed or broken."""

    policy: str
    state: str
    total: int
    done: int
    worse: tuple[FlipView, ...] = ()
    better: tuple[FlipView, ...] = ()
    unchanged: int = 0
    failure: str = ""
