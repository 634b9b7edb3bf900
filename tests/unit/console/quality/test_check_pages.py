"""Pages of checks and labelled cases: they count at once, can be edited and withdrawn, and show what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from models import AuditEntry, LabelledCase, Sample
from tests.factories.console import World
from tests.factories.policies import propose, write_policy

URL = "/w/acme/p/mail"
FALSE_ALARM = {"check": "glossary", "expects": "none", "text": "A cheap welcome back."}
MISS = {"check": "glossary", "expects": "finding", "text": "A shabby welcome back.", "quote": "shabby"}


def add(world: World, case: Mapping[str, object], who: str = "editor") -> None:
    answer = world.client(who).post(f"{URL}/labelled-cases", data=dict(case))
    assert answer.status_code == 303, answer.text


def numbers(world: World) -> dict[str, object]:
    answer = world.client("viewer").get("/api/v1/workspaces/acme/policies/mail/checks")
    return next(check for check in answer.json["checks"] if check["check"] == "glossary")


@pytest.fixture
def written(world: World) -> World:
    write_policy(world)
    return world


def test_every_page_is_there_without_any_case(written: World) -> None:
    client = written.client("viewer")
    assert client.get("/w/acme/checks").location.endswith("/w/acme/p/mail/checks")
    for path in (f"{URL}/checks", f"{URL}/checks/glossary", f"{URL}/checks/toxicity"):
        answer = client.get(path)
        assert answer.status_code == 200, path
    assert client.get(f"{URL}/checks/nothing").status_code == 404


def test_a_labelled_case_counts_at_once(written: World) -> None:
    assert numbers(written)["cases"] == 0
    add(written, FALSE_ALARM)
    add(written, MISS)
    found = numbers(written)
    assert (found["false_alarms"], found["misses"], found["hits"]) == (1, 1, 0)
    page = written.client("viewer").get(f"{URL}/checks/glossary").text
    assert "1 false alarm" in page
    assert "1 miss" in page
    assert "<mark" in page
