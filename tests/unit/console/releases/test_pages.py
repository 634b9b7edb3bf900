"""Pages of releases: what a version says of its making, and forms that do not fit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from console.clock import now
from console.reviews import operations as reviews
from models import Review, Waiver
from tests.factories.policies import BAD, GOOD, approve, change_cases, propose, publish, write_policy

if TYPE_CHECKING:
    from tests.factories.console import World


def _published_on_a_waiver(world: World) -> int:
    write_policy(world)
    change_cases(world, [GOOD, BAD])
    review_id = propose(world).review_id
    with world.session() as session:
        reviews.add_waiver(
            session,
            session.get_one(Review, review_id),
            condition="floor:overall",
            case_keys=(),
            reason="Known.",
            expires_at=now() + timedelta(days=3),
            by=world.actor("editor2"),
        )
    approve(world, review_id)
    publish(world, review_id)
    return review_id


def test_signers_stay_on_the_pages_when_the_waiver_is_taken_back_later(world: World) -> None:
    review_id = _published_on_a_waiver(world)
    with world.session() as session:
        waiver = session.scalars(select(Waiver)).one()
        reviews.revoke_waiver(session, waiver, by=world.actor("legal"))
    client = world.client("viewer")

    listed = client.get("/w/acme/p/mail/releases").text
    version = client.get("/w/acme/p/mail/versions/1").text
    review = client.get(f"/w/acme/reviews/{review_id}").text

    for page in (listed, version, review):
        assert "Legal" in page
        assert "Brand Reviewer" in page
    assert "Brand Reviewer, Legal" in listed
    assert "A waiver was taken back after this signature" not in review


def test_a_publish_form_that_does_not_fit_comes_back_with_what_was_typed(world: World) -> None:
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    client = world.client("releaser")

    data = {"review": review_id, "channel": "moon", "changelog": "Kinder words"}
    answer = client.post("/w/acme/p/mail/publish", data=data)

    assert answer.status_code == 422
    assert "Not a valid choice" in answer.text
    assert "Kinder words" in answer.text
    assert "data-open" in answer.text


def test_a_publish_form_without_a_review_says_so(world: World) -> None:
    write_policy(world)
    client = world.client("releaser")

    for review in ("", "abc", "99999999999999999999"):
        answer = client.post("/w/acme/p/mail/publish", data={"review": review, "channel": "staging"})
        assert answer.status_code == 422
        assert "errorsummary" in answer.text
