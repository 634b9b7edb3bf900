"""How many sentences the fact sheets support or contradict stands beside what the checks say of a text."""

from __future__ import annotations

import re

from sqlalchemy import select

from copydesk.assets import Kind
from models import Sample
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.facts import GUARANTEE, PRICE
from tests.factories.policies import start_run, work, write_policy

TEXT = "Hello you. The Tarn Tent costs £299.50. The Tarn Tent comes with a 9-year guarantee. Bye now."
SAID = "1 contradicted, 1 supported, 2 sentences with no checkable claim"


def _said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_samples_page_counts_its_sentences_by_the_candidates_fact_sheets(world: World) -> None:
    write_policy(world, (TEXT, "Nothing to hold against."))
    add_asset(world, Kind.FACT_SHEET, {"title": "Tent", "facts": [PRICE, GUARANTEE]})
    add_asset(world, Kind.LIMITS, {"title": "Facts", "checks": [{"check": "facts"}]}, name="facts")
    _, run_id = start_run(world)
    work(world)
    with world.session() as session:
        rows = session.execute(select(Sample.text, Sample.id).where(Sample.run_id == run_id)).all()
        samples = {row.text: row.id for row in rows}
    client = world.client("viewer")
    page = _said(client.get(f"/w/acme/runs/{run_id}/samples/{samples[TEXT]}").text)
    assert SAID in page
    other = samples["Nothing to hold against."]
    assert "1 sentence with no checkable claim" in _said(
        client.get(f"/w/acme/runs/{run_id}/samples/{other}").text
    )


def test_a_policy_without_facts_counts_no_sentences(world: World) -> None:
    write_policy(world, (TEXT,))
    add_asset(world, Kind.LIMITS, {"title": "Facts", "checks": [{"check": "facts"}]}, name="facts")
    _, run_id = start_run(world)
    work(world)
    with world.session() as session:
        sample_id = session.scalars(select(Sample.id).where(Sample.run_id == run_id)).one()
    page = world.client("viewer").get(f"/w/acme/runs/{run_id}/samples/{sample_id}").text
    assert "checkable claim" not in page


def test_a_text_that_is_typed_shows_them_too(world: World) -> None:
    add_asset(world, Kind.FACT_SHEET, {"title": "Tent", "facts": [PRICE, GUARANTEE]})
    live = world.client("editor").post(
        "/w/acme/assets/fact_sheet/fact-sheet/live", data={"text": TEXT}, headers={"HX-Request": "true"}
    )
    assert f"Sentences by the facts {SAID}" in _said(live.text)
