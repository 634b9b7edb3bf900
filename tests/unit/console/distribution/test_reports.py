"""Reports of services: what does not fit is refused, whatever it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from console.clock import now
from console.distribution.operations import take_report
from console.errors import InvalidError
from copydesk.checks.contract import CheckResult, Outcome, Verdict
from copydesk.telemetry import Telemetry
from models import Policy, ServiceToken

if TYPE_CHECKING:
    from tests.factories.console import World


def test_a_number_that_no_version_can_have_is_refused_with_its_place(world: World) -> None:
    with world.session() as session:
        for field in ("version", "wanted_version", "sequence"):
            body = f'{{"instance": "a", "service": "b", "{field}": 99999999999999999999}}'.encode()
            with pytest.raises(InvalidError) as refused:
                take_report(session, 1, "mail", body)
            assert [problem.path for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("telemetry", "place"),
    [
        (r'{"outcomes": {"pa\u0000ss": 1}}', "telemetry.outcomes"),
        (r'{"models": {"m\ud800": 1}}', "telemetry.models"),
        ('{"sources": {"a": 1e400}}', "telemetry.sources.a"),
        ('{"outcomes": {"a": NaN}}', ""),
        ('{"p50_us": 99999999999999999999}', "telemetry.p50_us"),
        ('{"versions": [{"version": 0}]}', "telemetry.versions.0.version"),
        (
            '{"versions": [{"version": 1, "checks": [{"check": "a", "outcome": "pass", "count": -1}]}]}',
            "telemetry.versions.0.checks.0.count",
        ),
    ],
)
def test_what_no_database_keeps_is_refused_with_its_place(world: World, telemetry: str, place: str) -> None:
    body = f'{{"instance": "a", "service": "b", "telemetry": {telemetry}}}'.encode()
    with world.session() as session, pytest.raises(InvalidError) as refused:
        take_report(session, 1, "mail", body)
    assert [problem.path for problem in refused.value.problems] == [place]


def test_what_the_sdk_counts_is_kept_and_what_a_newer_one_counts_is_left_out(world: World) -> None:
    telemetry = Telemetry()
    for version, outcome in ((7, Outcome.PASS), (8, Outcome.FAIL)):
        verdict = Verdict(outcome, (CheckResult("glossary", outcome, ()),))
        telemetry.count_verdict(verdict, 10)
        telemetry.count_first(version, verdict)
    told = {
        "instance": "a",
        "service": "b",
        "telemetry": telemetry.snapshot().to_json() | {"newer": {"x": 1}},
    }
    with world.session() as session:
        token = ServiceToken(
            workspace_id=world.workspace_id, purpose="runtime", name="t", secret_sha256="0" * 64,
            policies=[], channels=[], scopes=["report"], created_by_id=world.user_ids["admin"],
            created_at=now(),
        )  # fmt: skip
        session.add(token)
        session.flush()
        slug = session.get_one(Policy, world.policy_id).slug
        kept = take_report(session, token.id, slug, json.dumps(told).encode()).content["telemetry"]
    assert kept["versions"] == [
        {"version": 7, "checks": [{"check": "glossary", "outcome": "pass", "count": 1}]},
        {"version": 8, "checks": [{"check": "glossary", "outcome": "fail", "count": 1}]},
    ]
    assert "newer" not in kept
