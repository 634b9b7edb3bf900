"""Thresholds are set on a workspace's own approved copy, or not at all where that is too little."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select

from console.assets.editing import working_copy
from console.errors import ConflictError
from console.quality import queries, scoring, setting
from console.quality.errors import TooFewTextsError
from console.quality.thresholds import choose
from copydesk.assets import Kind
from copydesk.checks.toxicity import engine_status
from models import Asset, ScoreSet
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.policies import approve, propose, work, write_policy

URL = "/w/acme/p/mail/checks/toxicity/threshold"
# Enough for the highest rate on offer; the words differ, for a text counts once.
COPY = [f"Parcel {n} is on its way and should be with you on day {n} of the month." for n in range(1, 40)]
VOICE_URL = URL.replace("toxicity", "brand_voice")
VOICE_ON = {"title": "Voice", "checks": [{"check": "brand_voice"}]}
OURS = (
    "You'll love this tent.",
    "We've packed it for you.",
    "Grab your boots and go!",
    "It's dry and light.",
)
THEIRS = (
    "Customers are requested to observe the applicable conditions of utilisation.",
    "The merchandise is manufactured in accordance with international regulations.",
    "Notwithstanding the foregoing, reimbursement is excluded.",
)
HAS_ENGINE = any(status.name == "embedded" and status.available for status in engine_status())
needs_engine = pytest.mark.skipif(not HAS_ENGINE, reason="the embedded toxicity engine is not installed")
TOXICITY = {"title": "Toxicity", "checks": [{"check": "toxicity"}]}


@pytest.fixture
def written(world: World) -> World:
    """Give a policy that checks toxicity, with approved texts of a golden set."""
    write_policy(world, COPY)
    # The last limits by name that name a check win.
    add_asset(world, Kind.LIMITS, TOXICITY, name="toxicity")
    return world


def limits(session: Any) -> Asset:
    found: Asset = session.scalars(select(Asset).where(Asset.name == "toxicity")).one()
    return found


def scored(world: World, level: str = "review") -> Any:
    client = world.client("editor")
    assert client.post(f"{URL}/score?level={level}").status_code == 303
    work(world)
    return client


def test_before_scoring_the_page_says_what_it_needs(written: World) -> None:
    client = written.client("viewer")
    page = client.get(URL).text
    assert "A threshold is set on texts people approved" in page
    assert "Score approved copy" in written.client("editor").get(URL).text
    assert "Score approved copy" not in page
    assert client.post(f"{URL}/score").status_code == 403
    assert client.get(f"{URL}?level=other").status_code == 404
    if HAS_ENGINE:
        shown = client.get("/w/acme/p/mail/checks/toxicity").text
        assert "English; other locales are “not run”" in shown
    assert client.get(URL.replace("toxicity", "glossary")).status_code == 404


def test_approved_copy_is_fallbacks_golden_texts_and_samples_of_approved_runs(written: World) -> None:
    def sources() -> list[str]:
        with written.session() as session:
            state = queries.policy_state(session, written.policy_id)
            return [
                text.source for text in scoring.approved_copy(session, written.policy_id, state, "toxicity")
            ]

    assert sorted(set(sources())) == ["fallback", "golden"]
    assert len(sources()) == len(COPY) + 1
    approve(written, propose(written).review_id)
    # Samples of fixed texts are those texts again, and each text counts once.
    assert len(sources()) == len(COPY) + 1


@needs_engine
def test_the_chosen_rate_puts_its_threshold_into_the_draft_of_the_limits(written: World) -> None:
    client = scored(written)
    page = client.get(URL).text
    assert "own, set on public clean copy and not on yours" in page
    assert "40 approved texts" in page
    assert "needs 598 approved texts" in page
    assert "<caption>Scores of approved copy</caption>" in page

    answer = client.post(URL, data={"rate": "0.1"})
    assert answer.location.endswith("/w/acme/assets/limits/toxicity/save")
    with written.session() as session:
        asset = limits(session)
        row = session.scalars(select(ScoreSet)).one()
        scores = [float(score) for _s, _p, score in row.scores["approved"]]
        (found,) = working_copy(session, asset).content["checks"]
        assert found["review_threshold"] == choose(scores, "0.1", flags_above=True).threshold
        assert sum(score >= float(found["review_threshold"]) for score in scores) <= 4
        assert asset.last_revision_number == 1


@needs_engine
def test_a_rate_that_the_copy_cannot_show_is_refused_with_what_it_needs(written: World) -> None:
    client = scored(written)
    answer = client.post(URL, data={"rate": "0.005"})
    assert answer.status_code == 422
    assert "Too few approved texts: 40 have a score, and 0.5 % needs 598." in answer.text
    with written.session() as session:
        assert limits(session).draft is None


@needs_engine
def test_labelled_cases_say_what_each_rate_finds(written: World) -> None:
    case = {"check": "toxicity", "expects": "finding", "text": "Shut up, you worthless idiot."}
    assert written.client("legal").post("/w/acme/p/mail/labelled-cases", data=case).status_code == 303
    assert "1 of 1" in scored(written).get(URL).text


def test_without_scores_no_threshold_is_set(written: World) -> None:
    answer = written.client("editor").post(URL, data={"rate": "0.1"})
    assert answer.status_code == 422
    assert "Have it scored first" in answer.text
    assert written.client("legal").post(URL, data={"rate": "0.1"}).status_code == 403


def test_review_never_stands_above_block(written: World) -> None:
    low = choose([0.1] * 100, "0.1", flags_above=True)
    high = choose([0.9] * 100, "0.1", flags_above=True)
    few = choose([0.9] * 3, "0.1", flags_above=True)
    by = written.actor("editor")
    with written.session() as session:
        setting.put_threshold(session, written.policy_id, "toxicity", "block", low, by=by)
    with pytest.raises(ConflictError, match="would stand above"), written.session() as session:
        setting.put_threshold(session, written.policy_id, "toxicity", "review", high, by=by)
    with pytest.raises(TooFewTextsError), written.session() as session:
        setting.put_threshold(session, written.policy_id, "toxicity", "review", few, by=by)


def test_copy_without_a_score_is_said_plainly_with_what_is_needed(written: World) -> None:
    url = URL.replace("toxicity", "brand_voice")
    client = written.client("editor")
    client.post(f"{url}/score")
    work(written)
    page = client.get(url).text
    assert "0 have a score, and even 10 % needs 29" in page
    assert "The check is switched off." in page
    assert client.post(url, data={"rate": "0.1"}).status_code == 422


def test_a_topics_threshold_in_force_is_in_the_picture_once_copy_is_scored(world: World) -> None:
    write_policy(world, COPY)
    positives = [f"You should invest in fund number {word}." for word in ("one", "two", "three", "four")]
    topics = {"title": "Topics", "topics": [{"id": "money", "title": "Money", "positives": positives}]}
    add_asset(world, Kind.FORBIDDEN_TOPICS, topics, name="topics")
    add_asset(world, Kind.LIMITS, {"title": "On", "checks": [{"check": "forbidden_topics"}]}, name="on")
    url, client = "/w/acme/p/mail/checks/forbidden_topics/threshold", world.client("editor")
    assert client.post(f"{url}/score").status_code == 303
    work(world)
    page = client.get(url).text
    assert "In force" in page
    assert "The dashed line is the threshold in force." in page


def voice_text(sentences: tuple[str, ...], seed: int) -> str:
    draw = random.Random(seed)
    words: list[str] = []
    while len(words) < 110:
        words += draw.choice(sentences).split()
    return " ".join(words)


def teach_voice(world: World, examples: int) -> None:
    write_policy(world, ["A short one."])
    voice = {
        "on_brand": [voice_text(OURS, n) for n in range(examples)],
        "off_brand": [voice_text(THEIRS, n) for n in range(examples)],
    }
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House", "voice": voice}, name="voice")
    add_asset(world, Kind.LIMITS, VOICE_ON, name="voice")


def test_a_voices_threshold_is_set_on_examples_judged_by_models_that_did_not_see_them(world: World) -> None:
    teach_voice(world, 50)
    client = world.client("editor")
    assert client.post(f"{VOICE_URL}/score").status_code == 303
    work(world)
    with world.session() as session:
        row = session.scalars(select(ScoreSet)).one()
        assert {source for source, _place, _score in row.scores["approved"]} == {"example"}
        assert len(row.scores["approved"]) == len(row.scores["off_brand"]) == 50
        assert row.scores["unscored"] > 0
        matches = [float(score) for _source, _place, score in row.scores["approved"]]
    page = client.get(VOICE_URL).text
    in_force = float(page.split("Review: <b>")[1].split("</b>")[0])
    assert sum(match < in_force for match in matches) <= 1, "the page and the engine agree on 2 % of fifty"
    assert "50 approved texts" in page
    assert "Off-brand examples" in page
    assert "Finds 50 of 50 off-brand examples, each left out once." in page
    check = client.get("/w/acme/p/mail/checks/brand_voice").text
    own = "learnt from 50 on-brand examples, each left out once. At most 2 % of them fall below it"
    assert own in page
    assert own in check
    assert "In force" in page
    assert "There is no voice match here" not in check
    form = client.get("/w/acme/assets/style_guide/voice/parts/voice").text
    assert "50 on-brand and 50 off-brand texts are long enough for a voice match." in form

    assert client.post(VOICE_URL, data={"rate": "0.1"}).status_code == 303
    with world.session() as session:
        asset = session.scalars(select(Asset).where(Asset.name == "voice", Asset.kind == "limits")).one()
        assert 0.5 < float(working_copy(session, asset).content["checks"][0]["review_threshold"]) < 1


def test_a_voice_that_is_not_trained_yet_says_where_its_threshold_will_come_from(world: World) -> None:
    teach_voice(world, 51)
    page = world.client("editor").get(VOICE_URL).text
    assert "it is learnt from the on-brand examples when the voice is trained" in page


def test_too_few_examples_are_no_approved_copy_of_a_voice(world: World) -> None:
    teach_voice(world, 20)
    client = world.client("editor")
    client.post(f"{VOICE_URL}/score")
    work(world)
    page = client.get(VOICE_URL).text
    assert "0 have a score, and even 10 % needs 29" in page
    assert "low evidence: 20 on-brand and 20 off-brand" in page
    assert "There is no voice match to set a threshold for." in page
    check = client.get("/w/acme/p/mail/checks/brand_voice").text
    assert "There is no voice match to set a threshold for." in check
    assert "Low evidence: 20 on-brand and 20 off-brand texts are long enough" in check
    form = client.get("/w/acme/assets/style_guide/voice/parts/voice").text
    assert "No voice match yet, bands only: low evidence: 20 on-brand and 20 off-brand" in form
