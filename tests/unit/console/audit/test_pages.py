"""The audit trail as a page: found by filters, with names, within one workspace."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.audit.operations import record
from console.audit.queries import ENTRIES_PER_PAGE
from console.permissions import SYSTEM
from models import AuditEntry
from tests.factories.console import World, make_world

LONG_AGO = datetime(2020, 5, 4, 23, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(Path(tmp_path_factory.mktemp("audit")))
    with made.session() as session:
        subject = ("policy", made.policy_id)
        record(session, "policy.created", by=made.actor("editor"), subject=subject, after={"slug": "<mail>"})
        record(session, "policy.renamed", by=made.actor("editor"), subject=subject, at=LONG_AGO)
        record(session, "policy.secret", by=made.actor("outsider"), subject=("policy", 77))
    return made


def search(world: World, who: str = "auditor", **query: str) -> str:
    answer = world.client(who).get("/w/acme/audit", query_string=query)
    assert answer.status_code == 200
    return answer.text


def test_entries_show_names_and_what_changed(world: World) -> None:
    text = search(world, subject_kind="policy", subject_id=str(world.policy_id))
    assert "Editor" in text
    assert "Mail" in text
    assert "&lt;mail&gt;" in text
    assert "<mail>" not in text


def test_entries_of_another_workspace_are_not_there(world: World) -> None:
    assert "secret" not in search(world)
    lines = world.client("auditor").get("/w/acme/audit/entries.jsonl").text
    assert "policy.secret" not in lines
    assert "policy.renamed" in lines


def rows(text: str) -> int:
    return text.count('<tr id="entry-')


def test_entries_are_found_by_what_who_and_when(world: World) -> None:
    assert rows(search(world, action="policy.renamed")) == 1
    assert rows(search(world, person=str(world.user_ids["legal"]), action="policy.renamed")) == 0
    assert rows(search(world, person=str(world.user_ids["editor"]), action="policy.renamed")) == 1
    assert rows(search(world, person="system", action="policy.renamed")) == 0
    assert rows(search(world, since="2020-05-04", until="2020-05-04")) == 1
    assert rows(search(world, until="2020-05-03")) == 0


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "9999-12-31", "0000-00-00"])
def test_a_date_that_is_none_is_said_and_changes_nothing(world: World, day: str) -> None:
    answer = world.client("auditor").get("/w/acme/audit", query_string={"since": "2020-01-01", "until": day})
    assert answer.status_code == 422
    assert day in answer.text


def test_pages_lead_through_all_entries_without_a_gap(world: World) -> None:
    with world.session() as session:
        for number in range(ENTRIES_PER_PAGE + 5):
            record(session, "many.made", by=world.actor("editor"), subject=("many", number))
    client, seen, url = world.client("auditor"), 0, "/w/acme/audit?action=many.made"
    while url:
        text = client.get(url).text
        seen += rows(text)
        url = next(
            (
                part.split('"')[0].replace("&amp;", "&")
                for part in text.split('href="')
                if 'rel="next"' in part[:200]
            ),
            "",
        )
    assert seen == ENTRIES_PER_PAGE + 5


@pytest.mark.parametrize("who", ["editor", "viewer", "releaser", "brand_reviewer"])
def test_only_those_who_may_read_the_trail_see_it(world: World, who: str) -> None:
    for path in ("audit", "audit/entries.jsonl", "audit/chain.jsonl"):
        assert world.client(who).get(f"/w/acme/{path}").status_code == 403


def test_the_whole_chain_is_for_those_who_may_read_all_workspaces(world: World) -> None:
    from console.accounts.operations import set_roles
    from models import User, Workspace

    assert world.client("auditor").get("/w/acme/audit/chain.jsonl").status_code == 403
    with world.session() as session:
        other = session.get_one(Workspace, world.other_workspace_id)
        user = session.get_one(User, world.user_ids["auditor"])
        set_roles(session, other, user, ["auditor"], by=SYSTEM)
    text = world.client("auditor").get("/w/acme/audit/chain.jsonl").text
    with world.session() as session:
        count = session.query(AuditEntry).count()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, count + 1))
