"""What the page on fairness shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.quality.figures import Rate
from console.quality.pages import Progress
from console.web.components import Stat, Tab

Parts = tuple[tuple[str, str], ...]  # op and text, as word diffs have them


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of words for people; counts are None where it was not measured as it is."""

    title: str
    words: str
    url: str
    texts: int | None
    variants: int | None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check on all texts that name somebody."""

    label: str
    url: str
    texts: int
    flips: int
    share: Rate
    median_spread: str
    largest_spread: str
    widest: str
    not_run: str


@dataclass(frozen=True, slots=True)
class FlipRow:
    """One check's part in a flip; `why` says what kind of difference it is."""

    label: str
    before: str
    after: str
    why: str
    message: str
    scores: str
    label_url: str | None


@dataclass(frozen=True, slots=True)
class FlipView:
    """A text beside the same text about somebody else, and which checks tell them apart."""

    title: str
    source: str
    sample_url: str | None
    found: str
    put: str
    before: Parts
    after: Parts
    was: str
    becomes: str
    checks: tuple[FlipRow, ...]


@dataclass(frozen=True, slots=True)
class FlipList:
    """A page of the flips of one cause; `count` variants flip, of which `kept` can be read."""

    tabs: tuple[Tab, ...]
    about: str
    rows: tuple[FlipView, ...]
    count: int
    kept: int
    before_url: str | None
    after_url: str | None
    shown: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The last report: of when, whether still of this policy, and its figures."""

    at: datetime | None
    is_stale: bool
    is_cut: bool
    texts: int
    holding: int
    stats: tuple[Stat, ...]
    checks: tuple[CheckRow, ...]
    switched_off: tuple[str, ...]
    flips: FlipList


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """Whether a policy's checks judge texts by whom they are about."""

    policy_name: str
    groups: tuple[GroupRow, ...]
    guides: tuple[tuple[str, str], ...]
    failure: str
    measured: Measured | None
    progress: Progress | None
    may_label: bool
    may_edit: bool
