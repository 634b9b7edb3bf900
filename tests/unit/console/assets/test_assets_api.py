"""The JSON API of assets: the same content, the same locks, the same permissions as the pages."""

from __future__ import annotations

from typing import Any

import pytest

from console.accounts import tokens
from copydesk.assets import Kind
from models import TokenPurpose
from tests.factories.assets import SMALL, add_asset
from tests.factories.console import World

BASE = "/api/v1/workspaces/acme/assets"
GLOSSARY = f"{BASE}/glossary/glossary"


def _headers(world: World, scopes: tuple[str, ...] = ("read", "write")) -> dict[str, str]:
    with world.session() as session:
        _token, secret = tokens.create_token(
            session,
            world.workspace_id,
            purpose=TokenPurpose.API,
            name="ci",
            scopes=list(scopes),
            policies=[],
            channels=[],
            expires_at=None,
            by=world.actor("editor"),
        )
    return {"Authorization": f"Bearer {secret}"}


def _json(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.get_json()


def test_a_program_writes_a_draft_and_saves_a_revision(world: World) -> None:
    headers, client = _headers(world), world.client()
    body = {"kind": "glossary", "name": "words", "content": SMALL[Kind.GLOSSARY], "policies": ["mail"]}
    made = _json(client.post(BASE, json=body, headers=headers), 201)
    assert made["lock"] == 1
    url = f"{BASE}/glossary/words"
    revision = _json(
        client.post(f"{url}/revisions", json={"message": "First", "base_lock": 1}, headers=headers), 201
    )
    assert revision["number"] == 1
    content = {**SMALL[Kind.GLOSSARY], "title": "Other words"}
    put = _json(client.put(f"{url}/draft", json={"content": content, "base_lock": 0}, headers=headers))
    assert (put["lock"], put["content"]["title"]) == (1, "Other words")
    diff = _json(client.get(f"{url}/diff?old=1&new=draft", headers=headers))
    assert [section["key"] for section in diff["sections"]] == ["head"]
    listed = _json(client.get(f"{BASE}?kind=glossary", headers=headers))
    assert [asset["name"] for asset in listed["assets"]] == ["words"]
    assert len(_json(client.get(BASE, headers=headers))["assets"]) == 1
    restored = client.post(f"{url}/revisions/1/restore", json={}, headers=headers)
    assert restored.status_code == 409, "the newest content already"


def test_a_lost_update_is_refused_with_both_texts(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    headers, client = _headers(world), world.client()
    first = {"content": {"title": "Mine"}, "base_lock": 0}
    assert _json(client.put(f"{GLOSSARY}/draft", json=first, headers=headers))["lock"] == 1
    second = {"content": {"title": "Yours"}, "base_lock": 0}
    answer = _json(client.put(f"{GLOSSARY}/draft", json=second, headers=headers), 409)
    assert (answer["theirs"]["title"], answer["mine"]["title"], answer["lock"]) == ("Mine", "Yours", 1)
    assert _json(client.get(GLOSSARY, headers=headers))["content"]["title"] == "Mine"


def test_content_that_does_not_fit_names_every_place(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    headers, client = _headers(world), world.client()
    odd = {"content": {"title": "", "terms": [{"id": "A B"}]}, "base_lock": 0}
    assert client.put(f"{GLOSSARY}/draft", json=odd, headers=headers).status_code == 200, (
        "drafts may be unfinished"
    )
    answer = _json(
        client.post(f"{GLOSSARY}/revisions", json={"message": "x", "base_lock": 1}, headers=headers), 422
    )
    assert {"title", "terms.0.id", "terms.0.term", "terms.0.status"} <= {
        e["pointer"] for e in answer["errors"]
    }


def test_a_day_that_no_calendar_has_becomes_no_revision(world: World) -> None:
    add_asset(world, Kind.FACT_SHEET)
    headers, client = _headers(world), world.client()
    url = f"{BASE}/fact_sheet/fact-sheet"
    value = {"type": "date", "date": "2026-02-31"}
    facts = [{"id": "end", "subject": "Sale", "attribute": "end", "value": value, "valid_from": "2026-13-45"}]
    odd = {"content": {"title": "Prices", "facts": facts}, "base_lock": 0}
    assert client.put(f"{url}/draft", json=odd, headers=headers).status_code == 200
    answer = _json(
        client.post(f"{url}/revisions", json={"message": "x", "base_lock": 1}, headers=headers), 422
    )
    assert {e["pointer"] for e in answer["errors"]} == {"facts.0.value.date.date", "facts.0.valid_from"}
    assert "no day of the calendar" in answer["errors"][0]["detail"]


def test_rows_are_imported_and_bad_ones_reported(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    headers, client = _headers(world), world.client()
    rows = [
        {"term": "kit", "status": "allowed", "variants": ["gear"], "inflect": False},
        {"term": "shop", "status": "wanted"},
    ]
    answer = _json(client.post(f"{GLOSSARY}/rows", json={"rows": rows, "base_lock": 0}, headers=headers))
    assert (answer["added"], answer["lock"]) == (1, 1)
    assert [(p["row"], p["column"]) for p in answer["problems"]] == [(2, "status")]
    assert answer["problems_left_out"] == 0


def test_a_thousand_bad_rows_are_told_by_the_first_hundred_and_a_count(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    rows = [
        {"term": "kit", "status": "allowed"},
        *({"term": f"t{n}", "status": "wanted"} for n in range(1_000)),
    ]
    sent = {"rows": rows, "base_lock": 0}

    answer = _json(world.client().post(f"{GLOSSARY}/rows", json=sent, headers=_headers(world)))

    assert (answer["added"], answer["problems_left_out"]) == (1, 900)
    assert [problem["row"] for problem in answer["problems"]] == list(range(2, 102))


@pytest.mark.parametrize(
    "body", [None, [], {"base_lock": "x", "content": {}}, {"base_lock": 0, "content": []}]
)
def test_a_body_of_the_wrong_shape_is_refused_in_words(world: World, body: Any) -> None:
    add_asset(world, Kind.GLOSSARY)
    answer = world.client().put(f"{GLOSSARY}/draft", json=body, headers=_headers(world))
    assert _json(answer, 422)["errors"][0]["detail"]


def test_reading_tokens_read_and_strangers_find_nothing(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    headers, client = _headers(world, ("read",)), world.client()
    assert client.get(GLOSSARY, headers=headers).status_code == 200
    body = {"content": {"title": "x"}, "base_lock": 0}
    assert client.put(f"{GLOSSARY}/draft", json=body, headers=headers).status_code == 403
    assert client.get(GLOSSARY).status_code == 401
    other = GLOSSARY.replace("acme", "other")
    assert client.get(other, headers=headers).status_code == 404
    assert world.client("outsider").get(other).status_code == 404
    assert world.client("outsider").get(GLOSSARY).status_code == 404
