"""Cases in files: CSV and JSONL out; CSV, JSONL, JSON, YAML and promptfoo test files in, row by row.

A row that does not fit is refused with its column and how to mend it; the good rows are kept.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from console.assets.errors import BadFileError
from console.assets.items import make_id
from console.golden import promptfoo
from console.golden.editing import CASES, cases_of
from console.golden.forms import case_problems
from console.golden.reading_files import FileRow, RowNote, read_rows
from console.golden.variable_fields import read_list, read_typed, show
from console.golden.vocabulary import Vocabulary

Json = Mapping[str, Any]
MAX_CASES = 5_000
VARIABLE, EXPECT = "var:", "expect:"
TEXT_COLUMNS = ("id", "title", "prompt", "audience", "channel", "locale", "segment")
COLUMNS = (*TEXT_COLUMNS, "must_mention", "expect", "text", "notes", "tags")
LISTS = frozenset({"must_mention", "tags"})
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Import:
    """What a file holds: good cases with their rows, refused rows, and what could not be taken over."""

    format: str
    cases: tuple[tuple[int, dict[str, Any]], ...]
    refused: tuple[RowNote, ...]
    left_out: tuple[RowNote, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did."""

    format: str
    added: int
    replaced: int
    kept: int
    refused: tuple[RowNote, ...]
    left_out: tuple[RowNote, ...]

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return len({note.row for note in self.refused})


def read_import(filename: str, data: bytes, words: Vocabulary, *, prompt: str = "") -> Import:
    """Read a file of cases.

    Args:
        filename: its ending says the format where the content does not.
        data: the file's bytes.
        words: the policy's prompts and facts.
        prompt: the prompt that promptfoo tests become cases of.

    Raises:
        BadFileError: the file can't be read at all.
    """
    sheet = read_rows(filename, data)
    cases: list[tuple[int, dict[str, Any]]] = []
    refused: list[RowNote] = []
    left_out = list(sheet.notes)
    is_foreign = False
    for row in sheet.rows:
        if sheet.format == "promptfoo" or (not row.is_text and promptfoo.is_test(row.data)):
            is_foreign = True
            made = promptfoo.read_test(row, words, prompt=prompt)
            left_out += made.left_out
            found, problems = made.cases, list(made.refused)
        else:
            case, problems = _case(row, words)
            found = (case,) if case is not None else ()
        refused += problems
        for case in found:
            problems = _problems(row, case, words)
            refused += problems
            if not problems:
                cases.append((row.number, case))
    name = "promptfoo" if is_foreign else sheet.format
    return _without_repeats(Import(name, tuple(cases), tuple(refused), tuple(left_out)))


def merge(content: Json, found: Import, *, mode: str) -> tuple[dict[str, Any], ImportReport]:
    """Put imported cases into a content.

    Args:
        mode: `replace` or `keep` cases with an id that is there already.
    """
    cases = cases_of(content)
    places = {CASES.key(case): place for place, case in enumerate(cases)}
    added = replaced = kept = 0
    for _row, case in found.cases:
        key = CASES.key(case) or make_id(str(case["title"]), places)
        named = {**case, "id": key}
        if key not in places:
            places[key] = len(cases)
            cases.append(named)
            added += 1
        elif mode == "replace":
            cases[places[key]] = named
            replaced += 1
        else:
            kept += 1
    if len(cases) > MAX_CASES:
        raise BadFileError(_("A golden set holds at most %(most)s cases. Split it.", most=MAX_CASES))
    report = ImportReport(found.format, added, replaced, kept, found.refused, found.left_out)
    return {**content, "cases": cases}, report


def _without_repeats(found: Import) -> Import:
    seen: dict[str, int] = {}
    cases, repeats = [], []
    for row, case in found.cases:
        key = CASES.key(case)
        if key and key in seen:
            remedy = _("Row %(row)s has this id already. Give each case its own.", row=seen[key])
            repeats.append(RowNote(row, "id", key, remedy))
            continue
        seen[key] = row
        cases.append((row, case))
    refused = sorted([*found.refused, *repeats], key=lambda note: note.row)
    return Import(found.format, tuple(cases), tuple(refused), found.left_out)


def _case(row: FileRow, words: Vocabulary) -> tuple[dict[str, Any] | None, list[RowNote]]:
    if not row.is_text:
        return dict(row.data), []
    case: dict[str, Any] = {"variables": {}, "expect": {"outcome": None, "checks": {}}}
    notes: list[RowNote] = []
    # The prompt first: it declares of what type the variables are.
    for column, cell in sorted(row.data.items(), key=lambda pair: pair[0] != "prompt"):
        try:
            _read_cell(case, column, restore_cell(str(cell)), words)
        except ValueError as error:
            notes.append(RowNote(row.number, column, str(cell), str(error)))
    return (None if notes else case), notes


def _read_cell(case: dict[str, Any], column: str, cell: str, words: Vocabulary) -> None:
    if not cell.strip():
        return
    if column in LISTS:
        case[column] = [str(item) for item in read_list(cell.replace(",", ";") if column == "tags" else cell)]
    elif column == "expect":
        case["expect"]["outcome"] = cell.strip().lower()
    elif column.startswith(EXPECT):
        case["expect"]["checks"][column.removeprefix(EXPECT)] = cell.strip().lower()
    elif column.startswith(VARIABLE):
        name = column.removeprefix(VARIABLE)
        case["variables"][name] = _variable(case, name, cell, words)
    elif column in COLUMNS:
        case[column] = cell.strip() if column in TEXT_COLUMNS else cell
    # Other columns were said of the header row.


def _variable(case: Json, name: str, cell: str, words: Vocabulary) -> Any:
    prompt = words.prompts.get(str(case.get("prompt") or ""))
    declared = next((v for v in prompt.variables if v.name == name), None) if prompt else None
    return read_typed(declared, cell) if declared else cell


def _problems(row: FileRow, case: Json, words: Vocabulary) -> list[RowNote]:
    data = {**case, "id": case.get("id") or "new"}
    notes = []
    for problem in case_problems(data, words):
        column = _column(problem.path) if row.is_text else problem.path
        value = row.data.get(column, "") if row.is_text else _at(case, problem.path)
        notes.append(RowNote(row.number, column, "" if value is None else show(value)[:200], problem.message))
    return notes


def _column(path: str) -> str:
    head, _dot, rest = path.partition(".")
    if head == "variables":
        return f"{VARIABLE}{rest}"
    if head == "expect":
        return f"{EXPECT}{rest.removeprefix('checks.')}" if rest.startswith("checks.") else "expect"
    return head


def _at(case: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(case, Mapping):
            case = case.get(part)
        elif isinstance(case, list) and part.isdecimal() and int(part) < len(case):
            case = case[int(part)]
        else:
            return None
    return case


def export_jsonl(content: Json) -> str:
    """Return cases as JSON lines, one case each."""
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases_of(content))


def export_csv(content: Json) -> str:
    """Return cases as CSV (RFC 4180) with a column per variable and per expected check.

    Cells that a spreadsheet would run as a formula are neutralised with an apostrophe, which the import takes
    off again.
    """
    cases = cases_of(content)
    variables = _keys(case.get("variables") for case in cases)
    checks = _keys(_expect(case).get("checks") for case in cases)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    header = [*COLUMNS, *(f"{EXPECT}{name}" for name in checks), *(f"{VARIABLE}{name}" for name in variables)]
    writer.writerow([neutralise_cell(name) for name in header])
    for case in cases:
        writer.writerow([neutralise_cell(cell) for cell in _cells(case, checks, variables)])
    return out.getvalue()


def _cells(case: Json, checks: Sequence[str], variables: Sequence[str]) -> Iterable[str]:
    for column in COLUMNS:
        value = _expect(case).get("outcome") if column == "expect" else case.get(column)
        yield _cell(value)
    expected = _expect(case).get("checks")
    yield from (_cell(expected.get(name)) if isinstance(expected, Mapping) else "" for name in checks)
    given = case.get("variables")
    yield from (_cell(given.get(name)) if isinstance(given, Mapping) else "" for name in variables)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        is_plain = all(isinstance(item, str) and item == item.strip() and item for item in value)
        joined = "\n".join(map(str, value))
        if is_plain and len(value) > 1 and len(joined.splitlines()) == len(value) and joined[0] != "[":
            return joined
        return json.dumps(value, ensure_ascii=False) if value else ""
    return show(value)


def _expect(case: Json) -> Json:
    expect = case.get("expect")
    return expect if isinstance(expect, Mapping) else {}


def _keys(objects: Iterable[Any]) -> list[str]:
    return sorted({str(key) for item in objects if isinstance(item, Mapping) for key in item})


def neutralise_cell(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run (OWASP, CSV injection); numbers stay."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def restore_cell(cell: str) -> str:
    """Take the apostrophe of `neutralise_cell` off again."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
