"""Labelled cases through files and the API: row by row, sealed by permission, the same as on the pages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import InvalidError
from console.quality.importing import CaseImport, read_cases
from tests.factories.console import World
from tests.factories.policies import api_token, write_policy

URL = "/w/acme/p/mail/labelled-cases"
API = "/api/v1/workspaces/acme/policies/mail/labelled-cases"
CSV = """check,expects,text,quote,audience,note
glossary,finding,A cheap tent.,cheap,,found
glossary,perhaps,A cheap tent.,,,no such label
glossary,finding,A warm tent.,cold,,quote is not there
nothing,none,A tent.,,,no such check
glossary,none,"Two
lines, one case.",,regular,
"""


@pytest.fixture
def written(world: World) -> World:
    write_policy(world)
    return world


def upload(world: World, name: str, data: bytes, who: str = "editor") -> Any:
    return world.client(who).post(f"{URL}/import", data={"file": (io.BytesIO(data), name)})


def listed(world: World) -> list[Mapping[str, Any]]:
    answer = world.client("viewer").get(API)
    assert answer.status_code == 200
    cases: list[Mapping[str, Any]] = answer.json["cases"]
    return cases


def test_good_rows_of_a_file_count_and_the_others_are_listed_with_the_remedy(written: World) -> None:
    answer = upload(written, "cases.csv", CSV.encode())
    assert answer.status_code == 200
    assert "2 cases added" in answer.text
    assert "3 rows refused" in answer.text
    assert "The words are not in the text; copy them from it." in answer.text
    assert [case["text"] for case in listed(written)] == ["Two\nlines, one case.", "A cheap tent."]
    assert {case["source"] for case in listed(written)} == {"import"}
    again = upload(written, "cases.csv", CSV.encode())
    assert "2 were there already" in again.text
    assert len(listed(written)) == 2


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("cases.csv", b"", "empty"),
        ("cases.csv", b"text\nhello\n", "missing: check, expects"),
        ("cases.csv", b"check,expects,text,colour\n", "colour"),
        ("cases.csv", "check,expects,text\nglossary,none,Gr\xfc\xdfe".encode("latin-1"), "UTF-8"),
        ("cases.jsonl", b"\xff\xff", "UTF-8"),
        ("cases.xlsx", b"PK\x03\x04rubbish", "workbook"),
    ],
)
def test_a_file_that_is_no_file_of_cases_is_refused_as_a_whole(
    written: World, name: str, data: bytes, message: str
) -> None:
    answer = upload(written, name, data)
    assert answer.status_code == 422
    assert message in answer.text
    assert listed(written) == []


def test_an_export_imports_again_as_the_same_cases(written: World) -> None:
    upload(written, "cases.csv", CSV.encode())
    client = written.client("viewer")
    for form in ("csv", "jsonl"):
        data = client.get(f"{URL}/export.{form}").data
        found = read_cases(f"cases.{form}", data)
        assert found.refused == ()
        assert [content.text for _row, content in found.cases] == ["A cheap tent.", "Two\nlines, one case."]
        assert found.cases[0][1].span == (2, 7)
    assert client.get(f"{URL}/export.xml").status_code == 404


def test_an_export_runs_nothing_when_a_spreadsheet_opens_it(written: World) -> None:
    client = written.client("editor")
    client.post(URL, data={"check": "glossary", "expects": "none", "text": "=1+1"})
    rows = list(csv.reader(io.StringIO(client.get(f"{URL}/export.csv").data.decode("utf-8-sig"))))
    assert rows[1][rows[0].index("text")] == "'=1+1"
    found = read_cases("cases.csv", client.get(f"{URL}/export.csv").data)
    assert found.cases[0][1].text == "=1+1"


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    for name in ("cases.csv", "cases.jsonl", "cases.xlsx", "cases"):
        with suppress(InvalidError):
            assert isinstance(read_cases(name, data), CaseImport)


@given(
    st.dictionaries(
        st.sampled_from(["check", "expects", "text", "start", "variables", "x"]),
        st.none() | st.integers() | st.text(max_size=9),
    )
)
def test_any_line_is_read_or_refused_with_its_number(row: dict[str, Any]) -> None:
    found = read_cases("cases.jsonl", json.dumps(row).encode() + b"\n")
    assert len(found.cases) + len({note.row for note in found.refused}) == 1


def test_a_number_of_thousands_of_digits_is_no_place_in_a_text() -> None:
    rows = f"check,expects,text,start\nglossary,none,An outlet.,{'9' * 5_000}\nglossary,none,A shop.,2\n"
    assert [case.start for _number, case in read_cases("cases.csv", rows.encode()).cases] == [None, 2]


def test_nothing_of_a_table_of_cases_is_lost_unsaid() -> None:
    rows = b"check,expects,text\nglossary,none,A shop.\nglossary,none,An outlet, cheap\n"
    found = read_cases("cases.csv", rows)
    assert [number for number, _case in found.cases] == [2]
    assert [(note.row, "more cells than the header" in note.remedy) for note in found.refused] == [(3, True)]
    with pytest.raises(InvalidError, match="“text” is there twice"):
        read_cases("cases.csv", b"check,expects,text,Text\nglossary,none,A shop.,An outlet.\n")


def test_a_program_lists_adds_changes_and_withdraws_cases(written: World) -> None:
    headers = {"Authorization": f"Bearer {api_token(written, 'editor')}"}
    client = written.app.test_client()
    case = {"check": "glossary", "expects": "finding", "text": "A cheap tent.", "quote": "cheap"}
    made = client.post(API, json=case, headers=headers)
    assert made.status_code == 201
    assert (made.json["number"], made.json["start"], made.json["source"]) == (1, 2, "api")
    assert client.post(API, json=case, headers=headers).status_code == 409
    changed = client.put(f"{API}/1", json={**case, "note": "Why"}, headers=headers)
    assert changed.json["note"] == "Why"
    assert client.post(f"{API}/1/withdraw", json={}, headers=headers).status_code == 422
    gone = client.post(f"{API}/1/withdraw", json={"reason": "Twice"}, headers=headers)
    assert gone.json["withdrawn_at"]
    assert client.get(API, headers=headers).json["cases"] == []
    assert len(client.get(f"{API}?show=withdrawn", headers=headers).json["cases"]) == 1
    assert client.get(f"{API}/7", headers=headers).status_code == 404
    bad = client.post(API, json={"check": "glossary", "text": ""}, headers=headers)
    assert bad.status_code == 422
    assert {problem["pointer"] for problem in bad.json["errors"]} >= {"expects", "text"}


def test_a_read_only_program_labels_nothing(written: World) -> None:
    headers = {"Authorization": f"Bearer {api_token(written, 'editor', 'read')}"}
    client = written.app.test_client()
    assert client.get(API, headers=headers).status_code == 200
    case = {"check": "glossary", "expects": "none", "text": "A tent."}
    assert client.post(API, json=case, headers=headers).status_code == 403
    assert written.client("viewer").get(f"{URL}/import").status_code == 403
