"""What the pages of golden sets show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.assets.diff import DiffSection
from console.assets.projection import Passage
from console.golden.coverage import Coverage
from console.golden.transfer import ImportReport
from console.web.components import Stat, Tab, VersionEntry

MAX_SECTIONS = 100  # changed cases that a comparison draws in full; the others are listed by title


@dataclass(frozen=True, slots=True)
class GoldenRow:
    """A golden set in the list."""

    title: str
    name: str
    url: str
    policy: str
    case_count: int
    revision: int
    saved_at: datetime | None
    saved_by: str
    draft_by: str
    draft_at: datetime | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class IndexPage:
    """The golden sets of a workspace."""

    rows: tuple[GoldenRow, ...]
    words: str
    older_url: str | None
    newer_url: str | None
    can_edit: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """What every page of one golden set shows above its content; `evidence` says what its cases can show."""

    name: str
    title: str
    policy: str
    last_revision: int
    case_count: int
    has_draft: bool
    draft_by: str
    draft_at: datetime | None
    is_mine: bool
    lock: int
    can_edit: bool
    tabs: tuple[Tab, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the table."""

    id: str
    title: str
    url: str
    prompt: str
    audience: str
    locale: str
    segment: str
    channel: str
    is_fixed: bool
    expects: str
    problem: str


@dataclass(frozen=True, slots=True)
class CasesPage:
    """The cases of a golden set that match the filters."""

    heading: Heading
    rows: tuple[CaseRow, ...]
    matching: int
    chosen: Mapping[str, str]
    words: str
    choices: Mapping[str, tuple[str, ...]]
    problem_count: int
    older_url: str | None
    newer_url: str | None
    has_prompts: bool
    undo: str = ""
    undo_count: int = 0


@dataclass(frozen=True, slots=True)
class CasePage:
    """The form of one case."""

    heading: Heading
    title: str
    key: str | None
    action: str
    autosave_url: str | None
    suggestions: Mapping[str, tuple[str, ...]]
    prompt_title: str
    previous_url: str | None = None
    next_url: str | None = None
    saved_by: str = ""
    was_removed: bool = False
    conflict: tuple[DiffSection, ...] = ()
    has_conflict: bool = False
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPage:
    """The import form and what the last import did."""

    heading: Heading
    report: ImportReport | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """How many cases test which combination."""

    heading: Heading
    coverage: Coverage
    stats: tuple[Stat, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The revisions and the comparison of two of them."""

    heading: Heading
    entries: tuple[VersionEntry, ...]
    choices: tuple[tuple[str, str], ...]
    old: str
    new: str
    old_label: str
    new_label: str
    sections: tuple[DiffSection, ...]
    added_words: int
    removed_words: int
    older_url: str | None
    newer_url: str | None
    max_sections: int = MAX_SECTIONS


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """One frozen revision to read."""

    heading: Heading
    number: int
    message: str
    author: str
    coauthors: tuple[str, ...]
    created_at: datetime
    sha256: str
    restored_from: int | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class SavePage:
    """What is about to be frozen."""

    heading: Heading
    sections: tuple[DiffSection, ...]
    problems: tuple[tuple[str, str, str], ...]  # (case title, address, what to mend)
    moved_by: str = ""
    max_sections: int = MAX_SECTIONS
