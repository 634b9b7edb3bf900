"""What the JSON API of golden sets takes and answers; the OpenAPI document is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field

from console.golden.reading_files import RowNote
from copydesk.assets.base import Content, NonEmptyLine, NonEmptyText


class GoldenSetBody(Content):
    """A golden set to open for a policy; `content` is its first draft (title and cases), or left out."""

    policy: str
    name: str
    title: NonEmptyLine
    content: dict[str, Any] | None = None


class GoldenDraftBody(Content):
    """A working copy to write; `base_lock` is the lock number it started from (0: there was no draft)."""

    content: dict[str, Any]
    base_lock: int = Field(ge=0, strict=True)


class GoldenRevisionBody(Content):
    """A draft to freeze, as it was at `base_lock`."""

    message: NonEmptyText
    base_lock: int = Field(ge=0, strict=True)


@dataclass(frozen=True, slots=True)
class GoldenSetSummary:
    """A golden set without its cases."""

    name: str
    title: str
    policy: str
    revision: int
    has_draft: bool


@dataclass(frozen=True, slots=True)
class GoldenSetList:
    """Golden sets, newest first; `before` is the cursor of the next page."""

    items: tuple[GoldenSetSummary, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class GoldenSetJson:
    """A golden set with the cases that are edited now, and the lock number to save them with."""

    name: str
    title: str
    revision: int
    lock: int
    has_draft: bool
    saved_by: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseProblem:
    """What would keep a case of a draft from being run."""

    case: str
    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class GoldenDraftSaved:
    """The lock number to go on with; a draft may hold cases with problems.

    `problems` are the first hundred, `problems_left_out` says how many more there are.
    """

    lock: int
    problems: tuple[CaseProblem, ...]
    problems_left_out: int


@dataclass(frozen=True, slots=True)
class GoldenRevisionJson:
    """A frozen revision of a golden set."""

    name: str
    revision: int
    sha256: str
    case_count: int
    message: str
    author: str
    created_at: datetime
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseImportReport:
    """What an import of cases did; notes name row, column, what stood there, and the remedy.

    `refused` and `left_out` are the first hundred each, `more_refused` and `more_left_out` how many more
    there are.
    """

    format: str
    added: int
    replaced: int
    kept: int
    refused: tuple[RowNote, ...]
    left_out: tuple[RowNote, ...]
    lock: int
    more_refused: int
    more_left_out: int
