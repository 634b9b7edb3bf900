"""Cases in files: what goes out comes back, bad rows are named and good ones kept, no formula gets out."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.assets.errors import BadFileError
from console.demo.content import DATA, load_demo
from console.golden.transfer import (
    export_csv,
    export_jsonl,
    merge,
    neutralise_cell,
    read_import,
    restore_cell,
)
from console.golden.vocabulary import Vocabulary

EMPTY = {"title": "T", "cases": []}
HEAD = "id,title,prompt,locale,var:first_name,var:product,var:reason,var:new_date,must_mention\n"
GOOD = "late,Late,delay-reply,en-GB,Ada,tent,snow on the pass,2027-03-12,returns-window\n"


def _demo() -> dict[str, Any]:
    return {"title": "T", "cases": [dict(case) for case in load_demo().golden_set.cases]}


def _import(name: str, text: str, words: Vocabulary, **arguments: Any) -> Any:
    return read_import(name, text.encode(), words, **arguments)


@pytest.mark.parametrize(("name", "export"), [("a.csv", export_csv), ("a.jsonl", export_jsonl)])
def test_an_export_imported_again_is_the_same(name: str, export: Any, words: Vocabulary) -> None:
    content = _demo()
    found = _import(name, export(content), words)
    assert found.refused == ()
    assert found.left_out == ()
    merged, report = merge(EMPTY, found, mode="replace")
    assert report.added == len(content["cases"])
    wanted = [_without_empty(case) for case in content["cases"]]
    assert [_without_empty(case) for case in merged["cases"]] == wanted


def _without_empty(case: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in case.items() if value not in (None, "", [], {})}
    expect = kept.pop("expect", {})
    return {**kept, "outcome": expect.get("outcome"), "checks": expect.get("checks") or {}}


def test_a_yaml_list_of_cases_is_read(words: Vocabulary) -> None:
    found = read_import("golden-set.yml", (DATA / "golden-set.yml").read_bytes(), words)
    assert found.refused == ()
    assert len(found.cases) > 40


def test_a_bad_row_is_named_with_column_and_remedy_and_the_good_ones_are_kept(words: Vocabulary) -> None:
    bad = (
        "b1,No such prompt,nope,en-GB,Ada,tent,snow on the pass,2027-03-12,\n"
        "b2,Bad day,delay-reply,en-GB,Ada,tent,snow on the pass,2027-02-30,\n"
        "b3,Bad choice,delay-reply,en-GB,Ada,tent,dragons,2027-03-12,\n"
        "b4,Bad locale,delay-reply,english,Ada,tent,snow on the pass,2027-03-12,\n"
        "b5,Bad fact,delay-reply,en-GB,Ada,tent,snow on the pass,2027-03-12,no-such-fact\n"
        "b6,,delay-reply,en-GB,Ada,tent,snow on the pass,2027-03-12,\n"
    )
    found = _import("cases.csv", HEAD + GOOD.replace("returns-window", "return-window") + bad, words)
    assert [case["id"] for _row, case in found.cases] == ["late"]
    by_row = {note.row: note for note in found.refused}
    assert {row: note.column for row, note in by_row.items()} == {
        3: "prompt",
        4: "var:new_date",
        5: "var:reason",
        6: "locale",
        7: "must_mention",
        8: "title",
    }
    assert "delay-reply" in by_row[3].remedy
    assert by_row[4].value == "2027-02-30"
    assert "such as en or en-GB" in by_row[6].remedy
    assert "no-such-fact" in by_row[7].remedy


def test_a_column_that_means_nothing_is_said(words: Vocabulary) -> None:
    found = _import("cases.csv", "title,prompt,colour\nX,delay-reply,red\n", words)
    assert [(note.row, note.column) for note in found.left_out] == [(1, "colour")]


def test_semicolon_files_and_byte_order_marks_are_read(words: Vocabulary) -> None:
    text = (HEAD + GOOD.replace("returns-window", "")).replace(",", ";")
    found = read_import("cases.csv", b"\xef\xbb\xbf" + text.encode(), words)
    assert [case["id"] for _row, case in found.cases] == ["late"]
    found = read_import("cases.csv", text.encode("utf-16"), words)
    assert [case["id"] for _row, case in found.cases] == ["late"]


def test_an_id_that_is_there_twice_in_the_file_is_refused_the_second_time(words: Vocabulary) -> None:
    row = GOOD.replace("returns-window", "")
    found = _import("cases.csv", HEAD + row + row, words)
    assert len(found.cases) == 1
    assert [(note.row, note.column) for note in found.refused] == [(3, "id")]


def test_cases_that_are_there_are_replaced_or_kept(words: Vocabulary) -> None:
    found = _import("cases.csv", HEAD + GOOD.replace("returns-window", ""), words)
    there = {"title": "T", "cases": [{"id": "first"}, {"id": "late", "title": "Old"}]}
    replaced, report = merge(there, found, mode="replace")
    assert [case.get("title") for case in replaced["cases"]] == [None, "Late"]
    assert (report.added, report.replaced, report.kept) == (0, 1, 0)
    kept, report = merge(there, found, mode="keep")
    assert kept == there
    assert (report.added, report.replaced, report.kept) == (0, 0, 1)


def test_a_broken_line_of_json_is_named(words: Vocabulary) -> None:
    case = json.dumps(load_demo().golden_set.cases[0])
    found = _import("cases.jsonl", f"{case}\n{{oops\n[1]\n", words)
    assert len(found.cases) == 1
    assert [note.row for note in found.left_out] == [2, 3]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00\xd8"),
        ("a.csv", "caf\xe9".encode("latin-1")),
        ("a.csv", b"PK\x03\x04\x00\x00"),
        ("a.yaml", b"a: [1"),
        ("a.yaml", b"!!python/object:os.system {}"),
        ("a.yaml", b"just words"),
        ("a.json", b"{"),
        ("a.json", b"[" * 100_000),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, data: bytes, words: Vocabulary) -> None:
    with pytest.raises(BadFileError) as refused:
        read_import(name, data, words)
    assert str(refused.value)


def test_yaml_aliases_that_explode_are_refused(words: Vocabulary) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(BadFileError, match="too much"):
        _import("bomb.yaml", "\n".join(lines), words)


@given(st.text())
def test_a_neutralised_cell_comes_back_and_starts_no_formula(cell: str) -> None:
    out = neutralise_cell(cell)
    assert restore_cell(out) == cell
    assert not out.startswith(("=", "+", "@", "\t", "\r"))
    assert not out.startswith("-") or out.lstrip("-").replace(".", "", 1).isdigit()


def test_no_cell_of_an_export_is_a_formula() -> None:
    case = {
        "id": "x",
        "title": "=HYPERLINK(1)",
        "prompt": "@p",
        "variables": {"=v": "+1+1", "n": -5},
        "notes": "-2+3",
    }
    rows = list(csv.reader(io.StringIO(export_csv({"title": "T", "cases": [case]}))))
    assert "'=HYPERLINK(1)" in rows[1]
    assert "'+1+1" in rows[1]
    assert "'-2+3" in rows[1]
    assert "-5" in rows[1]
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)


@given(data=st.binary(max_size=400), ending=st.sampled_from(["csv", "jsonl", "json", "yaml", "txt"]))
def test_any_bytes_are_read_or_refused(data: bytes, ending: str, words: Vocabulary) -> None:
    try:
        found = read_import(f"file.{ending}", data, words, prompt="delay-reply")
    except BadFileError:
        return
    merge(EMPTY, found, mode="replace")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = (
    "id title prompt variables must_mention expect text tags vars assert metadata description providerOutput"
).split()


@given(
    items=st.lists(
        st.dictionaries(st.sampled_from(NAMES), JSON | st.just("delay-reply"), max_size=6), max_size=3
    )
)
def test_any_objects_are_read_or_refused(items: list[Any], words: Vocabulary) -> None:
    text = "".join(json.dumps(item) + "\n" for item in items) or "{}"
    found = read_import("file.jsonl", text.encode(), words, prompt="delay-reply")
    assert all(case["title"] for _row, case in found.cases)
    merge(EMPTY, found, mode="replace")
