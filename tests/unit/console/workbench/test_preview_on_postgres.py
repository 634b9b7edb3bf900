"""The impact preview on PostgreSQL: quick checks at once, slow ones by a job, and nothing else written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models import AuditEntry, Draft, ImpactReport, Job, Revision
from tests.factories.console import World, make_world
from tests.factories.policies import change_cases, start_run, work, write_policy
from tests.unit.console.quality.test_thresholds import needs_engine
from tests.unit.console.workbench import test_impact_pages as pages
from tests.unit.console.workbench import test_slow_checks as slow

pytestmark = pytest.mark.postgres


@pytest.fixture
def tried(tmp_path: Path, postgres_url: str) -> Iterator[World]:
    """Give a policy that forbids `cheap`, and two complete runs, of which the second has one text more."""
    world = make_world(tmp_path, {"DATABASE_URL": postgres_url})
    write_policy(world, pages.TEXTS)
    start_run(world)
    work(world)
    change_cases(world, (*pages.TEXTS, "You stupid idiot, shut up."))
    start_run(world)
    work(world)
    yield world
    world.close()


def test_a_draft_lists_what_flips_and_writes_nothing(tried: World) -> None:
    def counted() -> list[Any]:
        with tried.session() as session:
            tables = (Draft, Revision, AuditEntry, Job, ImpactReport)
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    pages.draft(tried, "warm", "shabby")
    client = tried.client("editor")  # signs in, which the log of the console keeps
    before = counted()
    page = client.get(f"{pages.IMPACT}?direction=worse").text
    part = client.post(f"{pages.IMPACT}?view=summary", headers=pages.HTMX).text
    assert "Mail: 2 of 5 samples flip." in part
    assert '<mark class="fail">warm' in page
    assert counted() == before
    found = pages.api(tried)
    assert (found["samples"], found["flipped"]) == (5, 2)


@needs_engine
def test_a_slow_check_is_asked_by_a_job_and_its_report_is_read(tried: World) -> None:
    slow.draft(tried, review_threshold="0.5", block_threshold="0.9")
    client = tried.client("editor")
    asked = client.post(f"{slow.IMPACT}?view=summary", headers=slow.HTMX).text
    assert "Toxicity: waiting for the worker …" in asked
    work(tried)
    assert "1 of 5 samples flip." in client.get(f"{slow.IMPACT}?view=summary", headers=slow.HTMX).text
    slow.draft(tried, review_threshold="0.6", block_threshold="0.9")
    client.post(f"{slow.IMPACT}?view=summary", headers=slow.HTMX)
    with tried.session() as session:
        assert session.scalars(select(ImpactReport.state)).all() == ["queued"]
