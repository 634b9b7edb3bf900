"""Text of people's files: decoded, cut into rows or read as JSON, with the place of what is wrong."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from console.assets.errors import BadFileError
from copydesk.json_reading import RepeatedKeyError, repeated_key_at, too_deep_at, unique_object

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_KEY_CHARS = 80
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(data: bytes) -> str:
    """Decode a text file: UTF-8, or UTF-16 with its mark, as spreadsheets write “Unicode text”.

    Raises:
        BadFileError: another encoding, no text at all, or nothing in it.
    """
    encoding = "utf-16" if data[:2] in _UTF_16_MARKS else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = _("Line %(line)s is not UTF-8. Save the file as “CSV UTF-8” or plain UTF-8 text.", line=line)
        raise BadFileError(words) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        words = _("Line %(line)s holds a NUL character: this is no text file. Save it as text.", line=line)
        raise BadFileError(words)
    if not text.strip():
        raise BadFileError(_("The file is empty."))
    return text


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of CSV with the line each ends on; the first row tells comma, semicolon or tab.

    Raises:
        BadFileError: not CSV (RFC 4180), or more rows or columns than there may be.
    """
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader):
            if number > MAX_ROWS:
                raise BadFileError(too_many_rows())
            if len(row) > MAX_COLUMNS:
                raise BadFileError(too_many_columns(reader.line_num))
            yield reader.line_num, row
    except csv.Error as error:
        words = _(
            "Line %(line)s can't be read as CSV: %(why)s. Look for a quotation mark that is not closed,"
            " or not doubled inside a cell.",
            line=reader.line_num,
            why=error,
        )
        raise BadFileError(words) from error


def refuse_repeated_columns(names: Sequence[str]) -> None:
    """Refuse a table of which two columns have one name: one of two cells would be lost.

    Raises:
        BadFileError: it names the column.
    """
    for place, name in enumerate(names):
        if name and name in names[:place]:
            words = _("The column “%(name)s” is there twice; keep one.", name=name[:MAX_KEY_CHARS])
            raise BadFileError(words)


def beyond_header(header: Sequence[str], row: Sequence[str]) -> str:
    """Return what to do about a row with more cells than the header, which would be lost; "" without any."""
    if not any(cell.strip() for cell in row[len(header) :]):
        return ""
    return _("The row has more cells than the header; quote cells that hold the separator.")


def read_object(text: str) -> dict[str, Any]:
    """Read a JSON object of which no key stands twice: one of two would be lost.

    Raises:
        ValueError: it is something else; the message says where and how to mend it.
    """
    try:
        value = json.loads(text, object_pairs_hook=unique_object)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno, "why": error.msg}
        raise ValueError(
            _("Line %(line)s, column %(column)s: this is not JSON (%(why)s).", **place)
        ) from None
    except RecursionError:
        line, column = too_deep_at(text) or (1, 1)
        words = _("Line %(line)s, column %(column)s: this is nested too deeply.", line=line, column=column)
        raise ValueError(words) from None
    except RepeatedKeyError as error:
        line, column = repeated_key_at(text) or (1, 1)
        names = {"line": line, "column": column, "key": error.key[:MAX_KEY_CHARS]}
        words = _("Line %(line)s, column %(column)s: “%(key)s” stands twice in one object.", **names)
        raise ValueError(words) from None
    except ValueError:  # Python reads no number of more than 4 300 digits
        raise ValueError(_("There is a number that is too long; write it as text.")) from None
    if isinstance(value, dict):
        return value
    raise ValueError(_("Write one object: begin with { and end with }."))


def too_many_rows() -> str:
    """Return what is said of a table that is too long."""
    return _(
        "More than %(number)s rows, empty ones counted; delete those or split the file.", number=MAX_ROWS
    )


def too_many_columns(line: int) -> str:
    """Return what is said of a row that is too wide."""
    return _(
        "Line %(line)s has more than %(number)s columns; delete those that mean nothing here.",
        line=line,
        number=MAX_COLUMNS,
    )
