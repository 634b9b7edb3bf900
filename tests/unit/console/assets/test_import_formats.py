"""An import says which files it takes, reads a lone rule, and names the place of what is wrong in JSON."""

from __future__ import annotations

import html
import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets import Kind
from copydesk.errors import ContentError
from copydesk.json_reading import RepeatedKeyError, repeated_key_at, too_deep_at, unique_object
from copydesk.vale_package import read_vale_package
from tests.factories.assets import NAMES, add_asset, asset_of
from tests.factories.console import World

RULE = b"extends: existence\nmessage: Not '%s'.\ntokens: [wow]\n"


def _import(world: World, kind: Kind, name: str, data: bytes) -> tuple[int, str]:
    form = {"base": "0", "mode": "replace", "file": (io.BytesIO(data), name)}
    url = f"/w/acme/assets/{kind}/{NAMES[kind]}/import"
    answer = world.client("editor").post(url, data=form, content_type="multipart/form-data")
    return answer.status_code, html.unescape(answer.text)


def _zip(name: str = "A.yml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, RULE)
    return out.getvalue()


def test_a_lone_rule_file_is_read_as_one_rule(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    status, _page = _import(world, Kind.STYLE_GUIDE, "A.yml", RULE)
    assert status == 200
    with world.session() as session:
        draft = asset_of(session, world, Kind.STYLE_GUIDE).draft
        assert draft is not None
        (rule,) = [rule for rule in draft.content["rules"] if rule["title"] == "A"]
    assert rule["source_yaml"] == RULE.decode()


def test_a_lone_rule_file_that_is_broken_names_its_place(world: World) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    _status, page = _import(world, Kind.STYLE_GUIDE, "A.yaml", b"extends: existence\ntokens: [a\n")
    assert "is not YAML in line 2, column 11" in page


@pytest.mark.parametrize(
    ("kind", "name", "data", "says"),
    [
        (
            Kind.FACT_SHEET,
            "facts.xlsx",
            _zip(),
            "This is a workbook or a zip archive. Here a file may be: .json.",
        ),
        (Kind.FACT_SHEET, "facts.yaml", b"facts: []", "This is YAML. Here a file may be: .json."),
        (
            Kind.STYLE_GUIDE,
            "Google.zip",
            b"no archive at all",
            "This is no zip archive, whatever its name says",
        ),
        (Kind.STYLE_GUIDE, "Empty.zip", _zip("notes.txt"), "The package holds no rule (.yml)"),
        (Kind.GLOSSARY, "terms.yml", b"terms: []", "This is YAML. Here a file may be: .csv, .xlsx, .json."),
    ],
)
def test_a_file_of_another_kind_is_told_what_is_taken(
    world: World, kind: Kind, name: str, data: bytes, says: str
) -> None:
    add_asset(world, kind)
    status, page = _import(world, kind, name, data)
    assert status == 422
    assert says in page


def test_an_encrypted_archive_names_its_file() -> None:
    data = bytearray(_zip("styles/House/A.yml"))
    central = data.index(b"PK\x01\x02")
    data[6] |= 1  # flags of the file's own head, and of the directory
    data[central + 8] |= 1
    with pytest.raises(ContentError) as caught:
        read_vale_package(bytes(data))
    (problem,) = caught.value.problems
    assert problem.path == "styles/House/A.yml"
    assert problem.message == "is encrypted; pack the files without a password"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"title": "a",\n "rules": [],\n "title": "b"}', "Line 3, column 2: “title” stands twice"),
        ('{\n"a": ' + "[" * 100_000, "Line 2, column 105: this is nested too deeply"),
    ],
)
def test_the_place_of_what_is_wrong_in_json_is_named(world: World, body: str, says: str) -> None:
    add_asset(world, Kind.FACT_SHEET)
    status, page = _import(world, Kind.FACT_SHEET, "facts.json", body.encode())
    assert status == 422
    assert says in page


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"a": ' + b"[" * 100_000, "is nested more than 100 levels deep, from line 1, column 106 on"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "holds a number of more than 4300 digits; send it as text"),
        (b'{"a": 1,\n}', "This is not JSON: line 2, column 1: "),
        (b'{"a": "\xff"}', "is not UTF-8; send UTF-8"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_body(world: World, body: bytes, says: str) -> None:
    add_asset(world, Kind.GLOSSARY)
    answer = world.client("editor").post(
        "/api/v1/workspaces/acme/assets/glossary/glossary/revisions",
        data=body,
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert says in str(answer.get_json())


JSON: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(st.tuples(st.text('ab"\\:{', max_size=2), inner), max_size=4)
    ),
    max_leaves=12,
)


@given(value=JSON)
def test_the_place_of_a_repeated_key_is_found_where_there_is_one(value: Any) -> None:
    def written(part: Any) -> str:
        if isinstance(part, list) and part and all(isinstance(item, tuple) for item in part):
            return "{" + ",\n".join(f"{json.dumps(key)}: {written(item)}" for key, item in part) + "}"
        return "[" + ", ".join(map(written, part)) + "]" if isinstance(part, list) else json.dumps(part)

    text = written(value)
    try:
        json.loads(text, object_pairs_hook=unique_object)
    except RepeatedKeyError:
        line, column = repeated_key_at(text) or (0, 0)
        assert text.split("\n")[line - 1][column - 1] == '"'
    else:
        assert repeated_key_at(text) is None
    assert too_deep_at(text) is None
