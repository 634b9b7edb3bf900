"""The data plane as services meet it: gunicorn's ASGI worker over HTTP, and the SDK's client against it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from console.accounts.tokens import revoke_token
from console.clock import now
from console.releases import operations as releases
from console.setup.start import WEB_WORKER
from copydesk.bundle.keys import Trust
from copydesk.client import Client, ClientState
from models import Bundle, Channel, InstanceReport, ServiceToken, SigningKey
from tests.factories.console import PASSWORD, World, make_world
from tests.factories.policies import approve, change_term, propose, publish, runtime_token, write_policy

ROOT = Path(__file__).resolve().parents[2]
BASE = "/dist/v1/acme/mail"
START_LIMIT_S = 120.0


@dataclass
class Served:
    """A world whose console runs in gunicorn; what happens in the world's database shows at the address."""

    world: World
    url: str
    trust: Trust
    process: subprocess.Popen[bytes]

    def get(self, path: str, token: str | None, **headers: str) -> httpx.Response:
        """Fetch something of the data plane."""
        sent = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        return httpx.get(self.url + path, headers=sent, timeout=60)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("served")
    world = make_world(home)
    write_policy(world)
    review_id = propose(world).review_id
    approve(world, review_id)
    publish(world, review_id, "production")
    with world.session() as session:
        trust = Trust.from_pem(session.scalars(select(SigningKey.public_pem)).all())
    environ = {
        **os.environ,
        "COPYDESK_HOME": str(home),
        "SECRET_KEY": "test",
        "KEY_PASSPHRASE": "test passphrase",
    }
    environ.pop("DATABASE_URL", None)
    gunicorn = Path(sys.executable).parent / "gunicorn"
    command = [gunicorn, *WEB_WORKER, "app:asgi"]
    log = home / "gunicorn.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--bind", "127.0.0.1:0"], cwd=ROOT, env=environ, stdout=output, stderr=output
        )
    try:
        yield Served(world, _address(log, process), trust, process)
    finally:
        process.terminate()
        process.wait(30)
        world.close()


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    """Read from the server's log where it listens, and wait until it answers."""

    def listening() -> str | None:
        assert process.poll() is None, log.read_text()
        lines = [line for line in log.read_text().splitlines() if "Listening at: " in line]
        return lines[0].split("Listening at: ")[1].split()[0] if lines else None

    def answers() -> bool:
        try:
            return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    address = str(until(listening))
    until(answers)
    return address


def until(happens: Callable[[], Any]) -> Any:
    """Poll until something is true; what it says."""
    deadline = time.monotonic() + START_LIMIT_S
    while not (found := happens()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return found


def version_on(world: World, channel: str) -> int | None:
    with world.session() as session:
        found = session.scalars(select(Channel).where(Channel.name == channel)).one()
        return found.bundle.version if found.bundle else None


def publish_next(world: World, term: str, channel: str = "production") -> int:
    change_term(world, term)
    review_id = propose(world).review_id
    approve(world, review_id, note="Read.")
    return publish(world, review_id, channel)


def test_a_bundle_is_served_byte_for_byte_with_a_strong_etag_and_304(served: Served) -> None:
    token = runtime_token(served.world)
    answer = served.get(f"{BASE}/bundles/1", token)

    with served.world.session() as session:
        bundle = session.scalars(select(Bundle).where(Bundle.version == 1)).one()
        assert answer.content == bundle.data
        assert answer.headers["etag"] == f'"{bundle.sha256}"'
    assert answer.headers["content-type"] == "application/vnd.openpolicyagent.bundles"
    assert "immutable" in answer.headers["cache-control"]
    again = served.get(f"{BASE}/bundles/1", token, **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = served.get(f"{BASE}/bundles/1", token, **{"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{BASE}/bundles/999", 404),
        (f"{BASE}/bundles/0", 404),
        (f"{BASE}/channels/staging", 404),
        (f"{BASE}/channels/canary", 404),
        ("/dist/v1/acme/other/bundles/1", 404),
        ("/dist/v1/other/mail/bundles/1", 403),
        ("/dist/v1/nothing", 404),
    ],
)
def test_what_is_not_there_or_not_for_the_token_is_said_as_a_problem(
    served: Served, path: str, status: int
) -> None:
    answer = served.get(path, runtime_token(served.world))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_token_is_needed_usable_and_in_scope(served: Served) -> None:
    world, path = served.world, f"{BASE}/bundles/1"
    reporter = runtime_token(world, "report")
    staging = runtime_token(world, channels=["staging"])
    soon = runtime_token(world, expires_at=now() + timedelta(days=1))

    assert served.get(path, None).status_code == 401
    assert served.get(path, None).headers["www-authenticate"] == "Bearer"
    assert served.get(path, "ckr_unknown").status_code == 401
    assert served.get(path, reporter).status_code == 403
    assert served.get(path, staging).status_code == 403
    assert served.get(f"{BASE}/channels/production", staging).status_code == 403
    assert served.get(path, soon).status_code == 200

    with world.session() as session:
        newest = session.scalars(select(ServiceToken).order_by(ServiceToken.id.desc()).limit(1)).one()
        newest.expires_at = now() - timedelta(seconds=1)
    until(lambda: served.get(path, soon).status_code == 401)


def test_a_revoked_token_stops_working_at_once(served: Served) -> None:
    world = served.world
    token = runtime_token(world)
    assert served.get(f"{BASE}/bundles/1", token).status_code == 200

    with world.session() as session:
        made = session.scalars(select(ServiceToken).order_by(ServiceToken.id.desc()).limit(1)).one()
        revoke_token(session, world.workspace_id, made.id, by=world.actor("admin"))

    until(lambda: served.get(f"{BASE}/bundles/1", token).status_code == 401)


def test_a_repeated_request_is_answered_alike_until_something_changes(served: Served) -> None:
    world, token = served.world, runtime_token(served.world)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=60) as client:
        for path in (f"{BASE}/bundles/1", f"{BASE}/channels/production"):
            etag = client.get(path).headers["etag"]
            for more in ({}, {"If-None-Match": etag}):
                first = client.get(path, headers=more)
                again = until(lambda more=more, path=path: _answered_the_short_way(client, path, more))
                assert (again.status_code, again.content) == (first.status_code, first.content)
                assert _told(again) == _told(first)
                assert "date" in again.headers
        with world.session() as session:
            made = session.scalars(select(ServiceToken).order_by(ServiceToken.id.desc()).limit(1)).one()
            revoke_token(session, world.workspace_id, made.id, by=world.actor("admin"))
        until(lambda: client.get(f"{BASE}/bundles/1").status_code == 401)


def _answered_the_short_way(
    client: httpx.Client, path: str, headers: dict[str, str]
) -> httpx.Response | None:
    answer = client.get(path, headers=headers)
    # gunicorn names itself, the short way does not.
    return None if "server" in answer.headers else answer


def _told(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in {"date", "server"}}


def test_a_held_pointer_request_answers_when_the_channel_moves(served: Served) -> None:
    world, token = served.world, runtime_token(served.world)
    publish_next(world, "held-one", "staging")
    path = f"{BASE}/channels/staging"
    until(lambda: served.get(path, token).status_code == 200)
    first = served.get(path, token)
    answers: list[httpx.Response] = []
    held = threading.Thread(
        target=lambda: answers.append(
            served.get(f"{path}?wait=1", token, **{"If-None-Match": first.headers["etag"]})
        )
    )
    held.start()

    publish_next(world, "held-two", "staging")

    held.join(60)
    assert answers[0].status_code == 200
    assert answers[0].headers["etag"] != first.headers["etag"]
    same = served.get(path, token, **{"If-None-Match": answers[0].headers["etag"]})
    assert same.status_code == 304


def test_reports_are_kept_and_bad_ones_are_named(served: Served) -> None:
    headers = {"Authorization": f"Bearer {runtime_token(served.world)}"}
    url = f"{served.url}{BASE}/reports"

    assert httpx.post(url, headers=headers, json={"instance": "", "service": "mailer"}).status_code == 422
    assert httpx.post(url, headers=headers, content=b"{").status_code == 422
    assert httpx.post(url, headers=headers, content=b" " * 70_000).status_code == 413
    assert httpx.get(url, headers=headers).status_code == 405
    reader = {"Authorization": f"Bearer {runtime_token(served.world, 'read')}"}
    good = {"instance": "i-1", "service": "mailer", "channel": "production", "version": 1, "state": "matches"}
    assert httpx.post(url, headers=reader, json=good).status_code == 403
    assert httpx.post(url, headers=headers, json=good).status_code == 204
    with served.world.session() as session:
        report = session.scalars(select(InstanceReport).where(InstanceReport.instance == "i-1")).one()
        assert (report.service, report.version, report.state) == ("mailer", 1, "matches")


def test_the_public_keys_are_those_that_verify_bundles(served: Served) -> None:
    keys = served.get(f"{BASE}/keys", runtime_token(served.world)).json()["keys"]

    assert {key["kid"] for key in keys} == set(served.trust.keys)
    assert not any("d" in key for key in keys)


def test_a_client_changes_versions_without_a_restart_and_leaves_a_revoked_one(
    served: Served, tmp_path: Path
) -> None:
    world = served.world
    first = version_on(world, "production")
    with Client(
        served.url,
        workspace="acme",
        policy="mail",
        channel="production",
        token=runtime_token(world),
        trust=served.trust,
        cache_dir=tmp_path,
        service="newsletter",
        refresh_interval_s=0.05,
        report_interval_s=0.1,
    ) as client:
        assert client.policy.version == first
        old = client.policy
        assert not old.check("A gadget for you.", prompt="welcome").is_blocked

        staged = publish_next(world, "gadget", "staging")
        assert client.policy.version == first
        _promote(world, staged)

        until(lambda: client.policy.version == staged)
        assert client.policy.check("A gadget for you.", prompt="welcome").is_blocked
        assert not old.check("A gadget for you.", prompt="welcome").is_blocked
        until(lambda: _reported(world, "newsletter") == staged)

        _revoke(world, staged)

        until(lambda: client.policy.version == first)
        assert client.status.state is ClientState.MATCHES
    token = runtime_token(world)
    gone = until(lambda: (a := served.get(f"{BASE}/bundles/{staged}", token)).status_code == 410 and a)
    assert gone.json()["type"] == "urn:copydesk:revoked"


def _promote(world: World, version: int) -> None:
    with world.session() as session:
        bundle = session.scalars(select(Bundle).where(Bundle.version == version)).one()
        production = session.scalars(select(Channel).where(Channel.name == "production")).one()
        releases.promote(
            session, bundle, production, reason="", settings=world.settings, by=world.actor("releaser")
        )


def _revoke(world: World, version: int) -> None:
    with world.session() as session:
        bundle = session.scalars(select(Bundle).where(Bundle.version == version)).one()
        releases.revoke(session, bundle, reason="Wrong.", settings=world.settings, by=world.actor("releaser"))


def _reported(world: World, service: str) -> int | None:
    with world.session() as session:
        return session.scalar(select(InstanceReport.version).where(InstanceReport.service == service))


def test_the_pages_are_served_beside_the_data_plane(served: Served) -> None:
    with httpx.Client(base_url=served.url, timeout=60) as browser:
        page = browser.get("/sign-in")
        assert page.status_code == 200
        token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        form = {"email": "editor@example.com", "password": PASSWORD, "csrf_token": token}
        assert browser.post("/sign-in", data=form).status_code == 303
        listed = browser.get("/api/v1/workspaces/acme/policies/mail/versions")
        assert listed.status_code == 200
        refused = browser.post("/api/v1/workspaces/acme/policies/mail/candidates", json={"title": "x"})
        assert (refused.status_code, "X-CSRFToken" in refused.json()["title"]) == (403, True)
        made = browser.post(
            "/api/v1/workspaces/acme/policies/mail/candidates",
            json={"title": "x"},
            headers={"X-CSRFToken": token},
        )
        assert made.status_code in {200, 201}


def test_a_client_that_watches_learns_of_a_release_without_looking(served: Served, tmp_path: Path) -> None:
    world = served.world
    with Client(
        served.url,
        workspace="acme",
        policy="mail",
        channel="production",
        token=runtime_token(world),
        trust=served.trust,
        cache_dir=tmp_path,
        refresh_interval_s=3600.0,
        report_interval_s=None,
    ) as client:
        released = publish_next(world, "widget", "production")
        until(lambda: client.policy.version == released)
