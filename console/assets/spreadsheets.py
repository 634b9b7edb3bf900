"""Tables of texts as CSV and XLSX: read with limits, written so that nothing runs when they are opened."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from console.errors import InvalidError
from copydesk.errors import Problem

MAX_ROWS = 20_000
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_UNPACK_RATIO = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def read_table(data: bytes, filename: str) -> list[list[str]]:
    """Read a table of texts from CSV or XLSX.

    Raises:
        InvalidError: neither, damaged, or too large.
    """
    if data[:2] == b"PK" or filename.lower().endswith(".xlsx"):
        rows: Iterable[Sequence[Any]] = _xlsx_rows(data)
    else:
        rows = _csv_rows(data)
    table: list[list[str]] = []
    for row in rows:
        table.append([_cell_text(cell) for cell in row])
        if len(table) > MAX_ROWS + 1:
            raise refused(_("More than %(number)s rows; split the file.", number=MAX_ROWS))
    while table and not any(cell.strip() for cell in table[-1]):
        table.pop()
    if not table:
        raise refused(_("The file is empty."))
    return table


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "yes" if cell is True else "no" if cell is False else str(cell)


def _csv_rows(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refused(_("Line %(line)s is not UTF-8. Save the file as “CSV UTF-8”.", line=line)) from error
    if "\x00" in text:
        raise refused(_("The file is not CSV. Choose a CSV or XLSX file."))
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise refused(_("The file is not valid CSV: %(why)s.", why=error)) from error


def _xlsx_rows(data: bytes) -> list[Sequence[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_UNPACK_RATIO * max(len(data), 1024):
            raise refused(_("The file unpacks to far too much; save it anew with only the glossary in it."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            return list(sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 2, max_col=200))
        finally:
            book.close()
    except InvalidError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        IndexError,
    ) as error:
        raise refused(
            _("The file is not a readable XLSX workbook. Save it again, or as “CSV UTF-8”.")
        ) from error
    except SyntaxError as error:  # xml.etree's ParseError
        raise refused(_("The workbook is damaged. Save it again, or as “CSV UTF-8”.")) from error


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as CSV (RFC 4180, UTF-8 with a byte order mark); formulas are made harmless."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """Write rows as a workbook of one sheet; every cell is text, never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(char for char in title if char not in "[]:*?/\\")[:31] or "Sheet")
    for row in rows:
        sheet.append([_guarded(_printable(cell)) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _printable(text: str) -> str:
    # Characters that XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets).
    return "".join(char for char in text if char in "\t\n\r" or ord(char) >= 0x20)


def _guarded(text: str) -> str:
    # A cell that begins like a formula would run when somebody opens the file (OWASP: CSV injection).
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def without_guard(text: str) -> str:
    """Take off the mark that an export puts before a cell that begins like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def refused(message: str) -> InvalidError:
    """Return the error of a file that is refused as a whole."""
    return InvalidError([Problem("file", message)])
