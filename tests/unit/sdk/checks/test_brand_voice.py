from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets
from copydesk.assets.limits import Limits
from copydesk.assets.style_guide import StyleGuide, Tone
from copydesk.checks.brand_voice import compile_check, train_heads
from copydesk.checks.brand_voice.engine import _told_apart
from copydesk.checks.brand_voice.style import count_persons, gram_counts, measure
from copydesk.checks.brand_voice.threshold import student_t, threshold_of
from copydesk.checks.brand_voice.training import FORMAT, VoiceModel, twins_of
from copydesk.checks.contract import Context, Cost, Outcome, Severity
from copydesk.checks.encoder import encoder_status
from copydesk.checks.heads import sigmoid

WARM = ["You'll love this one.",
        "We've packed it for you.", "Grab your boots and go!", "It's dry, light and tough.",
        "See you out there.", "Got a question? We're here.", "Your feet will thank you."]  # fmt: skip
COLD = ["The undersigned company hereby confirms the aforementioned specification.",
        "Customers are requested to observe the applicable conditions of utilisation.",
        "The merchandise is manufactured in accordance with international regulations.",
        "Notwithstanding the foregoing, reimbursement is excluded."]  # fmt: skip


def long_text(sentences: list[str], seed: int) -> str:
    draw = random.Random(seed)
    text: list[str] = []
    while sum(len(part.split()) for part in text) < 115:
        text.append(draw.choice(sentences))
    return " ".join(text)


def assets_of(n_on: int, n_off: int) -> PolicyAssets:
    voice = {
        "on_brand": [long_text(WARM, i) for i in range(n_on)],
        "off_brand": [long_text(COLD, i) for i in range(n_off)],
    }
    return PolicyAssets(style_guide={"house": StyleGuide.model_validate({"title": "House", "voice": voice})})


@pytest.fixture(scope="module")
def trained() -> tuple[PolicyAssets, dict[str, bytes]]:
    assets = assets_of(50, 50)
    return assets, train_heads(assets)


def test_a_long_text_off_the_voice_warns_and_says_what_stands_out(
    trained: tuple[PolicyAssets, dict[str, bytes]],
) -> None:
    check = compile_check(*trained)
    assert check.cost is Cost.MODEL
    good = check.run(long_text(WARM, 900), Context())
    bad = check.run(long_text(COLD, 900), Context())
    assert good.outcome is Outcome.PASS
    assert bad.outcome is Outcome.WARN
    assert good.scores["voice_match"] > 0.8 > 0.2 > bad.scores["voice_match"]
    whole = bad.findings[0]
    assert whole.span is None
    assert whole.evidence["away"]
    assert {f.severity for f in bad.findings[1:]} == {Severity.INFO}


def test_a_short_text_gets_bands_only(trained: tuple[PolicyAssets, dict[str, bytes]]) -> None:
    result = compile_check(*trained).run(COLD[0], Context())
    assert result.outcome is Outcome.PASS
    assert result.scores == {}
    assert "too short" in str(result.reason)


def test_the_same_examples_give_the_same_bytes(trained: tuple[PolicyAssets, dict[str, bytes]]) -> None:
    assets, heads = trained
    assert train_heads(assets) == heads


def test_a_damaged_model_is_not_run(trained: tuple[PolicyAssets, dict[str, bytes]]) -> None:
    check = compile_check(trained[0], {"brand_voice/house/voice.f32": b"broken"})
    result = check.run("Hello there.", Context())
    assert result.outcome is Outcome.NOT_RUN


def test_a_model_of_another_format_is_not_run(trained: tuple[PolicyAssets, dict[str, bytes]]) -> None:
    data = trained[1]["brand_voice/house/voice.f32"]
    newer = np.array([FORMAT + 1], "<f4").tobytes() + data[4:]
    result = compile_check(trained[0], {"brand_voice/house/voice.f32": newer}).run("Hello.", Context())
    assert result.outcome is Outcome.NOT_RUN
    assert f"it has format {FORMAT + 1}" in str(result.reason)
    assert "train it anew" in str(result.reason)
    assert VoiceModel.from_bytes(data).to_bytes() == data


def older_head(data: bytes) -> bytes:
    """Return a head as it was before models brought thresholds."""
    model = VoiceModel.from_bytes(data)
    older = replace(model, thresholds=None).to_bytes()
    assert (len(older), np.frombuffer(older[:4], "<f4")[0]) == (len(data) - 8, 2)
    return older


def test_a_model_without_a_threshold_passes_no_long_text_and_holds_all_to_their_bands(
    trained: tuple[PolicyAssets, dict[str, bytes]],
) -> None:
    heads = {name: older_head(data) for name, data in trained[1].items()}
    house = trained[0].style_guide["house"]
    guide = house.model_copy(update={"tones": (Tone(audience="hikers", exclamations_max=0),)})
    check = compile_check(PolicyAssets(style_guide={"house": guide}), heads)
    long = check.run(long_text(WARM, 900), Context(audience="hikers"))
    assert (long.outcome, {f.rule_id for f in long.findings}) == (Outcome.NOT_RUN, {"house/exclamations"})
    assert "train it anew" in str(long.reason)
    assert 0 < long.scores["voice_match"] <= 1
    assert check.run("Off you go.", Context(audience="hikers")).outcome is Outcome.PASS


def test_a_policys_threshold_makes_a_model_without_one_of_use(
    trained: tuple[PolicyAssets, dict[str, bytes]],
) -> None:
    heads = {name: older_head(data) for name, data in trained[1].items()}
    check = compile_check(with_threshold(trained[0], "0.3"), heads)
    assert check.run(long_text(WARM, 900), Context()).outcome is Outcome.PASS
    assert check.run(long_text(COLD, 900), Context()).outcome is Outcome.WARN


def with_threshold(assets: PolicyAssets, threshold: str) -> PolicyAssets:
    """Return a policy that sets the check's threshold."""
    limits = Limits.model_validate(
        {"title": "Limits", "checks": [{"check": "brand_voice", "review_threshold": threshold}]}
    )
    return PolicyAssets(style_guide=assets.style_guide, limits={"limits": limits})


def test_a_trained_voice_brings_a_threshold_that_a_finding_names(
    trained: tuple[PolicyAssets, dict[str, bytes]],
) -> None:
    check = compile_check(*trained)
    bar = check.review_thresholds["house"]
    assert bar == VoiceModel.from_bytes(trained[1]["brand_voice/house/voice.f32"]).threshold
    finding = check.run(long_text(COLD, 900), Context()).findings[0]
    assert finding.evidence["threshold"] == f"{bar:.6f}"
    assert finding.evidence["threshold_from"] == "examples"
    assert f"at least {bar:.0%} is expected" in finding.message


def test_what_the_policy_sets_goes_before_the_voices_own_threshold(
    trained: tuple[PolicyAssets, dict[str, bytes]],
) -> None:
    check = compile_check(with_threshold(trained[0], "0.999999"), trained[1])
    assert check.review_thresholds == {"house": 0.999999}
    finding = check.run(long_text(WARM, 900), Context()).findings[0]
    assert finding.evidence["threshold_from"] == "policy"


def test_the_threshold_is_of_the_parts_that_take_part(
    trained: tuple[PolicyAssets, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = replace(
        VoiceModel.from_bytes(trained[1]["brand_voice/house/voice.f32"]),
        has_embedding=True,
        thresholds=(0.25, 0.75),
    )
    for is_available, wanted in ((False, 0.25), (True, 0.75)):
        status = replace(encoder_status(), is_available=is_available)
        monkeypatch.setattr("copydesk.checks.brand_voice.training.encoder_status", lambda s=status: s)
        assert VoiceModel.from_bytes(model.to_bytes()).threshold == wanted


def test_a_match_just_below_its_threshold_is_told_from_it() -> None:
    assert _told_apart(0.12, 0.41) == ("12%", "41%")
    assert _told_apart(0.98762, 0.98763) == ("98.762%", "98.763%")


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=200), st.sampled_from([0.005, 0.02, 0.1]))
def test_no_more_examples_than_the_share_lie_below_their_threshold(
    log_odds: list[float], rate: float
) -> None:
    bar = threshold_of(log_odds, rate)
    assert 0 <= bar <= 1
    assert sum(float(sigmoid(score)) < bar for score in log_odds) <= rate * len(log_odds) + 1e-9


def test_new_texts_lie_below_a_threshold_about_as_often_as_wanted() -> None:
    draw = np.random.default_rng(7)
    shares = []
    for _ in range(400):
        bar = threshold_of([float(x) for x in draw.normal(2.0, 1.5, 50)])
        shares.append(np.mean(sigmoid(draw.normal(2.0, 1.5, 500)) < bar))
    assert 0.015 < np.mean(shares) < 0.021


def test_quantiles_of_students_t_are_those_of_the_tables() -> None:
    # Fisher & Yates, Statistical Tables: t at 1 % of one side.
    for degrees, quantile in ((10, 2.764), (30, 2.457), (60, 2.390), (120, 2.358)):
        assert student_t(0.99, degrees) == pytest.approx(quantile, abs=6e-4)


def test_a_rejected_draft_is_the_twin_of_the_copy_that_replaced_it() -> None:
    draw = random.Random(4)
    words = [f"{a}{b}{c}" for a in "bdfgklmn" for b in "aeiou" for c in "lnrst"]
    briefs = [" ".join(draw.choices(words, k=60)) for _ in range(20)]
    rows = np.stack([gram_counts(text) for text in (*briefs, *(f"Buy now! {text}" for text in briefs))])
    twins = twins_of(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    assert {i: others for i, others in twins.items() if i < 20} == {i: [i + 20] for i in range(20)}


@pytest.mark.parametrize(("n_on", "n_off", "why"), [(60, 0, "alone"), (20, 20, "low evidence")])
def test_too_few_examples_say_why_there_is_no_voice_match(n_on: int, n_off: int, why: str) -> None:
    result = compile_check(assets_of(n_on, n_off), {}).run(long_text(COLD, 1), Context())
    assert result.outcome is Outcome.PASS
    assert why in str(result.reason)


def test_the_reading_grade_follows_flesch_and_kincaid() -> None:
    # 0.39 * 6 words per sentence + 11.8 * 1 syllable per word - 15.59
    assert measure("The cat sat on the mat.").reading_grade == pytest.approx(-1.45)
    # 8 words, 14 syllables: par-cels a-rrive in an af-ter-noon with-out de-lay
    assert measure("Parcels arrive in an afternoon without any delay.").reading_grade == pytest.approx(
        0.39 * 8 + 11.8 * 16 / 8 - 15.59, abs=1.5
    )


def test_contracted_pronouns_count_for_their_person() -> None:
    assert count_persons("You're here and we've tea.")["second"] == 1
    assert count_persons("You're here and we've tea.")["first_plural"] == 1


def test_german_text_gets_the_bands_that_know_german_and_no_voice_match(
    trained: tuple[PolicyAssets, dict[str, bytes]],
) -> None:
    guide = trained[0].style_guide["house"]
    tone = Tone(audience="hikers", exclamations_max=0, reading_grade_max=1, contractions="expect")
    house = guide.model_copy(update={"tones": (tone,)})
    check = compile_check(PolicyAssets(style_guide={"house": house}), trained[1])
    result = check.run("Jetzt neu! " * 60, Context(audience="hikers", locale="de-DE"))
    assert result.outcome is Outcome.NOT_RUN
    assert "de-DE, only for English" in str(result.reason)
    assert {finding.rule_id for finding in result.findings} == {"house/exclamations"}
    assert result.scores == {}


def test_without_a_model_german_text_gets_its_bands() -> None:
    tone = Tone(audience="hikers", exclamations_max=0)
    guide = StyleGuide(title="House", tones=(tone,))
    check = compile_check(PolicyAssets(style_guide={"house": guide}), {})
    result = check.run("Jetzt neu!", Context(audience="hikers", locale="de-DE"))
    assert result.outcome is Outcome.WARN
