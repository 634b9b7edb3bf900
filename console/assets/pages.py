"""What the pages of assets show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.assets.diff import DiffSection
from console.assets.tables import ItemTable
from console.assets.transfer import ImportReport
from console.web.components import DiffRow, FindingView, Tab, VersionEntry, VersionStop


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset in the list of its kind."""

    title: str
    name: str
    url: str
    size: str
    revision: int
    saved_at: datetime | None
    saved_by: str
    draft_by: str
    draft_at: datetime | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class IndexPage:
    """All assets of a kind."""

    kind: str
    title: str
    about: str
    icon: str
    rows: tuple[AssetRow, ...]
    words: str
    archived: bool
    older_url: str | None
    newer_url: str | None
    can_edit: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """What every page of one asset shows above its content."""

    kind: str
    kind_title: str
    name: str
    title: str
    policies: tuple[str, ...]
    last_revision: int
    has_draft: bool
    draft_by: str
    draft_at: datetime | None
    is_mine: bool
    is_archived: bool
    lock: int
    can_edit: bool
    stops: tuple[VersionStop, ...]
    tabs: tuple[Tab, ...] = ()


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the head as labelled paragraphs."""

    name: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemView:
    """What keeps the draft from becoming a revision, with the place to mend it."""

    message: str
    where: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Whether copy is there for a prompt, audience and locale; `how` says which text serves otherwise."""

    label: str
    url: str | None
    how: str
    kind: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Fallback copy: a row per prompt and audience, a column per locale."""

    locales: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[MatrixCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two entries that do not agree on a word, with links to both; `kind` draws the sign."""

    message: str
    kind: str
    label: str
    places: tuple[tuple[str, str], ...]  # (label, url)


@dataclass(frozen=True, slots=True)
class EditorPage:
    """The editor of one asset."""

    heading: Heading
    parts: tuple[PartView, ...]
    tables: tuple[ItemTable, ...]
    problems: tuple[ProblemView, ...]
    history: tuple[VersionEntry, ...]
    words: str = ""
    chosen: str = ""
    undo: str = ""
    undo_list: str = ""
    undo_label: str = ""
    matrix: Matrix | None = None
    error: str = ""
    conflicts: tuple[ConflictView, ...] = ()
    is_comparing: bool = False
    quick: Any = None  # the form that adds a term in one line
    exports_vale: bool = False  # there is a rule or a vocabulary that a Vale package could hold


@dataclass(frozen=True, slots=True)
class ItemPage:
    """The form of one item or part."""

    heading: Heading
    title: str
    list_name: str
    key: str | None
    action: str
    autosave_url: str | None
    live_url: str
    delete_url: str | None
    source: str
    base: str
    variables: str = "[]"
    cases: tuple[tuple[str, str], ...] = ()
    type_choices: tuple[Tab, ...] = ()
    previous_url: str | None = None
    next_url: str | None = None
    suggestions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two texts of one item: the saved one, and the typed one that stays in the form."""

    saved_by: str
    message: str
    rows: tuple[DiffRow, ...]
    theirs: tuple[str, ...]
    theirs_url: str
    was_removed: bool
    new_url: str | None


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check and how it stands to the sample; `kind` draws the tag."""

    label: str
    kind: str
    word: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChecksView:
    """How all checks stand to the sample: in one line, and one by one.

    `is_open`: one of them was not asked, which nobody should overlook; `is_learning`: ask again.
    """

    summary: str
    rows: tuple[CheckView, ...]
    is_open: bool
    is_learning: bool


@dataclass(frozen=True, slots=True)
class LivePanel:
    """Findings and remarks beside what is typed; `found` counts those too that are not shown.

    `labelled` leads from the key of a finding to the number of the case that says it is wrong, one of those
    of the policy `policy_slug`.
    """

    findings: tuple[FindingView, ...]
    source: str
    remarks: tuple[tuple[str, str], ...] = ()  # (kind, sentence)
    preview: tuple[tuple[str, str], ...] = ()  # (role, text)
    has_sample: bool = True
    checks: ChecksView | None = None
    is_learning: bool = False
    scores: tuple[tuple[str, str], ...] = ()  # (number, figure)
    found: int = 0
    labelled: Mapping[str, int] = field(default_factory=dict)
    policy_slug: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The revisions of an asset and the comparison of two of them."""

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
    restorable: int | None
    older_url: str | None = None
    newer_url: str | None = None


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
    passages: tuple[Any, ...]
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """How well one topic's examples work, each left out once; `found` and `alarms` as "7 of 11"."""

    title: str
    url: str
    reason: str
    found: str
    alarms: str
    word: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class MeasuresView:
    """The topics of a list that are measured by now, and how many there are."""

    rows: tuple[MeasureRow, ...]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SavePage:
    """What is about to be frozen."""

    heading: Heading
    sections: tuple[DiffSection, ...]
    problems: tuple[ProblemView, ...]
    is_moved_by: str = ""
    measures: MeasuresView | None = None
    conflicts: tuple[ConflictView, ...] = ()
    is_comparing: bool = False


@dataclass(frozen=True, slots=True)
class FileRow:
    """What became of one file of a Vale package, or of a line of it."""

    path: str
    line: int | None
    word: str
    kind: str
    message: str
    url: str | None


@dataclass(frozen=True, slots=True)
class PackagePage:
    """What an import made of a Vale package, and where its words can go."""

    added: int
    changed: int
    unchanged: int
    summary: str
    rows: tuple[FileRow, ...]
    total: int
    has_refused: bool
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    glossaries: tuple[tuple[str, str], ...] = ()  # (name, title)
    packed_words: str = ""


@dataclass(frozen=True, slots=True)
class ImportPage:
    """What an import did, row by row."""

    heading: Heading
    report: ImportReport | None
    formats: str
    packed_bad_rows: str
    package: PackagePage | None = None
    columns: tuple[str, ...] = ()  # the columns a table may have
