"""Runs with several samples per case: a case changes as a whole and counts once, on every page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from console.runs import progress
from console.runs.summary import summarise
from models import Run, Sample
from tests.factories.console import World
from tests.factories.generated import start_generated_run
from tests.factories.policies import GOOD, change_term, work, write_policy

REPEATS = 5
# How many of the five samples of each case pass in the older and in the newer run.
PASSES = ((5, 0), (5, 2), (3, 5), (2, 3), (0, 0), (5, 4))
CHANGES = {
    "newly_failing": ["case-0", "case-1"],
    "newly_passing": ["case-3"],
    "still_failing": ["case-4"],
    "still_passing": ["case-2", "case-5"],
}


@pytest.fixture
def compared(world: World) -> tuple[World, int, int]:
    """Two runs, the newer one counted against the older; some samples of a case pass and some fail."""
    write_policy(world, [f"{GOOD} {n}." for n in range(len(PASSES))], gate={"is_paired": True})
    older = start_generated_run(world, repeats=REPEATS)
    work(world)
    change_term(world, "pricey")
    newer = start_generated_run(world, repeats=REPEATS)
    work(world)
    with world.session() as session:
        for side, run_id in enumerate((older, newer)):
            for sample in session.scalars(select(Sample).where(Sample.run_id == run_id)):
                sample.passed = sample.repeat_index < PASSES[int(sample.case_key[-1])][side]
        session.flush()
        run = session.get_one(Run, newer)
        run.baseline_run_id = older
        for run_id in (older, newer):
            found = session.get_one(Run, run_id)
            found.summary = summarise(session, found)
    return world, older, newer


def test_the_summary_lists_cases_by_what_most_samples_say(compared: tuple[World, int, int]) -> None:
    world, _, newer = compared
    with world.session() as session:
        run = session.get_one(Run, newer)
        summary = run.summary or {}
        assert summary["newly_failing"] == CHANGES["newly_failing"]
        assert summary["newly_passing"] == CHANGES["newly_passing"]
        paired = next(c for c in summary["gate"]["conditions"] if c["id"] == "paired")
        assert "2 newly failing and 1 newly passing of 6 cases" in paired["message"]
        assert progress.read(session, run).newly_failing == 2
        assert (summary["total"], summary["cases"]) == (30, 6)


def test_intervals_of_a_run_are_by_case(compared: tuple[World, int, int]) -> None:
    world, _, newer = compared
    with world.session() as session:
        checks = (session.get_one(Run, newer).summary or {})["checks"]
    # All thirty samples pass each check: six cases, whose Wilson interval begins at 6 / (6 + 1.96²).
    assert {(c["passed"], c["total"], c["cases"]) for c in checks.values() if c["total"]} == {(30, 30, 6)}
    assert {round(float(c["low"]), 3) for c in checks.values() if c["total"]} == {0.61}


def test_the_page_lists_all_samples_of_a_changed_case(compared: tuple[World, int, int]) -> None:
    world, _, newer = compared
    client = world.client("viewer")
    for change in ("newly_failing", "newly_passing"):
        page = client.get(f"/w/acme/runs/{newer}?show={change}").text
        for case in range(len(PASSES)):
            shown = len(re.findall(rf"case-{case}(?: #\d)?</small>", page))
            assert shown == (REPEATS if f"case-{case}" in CHANGES[change] else 0), (change, case)
    whole = client.get(f"/w/acme/runs/{newer}").text
    assert "14 of 30 samples of 6 cases." in whole


def test_two_runs_side_by_side_count_cases(compared: tuple[World, int, int]) -> None:
    world, older, newer = compared
    client = world.client("viewer")
    page = client.get(f"/w/acme/runs/{newer}/compare?with={older}").text
    for label, cases in (
        ("Newly failing", 2),
        ("Newly passing", 1),
        ("Still failing", 1),
        ("Still passing", 2),
    ):
        assert f">{label} {cases}</a>" in page
    narrowed = client.get(f"/w/acme/runs/{newer}/compare?with={older}&show=newly_passing").text
    assert len(re.findall(r"case-3(?: #\d)?</small>", narrowed)) == REPEATS
    assert "case-0" not in narrowed
