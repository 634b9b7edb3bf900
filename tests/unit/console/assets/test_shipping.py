"""Which policies ship an asset can be chosen later than when it is created."""

from __future__ import annotations

from sqlalchemy import select

from console.assets.operations import create_policy
from console.runs import operations as runs
from models import Asset, Policy
from tests.factories.console import World
from tests.factories.policies import write_policy

URL = "/w/acme/assets/glossary/house/policies"


def _take_out(world: World) -> None:
    assert world.client("editor").post(URL, data={}).status_code == 303


def _pinned_kinds(world: World, title: str) -> set[str]:
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        candidate = runs.build_candidate(session, policy, title=title, by=world.actor("editor"))
        ids = [pin.asset_id for pin in candidate.pins]
        return set(session.scalars(select(Asset.kind).where(Asset.id.in_(ids))))


def test_an_asset_in_no_policy_leads_an_editor_to_choosing_one_and_ships_from_then_on(world: World) -> None:
    write_policy(world)
    _take_out(world)
    client = world.client("editor")

    page = client.get("/w/acme/assets/glossary/house").text
    without = _pinned_kinds(world, "Without it")
    answer = client.post(URL, data={"policies": [str(world.policy_id)]})

    assert "In no policy: nothing ships it" in page
    assert f'href="{URL}"' in page
    assert "glossary" not in without
    assert answer.status_code == 303
    assert "glossary" in _pinned_kinds(world, "With it")
    assert "Ships with" in client.get("/w/acme/assets/glossary/house").text
    assert "asset.policies_changed" in world.client("auditor").get("/w/acme/audit/entries.jsonl").text


def test_the_form_offers_the_policies_of_this_workspace_and_marks_those_that_ship_it(world: World) -> None:
    write_policy(world)
    with world.session() as session:
        create_policy(session, world.workspace_id, slug="chat", name="Chat", by=world.actor("editor"))
        far = create_policy(
            session, world.other_workspace_id, slug="far", name="Far away", by=world.actor("outsider")
        )
        far_id = far.id
    client = world.client("editor")

    page = client.get(URL).text

    assert page.count("<input checked") == 1
    assert "Chat" in page
    assert "Far away" not in page
    assert client.post(URL, data={"policies": [str(far_id)]}).status_code == 422


def test_only_an_editor_chooses(world: World) -> None:
    write_policy(world)
    assert world.client("legal").get(URL).status_code == 403
    assert world.client("legal").post(URL, data={}).status_code == 403
