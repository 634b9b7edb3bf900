"""What the page of services makes of reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.fleet.pages import FleetFilters, FleetPage
from console.fleet.queries import fleet_page
from console.releases.operations import open_channels
from models import InstanceReport, Policy, ServiceToken, Workspace
from tests.factories.console import World, make_world

COMPLAINTS = {"last_error": "the signature does not hold", "missing_engines": ["toxicity"], "block_all": True}
AT = datetime(2026, 11, 4, 12, tzinfo=UTC)
# service, instance, channel, version, age
REPORTS = (
    ("billing", "b1", "production", None, timedelta(seconds=30)),
    ("billing", "b2", "production", None, timedelta(minutes=4)),
    ("billing", "b-old", "production", None, timedelta(days=3)),
    ("chat", "c1", "production", 3, timedelta(minutes=1)),
    ("chat", "c2", "production", None, timedelta(minutes=1)),
    ("batch", "p1", None, 2, timedelta(minutes=1)),
    ("gone", "g1", "staging", 1, timedelta(minutes=6)),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(Path(tmp_path_factory.mktemp("fleet")))
    with made.session() as session:
        open_channels(session, session.get_one(Policy, made.policy_id))
        token = ServiceToken(
            workspace_id=made.workspace_id,
            purpose="runtime",
            name="t",
            secret_sha256="0" * 64,
            policies=[],
            channels=[],
            scopes=["report"],
            created_by_id=made.user_ids["admin"],
            created_at=AT,
        )
        session.add(token)
        session.flush()
        for service, instance, channel, version, age in REPORTS:
            session.add(
                InstanceReport(
                    policy_id=made.policy_id,
                    token_id=token.id,
                    instance=instance,
                    service=service,
                    channel=channel,
                    version=version,
                    state="",
                    content=COMPLAINTS if instance == "c1" else {},
                    first_seen_at=AT - age,
                    reported_at=AT - age,
                )
            )
    return made


def read(world: World, at: datetime = AT, **filters: str) -> FleetPage:
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        return fleet_page(session, workspace, world.actor("viewer"), FleetFilters(**filters), at=at)


def test_a_service_has_the_state_of_its_worst_reporting_process(world: World) -> None:
    found = {row.service: row.state for row in read(world).services}
    assert found == {"billing": "matches", "chat": "catching_up", "batch": "pinned", "gone": "not_seen"}


def test_trouble_comes_first(world: World) -> None:
    assert [row.service for row in read(world).services] == ["gone", "chat", "batch", "billing"]


def test_processes_that_ended_days_ago_are_not_counted(world: World) -> None:
    billing = next(row for row in read(world).services if row.service == "billing")
    assert billing.reporting == 2
    assert {row.instance for row in billing.instances} == {"b1", "b2"}


def test_a_service_that_is_silent_for_five_minutes_is_not_seen(world: World) -> None:
    later = read(world, AT + timedelta(minutes=5, seconds=1))
    assert {row.state for row in later.services} == {"not_seen"}
    assert all(row.reporting == 0 for row in later.services)


def test_filters_narrow_the_list(world: World) -> None:
    assert [row.service for row in read(world, state="catching_up").services] == ["chat"]
    assert [row.service for row in read(world, channel="staging").services] == ["gone"]
    assert [row.service for row in read(world, words="BIL").services] == ["billing"]
    assert read(world, policy="no-such").services == ()


def test_the_page_says_what_a_process_complains_about(world: World) -> None:
    text = world.client("viewer").get("/w/acme/services").text
    for complaint in ("the signature does not hold", "lacks the engine toxicity", "everything is blocked"):
        assert complaint in text
    assert "No service fits" in world.client("viewer").get("/w/acme/services?q=nothing").text


def test_a_workspace_without_services_says_how_to_begin(world: World) -> None:
    text = world.client("outsider").get("/w/other/services").text
    assert "No service has reported yet" in text
    assert world.client("outsider").get("/w/acme/services").status_code == 404
