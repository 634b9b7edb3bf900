"""Files into rows: what format a file has, where its rows are, and what is wrong with it as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml
from flask_babel import gettext as _

from console.assets.errors import BadFileError
from console.assets.text_files import MAX_ROWS, beyond_header, csv_rows, read_text, too_many_rows
from console.web.strict_json import first_unfit
from copydesk.yaml_reading import YamlLimitError, place_of, read_yaml

MAX_NODES = 200_000
MAX_DEPTH = 40
PROMPTFOO_COLUMNS = (
    "__expected",
    "__description",
    "__prefix",
    "__suffix",
    "__metric",
    "__threshold",
    "__metadata",
)
KNOWN_PREFIXES = ("var:", "expect:")
KNOWN_COLUMNS = frozenset(
    "id title prompt audience channel locale segment must_mention expect text notes tags".split()
)


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something about a row of a file: which column, what stood there, and how to mend it."""

    row: int
    column: str
    value: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row: `number` counts as an editor or spreadsheet does; `is_text`: cells of a table, all text."""

    number: int
    data: Mapping[str, Any]
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file; `format` is csv, jsonl, json, yaml or promptfoo."""

    format: str
    rows: tuple[FileRow, ...]
    notes: tuple[RowNote, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)


def read_rows(filename: str, data: bytes) -> Sheet:
    """Read a file into rows by its name and its first character.

    Raises:
        BadFileError: it is no text, empty, or no file of a known format.
    """
    text = read_text(data)
    ending = filename.lower().rpartition(".")[2]
    if ending in {"yaml", "yml"}:
        return _yaml(text)
    if ending in {"jsonl", "ndjson"} or (ending != "csv" and text.lstrip()[0] == "{" and ending != "json"):
        return _json_lines(text)
    if ending == "json":
        return _json(text)
    return _csv(text)


def _csv(text: str) -> Sheet:
    rows: list[FileRow] = []
    notes: list[RowNote] = []
    header: list[str] = []
    for line, cells in csv_rows(text):
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            continue
        if remedy := beyond_header(header, cells):
            notes.append(RowNote(line, "", cells[len(header)][:200], remedy))
        rows.append(FileRow(line, dict(zip(header, cells, strict=False)), is_text=True))
    is_foreign = any(name.startswith(PROMPTFOO_COLUMNS) for name in header) or not (
        {"title", "prompt"} & set(header)
    )
    if is_foreign:
        return Sheet("promptfoo", tuple(rows), tuple(notes))
    return Sheet("csv", tuple(rows), (*_header_notes(header), *notes))


def _header_notes(header: list[str]) -> Iterator[RowNote]:
    for position, name in enumerate(header):
        if name in header[:position]:
            yield RowNote(1, name, name, _("The column is there twice; the last one counts."))
        if name and name not in KNOWN_COLUMNS and not name.startswith(KNOWN_PREFIXES):
            remedy = _(
                "This column means nothing here and was left out. Variables are columns such as var:%(n)s.",
                n=name,
            )
            yield RowNote(1, name, name, remedy)


def _json_lines(text: str) -> Sheet:
    rows: list[FileRow] = []
    notes: list[RowNote] = []
    values = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(rows) + len(notes) >= MAX_ROWS:
            raise BadFileError(too_many_rows())
        value = _object(line)
        values += _count([value])
        if values > MAX_NODES:
            raise BadFileError(_("The file is nested too deeply or holds too much. Split it."))
        if value is None:
            remedy = _("The line is no JSON object. Write one case per line.")
            notes.append(RowNote(number, "", line[:200], remedy))
        else:
            _take(number, value, rows, notes)
    return Sheet("jsonl", tuple(rows), tuple(notes))


def _take(number: int, data: dict[str, Any], rows: list[FileRow], notes: list[RowNote]) -> None:
    """Add data to the rows, or what keeps it from being stored to the notes."""
    problem = first_unfit(data)
    if problem is None:
        rows.append(FileRow(number, data))
    else:
        notes.append(RowNote(number, problem.path, "", _("Left out: it %(why)s.", why=problem.message)))


def _object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _json(text: str) -> Sheet:
    try:
        value = json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return _json_lines(text)
        raise BadFileError(
            _("Line %(line)s is no JSON: %(error)s.", line=error.lineno, error=error.msg)
        ) from error
    except RecursionError as error:
        raise BadFileError(_("The file is nested too deeply.")) from error
    except ValueError as error:  # Python reads no number of more than 4 300 digits
        raise BadFileError(_("There is a number that is too long; write it as text.")) from error
    return _document("json", value)


def _yaml(text: str) -> Sheet:
    try:
        value = read_yaml(text, max_depth=MAX_DEPTH, max_values=MAX_NODES)
    except YamlLimitError as error:
        words = _("The file is nested too deeply or holds too much. Split it.")
        raise BadFileError(_at_line(error, text, words)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise BadFileError(_at_line(error, text, _("The file can't be read as YAML."))) from error
    return _document("yaml", value)


def _at_line(error: Exception, text: str, otherwise: str) -> str:
    place = place_of(error, text) if isinstance(error, yaml.MarkedYAMLError) else None
    if place is None:
        return otherwise
    return _("Line %(line)s: %(why)s.", line=place[0], why=getattr(error, "problem", "") or "")


def _document(name: str, value: Any) -> Sheet:
    if not _is_small(value):
        raise BadFileError(_("The file is nested too deeply or holds too much. Split it."))
    value = _plain(value)
    if isinstance(value, dict) and ("tests" in value or "prompts" in value or "scenarios" in value):
        return _promptfoo(value)
    if isinstance(value, dict) and isinstance(value.get("cases"), list):
        value = value["cases"]
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise BadFileError(_("The file holds no list of cases and no promptfoo tests."))
    rows: list[FileRow] = []
    notes: list[RowNote] = []
    for number, item in enumerate(value, start=1):
        if isinstance(item, dict):
            _take(number, item, rows, notes)
        else:
            notes.append(RowNote(number, "", str(item)[:200], _("This entry is no case.")))
    return Sheet(name, tuple(rows), tuple(notes))


def _promptfoo(config: dict[str, Any]) -> Sheet:
    tests = config.get("tests")
    notes = [
        RowNote(0, name, _short(config[name]), _("Not imported: %(why)s", why=why))
        for name, why in _unread().items()
        if config.get(name)
    ]
    if not isinstance(tests, list):
        if tests is not None:
            remedy = _("Tests in another file: import that file.")
            notes.append(RowNote(0, "tests", _short(tests), remedy))
        tests = []
    default = config.get("defaultTest")
    default = default if isinstance(default, dict) else {}
    rows: list[FileRow] = []
    for number, test in enumerate(tests, start=1):
        if isinstance(test, dict):
            _take(number, _with_default(test, default), rows, notes)
        else:
            notes.append(RowNote(number, "", _short(test), _("Tests in another file: import that file.")))
    return Sheet("promptfoo", tuple(rows), tuple(notes))


def _unread() -> dict[str, str]:
    return {
        "prompts": _("prompts are assets of their own here"),
        "providers": _("the model is pinned by the prompt"),
        "scenarios": _("write their cases out as tests"),
        "evaluateOptions": _("a run has its own settings"),
        "derivedMetrics": _("the gate has its own figures"),
        "transformVars": _("scripts are not run"),
        "extensions": _("scripts are not run"),
    }


def _with_default(test: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    merged = {**default, **test}
    for name in ("vars", "metadata"):
        base, own = default.get(name), test.get(name)
        if isinstance(base, dict):
            merged[name] = {**base, **own} if isinstance(own, dict) else (own if own is not None else base)
    base, own = default.get("assert"), test.get("assert")
    if isinstance(base, list):
        merged["assert"] = [*base, *(own if isinstance(own, list) else [])]
    return merged


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _is_small(value: Any) -> bool:
    return _count(value) <= MAX_NODES


def _count(value: Any) -> int:
    """Return how many values there are when data is written out; beyond `MAX_NODES` where it is too deep."""
    count, stack = 0, [(value, 0)]
    while stack:
        item, depth = stack.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            return MAX_NODES + 1
        if isinstance(item, dict):
            stack += [(inner, depth + 1) for inner in item.values()]
        elif isinstance(item, list | tuple | set):
            stack += [(inner, depth + 1) for inner in item]
    return count


def _plain(value: Any) -> Any:
    """Return YAML data as JSON data: days as ISO 8601, decimals as text, keys as text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value
