"""The client against a real, scripted server: trust, last good version, offline start, hot swap."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.bundle.archive import pack, unpack
from copydesk.client import Client, ClientState
from copydesk.errors import NoPolicyError
from tests.factories import bundles
from tests.simulators.console import ISSUED_AT, Answer, ConsoleSimulator

Open = Callable[..., Client]


@pytest.fixture
def console() -> Iterator[ConsoleSimulator]:
    with ConsoleSimulator() as simulator:
        yield simulator


@pytest.fixture
def open_client(console: ConsoleSimulator, tmp_path: Path) -> Iterator[Open]:
    opened: list[Client] = []

    def _open(**changes: Any) -> Client:
        settings: dict[str, Any] = {
            "workspace": "acme",
            "policy": "customer-email",
            "token": console.token,
            "trust": bundles.trust(),
            "cache_dir": tmp_path / "cache",
            "background": False,
            "fetch_timeout_s": 5.0,
            "refresh_interval_s": 0.02,
            "clock": lambda: ISSUED_AT,
        }
        if "version" not in changes:
            settings["channel"] = "production"
        opened.append(Client(console.url, **(settings | changes)))
        return opened[-1]

    yield _open
    for client in opened:
        client.close()


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if is_so():
            return
        threading.Event().wait(0.01)
    pytest.fail("it never came to be so")


def is_usable(client: Client, text: str) -> bool:
    return not client.policy.check(text, prompt="welcome").is_blocked


def test_a_new_client_fetches_verifies_and_runs_the_channels_version(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    assert client.policy.version == 1
    assert client.status.state is ClientState.MATCHES
    assert client.status.sequence == 1
    assert (
        client.policy.render("welcome", variables={"first_name": "Ada"}).messages[1].content
        == "Welcome Ada back."
    )


def test_a_term_forbidden_by_the_next_version_is_blocked_without_a_restart(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1, bundles.bundle(1, bundles.assets("shoddy")))
    client = open_client()
    held = client.policy
    assert is_usable(client, "A bargain for you.")
    console.publish(2, bundles.bundle(2, bundles.assets("bargain")))
    client.refresh()
    assert client.policy.version == 2
    assert not is_usable(client, "A bargain for you.")
    assert held.version == 1, "a policy in use never changes under its user"


def test_the_background_thread_takes_a_new_version(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client(background=True)
    console.publish(2)
    assert client.wait_for_version(2, timeout_s=30)


def test_an_unchanged_pointer_costs_a_304_and_no_download(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    console.requests.clear()
    assert client.refresh().state is ClientState.MATCHES
    assert console.requests == [("GET", console.pointer_path(), 304)]


def test_a_client_starts_from_disk_while_the_console_is_down(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    open_client()
    console.stop()
    client = open_client()
    assert client.policy.version == 1
    assert client.status.state is ClientState.OFFLINE
    assert client.refresh().state is ClientState.OFFLINE
    assert "ConnectError" in str(client.status.last_error)
    assert client.policy.version == 1


def test_without_a_console_and_without_a_cache_there_is_no_policy_and_no_crash(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.stop()
    client = open_client()
    with pytest.raises(NoPolicyError, match="ConnectError"):
        _ = client.policy


def test_a_console_that_comes_back_is_picked_up(console: ConsoleSimulator, open_client: Open) -> None:
    console.overrides[console.pointer_path()] = Answer(503, b"try later")
    client = open_client(background=True)
    assert client.status.state is ClientState.OFFLINE
    console.publish(1)
    del console.overrides[console.pointer_path()]
    assert client.wait_for_version(1, timeout_s=30)


def flipped(data: bytes) -> bytes:
    files = unpack(data)
    files["data.json"] = files["data.json"].replace(b"cheap", b"chead")
    return pack(files)


def edited(data: bytes) -> bytes:
    files = unpack(data)
    files["content/glossary/house.asset.json"] = files["content/glossary/house.asset.json"].replace(
        b"cheap", b"chead"
    )
    return pack(files)


BAD_BUNDLES: dict[str, Callable[[], bytes]] = {
    "projection changed": lambda: flipped(bundles.bundle(2)),
    "content changed": lambda: edited(bundles.bundle(2)),
    "file added": lambda: pack(unpack(bundles.bundle(2)) | {"extra.rego": b"package x"}),
    "signed by a stranger": lambda: bundles.bundle(2, key="stranger"),
    "garbage": lambda: b"<html>captive portal</html>",
    "empty": lambda: b"",
    "cut short": lambda: bundles.bundle(2)[:-20],
    "another version": lambda: bundles.bundle(3),
    "another workspace": lambda: bundles.bundle(2, workspace="other"),
    "approved by an author": lambda: bundles.bundle(2, authors=frozenset({"7"})),
    "not approved by legal": lambda: bundles.bundle(2, approvals=bundles.inputs(2).approvals[1:]),
}


@pytest.mark.parametrize("make", BAD_BUNDLES.values(), ids=BAD_BUNDLES.keys())
def test_a_bundle_that_does_not_verify_is_refused_and_the_last_good_one_goes_on(
    make: Callable[[], bytes], console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    console.publish(2, make())
    status = client.refresh()
    assert status.state is ClientState.REFUSED
    assert status.last_error
    assert (status.version, status.wanted_version) == (1, 2)
    assert client.policy.version == 1
    console.publish(2)
    assert client.refresh().state is ClientState.MATCHES
    assert client.policy.version == 2


def test_a_bundle_with_another_digest_than_the_pointer_names_is_refused(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    console.offer(2, bundles.bundle(2, bundles.assets("other")))
    console.point(2, "0" * 64)
    assert client.refresh().state is ClientState.REFUSED
    assert "SHA-256" in str(client.status.last_error)


def test_a_download_that_breaks_off_leaves_the_last_good_version(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    data = console.publish(2)
    console.overrides[console.bundle_path(2)] = Answer(200, data, cut_to=100)
    assert client.refresh().state is ClientState.STALE
    assert client.policy.version == 1
    console.overrides.clear()
    assert client.refresh().version == 2


def test_a_replayed_old_pointer_is_refused(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    old = console.answers[console.pointer_path()].body.decode()
    client = open_client()
    console.publish(2)
    assert client.refresh().version == 2
    console.set_pointer(old)
    status = client.refresh()
    assert status.state is ClientState.REFUSED
    assert "sequence fell from 2 to 1" in str(status.last_error)
    assert client.policy.version == 2


def test_a_replayed_old_pointer_is_refused_after_a_restart_too(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    old = console.answers[console.pointer_path()].body.decode()
    console.publish(2)
    open_client()
    console.set_pointer(old)
    client = open_client()
    assert client.refresh().state is ClientState.REFUSED
    assert client.policy.version == 2


def test_a_deliberate_roll_back_with_a_higher_sequence_is_followed(
    console: ConsoleSimulator, open_client: Open
) -> None:
    first = console.publish(1)
    client = open_client()
    console.publish(2)
    client.refresh()
    console.publish(1, first)
    assert client.refresh().state is ClientState.MATCHES
    assert client.policy.version == 1


@pytest.mark.parametrize(
    "changes",
    [{"key": "stranger"}, {"workspace": "other"}, {"policy": "other"}],
    ids=["signed by a stranger", "of another workspace", "of another policy"],
)
def test_a_pointer_that_is_not_ours_is_refused(
    changes: dict[str, str], console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    console.publish(2, **changes)
    assert client.refresh().state is ClientState.REFUSED
    assert client.policy.version == 1


def test_a_pointer_of_another_channel_is_refused(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client()
    console.publish(2, channel="staging")
    console.set_pointer(console.answers[console.pointer_path("staging")].body.decode())
    assert client.refresh().state is ClientState.REFUSED
    assert client.policy.version == 1


def test_two_pointers_with_one_sequence_are_refused(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client()
    console.publish(2, sequence=1)
    assert client.refresh().state is ClientState.REFUSED
    assert client.policy.version == 1


def test_a_pointer_past_its_date_makes_the_client_stale_but_never_stops_it(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1, expires_at=ISSUED_AT + timedelta(hours=6))
    now = ISSUED_AT
    client = open_client(clock=lambda: now)
    assert client.status.state is ClientState.MATCHES
    now = ISSUED_AT + timedelta(hours=7)
    assert client.refresh().state is ClientState.STALE
    assert client.policy.version == 1


def test_a_revoked_version_falls_to_the_last_unrevoked_one(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    data = console.publish(2)
    client.refresh()
    console.publish(2, data, revoked=frozenset({2}))
    status = client.refresh()
    assert client.policy.version == 1
    assert status.state is ClientState.STALE
    assert "revoked" in str(status.last_error)


def test_when_every_version_is_revoked_there_is_no_policy_even_after_a_restart_offline(
    console: ConsoleSimulator, open_client: Open
) -> None:
    data = console.publish(1)
    client = open_client()
    console.publish(1, data, revoked=frozenset({1}))
    client.refresh()
    with pytest.raises(NoPolicyError):
        _ = client.policy
    console.stop()
    with pytest.raises(NoPolicyError):
        _ = open_client().policy


def test_a_revoked_version_stops_even_if_its_successor_cannot_be_fetched(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    console.publish(2, revoked=frozenset({1}))
    console.overrides[console.bundle_path(2)] = Answer(500)
    client.refresh()
    with pytest.raises(NoPolicyError, match="500"):
        _ = client.policy


def test_block_all_replaces_every_text_by_approved_copy(console: ConsoleSimulator, open_client: Open) -> None:
    data = console.publish(1)
    client = open_client()
    console.publish(1, data, block_all=True)
    assert client.refresh().is_blocked
    guarded = client.policy.guard("welcome", variables={"first_name": "Ada"}, generate=lambda *_: "Fine text")
    assert guarded.is_fallback
    assert guarded.attempts == ()
    console.publish(1, data)
    client.refresh()
    guarded = client.policy.guard("welcome", variables={"first_name": "Ada"}, generate=lambda *_: "Fine text")
    assert guarded.text == "Fine text"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (403, ClientState.REFUSED),
        (404, ClientState.REFUSED),
        (429, ClientState.OFFLINE),
        (500, ClientState.OFFLINE),
    ],
)
def test_an_error_answer_keeps_the_last_good_version(
    status: int, state: ClientState, console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    client = open_client()
    console.overrides[console.pointer_path()] = Answer(
        status, b'{"detail": "so it is"}', "application/problem+json"
    )
    assert client.refresh().state is state
    assert f"{status}: so it is" in str(client.status.last_error)
    assert client.policy.version == 1


def test_a_damaged_cache_is_fetched_anew(
    console: ConsoleSimulator, open_client: Open, tmp_path: Path
) -> None:
    console.publish(1)
    open_client()
    for path in (tmp_path / "cache").rglob("*.bundle"):
        path.write_bytes(b"\x00" * 50)
    assert open_client().policy.version == 1


def test_a_pinned_version_stays_whatever_the_channel_does(
    console: ConsoleSimulator, open_client: Open
) -> None:
    console.publish(1)
    console.publish(2)
    client = open_client(version=1)
    assert client.policy.version == 1
    assert client.refresh().state is ClientState.MATCHES
    assert console.requests[-1] == ("GET", console.bundle_path(1), 304)


def test_a_pinned_version_that_is_gone_is_used_no_more(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client(version=1)
    console.overrides[console.bundle_path(1)] = Answer(
        410, b'{"detail": "revoked"}', "application/problem+json"
    )
    client.refresh()
    with pytest.raises(NoPolicyError, match="revoked"):
        _ = client.policy


def test_a_pinned_version_never_changes_its_bytes(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client(version=1)
    console.offer(1, bundles.bundle(1, bundles.assets("other")))
    assert client.refresh().state is ClientState.REFUSED


def test_reports_tell_what_runs_and_how_it_fares(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client(service="mailer", instance="mailer-1")
    client.policy.guard("welcome", variables={"first_name": "Ada"}, generate=lambda *_: "So cheap!")
    client.send_report()
    (report,) = console.reports
    assert report["service"] == "mailer"
    assert report["instance"] == "mailer-1"
    assert (report["version"], report["state"], report["sequence"]) == (1, "matches", 1)
    assert report["telemetry"]["fallbacks"] == 1
    assert {"check": "glossary", "outcome": "fail", "count": 2} in report["telemetry"]["checks"]
    assert "cheap" not in str(report), "texts never leave the service"


def test_two_processes_share_one_cache(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    open_client()
    console.requests.clear()
    second = open_client()
    second.refresh()
    assert second.policy.version == 1
    assert ("GET", console.bundle_path(1), 200) not in console.requests


@pytest.mark.parametrize(
    "changes", [{"channel": "production", "version": 1}, {"channel": None, "version": None}]
)
def test_either_a_channel_or_a_version_is_asked_for(changes: dict[str, Any], open_client: Open) -> None:
    with pytest.raises(ValueError, match="either a channel"):
        open_client(**changes)


def test_an_expired_waiver_is_reported(console: ConsoleSimulator, open_client: Open) -> None:
    waiver = bundles.WaiverFact("w1", "rule:glossary:house/banned", "7", datetime(2026, 11, 10, tzinfo=UTC))
    made = bundles.sign(bundles.build(bundles.inputs(1, waivers=(waiver,))), bundles.signer())
    console.publish(1, made)
    now = ISSUED_AT
    client = open_client(clock=lambda: now)
    assert is_usable(client, "So cheap!")
    assert client.status.expired_waivers == ()
    now = datetime(2026, 11, 10, tzinfo=UTC)
    assert not is_usable(client, "So cheap!")
    assert client.report()["waiver_expired"] == ["w1"]


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
