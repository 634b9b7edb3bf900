"""Drift is a difference beyond chance, of the version in production, check by check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from console.clock import now
from console.fleet.drift import compare
from console.fleet.pages import FleetFilters, PolicyDrift
from console.fleet.queries import fleet_page
from models import Bundle, InstanceReport, Sample, ServiceToken, Workspace
from tests.factories.console import World, make_world
from tests.factories.policies import GOOD, approve, propose, publish, write_policy

CASES = 40


@pytest.mark.parametrize(
    ("golden", "runtime", "state"),
    [
        ((60, 2), (1000, 34), "same"),
        # A PSI of .1 and more, of 20 texts: noise.
        ((62, 0), (19, 1), "same"),
        ((60, 2), (700, 300), "worse"),
        ((60, 2), (2, 60), "worse"),
        ((40, 22), (1000, 0), "better"),
        ((62, 0), (10**6, 0), "same"),
    ],
)
def test_a_check_has_drifted_beyond_chance_alone(
    golden: tuple[int, int], runtime: tuple[int, int], state: str
) -> None:
    (row,) = compare(_counts(facts=golden), _counts(facts=runtime))
    assert row.state == state, row
    assert (row.golden_total, row.runtime_total) == (sum(golden), sum(runtime))


def test_many_checks_are_adjusted_for_being_many() -> None:
    """One of ten checks at p = .01 to .05 is what chance brings."""
    alone = compare(_counts(facts=(60, 0)), _counts(facts=(54, 6)))
    quiet = {f"quiet{n}": (60, 0) for n in range(9)}
    among = compare(_counts(facts=(60, 0), **quiet), _counts(facts=(54, 6), **quiet))
    assert alone[0].state == "worse"
    assert {row.state for row in among} == {"same"}
    assert next(row for row in among if row.check == "facts").p_value == pytest.approx(10 * alone[0].p_value)


def test_a_warning_passes_and_a_check_that_did_not_run_says_nothing() -> None:
    golden = {("facts", "pass"): 5, ("facts", "warn"): 5, ("limits", "pass"): 10}
    runtime = {("facts", "warn"): 8, ("facts", "fail"): 2, ("facts", "not_run"): 90, ("toxicity", "fail"): 9}
    (row,) = compare(golden, runtime)
    assert (row.check, row.golden_passed, row.golden_total) == ("facts", 10, 10)
    assert (row.runtime_passed, row.runtime_total) == (8, 10)


def test_what_drifted_comes_first() -> None:
    golden = _counts(a=(60, 0), b=(60, 0), c=(0, 60))
    rows = compare(golden, _counts(a=(60, 0), b=(0, 60), c=(60, 0)))
    assert [(row.check, row.state) for row in rows] == [("b", "worse"), ("c", "better"), ("a", "same")]


def _counts(**passed_and_failed: tuple[int, int]) -> dict[tuple[str, str], int]:
    return {
        (check, outcome): count
        for check, counts in passed_and_failed.items()
        for outcome, count in zip(("pass", "fail"), counts, strict=True)
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Version 1 in production, whose golden run wrote 40 texts that all pass."""
    world = make_world(Path(tmp_path_factory.mktemp("drift")))
    write_policy(world, [f"{GOOD} {n}." for n in range(CASES)])
    proposal = propose(world)
    approve(world, proposal.review_id)
    publish(world, proposal.review_id)
    with world.session() as session:
        for sample in session.scalars(select(Sample).where(Sample.run_id == proposal.run_id)):
            sample.source = "generated"
    return world


@contextmanager
def _reporting(world: World, *contents: dict[str, Any]) -> Iterator[None]:
    with world.session() as session:
        token = ServiceToken(
            workspace_id=world.workspace_id, purpose="runtime", name="t", secret_sha256="0" * 64,
            policies=[], channels=[], scopes=["report"], created_by_id=world.user_ids["admin"],
            created_at=now(),
        )  # fmt: skip
        session.add(token)
        session.flush()
        for number, content in enumerate(contents):
            session.add(
                InstanceReport(
                    policy_id=world.policy_id,
                    token_id=token.id,
                    instance=f"i{number}",
                    service="mailer",
                    channel="production",
                    version=1,
                    state="",
                    content=content,
                    first_seen_at=now(),
                    reported_at=now(),
                )
            )
    try:
        yield
    finally:
        with world.session() as session:
            session.execute(delete(InstanceReport))
            session.execute(delete(ServiceToken))


def _report(version: int, passed: int, failed: int) -> dict[str, Any]:
    checks = [
        {"check": "glossary", "outcome": outcome, "count": count}
        for outcome, count in (("pass", passed), ("fail", failed))
    ]
    return {"telemetry": {"versions": [{"version": version, "checks": checks}], "checks": checks}}


def _drift(world: World, **filters: str) -> tuple[PolicyDrift, ...]:
    with world.app.test_request_context(), world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        return fleet_page(session, workspace, world.actor("viewer"), FleetFilters(**filters)).drift


def test_the_counts_of_all_processes_and_of_the_version_in_production_count(published: World) -> None:
    with _reporting(published, _report(1, 30, 10), _report(1, 50, 10), _report(2, 0, 900), {}):
        (drift,) = _drift(published)
        (row,) = drift.rows
        assert (drift.version, row.check, row.state) == (1, "Glossary", "worse")
        assert (row.golden_passed, row.golden_total) == (CASES, CASES)
        assert (row.runtime_passed, row.runtime_total) == (80, 100)
        page = published.client("viewer").get("/w/acme/services").text
        assert "Drifted: fails more" in page
        assert "80.0%" in page
        assert _drift(published, policy="nosuch") == ()


def test_reports_that_keep_no_versions_apart_are_not_compared(published: World) -> None:
    with _reporting(published, {"telemetry": {"checks": _report(1, 1, 90)["telemetry"]["checks"]}}):
        assert _drift(published) == ()
        assert "Drift of" not in published.client("viewer").get("/w/acme/services").text


def test_repeats_and_fixed_texts_of_the_golden_run_do_not_count(published: World) -> None:
    with published.session() as session:
        run_id = session.scalars(select(Bundle)).one().review.run_id
        fixed = session.scalars(
            select(Sample).where(Sample.run_id == run_id).order_by(Sample.case_key).limit(3)
        ).all()
        repeated = session.scalars(
            select(Sample).where(Sample.run_id == run_id).order_by(Sample.case_key.desc()).limit(2)
        ).all()
        for sample in fixed:
            sample.source = "fixed"
        for sample in repeated:
            sample.repeat_index = 1
    with _reporting(published, _report(1, 100, 0)):
        ((row,),) = (drift.rows for drift in _drift(published))
        assert (row.golden_total, row.state) == (CASES - 5, "same")


def test_a_golden_run_of_fixed_texts_says_that_there_is_nothing_to_compare(published: World) -> None:
    with published.session() as session:
        for sample in session.scalars(select(Sample)):
            sample.source = "fixed"
    with _reporting(published, _report(1, 100, 0)):
        (drift,) = _drift(published)
        assert drift.rows == ()
        assert "nothing to compare with" in published.client("viewer").get("/w/acme/services").text
