"""Labelled cases, their effect on a save, thresholds and the report on fairness on PostgreSQL."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from console.assets import operations as assets
from console.quality import operations as quality
from copydesk.assets import Kind
from models import Asset, CheckMeasurement, FairnessMeasurement, LabelEffect, ScoreSet, Workspace
from tests.factories.assets import add_asset
from tests.factories.console import World, make_world
from tests.factories.policies import work, write_policy
from tests.unit.console.quality.test_thresholds import COPY, TOXICITY, needs_engine

URL = "/w/acme/p/mail"
GLOSSARY = "/w/acme/assets/glossary/house"
CSV = b"""check,expects,text
glossary,finding,A cheap tent.
glossary,none,A warm tent.
glossary,finding,A shabby tent.
"""

pytestmark = pytest.mark.postgres


@pytest.fixture
def written(tmp_path: Path, postgres_url: str) -> Iterator[World]:
    """Give a policy whose glossary forbids `cheap`, with approved copy and three labelled cases."""
    world = make_world(tmp_path, {"DATABASE_URL": postgres_url})
    write_policy(world, COPY)
    file = {"file": (io.BytesIO(CSV), "cases.csv")}
    assert "3 cases added" in world.client("editor").post(f"{URL}/labelled-cases/import", data=file).text
    yield world
    world.close()


def draft(world: World, term: str) -> int:
    """Write a draft that forbids one term; returns its lock."""
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.kind == "glossary")).one()
        terms = [{"id": "t", "term": term, "status": "forbidden"}]
        content = {**asset.revisions[-1].content, "terms": terms}
        lock = asset.draft.lock_number if asset.draft else 0
        by = world.actor("editor")
        return assets.save_draft(session, asset, content, base_lock=lock, by=by).lock_number


def test_cases_count_are_measured_narrowed_and_withdrawn(written: World) -> None:
    client = written.client("editor")
    work(written)
    page = client.get(f"{URL}/checks/glossary?q=SHABBY&result=miss&expects=finding&source=import").text
    assert "/labelled-cases/3" in page.partition('id="cases"')[2]
    assert "/labelled-cases/1" not in page.partition('id="cases"')[2]
    with written.session() as session:
        row = session.scalars(select(CheckMeasurement).order_by(CheckMeasurement.id.desc())).first()
        assert row is not None
        assert (row.state, row.total, row.counts["misses"]) == ("done", 3, 1)
    assert client.post(f"{URL}/labelled-cases/3/withdraw", data={"reason": "Wrong."}).status_code == 303
    assert "/labelled-cases/3" in client.get(f"{URL}/checks/glossary?show=withdrawn").text
    assert client.post(f"{URL}/labelled-cases/3/bring-back").status_code == 303
    assert client.get(f"{URL}/labelled-cases/export.csv").text.count("A shabby tent.") == 1


def test_a_draft_that_makes_cases_worse_is_shown_and_may_be_stopped(written: World) -> None:
    with written.session() as session:
        acme = session.get_one(Workspace, written.workspace_id)
        quality.set_blocking(session, acme, blocks=True, by=written.actor("admin"))
    lock, client = draft(written, "shabby"), written.client("editor")
    part = client.post(f"{GLOSSARY}/effect", headers={"HX-Request": "true"}).text
    assert "1 labelled case gets worse" in part
    assert "1 labelled case gets better" in part
    typed = {"base": str(lock), "message": "Shabby"}
    refused = client.post(f"{GLOSSARY}/save", data=typed)
    assert refused.status_code == 422
    assert "1 labelled case gets worse" in refused.text
    client.post(f"{URL}/labelled-cases/1/withdraw", data={"reason": "Allowed now."})
    client.post(f"{GLOSSARY}/effect")
    assert client.post(f"{GLOSSARY}/save", data=typed).status_code == 303
    with written.session() as session:
        assert {row.state for row in session.scalars(select(LabelEffect))} == {"done"}


@needs_engine
def test_a_threshold_is_set_on_approved_copy(written: World) -> None:
    add_asset(written, Kind.LIMITS, TOXICITY, name="toxicity")
    url, client = f"{URL}/checks/toxicity/threshold", written.client("editor")
    assert client.post(f"{url}/score?level=review").status_code == 303
    work(written)
    with written.session() as session:
        row = session.scalars(select(ScoreSet)).one()
        assert (row.state, row.failure) == ("done", None)
    assert "<svg" in client.get(url).text
    assert client.post(f"{url}?level=review", data={"rate": "0.1"}).status_code == 303
    with written.session() as session:
        asset = session.scalars(select(Asset).where(Asset.name == "toxicity")).one()
        assert asset.draft is not None
        assert asset.draft.content["checks"][0]["review_threshold"]


def test_a_report_on_fairness_is_made_and_read(written: World) -> None:
    group = {"id": "sizes", "title": "Sizes", "terms": [["parcel"], ["cheap"]]}
    add_asset(written, Kind.STYLE_GUIDE, {"title": "House style", "descriptors": [group]})
    url, client = f"{URL}/checks/fairness", written.client("editor")
    for _time in range(2):  # the second takes the place of the first
        assert client.post(url).status_code == 303
        work(written)
    assert "a rule names the word" in client.get(url).text
    with written.session() as session:
        row = session.scalars(select(FairnessMeasurement)).one()
        assert (row.state, row.failure, row.report["holding"]) == ("done", None, len(COPY))
