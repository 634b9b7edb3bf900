"""Labelled cases in files: CSV, XLSX and JSON lines in, row by row; CSV and JSON lines out.

A row that does not fit is refused with its column and how to mend it; the good rows are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from console.assets.errors import BadFileError
from console.assets.spreadsheets import read_table, to_csv, without_guard
from console.assets.text_files import beyond_header, read_text, refuse_repeated_columns
from console.errors import InvalidError
from console.golden.reading_files import RowNote
from console.quality.cases import label_of
from console.quality.content import CaseContent, read_case, read_start
from console.quality.hiding import hidden_label, hidden_words
from console.web import strict_json
from models import LabelledCase

COLUMNS = (
    "check",
    "expects",
    "text",
    "rule",
    "quote",
    "prompt",
    "audience",
    "channel",
    "locale",
    "segment",
    "note",
)
# What an export says beside; read over at import.
SAID = ("number", "start", "source", "author", "created_at", "variables", "must_mention")
NOT_READ = frozenset({"number", "source", "author", "created_at"})
NEEDED = ("check", "expects", "text")
MAX_ROWS = 1_000
MAX_FIELDS = 100
MAX_LINE_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class CaseImport:
    """What a file holds: good cases with their rows, and refused rows."""

    format: str
    cases: tuple[tuple[int, CaseContent], ...]
    refused: tuple[RowNote, ...]


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What an import did; `there` were labelled so already."""

    format: str
    added: int
    there: int
    refused: tuple[RowNote, ...]

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return len({note.row for note in self.refused})


def read_cases(filename: str, data: bytes) -> CaseImport:
    """Read a file of labelled cases by its name and first character.

    Raises:
        BadFileError: it can't be read as cases at all, or holds too many.
    """
    ending = filename.lower().rpartition(".")[2]
    is_lines = ending in {"jsonl", "ndjson"} or (ending not in {"csv", "xlsx"} and data.lstrip()[:1] == b"{")
    rows = list(islice(_lines(data) if is_lines else _table(data, filename), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise BadFileError(_("More than %(most)s rows; split the file.", most=MAX_ROWS))
    cases: list[tuple[int, CaseContent]] = []
    notes: list[RowNote] = []
    for number, row in rows:
        if isinstance(row, str):
            notes.append(RowNote(number, "", "", row))
            continue
        try:
            cases.append((number, read_case(row)))
        except InvalidError as error:
            notes += [
                RowNote(number, p.path, str(row.get(p.path.partition(".")[0], ""))[:200], p.message)
                for p in error.problems
            ]
    return CaseImport("jsonl" if is_lines else ending or "csv", tuple(cases), tuple(notes))


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for number, raw in enumerate(read_text(data).split("\n"), start=1):
        if not raw.strip():
            continue
        if len(raw) > MAX_LINE_CHARS:
            yield number, _("This line is longer than %(most)s characters.", most=MAX_LINE_CHARS)
            continue
        try:
            row = strict_json.loads(raw)
        except strict_json.UnfitJsonError as error:
            yield number, str(error)
            continue
        if not isinstance(row, dict):
            yield number, _("This line is no JSON object.")
        elif len(row) > MAX_FIELDS:
            yield number, _("This line has more than %(most)s fields.", most=MAX_FIELDS)
        else:
            yield number, {str(key): value for key, value in row.items() if key not in NOT_READ}


def _table(data: bytes, filename: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    header, *rows = read_table(data, filename)
    names = [cell.strip().lower() for cell in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise BadFileError(
            _("The first row must name the columns; missing: %(names)s.", names=", ".join(missing))
        )
    unknown = [name for name in names if name and name not in {*COLUMNS, *SAID}]
    if unknown:
        raise BadFileError(
            _(
                "There is no column %(names)s. Known: %(known)s.",
                names=", ".join(unknown),
                known=", ".join(COLUMNS),
            )
        )
    refuse_repeated_columns(names)
    for number, row in enumerate(rows, start=2):
        if lost := beyond_header(names, row):
            yield number, lost
        elif any(cell.strip() for cell in row):
            yield number, _cells(dict(zip(names, row, strict=False)))


def _cells(row: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in COLUMNS:
        cell = without_guard(row.get(name, ""))
        if name in {"text", "quote", "note"}:
            found[name] = cell.replace("\r\n", "\n")
        elif name in {"check", "expects"}:
            found[name] = cell.strip().lower()
        elif name == "rule":
            found[name] = cell.strip()
        else:
            found[name] = cell.strip() or None
    found["start"] = read_start(row.get("start", ""))
    # Nested data travels as JSON in its cell.
    for name, empty in (("variables", {}), ("must_mention", [])):
        cell = without_guard(row.get(name, "")).strip()
        try:
            found[name] = json.loads(cell) if cell else empty
        except (ValueError, RecursionError):
            found[name] = cell
    return found


def case_json(case: LabelledCase, *, hides: bool = False) -> dict[str, Any]:
    """Return a case as an export writes it and an import reads it.

    Args:
        case: what is written.
        hides: put dots for personal values, for who only reads.
    """

    def shown(value: Any) -> Any:
        return hidden_words(value, case.locale) if hides else value

    text = hidden_label(label_of(case)).text if hides else case.text
    quote = "" if case.span_start is None else text[case.span_start : case.span_end]
    return {
        "number": case.number,
        "check": case.check,
        "expects": "finding" if case.expects_finding else "none",
        "text": text,
        "rule": case.rule or "",
        "quote": quote,
        "start": case.span_start,
        "prompt": case.prompt,
        "audience": case.audience,
        "channel": case.channel,
        "locale": case.locale,
        "segment": case.segment,
        "variables": shown(dict(case.variables)),
        "must_mention": list(case.must_mention),
        "note": shown(case.note),
        "source": case.source,
        "author": case.author.name,
        "created_at": case.created_at.isoformat(),
    }


def as_jsonl(cases: Iterable[LabelledCase], *, hides: bool = False) -> bytes:
    """Write cases as JSON lines."""
    return "".join(json.dumps(case_json(c, hides=hides), ensure_ascii=False) + "\n" for c in cases).encode()


def as_csv(cases: Sequence[LabelledCase], *, hides: bool = False) -> bytes:
    """Write cases as CSV; cells that begin like a formula are made harmless."""
    columns = ("number", *COLUMNS, "start", "variables", "must_mention", "source", "author", "created_at")
    written = (case_json(case, hides=hides) for case in cases)
    rows = ([_cell(row[column]) for column in columns] for row in written)
    return to_csv([columns, *rows])


def _cell(value: Any) -> str:
    if value is None or value in ({}, []):
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
