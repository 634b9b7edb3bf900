"""Writers queue on both databases, and who only reads does not wait for them."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from console.extensions import db
from console.health import is_ready
from console.runs import operations as runs
from console.runs.gate import GateContent
from models import Policy
from tests.factories.policies import STRICT_GATE

if TYPE_CHECKING:
    from tests.factories.console import World


def test_two_writers_at_once_get_numbers_of_their_own(world_on_each_database: World) -> None:
    world, numbers = world_on_each_database, []

    def set_gate() -> None:
        with world.session() as session:
            policy = session.get_one(Policy, world.policy_id)
            content = GateContent.model_validate(STRICT_GATE)
            numbers.append(runs.set_gate(session, policy, content, by=world.actor("editor")).number)

    threads = [threading.Thread(target=set_gate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == list(range(1, 9))


def test_readiness_does_not_wait_for_a_writer(world_on_each_database: World) -> None:
    world = world_on_each_database
    with world.session() as session:
        session.get_one(Policy, world.policy_id).name = "Mails"
        session.flush()

        async def ask() -> dict[str, str]:
            return await asyncio.wait_for(is_ready(db), timeout=10)

        # In a thread: the browser of the session keeps an event loop running in this one.
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(asyncio.run, ask()).result() == {"status": "ok"}
