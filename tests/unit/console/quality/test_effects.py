"""What a draft does to labelled cases is known before it is saved, and can stop the save."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from console.assets import operations as assets
from console.quality import operations as quality
from console.quality.errors import CasesGetWorseError
from models import Asset, LabelEffect, Workspace
from tests.factories.console import World
from tests.factories.policies import api_token, work, write_policy

URL = "/w/acme/p/mail"
GLOSSARY = "/w/acme/assets/glossary/house"


@pytest.fixture
def labelled(world: World) -> World:
    """Give a policy whose glossary forbids `cheap`, and three cases, of which it gets two right."""
    write_policy(world)
    client = world.client("editor")
    for text, expects in (
        ("A cheap tent.", "finding"),
        ("A warm tent.", "none"),
        ("A shabby tent.", "finding"),
    ):
        given = {"check": "glossary", "expects": expects, "text": text}
        assert client.post(f"{URL}/labelled-cases", data=given).status_code == 303
    return world


def draft(world: World, *terms: str) -> int:
    """Write a draft that forbids these terms; returns its lock."""
    with world.session() as session:
        asset = glossary(session)
        content = {
            **asset.revisions[-1].content,
            "terms": [{"id": f"t{n}", "term": term, "status": "forbidden"} for n, term in enumerate(terms)],
        }
        lock = asset.draft.lock_number if asset.draft else 0
        return assets.save_draft(
            session, asset, content, base_lock=lock, by=world.actor("editor")
        ).lock_number


def glossary(session: Any) -> Asset:
    return session.scalars(select(Asset).where(Asset.kind == "glossary")).one()


def block(world: World) -> None:
    with world.session() as session:
        acme = session.get_one(Workspace, world.workspace_id)
        quality.set_blocking(session, acme, blocks=True, by=world.actor("admin"))


def save(world: World, lock: int) -> Any:
    return world.client("editor").post(f"{GLOSSARY}/save", data={"base": lock, "message": "Other words"})


def test_cases_that_get_worse_and_better_are_listed_before_saving(labelled: World) -> None:
    draft(labelled, "warm", "shabby")
    client = labelled.client("editor")
    assert 'hx-post="/w/acme/assets/glossary/house/effect"' in client.get(f"{GLOSSARY}/save").text
    page = client.post(f"{GLOSSARY}/effect", headers={"HX-Request": "true"}).text
    assert "2 labelled cases get worse" in page
    assert "1 labelled case gets better" in page
    assert "labelled-cases/1" in page
    assert "labelled-cases/2" in page


def test_a_draft_that_changes_nothing_for_the_cases_says_so(labelled: World) -> None:
    draft(labelled, "cheap", "lousy")
    page = labelled.client("editor").post(f"{GLOSSARY}/effect").text
    assert "No labelled case of Mail gets worse." in page
    assert "3 cases are judged as before" in page


def test_a_viewer_sees_what_is_known_and_starts_nothing(labelled: World) -> None:
    draft(labelled, "warm")
    viewer = labelled.client("viewer")
    assert "Judge them by this draft" in viewer.get(f"{GLOSSARY}/effect").text
    assert viewer.post(f"{GLOSSARY}/effect").status_code == 403


def test_worse_cases_do_not_stop_a_save_unless_the_workspace_says_so(labelled: World) -> None:
    assert save(labelled, draft(labelled, "warm")).status_code == 303


def test_a_blocking_workspace_asks_for_the_effect_first(labelled: World) -> None:
    block(labelled)
    answer = save(labelled, draft(labelled, "cheap", "shabby"))
    assert answer.status_code == 422
    assert "have to be judged by this content first" in answer.text
    assert "Other words" in answer.text
    with labelled.session() as session:
        assert glossary(session).last_revision_number == 1
        assert glossary(session).draft is not None


def test_a_blocking_workspace_saves_no_revision_that_makes_cases_worse(labelled: World) -> None:
    block(labelled)
    lock = draft(labelled, "warm")
    client = labelled.client("editor")
    client.post(f"{GLOSSARY}/effect")
    answer = save(labelled, lock)
    assert answer.status_code == 422
    assert "2 labelled cases get worse: case 1 (glossary), 2 (glossary)" in answer.text

    lock = draft(labelled, "cheap", "shabby")
    client.post(f"{GLOSSARY}/effect")
    assert save(labelled, lock).status_code == 303


def test_a_report_on_other_content_or_other_cases_does_not_count(labelled: World) -> None:
    block(labelled)
    client = labelled.client("editor")
    draft(labelled, "cheap", "shabby")
    client.post(f"{GLOSSARY}/effect")
    lock = draft(labelled, "cheap", "shabby", "lousy")
    assert save(labelled, lock).status_code == 422
    client.post(f"{GLOSSARY}/effect")
    more = {"check": "glossary", "expects": "none", "text": "Lousy weather."}
    client.post(f"{URL}/labelled-cases", data=more)
    assert save(labelled, lock).status_code == 422
    client.post(f"{GLOSSARY}/effect")
    assert "1 labelled case gets worse" in save(labelled, lock).text


def test_no_door_goes_around_the_guard(labelled: World) -> None:
    block(labelled)
    lock = draft(labelled, "warm")
    headers = {"Authorization": f"Bearer {api_token(labelled, 'editor')}"}
    answer = labelled.app.test_client().post(
        "/api/v1/workspaces/acme/assets/glossary/house/revisions",
        json={"base_lock": lock, "message": "Past the page"},
        headers=headers,
    )
    assert answer.status_code == 409
    with pytest.raises(CasesGetWorseError), labelled.session() as session:
        assets.save_revision(
            session, glossary(session), base_lock=lock, message="Past it", by=labelled.actor("editor")
        )


def test_only_an_admin_says_whether_worse_cases_stop_a_save(labelled: World) -> None:
    url = "/w/acme/checks/blocking"
    assert labelled.client("editor").post(url, data={"blocks": "1"}).status_code == 403
    assert labelled.client("admin").post(url, data={"blocks": "1"}).status_code == 303
    page = labelled.client("viewer").get(f"{URL}/checks").text
    assert "Cases that get worse stop the save." in page


def test_a_long_question_is_answered_by_a_job(labelled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.quality.effects.MAX_NOW_RUNTIME", 2)
    draft(labelled, "warm")
    client = labelled.client("editor")
    first = client.post(f"{GLOSSARY}/effect", headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 1s"' in first
    work(labelled)
    then = client.get(f"{GLOSSARY}/effect", headers={"HX-Request": "true"}).text
    assert "2 labelled cases get worse" in then
    assert "every 1s" not in then
    with labelled.session() as session:
        assert session.scalars(select(LabelEffect)).one().state == "done"


def test_bringing_an_old_revision_back_is_guarded_and_can_be_judged_first(labelled: World) -> None:
    assert save(labelled, draft(labelled, "cheap", "shabby")).status_code == 303
    block(labelled)
    client = labelled.client("editor")
    restore = f"{GLOSSARY}/revisions/1/restore"
    assert client.post(restore).status_code == 409
    link = f"{GLOSSARY}/effect?revision=1"
    assert link in client.get(f"{GLOSSARY}/revisions/1").text.replace("&amp;", "&")
    assert "1 labelled case gets worse" in client.post(link).text
    assert "1 labelled case gets worse" in client.post(restore).text
    client.post(f"{URL}/labelled-cases/3/withdraw", data={"reason": "No longer true."})
    client.post(link)
    assert client.post(restore).status_code == 303
