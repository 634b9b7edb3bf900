"""Files in and out: good rows are kept, bad ones come back with what to do, nothing runs in a spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from console.assets import operations, spreadsheets, transfer
from console.demo.content import load_demo
from console.errors import InvalidError
from copydesk.assets import Kind, parse
from tests.factories.assets import add_asset, asset_of
from tests.factories.console import World

GLOSSARY = "/w/acme/assets/glossary/glossary"
BAD = """term,status,use_instead,variants,inflect,locales,equivalents,colour
kit,allowed,,gear; stuff,yes,en-GB,de=Zeug,blue
,forbidden,,,,,,
shop,wanted,,,maybe,english,Laden,
outlet,deprecated,store,,no,,,
"""


def _demo() -> dict[str, Any]:
    glossary = next(asset for asset in load_demo().assets if asset.kind == Kind.GLOSSARY)
    return parse(Kind.GLOSSARY, glossary.content).to_json()


def _upload(world: World, data: bytes, name: str, base: int = 0, **more: str) -> Any:
    form = {"base": str(base), "mode": "replace", **more, "file": (io.BytesIO(data), name)}
    return world.client("editor").post(f"{GLOSSARY}/import", data=form, content_type="multipart/form-data")


def test_good_rows_are_in_the_draft_and_bad_ones_are_reported_with_what_to_do(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    answer = _upload(world, BAD.encode(), "terms.csv")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.text)
    assert "2 entries are in the draft" in text
    assert re.search(r"3\s+term\s+Fill this in", text)
    assert re.search(r"4\s+status\s+Choose one of", text)
    assert re.search(r"4\s+inflect\s+Write yes or no", text)
    assert re.search(r"4\s+locales\s+Write a language", text)
    assert re.search(r"4\s+equivalents\s+Write a language and a word", text)
    assert "colour" in text
    with world.session() as session:
        draft = asset_of(session, world, Kind.GLOSSARY).draft
        assert draft
        terms = {term["id"]: term for term in draft.content["terms"]}
    assert terms["kit"]["variants"] == ["gear", "stuff"]
    assert terms["outlet"]["status"] == "deprecated", "a row with known words changes that term"
    assert terms["outlet"]["why"] == "We have shops.", "columns the file lacks stay as they were"
    packed = re.search(r'name="rows" value="([^"]*)"', answer.text)
    assert packed
    back = world.client("editor").post(f"{GLOSSARY}/bad-rows.csv", data={"rows": packed[1]})
    rows = list(csv.reader(io.StringIO(back.data.decode("utf-8-sig"))))
    assert rows[0][-1] == "problem"
    assert [row[1] for row in rows[1:]] == ["forbidden", "wanted"]
    assert "status: Choose one of" in rows[2][-1]


@pytest.mark.parametrize("write", ["csv", "xlsx"])
def test_an_export_that_is_imported_again_changes_nothing(write: str) -> None:
    content = _demo()
    rows = transfer.export_terms(content)
    data = spreadsheets.to_csv(rows) if write == "csv" else spreadsheets.to_xlsx(rows, "Words [1]")
    report = transfer.import_terms(content, data, f"x.{write}")
    assert report.problems == ()
    assert (report.added, report.changed, report.unchanged) == (0, 0, len(content["terms"]))
    empty = transfer.import_terms({"title": "x"}, data, f"x.{write}")
    without_forms = [{**term, "inflections": []} for term in content["terms"]]
    assert empty.content["terms"] == without_forms


def test_formulas_do_not_run_when_an_export_is_opened() -> None:
    nasty = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]
    terms = [{"id": f"t{n}", "term": text, "status": "allowed"} for n, text in enumerate(nasty)]
    rows = transfer.export_terms({"title": "x", "terms": terms})
    written = list(csv.reader(io.StringIO(spreadsheets.to_csv(rows).decode("utf-8-sig"), newline="")))
    assert all(row[1].startswith("'") for row in written[1:])
    sheet = load_workbook(io.BytesIO(spreadsheets.to_xlsx(rows, "x"))).worksheets[0]
    assert {cell.data_type for cell in sheet["B"]} == {"s"}
    back = transfer.import_terms({"title": "x"}, spreadsheets.to_csv(rows), "x.csv")
    assert [term["term"] for term in back.content["terms"]] == [text.strip() for text in nasty]


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), min_size=1, max_size=5))
def test_whatever_stands_in_the_cells_an_import_answers(rows: list[list[str]]) -> None:
    try:
        report = transfer.import_rows({"title": "x"}, [["term", "status", "variants", "equivalents"], *rows])
    except InvalidError:
        return
    assert report.good + len({problem.row for problem in report.problems}) <= len(rows)
    parse(Kind.GLOSSARY, report.content)


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda data: b"PK\x03\x04" + data))
def test_bytes_that_are_no_table_are_refused_in_words(data: bytes) -> None:
    for name in ("x.csv", "x.xlsx"):
        with contextlib.suppress(InvalidError):
            assert spreadsheets.read_table(data, name)


def test_a_file_that_unpacks_to_too_much_is_refused_unread() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(InvalidError, match="unpacks to far too much"):
        spreadsheets.read_table(out.getvalue(), "bomb.xlsx")


def test_a_row_longer_than_its_header_loses_nothing(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    rows = b"term,status,why\nmoor,forbidden,Nobody lives, on a moor\ncairn,allowed,Right,,\n"
    answer = _upload(world, rows, "terms.csv")
    assert "more cells than the header; quote cells" in answer.text
    packed = re.search(r'name="rows" value="([^"]*)"', answer.text)
    assert packed
    bad = world.client("editor").post(f"{GLOSSARY}/bad-rows.csv", data={"rows": packed[1]}).text
    assert "on a moor" in bad
    assert "cairn" not in bad
    with world.session() as session:
        draft = asset_of(session, world, Kind.GLOSSARY).draft
        assert draft
        assert {"cairn"} == {term["id"] for term in draft.content["terms"]} & {"cairn", "moor"}


@pytest.mark.parametrize(
    "rows",
    [[["term", "why", "term"], ["a", "b", "c"]], [["Term", "status", " term "], ["a", "allowed", "c"]]],
)
def test_two_columns_of_one_name_are_refused(rows: list[list[str]]) -> None:
    with pytest.raises(InvalidError, match="“term” is there twice"):
        transfer.import_rows({"title": "x"}, rows)


def test_a_semicolon_file_and_numbers_in_a_workbook_are_read() -> None:
    report = transfer.import_terms({"title": "x"}, b"Term;Status\nzelt;allowed\n", "x.csv")
    assert [term["term"] for term in report.content["terms"]] == ["zelt"]
    book = Workbook()
    assert book.active is not None
    book.active.append(["term", "status", "inflect"])
    book.active.append([365, "allowed", False])
    out = io.BytesIO()
    book.save(out)
    report = transfer.import_terms({"title": "x"}, out.getvalue(), "x.xlsx")
    assert (report.content["terms"][0]["term"], report.content["terms"][0]["inflect"]) == ("365", False)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "x.csv", "empty"),
        (b"word,status\nx,y\n", "x.csv", "name the columns"),
        (b"term,status\n\xff\xfe,x\n", "x.csv", "Line 2 is not UTF-8"),
        (b"PK\x03\x04nonsense", "x.xlsx", "not a readable XLSX"),
        (b"{", "x.json", "Line 1"),
        (b'{"title": "x", "terms": [{"id": "a"}]}', "x.json", "terms.0.term"),
    ],
)
def test_a_file_that_can_not_be_read_says_why_and_changes_nothing(
    world: World, data: bytes, name: str, words: str
) -> None:
    add_asset(world, Kind.GLOSSARY)
    answer = _upload(world, data, name)
    assert answer.status_code == 422
    assert words in answer.text
    with world.session() as session:
        assert asset_of(session, world, Kind.GLOSSARY).draft is None


def test_an_import_over_somebody_elses_save_changes_nothing(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    with world.session() as session:
        asset = asset_of(session, world, Kind.GLOSSARY)
        operations.save_draft(session, asset, {"title": "Mine"}, base_lock=0, by=world.actor("editor2"))
    answer = _upload(world, BAD.encode(), "terms.csv")
    assert answer.status_code == 409
    assert "Editor2 saved this draft" in answer.text
    with world.session() as session:
        draft = asset_of(session, world, Kind.GLOSSARY).draft
        assert draft
        assert draft.content == {"title": "Mine"}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_goes_out_and_comes_back_as_json(world: World, kind: Kind) -> None:
    name = add_asset(world, kind)
    client = world.client("editor")
    url = f"/w/acme/assets/{kind}/{name}"
    data = client.get(f"{url}/export.json").data
    form = {"base": "0", "mode": "replace", "file": (io.BytesIO(data), "x.json")}
    assert client.post(f"{url}/import", data=form, content_type="multipart/form-data").status_code == 303
    assert client.get(f"{url}/export.exe").status_code == 404
