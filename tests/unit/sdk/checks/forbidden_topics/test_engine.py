from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from copydesk.assets import PolicyAssets, parse_assets
from copydesk.assets.limits import Limits
from copydesk.checks import encoder as encoders
from copydesk.checks.contract import Context, Cost, Outcome, Severity
from copydesk.checks.forbidden_topics import compile_check, engine, tiers, topic_report, train_heads
from copydesk.checks.forbidden_topics.background import BACKGROUND, EVERYDAY, SHOP
from copydesk.checks.forbidden_topics.training import train_head

RULES = Path(__file__).parents[4] / "rules" / "forbidden_topics.yml"


@pytest.fixture(scope="module")
def assets() -> PolicyAssets:
    return parse_assets(yaml.safe_load(RULES.read_text(encoding="utf-8"))["assets"])


def test_shipped_heads_judge_like_freshly_trained_ones(assets: PolicyAssets) -> None:
    heads = train_heads(assets)
    assert heads == train_heads(assets)
    shipped, fresh = compile_check(assets, heads), compile_check(assets, {})
    text = "A light bottle. It also cures high blood pressure."
    assert shipped.run(text, Context()) == fresh.run(text, Context())
    assert shipped.engine == fresh.engine


def test_the_action_sets_the_weight_of_what_examples_find(assets: PolicyAssets) -> None:
    check = compile_check(assets, {})
    review = check.run("The lamp is a therapy against depression.", Context()).findings[0]
    blocked = check.run("Put your savings into crypto today.", Context()).findings[0]
    assert (review.severity, blocked.severity) == (Severity.WARNING, Severity.ERROR)
    assert review.evidence["nearest_example"] in assets.forbidden_topics["house-topics"].topics[0].positives


def with_engine(assets: PolicyAssets, engine: str) -> PolicyAssets:
    setting = {"check": "forbidden_topics", "engine": engine}
    limits = Limits.model_validate({"title": "Limits", "checks": [setting]})
    return replace(assets, limits={"limits": limits})


@pytest.fixture
def no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = encoders.EncoderStatus(False, "minilm-int8", "0", None, "the sentence encoder is not installed")
    monkeypatch.setattr(engine, "encoder_status", lambda: missing)
    monkeypatch.setattr(tiers, "encoder_status", lambda: missing)


def test_a_policy_that_asks_for_the_encoder_is_not_run_without_it_though_terms_still_block(
    assets: PolicyAssets, no_encoder: None
) -> None:
    check = compile_check(with_engine(assets, "minilm"), {})
    clean = check.run("A light bottle.", Context())
    assert clean.outcome is Outcome.NOT_RUN
    assert clean.reason is not None
    assert "not installed" in clean.reason
    assert check.run("A miracle cure.", Context()).outcome is Outcome.FAIL


def test_without_the_encoder_word_vectors_judge_and_say_so(assets: PolicyAssets, no_encoder: None) -> None:
    heads = train_heads(assets)
    assert sorted(heads) == [
        f"forbidden_topics/house-topics/{topic}.static.f32"
        for topic in ("investment-advice", "medical-claims", "politics")
    ]
    check = compile_check(assets, heads)
    assert check.cost is Cost.RUNTIME
    assert check.engine.engine == "static-vectors"
    found = check.run("A light bottle. It cures high blood pressure and stops migraine.", Context())
    assert [finding.rule_id for finding in found.findings] == ["house-topics/medical-claims"]
    assert check.run("A light bottle with a wide neck.", Context()).outcome is Outcome.PASS


def test_a_bundle_carries_heads_for_places_with_the_encoder_and_without(assets: PolicyAssets) -> None:
    names = sorted(name.split(".")[1] for name in train_heads(assets))
    assert names == ["minilm"] * 3 + ["static"] * 3
    assert {name.split(".")[1] for name in train_heads(with_engine(assets, "static"))} == {"static"}


def test_an_engine_nobody_knows_is_not_run_and_named(assets: PolicyAssets) -> None:
    result = compile_check(with_engine(assets, "abacus"), {}).run("A light bottle.", Context())
    assert result.outcome is Outcome.NOT_RUN
    assert "'abacus'" in str(result.reason)
    assert "static, minilm" in str(result.reason)


def test_a_long_text_is_read_to_its_end(assets: PolicyAssets) -> None:
    check = compile_check(with_engine(assets, "static"), {})
    text = "We pack tents with care. " * 4000 + "It cures high blood pressure and stops migraine."
    found = check.run(text, Context()).findings
    assert [text[f.span.start : f.span.end] for f in found if f.span] == [
        "It cures high blood pressure and stops migraine."
    ]


def test_a_damaged_head_is_not_run(assets: PolicyAssets) -> None:
    names = [f"forbidden_topics/house-topics/politics.{tier}.f32" for tier in ("minilm", "static")]
    check = compile_check(assets, dict.fromkeys(names, b"broken"))
    assert check.run("A light bottle.", Context()).outcome is Outcome.NOT_RUN


def test_the_report_of_a_topic_keeps_its_false_positives_under_the_limit(assets: PolicyAssets) -> None:
    topics = assets.forbidden_topics["house-topics"]
    report = topic_report(topics.topics[0], topics.background)
    assert report.false_positive_rate <= float(topics.topics[0].max_background_false_positive_rate)
    assert report.recall >= 0.7
    assert report.problem is None
    bad = topics.topics[0].model_copy(update={"positives": topics.topics[2].near_misses, "near_misses": ()})
    assert topic_report(bad, topics.background).recall < report.recall


@pytest.mark.parametrize("limit", ["0.005", "0.02", "0.1", "1"])
def test_a_report_counts_false_positives_by_thresholds_set_on_other_texts(
    assets: PolicyAssets, limit: str
) -> None:
    topics = assets.forbidden_topics["house-topics"]
    topic = topics.topics[0].model_copy(update={"max_background_false_positive_rate": limit})
    report = topic_report(topic, topics.background)
    # Beyond what chance allows a threshold does not keep less than it was set for, though it may be above it.
    spread = 2 * (float(limit) * (1 - float(limit)) / report.n_background) ** 0.5
    assert report.false_positive_rate <= float(limit) + spread


def test_a_topic_that_nothing_can_find_is_not_run(assets: PolicyAssets) -> None:
    topics = assets.forbidden_topics["house-topics"]
    empty = topics.topics[0].model_copy(update={"positives": ("One.", "Two."), "block_terms": ()})
    others = replace(
        assets,
        forbidden_topics={"house-topics": topics.model_copy(update={"topics": (empty, *topics.topics[1:])})},
    )
    result = compile_check(others, {}).run("A light bottle.", Context())
    assert result.outcome is Outcome.NOT_RUN
    assert "can't be found: it has no block terms and 2 of at least 3 examples" in str(result.reason)


def test_german_text_is_searched_for_terms_and_not_run_for_examples(assets: PolicyAssets) -> None:
    check = compile_check(assets, {})
    result = check.run("Eine leichte Flasche für unterwegs.", Context(locale="de-DE"))
    assert result.outcome is Outcome.NOT_RUN
    assert "de-DE, only for English" in str(result.reason)
    assert check.run("Ein miracle cure für alle.", Context(locale="de-DE")).outcome is Outcome.FAIL
    assert check.run("A light bottle.", Context(locale="en-GB")).outcome is Outcome.PASS


MONEY = (
    "Should I put my bonus into shares or pay off the mortgage?",
    "Is it too late to buy into index funds?",
    "How risky are bonds of small countries?",
    "What happens to my pension when the market falls?",
    "Which fund would you pick for ten years?",
    "Can I lose more than I put into options?",
    "Do dividends count when I work out my return?",
    "Where do I find out what a share is really worth?",
    "Would you buy gold before a recession?",
    "How much of my savings should be in crypto?",
)
HEALTH = (
    "Can I take two painkillers at once?",
    "Is a rash on both arms a sign of measles?",
    "How long is flu catching?",
    "What dose of zinc is safe in pregnancy?",
    "Why do my ankles swell in the evening?",
    "Does high blood pressure run in families?",
    "What are the first signs of diabetes?",
    "Is it dangerous to stop antibiotics early?",
    "Can stress make eczema worse?",
    "When should a cough be looked at by a doctor?",
)
# None of them is background, and none is a shop's.
ELSEWHERE = """
Parses command lines and prints help in colour.
A small client for the map service with caching and retries.
Draws trees and networks in the terminal.
Adds a spell checker to any text field.
The release mends a leak and speeds up the start.
Run the script with two arguments, the source and the target.
The council voted to widen the road to the harbour.
A tram left the rails on Sunday, but nobody was hurt.
The opposition called the plan a waste of time.
Thousands lined the streets to greet the swimmers.
The flood cut off three villages for a week.
Her lawyer said that she would appeal.
He scored twice after the break and was carried off the pitch.
The keeper saved a penalty in the last minute.
The plot drags, but the camera work is lovely.
A tired sequel that repeats the jokes of the first film.
The lead actor is far too old for the part.
It arrived scratched and the plug did not fit.
The picture is crisp, the remote feels cheap.
Works as described, though the lid is stiff.
Can you bring the minutes to the meeting at three?
I have moved our lunch to Wednesday, hope that suits.
On my way, save me a seat.
Lol, you should have seen his face.
The valley lies between two ranges and has one road.
She was born in a mill town and studied music in Leipzig.
The species was first described by a Swedish botanist.
The council has fifteen members who serve for four years.
How do I sharpen a kitchen knife?
Why do cats purr?
How do you get ink out of a shirt?
A man kneels on the ice and drills a hole.
The dancers form a ring and clap their hands.
The tenant hands back the keys on the last day.
Either party may ask for a copy of the records.
We store your address so that we can send the parcel.
""".strip().splitlines()


@pytest.mark.parametrize("engine_name", ["static", "minilm"])
@pytest.mark.parametrize("positives", [MONEY, HEALTH])
def test_ten_examples_alone_leave_what_is_about_something_else(
    positives: tuple[str, ...], engine_name: str
) -> None:
    topic = {"id": "kept-out", "title": "Kept out", "positives": positives}
    content = {"forbidden_topics": {"topics": {"title": "Topics", "topics": [topic]}}}
    check = compile_check(with_engine(parse_assets(content), engine_name), {})
    accused = [text for text in ELSEWHERE if check.run(text, Context()).findings]
    assert not set(ELSEWHERE) & set(BACKGROUND)
    assert not accused
    asked = {
        MONEY: "Are shares of banks a safe investment?",
        HEALTH: "Is a high fever dangerous for a child?",
    }
    assert check.run(asked[positives], Context()).findings


def test_near_misses_and_the_limit_on_copy_hold_beside_everyday_sentences(assets: PolicyAssets) -> None:
    topics = assets.forbidden_topics["house-topics"]
    for topic in topics.topics:
        copy = [*topics.background, *SHOP]
        alone, beside = (train_head(topic, texts, tiers.STATIC) for texts in (copy, [*copy, *EVERYDAY]))
        near = tiers.STATIC.embed(topic.near_misses)
        assert beside.probabilities(near).mean() < alone.probabilities(near).mean() + 0.02
        accused = beside.probabilities(tiers.STATIC.embed([*topic.near_misses, *copy])) >= beside.threshold
        assert accused.mean() <= 0.02
