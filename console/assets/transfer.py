"""Reading and writing assets as files: glossaries as CSV and XLSX, Vale styles, any asset as JSON.

A bad row never stops the good ones: each is reported with its row, its column and how to mend it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from console.assets.errors import BadFileError
from console.assets.items import make_id, problems_of
from console.assets.projection import SHAPES, items_of
from console.assets.spreadsheets import read_table, without_guard
from console.assets.storable import refuse_unstorable
from console.assets.text_files import beyond_header, read_object, read_text, refuse_repeated_columns
from console.errors import InvalidError
from copydesk.assets import Kind
from copydesk.assets.glossary import Term

Json = Mapping[str, Any]
MAX_CELL_CHARS = 20_000
LIST_SIGN = ";"
PAIR_SIGN = "="

COLUMNS = (
    "id", "term", "status", "use_instead", "variants", "severity", "language", "part_of_speech", "case_rule",
    "inflect", "match_disguised", "match_in_compounds", "why", "example_good", "example_bad", "equivalents",
    "audiences", "channels", "locales", "prompts",
)  # fmt: skip
_LISTS = frozenset({"variants", "audiences", "channels", "locales", "prompts"})
_FLAGS = frozenset({"inflect", "match_disguised", "match_in_compounds"})
_SCOPE = frozenset({"audiences", "channels", "locales", "prompts"})
_LOWER = frozenset({"status", "severity", "part_of_speech", "case_rule"})
_YES = frozenset({"yes", "true", "1", "x", "ja"})
_NO = frozenset({"no", "false", "0", "", "nein"})


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one row, and how to mend it; `row` counts from 1 with the heading as row 1."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import would change: the new content, how many rows did what, and the rows that did not fit."""

    content: dict[str, Any]
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: tuple[RowProblem, ...] = ()
    bad_rows: tuple[tuple[str, ...], ...] = ()
    header: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()

    @property
    def good(self) -> int:
        """How many rows are in the draft now."""
        return self.added + self.changed + self.unchanged


@dataclass(slots=True)
class _Tally:
    content: list[dict[str, Any]]
    places: dict[str, int] = field(default_factory=dict)
    words: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"added": 0, "changed": 0, "unchanged": 0})
    problems: list[RowProblem] = field(default_factory=list)
    bad_rows: list[tuple[str, ...]] = field(default_factory=list)


def import_terms(content: Json, data: bytes, filename: str, *, keep_present: bool = False) -> ImportReport:
    """Read a glossary from CSV (UTF-8, comma or semicolon) or XLSX into a content.

    Args:
        content: the glossary as it is; terms of the same id, or of the same words and language, are replaced.
        keep_present: leave those as they are instead.

    Raises:
        InvalidError: no such file at all: wrong format, encoding, too large, or without a `term` column.
    """
    return import_rows(content, read_table(data, filename), keep_present=keep_present)


def import_rows(content: Json, table: Sequence[Sequence[str]], *, keep_present: bool = False) -> ImportReport:
    """Read rows, the first one naming the columns, into a glossary's content.

    Raises:
        InvalidError: no `term` column.
    """
    header = tuple(_column(cell) for cell in table[0]) if table else ()
    if "term" not in header:
        raise BadFileError(
            _("The first row has to name the columns, one of them “term”. Export a glossary to see how.")
        )
    refuse_repeated_columns([name for name in header if name in COLUMNS])
    tally = _Tally(items_of(content, "terms"))
    for place, item in enumerate(tally.content):
        tally.places[str(item.get("id"))] = place
        tally.words.setdefault(_words_key(item), []).append(place)
    for number, row in enumerate(table[1:], start=2):
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if name in COLUMNS}
        if lost := beyond_header(header, row):
            tally.problems.append(RowProblem(number, "", lost))
            tally.bad_rows.append(tuple(row))
        elif any(cells.values()):
            _take_row(tally, number, cells, tuple(row), keep_present=keep_present)
    return ImportReport(
        content={**content, "terms": tally.content},
        **tally.counts,
        problems=tuple(tally.problems),
        bad_rows=tuple(tally.bad_rows),
        header=tuple(str(cell) for cell in table[0]),
        ignored_columns=tuple(name for name in header if name and name not in COLUMNS),
    )


def _take_row(
    tally: _Tally, number: int, cells: Mapping[str, str], row: tuple[str, ...], *, keep_present: bool
) -> None:
    made, problems = _term_of(cells)
    place = _present_place(tally, made)
    if not made.get("id"):
        made["id"] = (
            tally.content[place]["id"]
            if place is not None
            else make_id(str(made.get("term", "")), tally.places)
        )
    before = tally.content[place] if place is not None else {}
    whole = {**before, **made}
    problems += [
        (p.path.removeprefix("scope.").partition(".")[0], p.message) for p in problems_of(Term, whole)
    ]
    if problems:
        tally.problems += [RowProblem(number, column, message) for column, message in problems]
        tally.bad_rows.append(row)
        return
    term = Term.model_validate(whole).model_dump(mode="json")
    if place is None:
        tally.places[term["id"]] = len(tally.content)
        tally.words.setdefault(_words_key(term), []).append(len(tally.content))
        tally.content.append(term)
        tally.counts["added"] += 1
    elif keep_present or Term.model_validate(before or whole).model_dump(mode="json") == term:
        tally.counts["unchanged"] += 1
    else:
        tally.content[place] = term
        tally.counts["changed"] += 1


def _present_place(tally: _Tally, made: Json) -> int | None:
    if made.get("id"):
        return tally.places.get(str(made["id"]))
    for place in tally.words.get(_words_key(made), ()):
        item = tally.content[place]
        if "scope" not in made or _plain_scope(item) == _plain_scope(made):
            return place
    return None


def _words_key(item: Json) -> tuple[str, str]:
    return (str(item.get("term", "")).casefold(), str(item.get("language") or "en"))


def _plain_scope(item: Json) -> dict[str, list[str]]:
    scope = item.get("scope")
    return (
        {name: list(values) for name, values in scope.items() if values} if isinstance(scope, Mapping) else {}
    )


def _term_of(cells: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    made: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    scope: dict[str, list[str]] = {}
    for name, cell in cells.items():
        text = without_guard(cell)
        if len(text) > MAX_CELL_CHARS:
            problems.append((name, _("Too long: at most %(number)s characters.", number=MAX_CELL_CHARS)))
        elif name in _SCOPE:
            scope[name] = _split(text)
        elif name in _LISTS:
            made[name] = _split(text)
        elif name == "equivalents":
            made[name] = _pairs(text, problems)
        elif name in _FLAGS:
            if text.lower() not in _YES | _NO:
                problems.append((name, _("Write yes or no.")))
            elif text:
                made[name] = text.lower() in _YES
        elif text or name not in {"severity", "language", "case_rule", "id"}:
            made[name] = text.lower() if name in _LOWER else text
    if scope:
        made["scope"] = scope
    return made, problems


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(LIST_SIGN) if part.strip()]


def _pairs(text: str, problems: list[tuple[str, str]]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in _split(text):
        left, sign, right = (side.strip() for side in part.partition(PAIR_SIGN))
        if not sign or not right:
            problems.append(
                ("equivalents", _("Write a language and a word, such as de=Zelt; separate with ;"))
            )
            continue
        pairs[left] = right
    return pairs


def _column(cell: str) -> str:
    return without_guard(cell).strip().lower().replace(" ", "_")


def export_terms(content: Json) -> list[list[str]]:
    """Return a glossary as rows of texts, the first naming the columns."""
    return [
        list(COLUMNS),
        *([_export_cell(term, name) for name in COLUMNS] for term in items_of(content, "terms")),
    ]


def _export_cell(term: Json, name: str) -> str:
    scope = term.get("scope")
    value = (scope.get(name) if isinstance(scope, Mapping) else None) if name in _SCOPE else term.get(name)
    if value is None and name == "inflect":
        value = True
    if isinstance(value, Mapping):
        return f"{LIST_SIGN} ".join(f"{left}{PAIR_SIGN}{right}" for left, right in value.items())
    if isinstance(value, list | tuple):
        return f"{LIST_SIGN} ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def to_json(content: Json) -> bytes:
    """Write a content as JSON for people to read."""
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def import_json(kind: str, data: bytes) -> dict[str, Any]:
    """Read a whole content from JSON.

    Raises:
        InvalidError: no JSON object, or one that does not fit the kind; names every place.
    """
    text = read_text(data)
    try:
        content = read_object(text)
    except ValueError as error:
        raise BadFileError(str(error)) from error
    refuse_unstorable(content)
    problems = problems_of(SHAPES[kind].model, content)
    if problems:
        raise InvalidError(problems)
    return SHAPES[kind].model.model_validate(content).model_dump(mode="json")


def formats_of(kind: str) -> tuple[str, ...]:
    """Return the file formats a kind can be exported to."""
    more = {Kind.GLOSSARY: ("csv", "xlsx"), Kind.STYLE_GUIDE: ("zip",)}
    return ("json", *more.get(Kind(kind), ()))
