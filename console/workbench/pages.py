"""What the pages of the workbench show."""

from __future__ import annotations

from dataclasses import dataclass, fields

from console.web.components import FindingView, Stat, Tab, TextSegment
from console.workbench.impact import Change

FILTERS = ("check", "direction", "prompt", "audience", "locale")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the list of changes is narrowed to; empty means all."""

    check: str = ""
    direction: str = ""
    prompt: str = ""
    audience: str = ""
    locale: str = ""

    def fits(self, change: Change) -> bool:
        """Tell whether a change is in the list."""
        context = change.sample.context
        found = (change.check, change.direction, context.prompt, context.audience, context.locale)
        wanted = (self.check, self.direction, self.prompt, self.audience, self.locale)
        return all(not want or want == have for want, have in zip(wanted, found, strict=True))

    def as_query(self, **instead: str) -> dict[str, str]:
        """Return what is set as query arguments; `instead` replaces some."""
        own = {field.name: getattr(self, field.name) for field in fields(self)} | instead
        return {name: value for name, value in own.items() if value}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One sample and what a check would say otherwise of it, the places marked."""

    url: str
    title: str
    where: str
    run: str
    check: str
    direction: str
    was: str
    becomes: str
    segments: tuple[TextSegment, ...]
    findings: tuple[FindingView, ...]
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The changes of one check, counted."""

    label: str
    url: str
    worse: int
    better: int
    more: int
    fewer: int


@dataclass(frozen=True, slots=True)
class WorkView:
    """Slow checks whose answer is not there yet; `state` as in `previews.Pending`, `step` is what is at work.

    `done` is None before the first sample is asked about.
    """

    labels: str
    state: str
    step: str
    done: int | None
    total: int
    failure: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What a draft would change on one policy's samples.

    `state` is done, unchanged (no check reads what changed), empty (no sample is stored) or broken (the draft
    does not hold together, `failure` says why).
    """

    name: str
    slug: str
    state: str
    url: str
    sample_count: int = 0
    is_cut: bool = False
    flipped: int = 0
    worse: int = 0
    better: int = 0
    more: int = 0
    fewer: int = 0
    work: WorkView | None = None
    broken: tuple[tuple[str, str], ...] = ()
    has_answers: bool = True
    failure: str = ""
    first: tuple[ChangeView, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether a check that reads the change has not answered: what is counted is not all there is."""
        return self.work is not None or bool(self.broken)


@dataclass(frozen=True, slots=True)
class ChangeList:
    """A page of the changes that match the filters."""

    narrowed: Narrowing
    directions: tuple[Tab, ...]
    choices: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    changes: tuple[ChangeView, ...]
    match_count: int
    newer_url: str | None
    older_url: str | None


@dataclass(frozen=True, slots=True)
class ImpactPage:
    """The whole answer of one policy, with its filters; `tried` is an old revision, None: the draft."""

    tried: int | None
    asset_title: str
    is_prompt: bool
    kind_title: str
    revision: int
    has_draft: bool
    can_edit: bool
    view: PolicyView | None
    policies: tuple[Tab, ...]
    stats: tuple[Stat, ...]
    rows: tuple[CheckRow, ...]
    places: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    list: ChangeList
