"""From prompt and case to request and cache key."""

from __future__ import annotations

from typing import Any

import pytest

from console.generation import cache
from console.generation.provider import Generated
from console.generation.requests import GenerationRequest, call_parameters, make_request
from copydesk.assets.prompt import Prompt
from tests.factories.bundles import assets
from tests.factories.console import World


def _request(seed_policy: str = "per_case", **changes: Any) -> GenerationRequest:
    content = assets()["prompt"]["welcome"]
    model = {"model": "small-model", "seed": 5, "seed_policy": seed_policy}
    wanted = {"case_key": "a", "variables": {"first_name": "Ada"}, "locale": "en-GB", "repeat_index": 0}
    return make_request(Prompt.model_validate({**content, "model": model}), **{**wanted, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"variables": {"first_name": "Bo"}}, {"repeat_index": 1}, {"served_model": "other"}, {"case_key": "b"}],
)
def test_whatever_decides_the_text_changes_the_key(changes: dict[str, Any]) -> None:
    assert _request().key != _request(**changes).key


def test_the_same_request_has_the_same_key() -> None:
    assert _request() == _request()


def test_seeds_follow_their_policy() -> None:
    assert _request("fixed").parameters["seed"] == _request("fixed", case_key="b").parameters["seed"] == 5
    assert _request("fixed", repeat_index=2).parameters["seed"] == 7
    assert _request("per_case").parameters["seed"] != _request("per_case", case_key="b").parameters["seed"]
    assert "seed" not in _request("none").parameters


def test_decimals_reach_the_model_as_numbers() -> None:
    numbers = call_parameters(_request())
    assert isinstance(numbers["temperature"], float)
    assert isinstance(numbers["top_p"], float)


def test_the_first_text_under_a_key_stays(world: World) -> None:
    request = _request()
    with world.session() as session:
        cache.keep(session, request, Generated("first", "m", 1, 2, 3))
        cache.keep(session, request, Generated("second", "m", 1, 2, 3))
    with world.session() as session:
        found = cache.find(session, [request.key, "unknown"])
    assert {key: entry.text for key, entry in found.items()} == {request.key: "first"}
