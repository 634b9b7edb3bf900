"""A client that watches its channel: new versions at once, and polling where nothing is held."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from copydesk.client import ClientState
from tests.simulators.console import Answer, ConsoleSimulator
from tests.unit.sdk.client.conftest import Open


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if is_so():
            return
        threading.Event().wait(0.01)
    pytest.fail("it never came to be so")


def test_a_watching_client_takes_a_new_version_the_moment_the_channel_moves(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.holds = True
    console.publish(1)
    client = open_client(background=True, refresh_interval_s=3600.0, report_interval_s=None)
    assert console.held.acquire(timeout=30)

    console.publish(2)

    assert client.wait_for_version(2, timeout_s=30)
    assert console.held.acquire(timeout=30)  # and it watches on


def test_closing_does_not_wait_for_a_request_that_is_held(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.holds = True
    console.publish(1)
    client = open_client(background=True, refresh_interval_s=3600.0, report_interval_s=None)
    assert console.held.acquire(timeout=30)

    client.close()

    assert not [thread for thread in threading.enumerate() if thread.name == "copydesk-customer-email"]


def test_a_console_that_holds_nothing_is_polled_at_the_interval(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client(background=True, refresh_interval_s=3600.0, report_interval_s=None)
    watched = f"{console.pointer_path()}?wait=1"

    until(lambda: ("GET", watched, 304) in console.requests)
    client.close()

    assert [path for _, path, _ in console.requests].count(watched) == 1


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_watch_that_fails_is_no_outage(console: ConsoleSimulator, open_client: Open, status: int) -> None:
    console.publish(1)
    console.overrides[f"{console.pointer_path()}?wait=1"] = Answer(status, b"{}")
    client = open_client(background=True, report_interval_s=None)
    console.publish(2)

    assert client.wait_for_version(2, timeout_s=30)
    until(lambda: client.status.state is ClientState.MATCHES)


def test_a_client_that_does_not_watch_holds_nothing(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client(background=True, watch=False, report_interval_s=None)
    console.publish(2)

    assert client.wait_for_version(2, timeout_s=30)
    assert not any("wait" in path for _, path, _ in console.requests)
