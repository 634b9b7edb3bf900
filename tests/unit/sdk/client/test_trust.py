"""What the client believes: bundles and pointers that verify, and what is not revoked or blocked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from copydesk.bundle.archive import pack, unpack
from copydesk.client import ClientState
from copydesk.errors import NoPolicyError
from tests.factories import bundles
from tests.simulators.console import ISSUED_AT, Answer, ConsoleSimulator
from tests.unit.sdk.client.conftest import Open


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
