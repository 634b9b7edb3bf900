"""Pages of runs through the browser's door."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import GateSetting, Run, RunState, Sample
from tests.factories.console import World
from tests.factories.policies import BAD, GOOD, change_term, propose, start_run, work, write_policy


@pytest.fixture
def ended(world: World) -> tuple[World, int, int]:
    """Two runs on three texts; the first candidate forbids `cheap`, the second `pricey`."""
    write_policy(world, (GOOD, BAD, "A pricey welcome."))
    _, first = start_run(world)
    work(world)
    change_term(world, "pricey")
    _, second = start_run(world)
    work(world)
    return world, first, second


def test_a_run_shows_its_figures_gate_and_samples(ended: tuple[World, int, int]) -> None:
    world, first, _ = ended
    answer = world.client("editor").get(f"/w/acme/runs/{first}")
    assert answer.status_code == 200
    for words in ("Case 0", "Case 1", "Case 2"):
        assert words in answer.text


def test_filters_narrow_the_samples(ended: tuple[World, int, int]) -> None:
    world, first, _ = ended
    client = world.client("viewer")
    failing = client.get(f"/w/acme/runs/{first}?show=failing&check=glossary")
    assert failing.status_code == 200
    nobody = client.get(f"/w/acme/runs/{first}?prompt=nosuch&audience=x&locale=y&segment=z&show=nonsense")
    assert nobody.status_code == 200
    assert "Case 0" not in nobody.text
    assert client.get(f"/w/acme/runs/{first}?from=99999").status_code == 200


def test_the_runs_of_a_workspace_can_be_narrowed_by_state(ended: tuple[World, int, int]) -> None:
    world, first, second = ended
    client = world.client("viewer")
    every = client.get("/w/acme/runs")
    assert f"/runs/{first}" in every.text
    assert f"/runs/{second}" in every.text
    assert f"/runs/{first}" not in client.get("/w/acme/runs?state=cancelled").text


def test_two_runs_side_by_side_show_what_changed_first(ended: tuple[World, int, int]) -> None:
    world, first, second = ended
    client = world.client("viewer")
    whole = client.get(f"/w/acme/runs/{second}/compare?with={first}")
    assert whole.status_code == 200
    assert "Case 1" in whole.text
    narrowed = client.get(f"/w/acme/runs/{second}/compare?with={first}&show=newly_passing")
    assert BAD in narrowed.text
    assert GOOD not in narrowed.text
    assert client.get(f"/w/acme/runs/{second}/compare").status_code == 404
    assert client.get(f"/w/acme/runs/{second}/compare?with=nonsense").status_code == 404


def test_a_sample_shows_its_findings(ended: tuple[World, int, int]) -> None:
    world, first, second = ended
    with world.session() as session:
        found = session.scalars(
            select(Sample).where(Sample.run_id == first, Sample.case_key == "case-1")
        ).one()
    client = world.client("viewer")
    answer = client.get(f"/w/acme/runs/{first}/samples/{found.id}")
    assert answer.status_code == 200
    assert "cheap" in answer.text
    assert client.get(f"/w/acme/runs/{second}/samples/{found.id}").status_code == 404


@pytest.mark.parametrize("path", ["", "/compare?with={run}", "/samples/1"])
def test_another_workspaces_people_see_nothing(ended: tuple[World, int, int], path: str) -> None:
    world, first, _ = ended
    client = world.client("outsider")
    assert client.get(f"/w/other/runs/{first}{path.format(run=first)}").status_code == 404
    assert client.get(f"/w/acme/runs/{first}{path.format(run=first)}").status_code in {403, 404}


def test_a_viewer_starts_and_stops_nothing(world: World) -> None:
    write_policy(world)
    candidate_id, run_id = start_run(world)
    client = world.client("viewer")
    assert client.post(f"/w/acme/runs/{run_id}/cancel").status_code == 403
    assert client.post(f"/w/acme/candidates/{candidate_id}/runs", data={"golden_set": "1"}).status_code == 403
    with world.session() as session:
        assert session.get_one(Run, run_id).cancel_requested is False


def test_a_run_is_cancelled_once(world: World) -> None:
    write_policy(world)
    _, run_id = start_run(world)
    client = world.client("editor")
    assert client.post(f"/w/acme/runs/{run_id}/cancel").status_code == 303
    work(world)
    with world.session() as session:
        assert session.get_one(Run, run_id).state == RunState.CANCELLED
    assert client.post(f"/w/acme/runs/{run_id}/cancel").status_code == 409
    assert client.get(f"/w/acme/runs/{run_id}").status_code == 200


def test_a_candidate_is_built_and_run_from_the_pages(world: World) -> None:
    write_policy(world)
    client = world.client("editor")
    assert client.post("/w/acme/candidates", data={"policy": world.policy_id, "title": ""}).status_code == 422
    built = client.post("/w/acme/candidates", data={"policy": world.policy_id, "title": "Spring"})
    assert built.status_code == 303
    page = client.get(built.location)
    assert "Spring" in page.text
    refused = client.post(f"{built.location}/runs", data={"golden_set": "999", "repeats": "1"})
    assert refused.status_code == 422
    started = client.post(f"{built.location}/runs", data={"golden_set": "1", "repeats": "2"})
    assert started.status_code == 303
    assert client.get(started.location).status_code == 200


def test_a_gate_that_makes_no_sense_is_refused_and_kept_as_typed(world: World) -> None:
    write_policy(world)
    client = world.client("editor")
    fields = {"segment_min_cases": "5", "paired_alpha": "5", "is_paired": "y", "floor-glossary": "ninety"}
    refused = client.post("/w/acme/p/mail/gate", data=fields)
    assert refused.status_code == 422
    assert "ninety" in refused.text
    saved = client.post("/w/acme/p/mail/gate", data={**fields, "floor-glossary": "97.5"})
    assert saved.status_code == 303
    assert "97.5" in client.get("/w/acme/p/mail/gate").text
    with world.session() as session:
        newest = session.scalars(select(GateSetting).order_by(GateSetting.number.desc())).first()
    assert newest is not None
    assert {"check": "glossary", "rate": "0.975"}.items() <= newest.content["floors"][0].items()


def test_a_run_under_review_leads_there(world: World) -> None:
    write_policy(world)
    proposal = propose(world)
    page = world.client("viewer").get(f"/w/acme/runs/{proposal.run_id}")
    assert f"/w/acme/reviews/{proposal.review_id}" in page.text
