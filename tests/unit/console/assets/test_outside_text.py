"""A prompt whose system message would hold free text from outside is neither saved nor tested."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import update

from console.assets import operations
from console.runs.errors import OutsideTextError
from console.runs.operations import build_candidate
from copydesk.assets import Kind
from copydesk.errors import ContentError
from models import Policy, Revision
from tests.factories.assets import SMALL, add_asset, asset_of
from tests.factories.console import World

BASE = "/w/acme/assets/prompt/app-push"
REFUSED = (
    "“Who is writing”, line 2: 'product' is free text from outside, which never stands in the system message"
)


def _with_product_in_system_message() -> dict[str, Any]:
    content = deepcopy(dict(SMALL[Kind.PROMPT]))
    content["blocks"][0]["text"] = "You write one line.\nIt is about {{ product }}."
    return content


def test_saving_names_the_block_the_line_and_the_way_out(world: World) -> None:
    add_asset(world, Kind.PROMPT, _with_product_in_system_message(), frozen=False)
    by = world.actor("editor")
    with world.session() as session, pytest.raises(ContentError) as refused:
        operations.save_revision(
            session, asset_of(session, world, Kind.PROMPT), base_lock=1, message="First", by=by
        )
    (problem,) = refused.value.problems
    assert problem.path == "blocks.0.text"
    assert problem.message.startswith(REFUSED)
    assert problem.message.endswith("use it in a user block, or declare it a choice")


def test_the_editor_shows_it_as_it_is_typed_and_offers_marks_elsewhere(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    client = world.client("editor")
    url = f"{BASE}/items/blocks"

    def said(block: str, **typed: str) -> str:
        html = client.get(f"{url}/edit/{block}").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', html)
        form = {"id": block, "title": block, **typed, "csrf_token": token[1] if token else ""}
        answer = client.post(f"{url}/live/{block}", data=form)
        assert answer.status_code == 200
        return answer.text.replace("&#39;", "'")

    assert "never stands in the system message" in said("role", role="system", text="Say {{ product }}.")
    user = said("brief", role="user", text="Say {{ product }}.")
    assert "never stands" not in user
    assert "{{ product | data }}" in user
    assert "free text" not in said("brief", role="user", text="Say {{ product | data }}.")


def test_a_revision_from_before_the_rule_is_not_tested_again(world: World) -> None:
    add_asset(world, Kind.PROMPT)
    with world.session() as session:
        asset = asset_of(session, world, Kind.PROMPT)
        old = update(Revision).where(Revision.asset_id == asset.id)
        session.execute(old.values(content=_with_product_in_system_message()))
    with world.session() as session:
        policy = session.get_one(Policy, world.policy_id)
        with pytest.raises(OutsideTextError, match="prompt app-push, revision 1"):
            build_candidate(session, policy, title="Old", by=world.actor("editor"))
