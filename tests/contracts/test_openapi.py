"""The OpenAPI document says what is there: no route too many, none too few, answers as described."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from console.distribution import wire
from tests.factories.console import World, make_world
from tests.factories.policies import approve, propose, publish, write_policy

API = "/api/v1/workspaces/acme/policies/mail"
ASSETS = "/api/v1/workspaces/acme/assets"
OF_WORKSPACE = "/api/v1/workspaces/{workspace_slug}/"
GOLDEN = "/api/v1/workspaces/acme/golden-sets"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("published"))
    write_policy(made)
    review_id = propose(made).review_id
    approve(made, review_id)
    publish(made, review_id)
    return made


@pytest.fixture(scope="module")
def document(published: World) -> dict[str, Any]:
    answer = published.client().get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.get_json()


def test_every_api_route_is_described_and_every_description_is_a_route(
    published: World, document: dict[str, Any]
) -> None:
    routes = {
        (re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in published.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    described = {
        (path, method)
        for path, operations in document["paths"].items()
        if path.startswith("/api/")
        for method in operations
    }

    assert described == routes


def test_every_route_of_the_data_plane_is_described(document: dict[str, Any]) -> None:
    samples = {"workspace": "acme", "policy": "mail", "version": "7", "channel": "production"}
    described = [path.format(**samples) for path in document["paths"] if path.startswith("/dist/")]
    patterns = [wire._BUNDLE, wire._POINTER, wire._KEYS, wire._REPORTS]

    for pattern in patterns:
        assert len([path for path in described if pattern.fullmatch(path)]) == 1
    assert len(described) == len(patterns)


def test_the_document_is_sound(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    ids = [o["operationId"] for operations in document["paths"].values() for o in operations.values()]
    assert len(ids) == len(set(ids))
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for ref in re.findall(r"#/components/schemas/([\w-]+)", str(document)):
        assert ref in document["components"]["schemas"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/candidates", "CandidateList"),
        ("/candidates/1", "CandidateJson"),
        ("/runs", "RunList"),
        ("/runs/1", "RunJson"),
        ("/gate", "GateJson"),
        ("/reviews", "ReviewList"),
        ("/reviews/1", "ReviewJson"),
        ("/versions", "VersionList"),
        ("/versions/1", "VersionJson"),
        ("/channels", "ChannelList"),
        (ASSETS, "AssetList"),
        (f"{ASSETS}/glossary/house", "AssetJson"),
        (f"{ASSETS}/glossary/house/revisions", "RevisionList"),
        (f"{ASSETS}/glossary/house/revisions/1", "RevisionWithContent"),
        (f"{ASSETS}/glossary/house/diff?old=0&new=1", "DiffJson"),
        (f"{ASSETS}/glossary/house/conflicts", "ConflictList"),
        (GOLDEN, "GoldenSetList"),
        (f"{GOLDEN}/cases", "GoldenSetJson"),
        (f"{GOLDEN}/cases/revisions/1", "GoldenRevisionJson"),
    ],
)
def test_answers_fit_their_description(
    published: World, document: dict[str, Any], path: str, name: str
) -> None:
    url = path if path.startswith("/api/") else API + path
    answer = published.client("viewer").get(url)

    assert answer.status_code == 200
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    Draft202012Validator(schema).validate(answer.get_json())


def test_what_is_refused_fits_the_problem_schema(published: World, document: dict[str, Any]) -> None:
    editor = published.client("editor")
    answers = [
        editor.get(f"{API}/runs/99"),
        editor.post(f"{API}/runs", json={"candidate_id": 0, "golden_set": "Not A Name", "more": 1}),
        editor.post(f"{API}/candidates", data="{"),
        editor.post(f"{API}/publish", json={"review_id": 1}),
        published.client().get(f"{API}/runs"),
        editor.get("/api/v1/nothing"),
    ]

    assert [answer.status_code for answer in answers] == [404, 422, 422, 403, 401, 404]
    for answer in answers:
        assert answer.mimetype == "application/problem+json"
        Draft202012Validator(document["components"]["schemas"]["Problem"]).validate(answer.get_json())
    assert {e["pointer"] for e in answers[1].get_json()["errors"]} == {"candidate_id", "golden_set", "more"}


def test_views_of_assets_and_golden_sets_say_what_they_take_and_answer(document: dict[str, Any]) -> None:
    """Files that are sent or read as they are have no schema of ours; they are named here."""
    ours = [
        (method, operation)
        for path, operations in document["paths"].items()
        if path.startswith((OF_WORKSPACE + "assets", OF_WORKSPACE + "golden-sets"))
        for method, operation in operations.items()
    ]
    vague = {
        operation["operationId"]
        for _method, operation in ours
        for response in operation["responses"].values()
        if response.get("content", {}).get("application/json", {}).get("schema") == {}
    }
    without_body = {
        operation["operationId"]
        for method, operation in ours
        if method in {"post", "put"} and "requestBody" not in operation
    }

    assert len(ours) > 15
    assert vague == {"golden_api_export"}
    assert without_body == {
        "assets_api_import_package",
        "golden_api_import_cases",
        "workbench_api_ask_impact",
    }
