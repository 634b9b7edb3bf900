"""My work: what waits for a person, and nothing of anybody else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.assets.operations import create_policy
from console.notices.operations import notify
from models import Asset, Draft, GoldenDraft, GoldenSet, Notice
from tests.factories.console import World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(Path(tmp_path_factory.mktemp("inbox")))
    with made.session() as session:
        for who in ("editor", "legal"):
            notify(
                session,
                made.workspace_id,
                [made.user_ids[who]],
                kind="review_decided",
                subject=("review", 1),
                text=f"Something for {who} <b>",
                url="/w/acme/reviews/1",
            )
        _draft(session, made, "editor", "tone-of-mails")
        _draft(session, made, "editor2", "other-tone")
        _golden_draft(session, made)
    return made


def _golden_draft(session: Any, world: World) -> None:
    at, user_id = datetime(2026, 11, 3, tzinfo=UTC), world.user_ids["editor"]
    golden = GoldenSet(
        workspace_id=world.workspace_id,
        policy_id=world.policy_id,
        name="replies",
        title="Replies to customers",
        created_by_id=user_id,
        created_at=at,
    )
    session.add(golden)
    session.flush()
    session.add(
        GoldenDraft(
            golden_set_id=golden.id,
            content={},
            base_revision_number=2,
            saved_by_id=world.user_ids["editor2"],
            saved_at=at,
            editor_ids=[user_id, world.user_ids["editor2"]],
        )
    )


def _draft(session: Any, world: World, who: str, name: str) -> None:
    at, user_id = datetime(2026, 11, 2, tzinfo=UTC), world.user_ids[who]
    asset = Asset(
        workspace_id=world.workspace_id,
        kind="style_guide",
        name=name,
        title=f"Title of {name}",
        created_by_id=user_id,
        created_at=at,
    )
    session.add(asset)
    session.flush()
    session.add(
        Draft(
            asset_id=asset.id,
            content={},
            base_revision_number=0,
            saved_by_id=user_id,
            saved_at=at,
            editor_ids=[user_id],
        )
    )


def test_a_person_sees_their_own_notifications_and_drafts(world: World) -> None:
    text = world.client("editor").get("/w/acme/").text
    assert "Something for editor &lt;b&gt;" in text
    assert "Something for legal" not in text
    assert "Title of tone-of-mails" in text
    assert "Title of other-tone" not in text
    assert "/w/acme/golden/replies" in text  # saved last by somebody else, but a hand in it


def test_policies_show_what_is_on_their_channels(world: World) -> None:
    text = world.client("viewer").get("/w/acme/").text
    assert "Mail" in text
    assert "nothing yet" in text
    assert "Nothing waits for you." in text


def test_reading_a_notification_takes_it_away_for_its_person_alone(world: World) -> None:
    editor, legal = world.client("editor"), world.client("legal")
    with world.session() as session:
        ids = {n.user_id: n.id for n in session.query(Notice)}
    # Somebody else's id changes nothing.
    legal.post("/w/acme/notices/read", data={"notice": ids[world.user_ids["editor"]]})
    assert "Something for editor" in editor.get("/w/acme/").text
    answer = editor.post("/w/acme/notices/read", data={"notice": ids[world.user_ids["editor"]]})
    assert answer.status_code == 303
    assert "Something for editor" not in editor.get("/w/acme/").text
    assert "Something for legal" in legal.get("/w/acme/").text
    legal.post("/w/acme/notices/read", data={"all": "1"})
    assert "Something for legal" not in legal.get("/w/acme/").text


@pytest.mark.parametrize("value", ["", "x", "-1", "99999999999999999999", "9" * 400, "9" * 5_000, "²"])
def test_odd_ids_of_notifications_do_no_harm(world: World, value: str) -> None:
    assert world.client("viewer").post("/w/acme/notices/read", data={"notice": value}).status_code == 303


def test_a_stranger_finds_no_such_workspace(world: World) -> None:
    client = world.client("outsider")
    assert client.get("/w/acme/").status_code == 404
    assert client.post("/w/acme/notices/read", data={"all": "1"}).status_code == 404


def test_a_workspace_without_policies_says_how_to_begin(world: World) -> None:
    text = world.client("outsider").get("/w/other/").text
    assert "Open the first policy" in text
    assert 'href="/w/other/settings#policies"' in text
    with world.session() as session:
        create_policy(
            session, world.other_workspace_id, slug="new", name="New one", by=world.actor("outsider")
        )
    assert "New one" in world.client("outsider").get("/w/other/").text
