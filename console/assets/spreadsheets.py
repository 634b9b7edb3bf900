"""Tables of texts as CSV and XLSX: read with limits, written so that nothing runs when they are opened."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from console.assets.errors import BadFileError
from console.assets.text_files import (
    MAX_COLUMNS,
    MAX_ROWS,
    csv_rows,
    read_text,
    too_many_columns,
    too_many_rows,
)

# Reading a workbook takes half a second per megabyte of its XML.
MAX_UNPACKED_BYTES = 8 * 1024 * 1024
MAX_UNPACK_RATIO = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def read_table(data: bytes, filename: str) -> list[list[str]]:
    """Read a table of texts from CSV or XLSX; rows are as long as their last cell that is not empty.

    Raises:
        BadFileError: neither, damaged, or too large.
    """
    if data[:2] == b"PK" or filename.lower().endswith(".xlsx"):
        table = _xlsx_table(data)
    else:
        table = [row for _line, row in csv_rows(read_text(data))]
    while table and not any(cell.strip() for cell in table[-1]):
        table.pop()
    if not table:
        raise BadFileError(_("The file is empty."))
    return table


def _xlsx_table(data: bytes) -> list[list[str]]:
    try:
        if _is_bomb(data):
            words = _("The file unpacks to far too much; save it anew with only this table in it.")
            raise BadFileError(words)  # noqa: TRY301 - said in one place
        return list(_texts(_xlsx_rows(data)))
    except BadFileError:
        raise
    except SyntaxError as error:  # xml.etree's ParseError
        raise BadFileError(_("The workbook is damaged. Save it again, or as “CSV UTF-8”.")) from error
    except Exception as error:
        # What openpyxl raises on a file that no spreadsheet wrote can't be listed: nearly every built-in one.
        words = _("The file is not a readable XLSX workbook. Save it again, or as “CSV UTF-8”.")
        raise BadFileError(words) from error


def _is_bomb(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    return unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_UNPACK_RATIO * max(len(data), 1024)


def _xlsx_rows(data: bytes) -> Iterator[Sequence[Any]]:
    from openpyxl import load_workbook  # a quarter of a second that most processes do without

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the size it claims would make every row as wide
        yield from sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 2)
    finally:
        book.close()


def _texts(rows: Iterable[Sequence[Any]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS + 1:
            raise BadFileError(too_many_rows())
        beyond = row[MAX_COLUMNS:]
        if beyond.count(None) < len(beyond):
            raise BadFileError(too_many_columns(number))
        width = next(
            (place for place in range(len(row) - len(beyond), 0, -1) if row[place - 1] is not None), 0
        )
        yield [_cell_text(cell) for cell in row[:width]]


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "yes" if cell is True else "no" if cell is False else str(cell)


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as CSV (RFC 4180, UTF-8 with a byte order mark); formulas are made harmless."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Iterable[Sequence[str]], title: str) -> bytes:
    """Write rows as a workbook of one sheet; every cell is text, never a formula."""
    from openpyxl import Workbook

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
