"""Both numbers of a text stand side by side where its verdict is shown; a run says how many texts fell."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from copydesk.assets import Kind
from copydesk.checks.registry import CHECK_NAMES
from copydesk.scoring import SCORED_CHECKS, VOICE_CHECK
from models import Run, Sample
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.policies import (
    approve,
    change_cases,
    change_term,
    propose,
    publish,
    start_run,
    work,
    write_policy,
)

# 75 words each: one error halves the score.
FILLER = " ".join(["welcome"] * 74)
CHEAP, PRICEY, PLAIN = f"cheap {FILLER}", f"pricey {FILLER}", f"good {FILLER}"
VOICE = {"title": "Voice", "checks": [{"check": "brand_voice"}]}
OURS = "You'll love this tent. We've packed it for you. Grab your boots and go! "
THEIRS = "Customers are requested to observe the conditions. The merchandise is manufactured accordingly. "


def said(page: str) -> str:
    """Return the words of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def summary(world: World, run_id: int) -> dict[str, Any]:
    with world.session() as session:
        found = session.get_one(Run, run_id).summary
        assert found is not None
        scores: dict[str, Any] = found["scores"]
        return scores


def sample_page(world: World, run_id: int, case: str) -> str:
    with world.session() as session:
        statement = select(Sample.id).where(Sample.run_id == run_id, Sample.case_key == case)
        sample_id = session.scalars(statement).one()
    answer = world.client("viewer").get(f"/w/acme/runs/{run_id}/samples/{sample_id}")
    assert answer.status_code == 200
    return said(answer.text)


@pytest.fixture
def compared(world: World) -> tuple[World, int, int]:
    """A run in production that forbids `cheap`, and one compared with it that forbids `pricey`."""
    write_policy(world, (PLAIN, PLAIN))
    first = propose(world)
    approve(world, first.review_id)
    publish(world, first.review_id)
    change_cases(world, (CHEAP, PRICEY, PLAIN, PRICEY))
    change_term(world, "pricey")
    _, second = start_run(world)
    work(world)
    with world.session() as session:
        baseline = session.get_one(Run, second).baseline_run_id
        assert baseline is not None
    return world, baseline, second


def test_a_run_says_how_well_its_texts_keep_the_rules_and_how_many_fell(
    compared: tuple[World, int, int],
) -> None:
    world, _, run_id = compared
    required = summary(world, run_id)["required"]
    assert required == {"texts": 4, "mean": "0.750000", "before": "0.875000", "fell": 2, "rose": 1}
    recommended = summary(world, run_id)["recommended"]
    assert (recommended["mean"], recommended["fell"], recommended["rose"]) == ("1.000000", 0, 0)
    page = said(world.client("viewer").get(f"/w/acme/runs/{run_id}").text)
    assert "Rules kept, required 4 texts 75.0 of 100 87.5 of 100 2 1" in page
    assert "Rules kept, recommended 4 texts 100.0 of 100 100.0 of 100 0 0" in page
    assert "Voice match 4 texts" not in page, "no text of this policy has one"


def test_a_run_without_production_compares_nothing(world: World) -> None:
    write_policy(world, (CHEAP, PLAIN))
    _, run_id = start_run(world)
    work(world)
    expected = {"texts": 2, "mean": "0.750000", "before": None, "fell": None, "rose": None}
    assert summary(world, run_id)["required"] == expected
    page = said(world.client("viewer").get(f"/w/acme/runs/{run_id}").text)
    assert "Rules kept, required 2 texts 75.0 of 100 – – –" in page


def test_a_run_from_before_the_scores_is_shown_without_them(world: World) -> None:
    write_policy(world, (PLAIN,))
    _, run_id = start_run(world)
    work(world)
    with world.session() as session:
        run = session.get_one(Run, run_id)
        run.summary = {name: value for name, value in (run.summary or {}).items() if name != "scores"}
    for path in (f"/w/acme/runs/{run_id}", f"/w/acme/runs/{run_id}/compare?with={run_id}"):
        answer = world.client("viewer").get(path)
        assert answer.status_code == 200
        assert "Rules and voice" not in answer.text


def test_a_sample_shows_its_numbers_beside_productions(compared: tuple[World, int, int]) -> None:
    world, baseline_id, run_id = compared
    page = sample_page(world, run_id, "case-1")
    ours, _, production = page.partition("Production's text Rules kept")
    assert "Rules kept required 50, recommended 100 of 100" in ours
    assert production.startswith(" required 100, recommended 100 of 100")
    assert "Rules kept required 50," in sample_page(world, baseline_id, "case-0")


def test_two_runs_side_by_side_show_how_the_numbers_moved(world: World) -> None:
    write_policy(world, (CHEAP, PLAIN))
    _, first = start_run(world)
    work(world)
    change_term(world, "nothing")
    _, second = start_run(world)
    work(world)
    page = said(world.client("viewer").get(f"/w/acme/runs/{second}/compare?with={first}").text)
    assert "Rules kept, required 75.0 of 100 100.0 of 100 25.0 points up" in page
    assert "Rules kept, recommended 100.0 of 100 100.0 of 100 same" in page


def test_the_voice_match_is_a_number_of_its_own(world: World) -> None:
    cases = (OURS * 10, THEIRS * 12, "Too short.")
    write_policy(world, cases)
    voice = {
        "on_brand": [f"{OURS * 9} {n}" for n in range(50)],
        "off_brand": [f"{THEIRS * 11} {n}" for n in range(50)],
    }
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House", "voice": voice}, name="voice")
    add_asset(world, Kind.LIMITS, VOICE, name="voice")
    _, run_id = start_run(world)
    work(world)
    scores = summary(world, run_id)
    assert scores["voice_match"]["texts"] == 2, "a short text has none"
    assert scores["required"]["mean"] == "1.000000"
    page = sample_page(world, run_id, "case-1")
    assert re.search(r"Rules kept required 100, recommended \d+ of 100 Voice match \d %", page), page
    assert "Voice match not measured: too short for a voice match" in sample_page(world, run_id, "case-2")


def test_a_sample_that_is_typed_shows_its_numbers(world: World) -> None:
    add_asset(world, Kind.GLOSSARY)
    live = world.client("editor").post(
        "/w/acme/assets/glossary/glossary/live",
        data={"text": f"outlet {FILLER}"},
        headers={"HX-Request": "true"},
    )
    assert live.status_code == 200
    assert "Rules kept required 50, recommended 100 of 100" in said(live.text)


@pytest.mark.parametrize("check", CHECK_NAMES)
def test_the_page_of_a_check_says_what_its_number_says(world: World, check: str) -> None:
    write_policy(world)
    page = said(world.client("viewer").get(f"/w/acme/p/mail/checks/{check}").text)
    assert ("Rules kept says how rarely" in page) == (check in SCORED_CHECKS)
    assert ("Voice match says how likely" in page) == (check == VOICE_CHECK)
