"""The provider against a scripted model server over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from console.generation.errors import GenerationError, ProviderAddressError
from console.generation.provider import Generated, Provider, make_provider, refuse_private_address
from tests.factories.console import make_settings
from tests.simulators.model_server import ModelServer, Reply, Script, completion

MESSAGES = [{"role": "user", "content": "Welcome Ada."}]
FINE = Reply(body=completion(" Welcome back. "))
NOW = {"Retry-After": "0"}


def _in_turn(replies: Sequence[Reply]) -> Script:
    return lambda number, _request: replies[min(number, len(replies)) - 1]


def _ask(server: ModelServer, budget_s: float = 30.0, **more: Any) -> Generated:
    provider = Provider(server.url, "key", budget_s=budget_s)
    try:
        return provider.generate(MESSAGES, {"model": "small-model", "seed": 7}, **more)
    finally:
        provider.close()


def test_an_answer_comes_with_its_figures() -> None:
    with ModelServer(_in_turn([FINE])) as server:
        made = _ask(server)
    assert (made.text, made.model, made.prompt_tokens, made.completion_tokens) == (
        "Welcome back.",
        "small-model",
        11,
        7,
    )
    assert made.latency_ms >= 0
    assert server.requests[0]["messages"] == MESSAGES
    assert server.requests[0]["seed"] == 7


@pytest.mark.parametrize(
    "first",
    [
        Reply(429, {"error": {"message": "slow down"}}, NOW),
        Reply(500, {"error": "oops"}),
        Reply(503, b"<h1>down</h1>", {"Content-Type": "text/html", **NOW}),
        Reply(408, {}, NOW),
        Reply(200, b"{not json"),
    ],
    ids=["429", "500", "503 html", "408", "garbage"],
)
def test_what_may_pass_is_tried_again(first: Reply) -> None:
    with ModelServer(_in_turn([first, FINE])) as server:
        made = _ask(server)
    assert (made.text, made.attempts, len(server.requests)) == ("Welcome back.", 2, 2)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(401, {"error": {"message": "bad key"}}), "answered 401"),
        (Reply(400, {"error": {"message": "bad"}}), "answered 400"),
        (Reply(404, {}), "answered 404"),
        (Reply(200, {"hello": "world"}), "no chat completion"),
        (Reply(200, []), "no chat completion"),
        (Reply(200, {**completion("x"), "choices": []}), "no chat completion"),
        (Reply(200, completion("  \n ")), "empty text"),
        (Reply(200, completion(None)), "empty text"),
    ],
)
def test_what_will_not_pass_is_asked_once(reply: Reply, reason: str) -> None:
    with ModelServer(_in_turn([reply])) as server, pytest.raises(GenerationError, match=reason):
        _ask(server)
    assert len(server.requests) == 1


def test_attempts_are_bounded() -> None:
    with (
        ModelServer(_in_turn([Reply(429, {}, NOW)])) as server,
        pytest.raises(GenerationError, match=r"429 \(after 6 of"),
    ):
        _ask(server)
    assert len(server.requests) == 6


def test_a_pause_longer_than_the_budget_is_not_waited_for() -> None:
    with (
        ModelServer(_in_turn([Reply(429, {}, {"Retry-After": "60"})])) as server,
        pytest.raises(GenerationError, match="answered 429"),
    ):
        _ask(server, budget_s=5)
    assert len(server.requests) == 1


def test_a_slow_answer_ends_with_the_budget() -> None:
    slow = Reply(body=completion("late"), delay_s=2)
    with (
        ModelServer(_in_turn([slow])) as server,
        pytest.raises(GenerationError, match="did not answer in time"),
    ):
        _ask(server, budget_s=0.3)
    assert len(server.requests) == 1


def test_no_attempt_is_made_after_a_stop() -> None:
    stop = threading.Event()
    stop.set()
    with (
        ModelServer(_in_turn([Reply(429, {}, {"Retry-After": "20"})])) as server,
        pytest.raises(GenerationError, match="stopped"),
    ):
        _ask(server, stop=stop)
    assert len(server.requests) == 1


def test_a_server_that_is_away_is_named() -> None:
    with ModelServer(_in_turn([FINE])) as server:
        pass
    with pytest.raises(GenerationError, match="could not be reached"):
        _ask(server, budget_s=0.2)


@pytest.mark.parametrize(
    ("url", "environ", "is_refused"),
    [
        ("http://10.0.0.7/v1", {}, True),
        ("http://192.168.1.1:8080/v1", {}, True),
        ("http://169.254.169.254/latest", {}, True),
        ("http://[fd00::1]/v1", {}, True),
        ("http://0.0.0.0:9/v1", {}, True),
        ("http://[::ffff:10.0.0.7]/v1", {}, True),
        ("nonsense", {}, True),
        ("http://10.0.0.7/v1", {"ALLOWED_PRIVATE_HOSTS": "10.0.0.7 model.internal"}, False),
        ("http://127.0.0.1:9/v1", {}, False),
        ("http://127.0.0.1:9/v1", {"COPYDESK_ENV": "production"}, True),
        ("http://[::1]:9/v1", {"COPYDESK_ENV": "production"}, True),
        (
            "http://127.0.0.1:9/v1",
            {"COPYDESK_ENV": "production", "ALLOWED_PRIVATE_HOSTS": "127.0.0.1"},
            False,
        ),
        ("https://93.184.216.34/v1", {"COPYDESK_ENV": "production"}, False),
    ],
)
def test_private_addresses_are_called_only_when_allowed(
    tmp_path: Path, url: str, environ: dict[str, str], is_refused: bool
) -> None:
    settings = make_settings(tmp_path, environ)
    if not is_refused:
        refuse_private_address(url, settings)
        return
    with pytest.raises(ProviderAddressError):
        refuse_private_address(url, settings)


def test_without_a_model_the_reason_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match="Set OPENAI_API_KEY or OPENAI_BASE_URL"):
        make_provider(make_settings(tmp_path))


@pytest.mark.parametrize(
    ("odd", "name"), [("\0", "U\\+0000"), ("\ud83d", "U\\+D83D"), ("\udc00", "U\\+DC00")]
)
def test_a_text_that_no_database_keeps_is_a_failure_with_its_reason(odd: str, name: str) -> None:
    answer = Reply(body=completion(f"Welcome{odd}back."))
    with ModelServer(_in_turn([answer])) as server, pytest.raises(GenerationError, match=name):
        _ask(server)


def test_odd_figures_of_a_model_server_are_not_taken_over() -> None:
    body = completion("Welcome back.") | {
        "model": "small\0-model" + "x" * 300,
        "usage": {"prompt_tokens": 10**30, "completion_tokens": -4, "total_tokens": 1},
    }
    with ModelServer(_in_turn([Reply(body=body)])) as server:
        made = _ask(server)

    assert made.model.startswith("small-model")
    assert len(made.model) == 200
    assert (made.prompt_tokens, made.completion_tokens) == (0, 0)
