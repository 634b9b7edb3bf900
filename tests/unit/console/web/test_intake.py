"""Odd input: it gets a clear no, never a server error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories.console import World

HUGE = "99999999999999999999"


def test_no_address_with_a_number_beyond_all_ids_fails(world: World) -> None:
    client = world.client("editor")
    rules = [rule for rule in world.app.url_map.iter_rules() if "<int:" in rule.rule]
    assert rules
    for rule in rules:
        path = re.sub(r"<int:[^>]*>", HUGE, rule.rule)
        path = path.replace("<workspace_slug>", "acme").replace("<policy_slug>", "mail")
        path = re.sub(r"<[^>]*>", "x", path)
        for method in sorted({"GET", "POST"} & set(rule.methods or ())):
            # 405: a rule of words takes the digits, and another method.
            assert client.open(path, method=method).status_code in {404, 405}, (method, path)


@pytest.mark.parametrize("path", ["publish", "channels/staging"])
def test_a_number_beyond_all_ids_in_a_form_is_refused(world: World, path: str) -> None:
    from tests.factories.policies import write_policy

    write_policy(world)
    data = {"review": HUGE, "version": HUGE, "channel": "staging"}

    answer = world.client("releaser").post(f"/w/acme/p/mail/{path}", data=data)

    assert answer.status_code in {303, 422}


def test_a_nul_character_is_refused_with_its_place(world: World) -> None:
    client = world.client("editor")

    form = client.post("/account", data={"name": "Ed\0", "theme": "dark"})
    lines = client.post("/account", data={"name": "Ed", "notes": "One\r\n\r\ntwo\0", "theme": "dark"})
    field = client.post("/account", data={"na\0me": "Ed"})
    query = client.get("/w/acme/reviews?state=%00")
    address = client.get("/w/ac%00me/reviews")

    assert [form.status_code, query.status_code, address.status_code] == [400, 400, 400]
    assert "The field “name” holds a NUL character (U+0000) in line 1, column 3." in form.text
    assert "The field “notes” holds a NUL character (U+0000) in line 3, column 4." in lines.text
    assert field.status_code == 400
    assert "The name of a field holds a NUL character" in field.text
    assert "The query holds a NUL character" in query.text


def test_a_wrong_method_is_told_which_ones_work(world: World) -> None:
    answer = world.client().put("/sign-in")

    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_body_of_a_hundred_thousand_mistakes_is_answered_briefly_with_their_number(world: World) -> None:
    from tests.factories.assets import add_asset

    add_asset(world, "glossary")
    client = world.client("editor")
    url = "/api/v1/workspaces/acme/assets/glossary/house-glossary/rows"
    answer = client.post(url, json={"rows": [1] * 100_000, "base_lock": 0})

    body = answer.get_json()
    assert answer.status_code == 422
    assert len(body["errors"]) == 100
    assert body["errors_left_out"] == 99_901  # a field is missing too
    assert "and 99991 more" in body["title"]
    assert len(answer.data) < 64 * 1024


def test_a_few_mistakes_are_all_listed(world: World) -> None:
    answer = world.client("editor").post("/api/v1/workspaces/acme/assets", json={"x": 1, "y" * 100_000: 1})

    body = answer.get_json()
    assert answer.status_code == 422
    assert {"kind", "name", "x"} <= {error["pointer"] for error in body["errors"]}
    assert "errors_left_out" not in body
    assert len(answer.data) < 8 * 1024  # the long name is clipped


def test_a_file_where_a_text_belongs_is_refused_by_its_name(world: World) -> None:
    from io import BytesIO

    client = world.client("editor")

    misplaced = client.post("/account", data={"name": (BytesIO(b"Ed"), "ed.txt"), "theme": "dark"})
    named_oddly = client.post("/account", data={"file": (BytesIO(b"Ed"), "e\0d.txt")})

    assert [misplaced.status_code, named_oddly.status_code] == [400, 400]
    assert "The field &#39;name&#39; takes text, not a file" in misplaced.text
    assert "NUL character" in named_oddly.text


def test_what_is_too_large_is_told_the_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client("editor")
    monkeypatch.setitem(world.app.config, "MAX_CONTENT_LENGTH", 3 << 20)
    answer = client.post("/w/acme/assets/glossary", data=b"x" * ((3 << 20) + 1), content_type="text/csv")

    assert answer.status_code == 413
    assert "larger than 3 MB" in answer.text


def test_an_address_that_leads_nowhere_speaks_to_people(world: World) -> None:
    page = world.client("editor").get("/w/acme/nowhere").text

    assert "what stood here belongs to another workspace or was removed" in page
    assert "The requested URL" not in page
