"""What the JSON API of assets takes and answers; the OpenAPI document is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field

from console.assets.text_files import MAX_ROWS
from copydesk.assets import Kind
from copydesk.assets.base import Content, Text


class AssetBody(Content):
    """An asset to create, with a first draft; `policies` are slugs of those that ship it."""

    kind: Kind
    name: str
    content: dict[str, Any]
    policies: tuple[str, ...] = ()


class DraftBody(Content):
    """A working copy to write; `base_lock` is the lock number it started from (0: there was no draft)."""

    content: dict[str, Any]
    base_lock: int = Field(ge=0, strict=True)


class RevisionBody(Content):
    """A draft to freeze, as it was at `base_lock`."""

    message: Text
    base_lock: int = Field(ge=0, strict=True)


class RestoreBody(Content):
    """Why an old revision comes back."""

    message: Text = ""


class RowsBody(Content):
    """Glossary rows: objects of column to value; lists are JSON lists or texts between `;`."""

    rows: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=MAX_ROWS)
    base_lock: int = Field(ge=0, strict=True)
    keep_present: bool = False


@dataclass(frozen=True, slots=True)
class AssetSummary:
    """An asset without its content."""

    kind: Kind
    name: str
    title: str
    last_revision: int
    has_draft: bool
    archived: bool


@dataclass(frozen=True, slots=True)
class AssetList:
    """Assets, newest first; `older` is the cursor of the next page where one kind was asked for."""

    assets: tuple[AssetSummary, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class AssetJson(AssetSummary):
    """An asset with the content that is edited now, and the lock number to save it with."""

    content: Mapping[str, Any]
    lock: int
    saved_by: str


@dataclass(frozen=True, slots=True)
class RevisionJson:
    """A revision without its content."""

    number: int
    sha256: str
    message: str
    author_id: int
    coauthor_ids: tuple[int, ...]
    restored_from: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RevisionList:
    """Revisions, newest first; `older` is the cursor of the next page."""

    revisions: tuple[RevisionJson, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class RevisionWithContent(RevisionJson):
    """A revision with what it froze."""

    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """One changed item; a paragraph is a list of pairs of `=`, `+` or `-` and text."""

    key: str
    title: str
    kind: str
    added_words: int
    removed_words: int
    paragraphs: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class DiffJson:
    """What changed between two contents."""

    sections: tuple[ChangedSection, ...]


@dataclass(frozen=True, slots=True)
class RowProblemJson:
    """What is wrong with a row of an import (counted from 1), and how to mend it."""

    row: int
    column: str
    detail: str


@dataclass(frozen=True, slots=True)
class RowsReport:
    """What an import did; rows with problems are left out.

    `problems` are the first hundred, `problems_left_out` says how many more there are.
    """

    added: int
    changed: int
    unchanged: int
    problems: tuple[RowProblemJson, ...]
    lock: int
    problems_left_out: int


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file of a Vale package: enforced, kept, off, refused or read."""

    path: str
    line: int | None
    fate: str
    rule_id: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class PackageReport:
    """What an import of a Vale package did, file by file; counts are of rules."""

    added: int
    changed: int
    unchanged: int
    files: tuple[FileReport, ...]
    lock: int


@dataclass(frozen=True, slots=True)
class PlaceJson:
    """An entry of an asset, or one of its lists of words (then `key` is empty)."""

    kind: str
    asset: str
    list: str
    key: str


@dataclass(frozen=True, slots=True)
class ConflictJson:
    """Two places that do not agree on a word; a blocking one keeps a draft from becoming a revision."""

    sort: str
    form: str
    message: str
    is_blocking: bool
    places: tuple[PlaceJson, ...]


@dataclass(frozen=True, slots=True)
class ConflictList:
    """The conflicts of one asset with what ships with it."""

    conflicts: tuple[ConflictJson, ...]
