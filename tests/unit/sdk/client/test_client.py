"""The client against a real, scripted server: hot swap, offline start, pinned versions, reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk.bounds import MAX_CHECKED_CHARS
from copydesk.checks.contract import Outcome
from copydesk.client import Client, ClientState
from copydesk.errors import NoPolicyError
from tests.factories import bundles
from tests.simulators.console import ISSUED_AT, Answer, ConsoleSimulator
from tests.unit.sdk.client.conftest import Open


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
    (version,) = report["telemetry"]["versions"]
    assert version == {"version": 1, "checks": [{"check": "glossary", "outcome": "fail", "count": 1}]}
    assert "cheap" not in str(report), "texts never leave the service"


def test_reports_keep_the_counts_of_versions_apart(console: ConsoleSimulator, open_client: Open) -> None:
    console.publish(1)
    client = open_client()
    for version in (1, 2, 3, 4):
        if version > 1:
            console.publish(version)
            client.refresh()
        for _ in range(version):
            client.policy.check("Fine.", prompt="welcome")
    counted = {v["version"]: v["checks"][0]["count"] for v in client.report()["telemetry"]["versions"]}
    assert counted == {2: 2, 3: 3, 4: 4}, "the last three"


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


def _waived(rule: str, content: dict[str, Any], on_not_run: str = "block") -> Any:
    ends_at = datetime(2027, 11, 10, tzinfo=UTC)
    waivers = (bundles.WaiverFact("w1", f"rule:{rule}", "7", ends_at),)
    engines = tuple(replace(engine, on_not_run=on_not_run) for engine in bundles.ENGINES)
    made = bundles.inputs(1, content, waivers=waivers, engines=engines)
    return bundles.sign(bundles.build(made), bundles.signer())


def test_a_waiver_makes_no_pass_of_a_check_that_could_not_run(
    console: ConsoleSimulator, open_client: Open
) -> None:
    tone = {"audience": "regular", "guidance": "Calm.", "exclamations_max": 0, "reading_grade_max": 8}
    checks = [{"check": name, "enabled": False} for name in bundles.DISABLED if name != "brand_voice"]
    checks.append({"check": "brand_voice", "on_not_run": "block"})
    content = bundles.assets(
        style_guide={"house": {"title": "House", "tones": [tone]}},
        limits={"channels": {"title": "Channels", "checks": checks}},
    )
    console.publish(1, _waived("brand_voice:house/exclamations", content))

    verdict = open_client().policy.check("Sehr schön!", prompt="welcome", audience="regular", locale="de")

    (voice,) = (result for result in verdict.results if result.check == "brand_voice")
    assert [finding.evidence["waived"] for finding in voice.findings] == [True]
    assert (voice.outcome, verdict.outcome) == (Outcome.NOT_RUN, Outcome.FAIL)


def test_a_text_that_is_too_long_is_no_pass_for_a_service_with_waivers_either(
    console: ConsoleSimulator, open_client: Open
) -> None:
    checks = [{"check": name, "enabled": False} for name in bundles.DISABLED]
    checks.append({"check": "glossary", "on_not_run": "allow"})
    content = bundles.assets(limits={"channels": {"title": "Channels", "checks": checks}})
    console.publish(1, _waived("glossary:house/banned", content, "allow"))

    verdict = open_client().policy.check("x" * (MAX_CHECKED_CHARS + 1), prompt="welcome")

    assert verdict.outcome is Outcome.WARN
