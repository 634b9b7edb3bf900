"""What nobody means to type: drafts of any shape, characters no database keeps, schemas that are none."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.assets.text_files import read_object
from copydesk.assets import Kind
from tests.factories.assets import NAMES, SMALL, add_asset, asset_of
from tests.factories.console import World

BASE = "/w/acme/assets"
API = "/api/v1/workspaces/acme/assets"
PROMPT = f"{BASE}/prompt/app-push"
OUTPUT = {
    "format": "json",
    "max_characters": "",
    "min_characters": "",
    "max_words": "",
    "required_phrases": "",
}
SCHEMA = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string", "pattern": "^[A-Z]"}},
}


def _draft(world: World, kind: str) -> dict[str, Any]:
    with world.session() as session:
        asset = asset_of(session, world, kind)
        return dict(asset.draft.content) if asset.draft else {}


def _base(world: World, url: str) -> str:
    page = world.client("editor").get(url).text
    return str(page.partition('name="base"')[2].partition('value="')[2].partition('"')[0])


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner) | st.dictionaries(st.text(), inner)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), _nested)
PLACES = [
    (Kind.STYLE_GUIDE, "parts/head", {"vocabulary_accept": 7, "vocabulary_reject": {"a": 1}}),
    (Kind.STYLE_GUIDE, "parts/voice", {"voice": {"on_brand": "one text", "off_brand": [1, None]}}),
    (Kind.STYLE_GUIDE, "items/rules/edit/hype", {"rules": [{"id": "hype", "kind": "substitution", "bad": 3,
                                                             "definition": {"swap": ["a"], "scope": 1}}]}),
    (Kind.GLOSSARY, "items/terms/edit/x", {"terms": [{"id": "x", "variants": "one", "equivalents": [1],
                                                       "scope": {"locales": "en"}}]}),
    (Kind.FORBIDDEN_TOPICS, "items/topics/edit/x", {"topics": [{"id": "x", "positives": {"a": []},
                                                                 "block_terms": True}]}),
    (Kind.FACT_SHEET, "parts/head", {"guarded_claims": 1.5}),
    (Kind.PROMPT, "parts/output", {"output": {"required_phrases": 5, "json_schema": [1]}}),
    (Kind.LIMITS, "items/channels/edit/x", {"channels": [{"id": "x", "required_phrases": "one",
                                                           "max_characters": "many"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "content"), PLACES)
def test_a_draft_of_any_shape_opens_in_its_form(
    world: World, kind: str, path: str, content: dict[str, Any]
) -> None:
    add_asset(world, kind)
    with world.session() as session:
        asset = asset_of(session, world, kind)
        newest = dict(asset.revisions[-1].content)
    shape = json.loads(json.dumps({**newest, **content}).replace("1.5", '"1.5"'))
    body = {"content": shape, "base_lock": 0}
    assert world.client("editor").put(f"{API}/{kind}/{NAMES[kind]}/draft", json=body).status_code == 200

    for page in (f"{BASE}/{kind}/{NAMES[kind]}", f"{BASE}/{kind}/{NAMES[kind]}/{path}"):
        answer = world.client("editor").get(page)
        assert answer.status_code == 200, page


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(("odd", "word"), [("a\0b", "NUL"), ("a\ud800b", "surrogate")], ids=["nul", "half"])
def test_characters_that_no_database_keeps_are_refused_with_their_place(
    world: World, kind: Kind, odd: str, word: str
) -> None:
    add_asset(world, kind)
    content = {**SMALL[kind], "notes": [{"deep": {"x": odd}}]}
    answer = world.client("editor").put(
        f"{API}/{kind}/{NAMES[kind]}/draft", json={"content": content, "base_lock": 0}
    )

    assert answer.status_code in {400, 422}
    assert word in answer.text
    assert "notes.0.deep.x" in answer.text
    assert _draft(world, kind) == {}


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800"])
def test_imports_refuse_them_too(world: World, odd: str) -> None:
    add_asset(world, Kind.STYLE_GUIDE)
    add_asset(world, Kind.GLOSSARY)
    rule = {
        "id": "r",
        "title": "R",
        "kind": "existence",
        "definition": {"tokens": ["QQ"], "free": {"x": "QQ"}},
    }
    as_json = json.dumps({"title": "House", "rules": [rule]}).replace("QQ", odd).encode()
    vale = io.BytesIO()
    with zipfile.ZipFile(vale, "w") as archive:
        archive.writestr("House/Odd.yml", f'extends: existence\nmessage: No.\ntokens:\n  - "a{odd}b"\n')
    table = f"term,status\na{json.loads(chr(34) + odd + chr(34))}b,allowed\n".encode("utf-8", "surrogatepass")
    client = world.client("editor")
    for kind, data, name in (
        (Kind.STYLE_GUIDE, as_json, "x.json"),
        (Kind.STYLE_GUIDE, vale.getvalue(), "x.zip"),
        (Kind.GLOSSARY, table, "x.csv"),
    ):
        form = {"base": "0", "mode": "replace", "file": (io.BytesIO(data), name)}
        url = f"{BASE}/{kind}/{NAMES[kind]}/import"
        answer = client.post(url, data=form, content_type="multipart/form-data")
        assert answer.status_code in {200, 422}, (name, answer.status_code)
        assert "\0" not in json.dumps(_draft(world, kind))
        assert "\\u0000" not in json.dumps(_draft(world, kind))
        assert "\\ud800" not in json.dumps(_draft(world, kind))


@pytest.mark.parametrize("text", ["1e999999 GBP", "-1e999999999 EUR", f"{'9' * 5_000} GBP", "sNaN GBP"])
def test_an_amount_beyond_all_amounts_is_no_default(world: World, text: str) -> None:
    add_asset(world, Kind.PROMPT)
    url = f"{BASE}/prompt/{NAMES[Kind.PROMPT]}/items/variables/new"
    typed = {"name": "price", "type": "money", "default": text, "max_characters": "9"}
    answer = world.client("editor").post(url, data=typed)

    assert answer.status_code == 422
    assert "such as 49.99 GBP" in answer.text


def test_a_schema_is_kept_as_it_was_meant(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    url = f"{PROMPT}/parts/output"
    form = {**OUTPUT, "json_schema": json.dumps(SCHEMA), "base": _base(world, url)}

    assert world.client("editor").post(url, data=form).status_code == 303
    assert _draft(world, Kind.PROMPT)["output"]["json_schema"] == SCHEMA
    assert "&#34;required&#34;" in world.client("editor").get(url).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('{"type": "object",\n "required": [}', "Line 2, column 15"),
        ("[1]", "Write one object"),
        ('{"type": "obj"}', "$.type"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"minimum": 0.5}', "$.minimum is a number with decimals"),
        ('{"pattern": "(?=x)"}', "pattern"),
        ("[" * 5000, "Line 1, column 5001"),
    ],
)
def test_a_schema_that_is_none_is_refused_where_it_is_wrong_as_typed_and_on_saving(
    world: World, typed: str, words: str
) -> None:
    add_asset(world, Kind.PROMPT)
    url = f"{PROMPT}/parts/output"
    form = {**OUTPUT, "json_schema": typed, "base": _base(world, url)}
    client = world.client("editor")

    live = client.post(f"{url}/live", data={**form, "text": ""})
    assert live.status_code == 200
    saved = client.post(url, data=form)
    assert saved.status_code == 422
    if not typed.startswith("[["):  # where the reader gives up depends on the interpreter
        assert words in live.text
        assert words in saved.text
    assert typed[:10].replace('"', "&#34;") in saved.text, "what was typed is kept"
    assert client.post(f"{url}/autosave", data=form).status_code == 422


def test_a_schema_for_text_that_is_no_json_is_refused(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    url = f"{PROMPT}/parts/output"
    form = {**OUTPUT, "format": "text", "json_schema": json.dumps(SCHEMA), "base": _base(world, url)}
    answer = world.client("editor").post(url, data=form)

    assert answer.status_code == 422
    assert "only for the format JSON" in answer.text


def test_an_example_output_is_checked_against_the_schema_as_typed(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    url = f"{PROMPT}/parts/output/live"
    form = {**OUTPUT, "json_schema": json.dumps(SCHEMA)}
    client = world.client("viewer")

    assert "$.title" in client.post(url, data={**form, "text": '{"title": "boot"}'}).text
    assert "is not JSON" in client.post(url, data={**form, "text": "Boot"}).text
    good = client.post(url, data={**form, "text": '{"title": "Boot"}'}).text
    assert "$.title" not in good
    assert "is not JSON" not in good


def test_a_prompt_with_an_unusable_schema_becomes_no_revision(world: World) -> None:
    output = {"format": "json", "json_schema": {"type": "obj"}}
    add_asset(world, Kind.PROMPT, {**SMALL[Kind.PROMPT], "output": output}, frozen=False)
    answer = world.client("editor").post(
        f"{API}/prompt/app-push/revisions", json={"base_lock": 1, "message": "x"}
    )

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["output.json_schema"]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), _nested).map(json.dumps)
)
def test_any_text_is_an_object_or_refused_with_a_sentence(text: str) -> None:
    said = ""
    try:
        read_object(text)
    except ValueError as error:
        said = str(error)
    assert said[-1:] in {"", "."}


@pytest.mark.parametrize(
    ("count", "part"),
    [
        (900, "and 800 more like these."),
        (20_000, "These are 20000 entries; write at most 1000."),
    ],
)
def test_a_long_list_of_wrong_words_is_wrong_once(world: World, count: int, part: str) -> None:
    add_asset(world, Kind.GLOSSARY)
    url = f"{BASE}/glossary/{NAMES[Kind.GLOSSARY]}/items/terms/new"
    typed = {"term": "x", "status": "forbidden", "language": "en", "case_rule": "any", "part_of_speech": ""}
    typed["scope__channels"] = ", ".join(f"Not {number}" for number in range(count))
    answer = world.client("editor").post(url, data=typed)

    assert answer.status_code == 422
    assert part in answer.text
    assert answer.text.count("use lower-case letters") <= 100
    assert f"Not {count - 1}" in answer.text  # what was typed is still in the field
