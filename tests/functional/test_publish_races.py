"""Two publishers at once, on SQLite and PostgreSQL: one version, whoever wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select

from console.errors import ConsoleError
from console.releases.errors import NotApprovedError
from copydesk.approval import ReasonCode
from models import Bundle, Channel, Release
from tests.factories.console import World
from tests.factories.policies import approve, change_term, propose, publish, write_policy

PUBLISHERS = 4


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; what one raises is its result."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except ConsoleError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def _state(world: World) -> tuple[list[int], list[int], int]:
    with world.session() as session:
        versions = list(session.scalars(select(Bundle.version).order_by(Bundle.version)))
        sequences = list(session.scalars(select(Release.sequence).order_by(Release.id)))
        production = session.scalars(select(Channel.sequence).where(Channel.name == "production")).one()
        return versions, sequences, production


def test_many_publishers_of_one_review_give_exactly_one_version(world_on_each_database: World) -> None:
    world = world_on_each_database
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)

    results = _at_once(*[lambda: publish(world, review_id)] * PUBLISHERS)

    won = [result for result in results if isinstance(result, int)]
    lost = [result.code for result in results if isinstance(result, ConsoleError)]
    assert won == [1]
    assert lost == ["already_published"] * (PUBLISHERS - 1)
    assert _state(world) == ([1], [1], 1)


def test_two_reviews_published_at_once_get_versions_one_after_the_other(
    world_on_each_database: World,
) -> None:
    world = world_on_each_database
    write_policy(world)
    first = propose(world).review_id
    approve(world, first)
    change_term(world, "bargain")
    second = propose(world).review_id
    approve(world, second)

    results = _at_once(lambda: publish(world, first, "staging"), lambda: publish(world, second, "staging"))

    assert sorted(results) == [1, 2]
    versions, sequences, production = _state(world)
    assert (versions, sorted(sequences), production) == ([1, 2], [1, 2], 0)


def test_of_two_reviews_that_race_for_production_the_later_has_to_be_run_again(
    world_on_each_database: World,
) -> None:
    world = world_on_each_database
    write_policy(world)
    first = propose(world).review_id
    approve(world, first)
    change_term(world, "bargain")
    second = propose(world).review_id
    approve(world, second)

    results = _at_once(lambda: publish(world, first), lambda: publish(world, second))

    won = [result for result in results if isinstance(result, int)]
    (lost,) = (result for result in results if isinstance(result, NotApprovedError))
    assert won == [1]
    assert [reason.code for reason in lost.reasons] == [ReasonCode.PRODUCTION_MOVED]
    assert _state(world) == ([1], [1], 1)


def test_a_double_click_in_the_browser_gives_one_version(world_on_each_database: World) -> None:
    world = world_on_each_database
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    clients = [world.client("releaser") for _ in range(2)]
    data = {"review": review_id, "channel": "production"}

    answers = _at_once(
        *[lambda c=client: c.post("/w/acme/p/mail/publish", data=data).status_code for client in clients]
    )

    assert answers == [303, 303]
    assert _state(world) == ([1], [1], 1)
