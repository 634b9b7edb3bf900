"""Off-brand texts on PostgreSQL: written by the job, ended by a person meanwhile, taken over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.factories.console import World
from tests.factories.policies import work
from tests.simulators.model_server import ModelServer, Reply
from tests.unit.console.voice.test_off_brand import URL, batch_of, draft_of, long_answer, voice_world

pytestmark = pytest.mark.postgres


class _EndedMeanwhile:
    """A model in front of which somebody presses Stop after some answers."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.stops_at = 0

    def __call__(self, number: int, request: Mapping[str, Any]) -> Reply:
        if self.world is not None and number == self.stops_at:
            url = f"{URL}/{batch_of(self.world).id}/stop"
            assert self.world.client("editor").post(url).status_code == 303
        return long_answer(number, request)


@pytest.fixture
def ended(tmp_path: Path, postgres_url: str) -> Iterator[_EndedMeanwhile]:
    model = _EndedMeanwhile()
    with ModelServer(model) as server:
        model.world = voice_world(tmp_path, server, DATABASE_URL=postgres_url, GENERATION_CONCURRENCY="1")
        yield model
        model.world.close()


def test_texts_are_written_until_somebody_stops_it_and_taken_over(ended: _EndedMeanwhile) -> None:
    world = ended.world
    assert world is not None
    client = world.client("editor")
    client.post(URL, data={"wanted": "2"})
    work(world)
    batch = batch_of(world)
    assert (batch.state, batch.done) == ("done", 2)
    assert client.post(f"{URL}/{batch.id}/take", data={"texts": ["0", "1"]}).status_code == 303
    assert len(draft_of(world)["off_brand"]) == 3

    ended.stops_at = 4
    client.post(URL, data={"wanted": "9"})
    work(world)
    batch = batch_of(world)
    assert (batch.state, batch.done) == ("done", 1), "the answer that came after the end is not kept"
