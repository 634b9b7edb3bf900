"""The JSON API of golden sets: the same as the pages, for programs."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from console.accounts import tokens
from console.golden.operations import create_golden_set
from models import Policy, TokenPurpose
from tests.unit.console.golden.conftest import Place

pytestmark = pytest.mark.usefixtures("filled")
GOOD = (
    "id,title,prompt,var:first_name,var:product,var:reason,var:new_date\n"
    "late,Late,delay-reply,Ada,tent,snow on the pass,2027-03-12\n"
    "bad,Bad,delay-reply,Ada,tent,dragons,2027-03-12\n"
)


def _token(place: Place, *scopes: str) -> dict[str, str]:
    with place.world.app.test_request_context(), place.world.session() as session:
        _made, secret = tokens.create_token(
            session,
            place.world.workspace_id,
            purpose=TokenPurpose.API,
            name="CI",
            scopes=list(scopes),
            policies=[],
            channels=[],
            expires_at=None,
            by=place.world.actor("editor"),
        )
    return {"Authorization": f"Bearer {secret}"}


def test_a_program_reads_and_changes_what_its_scopes_allow(place: Place) -> None:
    client = place.world.app.test_client()
    assert client.get(place.api).status_code == 401
    reads, writes = _token(place, "read"), _token(place, "read", "write")
    listed = client.get("/api/v1/workspaces/acme/golden-sets", headers=reads).get_json()
    assert {"policy": "mail", "revision": 1, "has_draft": False}.items() <= next(
        item for item in listed["items"] if item["name"] == place.name
    ).items()
    shown = client.get(place.api, headers=reads).get_json()
    assert (shown["lock"], shown["has_draft"], len(shown["content"]["cases"])) == (0, False, 8)
    body = {"content": {**shown["content"], "title": "Renamed"}, "base_lock": 0}
    assert client.put(f"{place.api}/draft", json=body, headers=reads).status_code == 403
    assert client.put(f"{place.api}/draft", json=body, headers=writes).get_json() == {
        "lock": 1,
        "problems": [],
        "problems_left_out": 0,
    }
    answer = client.post(
        f"{place.api}/revisions", json={"base_lock": 1, "message": "From CI"}, headers=writes
    )
    assert (answer.status_code, answer.get_json()["revision"]) == (201, 2)
    old = client.get(f"{place.api}/revisions/1", headers=reads).get_json()
    assert (old["message"], old["case_count"]) == ("First cases", 8)


def test_a_conflict_holds_both_texts(editor: FlaskClient, place: Place) -> None:
    first = {"content": {"title": "A", "cases": []}, "base_lock": 0}
    assert editor.put(f"{place.api}/draft", json=first).status_code == 200
    answer = editor.put(f"{place.api}/draft", json={"content": {"title": "B", "cases": []}, "base_lock": 0})
    body = answer.get_json()
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert (body["mine"]["title"], body["theirs"]["title"], body["lock"]) == ("B", "A", 1)


def test_an_import_reports_row_by_row(editor: FlaskClient, place: Place) -> None:
    report = editor.post(f"{place.api}/import?filename=cases.csv", data=GOOD.encode()).get_json()
    assert (report["added"], report["lock"]) == (1, 1)
    (refused,) = report["refused"]
    assert (refused["row"], refused["column"], refused["value"]) == (3, "var:reason", "dragons")
    upload = {"file": (io.BytesIO(GOOD.encode()), "cases.csv"), "mode": "keep"}
    report = editor.post(f"{place.api}/import", data=upload).get_json()
    assert (report["added"], report["kept"], report["lock"]) == (0, 1, 1)
    assert place.case("late")["variables"]["product"] == "tent"


def test_what_is_wrong_with_a_thousand_cases_is_told_in_bounds(editor: FlaskClient, place: Place) -> None:
    head, row = GOOD.splitlines()[0], GOOD.splitlines()[2]
    file = "\n".join([head, *[row] * 1_000])
    shown = editor.get(place.api).get_json()["content"]
    wrong = [{"id": f"c{n}", "title": "x", "prompt": "nowhere", "variables": {}} for n in range(1_000)]

    report = editor.post(f"{place.api}/import?filename=cases.csv", data=file.encode()).get_json()
    body = {"content": {**shown, "cases": wrong}, "base_lock": report["lock"]}
    saved = editor.put(f"{place.api}/draft", json=body).get_json()

    assert (len(report["refused"]), report["more_refused"], report["more_left_out"]) == (100, 900, 0)
    assert (len(saved["problems"]), saved["problems_left_out"]) == (100, 900)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"content": 5, "base_lock": 0},
        {"content": {}, "base_lock": "0"},
        {"content": {"title": 0.5}, "base_lock": 0},
        {"content": {"title": "\ud800"}, "base_lock": 0},
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_its_place(
    editor: FlaskClient, place: Place, body: object
) -> None:
    answer = editor.put(f"{place.api}/draft", json=body)
    assert 400 <= answer.status_code < 500
    assert answer.mimetype == "application/problem+json"
    assert len(place.cases()) == 8


def test_a_file_that_cannot_be_read_is_a_422(editor: FlaskClient, place: Place) -> None:
    answer = editor.post(f"{place.api}/import?filename=x.yaml", data=b"a: [")
    assert answer.status_code == 422
    assert "Line" in answer.get_json()["title"]
    assert editor.post(f"{place.api}/import?mode=merge", data=b"title\n").status_code == 422


def test_what_is_exported_can_be_imported(editor: FlaskClient, place: Place) -> None:
    before = place.cases()
    for form in ("csv", "jsonl"):
        data = editor.get(f"{place.api}/export.{form}").data
        report = editor.post(f"{place.api}/import?filename=x.{form}", data=data).get_json()
        assert (report["replaced"], report["refused"], report["left_out"]) == (8, [], [])
    assert [case["variables"] for case in place.cases()] == [case["variables"] for case in before]


def test_a_program_opens_a_golden_set(editor: FlaskClient, place: Place) -> None:
    body = {"policy": "mail", "name": f"{place.name}-api", "title": "By a program"}
    assert editor.post("/api/v1/workspaces/acme/golden-sets", json=body).status_code == 201
    assert editor.post("/api/v1/workspaces/acme/golden-sets", json=body).status_code == 409
    missing = editor.post("/api/v1/workspaces/acme/golden-sets", json={**body, "policy": "nope"})
    assert missing.status_code == 404


def test_strangers_see_nothing(place: Place) -> None:
    outsider = place.world.client("outsider")
    assert outsider.get(place.api).status_code == 404
    with place.world.app.test_request_context(), place.world.session() as session:
        policy = session.get_one(Policy, place.world.policy_id)
        create_golden_set(session, policy, name=f"{place.name}-x", title="X", by=place.world.actor("editor"))
    listed = outsider.get("/api/v1/workspaces/other/golden-sets").get_json()
    assert listed["items"] == []
