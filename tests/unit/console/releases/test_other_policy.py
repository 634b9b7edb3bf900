"""A channel carries its own policy's versions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from console.clock import now
from console.releases import operations as releases
from models import Bundle, Channel, Policy
from tests.factories.policies import approve, propose, write_policy

if TYPE_CHECKING:
    from tests.factories.console import World


def test_a_review_is_not_published_to_a_channel_of_another_policy(world: World) -> None:
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    with world.session() as session:
        other = Policy(workspace_id=world.workspace_id, slug="chat", name="Chat", created_at=now())
        session.add(other)
        session.flush()
        releases.open_channels(session, other)

    data = {"review": str(review_id), "channel": "production"}
    answer = world.client("releaser").post("/w/acme/p/chat/publish", data=data)

    assert answer.status_code == 404
    with world.session() as session:
        assert session.scalars(select(Bundle)).all() == []
        assert {channel.bundle_id for channel in session.scalars(select(Channel))} == {None}
