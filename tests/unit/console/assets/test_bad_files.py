"""Files that nobody meant, and files that somebody built: a sentence with place and remedy, in bounded work.

Readers are called as the doors call them. What a file could cost is bounded by counts, not by a stopwatch: a
table that goes on after its limit ends the read there.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from openpyxl import Workbook

from console.assets.errors import BadFileError
from console.assets.spreadsheets import read_table
from console.assets.storable import MAX_ENTRIES, MAX_VALUES, refuse_unstorable
from console.assets.text_files import MAX_ROWS, csv_rows
from console.assets.transfer import import_json, import_terms
from console.errors import InvalidError
from console.golden.reading_files import read_rows
from console.quality.importing import read_cases
from copydesk.assets import Kind
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>term</t></is></c></row>'
LAUGHS = "<!DOCTYPE l [" + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "haha"}">' for n in range(9)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE l [<!ENTITY e8 SYSTEM "file:///etc/hostname">]>'
BILLION = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12)
)


def _cell(place: str, value: str, kind: str = "inlineStr") -> str:
    inner = f"<is><t>{value}</t></is>" if kind == "inlineStr" else f"<v>{value}</v>"
    return f'<c r="{place}" t="{kind}" s="1">{inner}</c>'


def workbook(rows: str, *, prolog: str = "", dimension: str = "") -> bytes:
    """Make a workbook whose one sheet has this XML; cells of style 1 are days."""
    book, made, out = Workbook(), io.BytesIO(), io.BytesIO()
    assert book.active is not None
    book.active.append(["term"])
    book.active["A1"].number_format = "yyyy-mm-dd"
    book.save(made)
    sheet = f"{prolog}<worksheet {NAMESPACE}>{dimension}<sheetData>{rows}</sheetData></worksheet>"
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            target.writestr(name, sheet.encode() if is_sheet else source.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" \n\t ", "empty"),
        (b"term\na\0b\n", "Line 2 holds a NUL"),
        (bytes(range(256)), "not UTF-8"),
        ("term\nzelt\n".encode("utf-16-le"), "Line 1 holds a NUL"),
        ("term\nM\xfctze\n".encode("latin-1"), "Line 2 is not UTF-8"),
        (b"term\n\xed\xa0\x80\n", "Line 2 is not UTF-8"),
        (b"\xff\xfe\x00\xd8", "not UTF-8"),
        (b"term\n" + b"x" * 1_000_000, "Line 2 can't be read as CSV"),
        (b'term\n"abc\n', "quotation mark that is not closed"),
        (b'term\n"abc"d\n', "Line 2 can't be read as CSV"),
        (b"term\n" + b"\n" * (MAX_ROWS + 5), "More than"),
        (b"term" + b"," * 1_000_000, "Line 1 has more than"),
        (b"term\nx" + b"," * 1_000_000, "Line 2 has more than"),
    ],
)
@pytest.mark.parametrize(
    "read", [read_table, lambda data, name: read_rows(name, data)], ids=["table", "cases"]
)
def test_a_table_of_text_is_refused_with_its_line(
    read: Callable[[bytes, str], object], data: bytes, words: str
) -> None:
    with pytest.raises(BadFileError, match=words):
        read(data, "x.csv")


def test_a_table_ends_the_read_at_its_limit() -> None:
    rows = csv_rows("a\n" * (MAX_ROWS * 3))
    assert len(list(islice(rows, MAX_ROWS + 1))) == MAX_ROWS + 1
    with pytest.raises(BadFileError, match="More than"):
        next(rows)


def test_unicode_text_of_a_spreadsheet_is_read() -> None:
    data = "term\tstatus\nM\xfctze \u202eabc\tallowed\n\u0130\xdf\ufb01\tallowed\n".encode("utf-16")
    report = import_terms({"title": "x"}, data, "x.txt")
    assert [term["term"] for term in report.content["terms"]] == ["M\xfctze \u202eabc", "\u0130\xdf\ufb01"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (workbook(HEAD + f'<row r="2">{_cell("A2", "99999999999999", "n")}</row>'), "not a readable XLSX"),
        (workbook(HEAD + f'<row r="2">{_cell("A2", "1e400", "n")}</row>'), "not a readable XLSX"),
        (workbook(HEAD + f'<row r="2">{_cell("A2", "no day", "d")}</row>'), "not a readable XLSX"),
        (workbook(HEAD + f'<row r="2">{_cell("A2", "9", "s")}</row>'), "not a readable XLSX"),
        (workbook('<row r="x"/>'), "not a readable XLSX"),
        (workbook(HEAD, dimension='<dimension ref="nonsense"/>'), "not a readable XLSX"),
        (workbook(f'<row r="1">{_cell("A1", "&e8;")}</row>', prolog=LAUGHS), "not a readable XLSX"),
        (workbook(f'<row r="1">{_cell("A1", "&e8;")}</row>', prolog=OUTSIDE), "not a readable XLSX"),
        (workbook("<a>" * 1_000), "damaged"),
        (workbook(""), "empty"),
        (workbook(HEAD + f'<row r="1048576">{_cell("A1048576", "far")}</row>'), "More than"),
        (workbook(HEAD + f'<row r="99999999999">{_cell("A99999999999", "far")}</row>'), "More than"),
        (workbook(f'<row r="1">{_cell("XFD1", "far")}</row>'), "Line 1 has more than"),
        (workbook(f'<row r="1">{_cell("GT1", "far")}</row>'), "Line 1 has more than"),
        (workbook('<row><c/></row>' * 700_000), "unpacks to far too much"),
    ],
)  # fmt: skip
def test_a_workbook_that_no_spreadsheet_wrote_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadFileError, match=words):
        read_table(data, "x.xlsx")


def test_a_wide_workbook_is_read_as_far_as_it_says_something() -> None:
    data = workbook(
        HEAD + f'<row r="2">{_cell("A2", "tent")}<c r="GR2"/></row>', dimension='<dimension ref="A1:XFD9"/>'
    )
    assert read_table(data, "x.xlsx") == [["term"], ["tent"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"title": ' + "9" * 5_000 + "}", "number that is too long"),
        ('{"title": "a", "title": "b"}', "stands twice"),
        ("[" * 100_000, "nested too deeply|Line 1"),
        ('{"title": 1e400}', "float|decimals"),
        ("{" + ",".join(f'"k{n}":1' for n in range(MAX_ENTRIES + 1)) + "}", "more than 20000 entries"),
        ('{"terms": [' + ",".join(["{}"] * (MAX_ENTRIES + 1)) + "]}", "terms: has more than 20000 entries"),
        ('{"title": "\\ud800"}', "half of a character"),
        ('{"title": "\\u0000"}', "NUL"),
        ("[]", "Write one object"),
    ],
)  # fmt: skip
def test_json_that_can_not_be_kept_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        import_json(Kind.GLOSSARY, text.encode())


def test_a_draft_of_many_small_values_is_refused_before_each_is_looked_at() -> None:
    lists = [[1] * 10_000 for _ in range(MAX_VALUES // 10_000 + 1)]
    with pytest.raises(InvalidError, match="values"):
        refuse_unstorable({"terms": lists})


@pytest.mark.parametrize("keep", ["mine", "other"])
def test_rows_that_do_not_fit_keep_their_columns_when_they_come_back(world: World, keep: str) -> None:
    add_asset(world, Kind.GLOSSARY)
    form = {
        "base": "0",
        "mode": "replace",
        "file": (io.BytesIO(f"term,status,why\n{keep},bad\n".encode()), "x.csv"),
    }
    client, url = world.client("editor"), "/w/acme/assets/glossary/glossary"
    page = client.post(f"{url}/import", data=form, content_type="multipart/form-data").text
    packed = page.partition('name="rows" value="')[2].partition('"')[0]
    back = client.post(f"{url}/bad-rows.csv", data={"rows": packed}).text.splitlines()
    assert back[0].endswith("term,status,why,problem")
    assert back[1].startswith(f"{keep},bad,,")
    with world.session() as session:
        assert asset_of(session, world, Kind.GLOSSARY).draft is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BILLION, "nested too deeply or holds too much"),
        (MERGES, "nested too deeply or holds too much"),
        ("&a [*a]", "nested too deeply or holds too much"),
        ("- " * 100_000 + "x", "Line 1: nests too deep"),
        ("x: " + "[" * 100_000, "Line 1: nests too deep"),
        ("," * 2_000_000, "Line 1: holds more than"),
        ("a: b\nc: " + "1:" * 100_000 + "1", "Line 2: a number is too long"),
        ("a: b\nc: 2026-13-45", "Line 2: month must be"),
        ("a: b\n\t- c", "Line 2: found a tab"),
        ("a: [", "Line 1: did not find"),
        ("a: !!python/object/apply:os.system [x]", "Line 1: could not determine"),
    ],
)  # fmt: skip
def test_yaml_of_cases_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(BadFileError, match=words):
        read_rows("tests.yaml", text.encode())


def test_lines_of_cases_that_can_not_be_stored_are_reported_and_the_others_kept() -> None:
    lines = [
        r'{"title": "a\ud800"}',
        r'{"title": "\u0000"}',
        '{"title": ' + "9" * 5_000 + "}",
        '{"title": "b"}',
    ]
    sheet = read_rows("cases.jsonl", "\n".join(lines).encode())
    assert [row.number for row in sheet.rows] == [4]
    assert [(note.row, note.column) for note in sheet.notes] == [(1, "title"), (2, "title"), (3, "")]
    assert all(note.value.isprintable() and note.remedy for note in sheet.notes)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: "{}\n" * (MAX_ROWS + 1), "More than"),
        (lambda: '{"a": [' + "1," * 250_000 + "1]}", "holds too much"),
        (lambda: "\n".join(['{"a": [' + "1," * 9_000 + "1]}"] * 30), "holds too much"),
    ],
)
def test_more_lines_of_cases_than_a_set_could_hold_are_refused(make: Callable[[], str], words: str) -> None:
    with pytest.raises(BadFileError, match=words):
        read_rows("cases.jsonl", make().encode())


def _labelled(**odd: Any) -> str:
    return json.dumps({"check": "glossary", "expects": "none", "text": "An outlet.", **odd})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r'{"check": "\ud800"}', "half of a character"),
        ('{"start": ' + "9" * 5_000 + "}", "a number of more than 4300 digits"),
        ("[" * 5_000, "nested more than 100 levels"),
        (_labelled(**{f"k{n}": 1 for n in range(200)}), "more than 100 fields"),
        (_labelled(note="x" * 200_000), "longer than"),
        (_labelled(must_mention=[1] * 5_000), "At most 100 facts"),
    ],
)
def test_a_labelled_line_that_does_not_fit_is_reported_and_the_others_kept(line: str, words: str) -> None:
    found = read_cases("cases.jsonl", f"{line}\n{_labelled()}\n".encode())
    assert [row for row, _case in found.cases] == [2]
    assert {note.row for note in found.refused} == {1}
    assert words in " ".join(note.remedy for note in found.refused)
    assert all(note.value.encode() is not None for note in found.refused)


def test_labelled_lines_end_the_read_at_their_limit() -> None:
    with pytest.raises(BadFileError, match="More than 1000 rows"):
        read_cases("cases.jsonl", b"{}\n" * 500_000)
