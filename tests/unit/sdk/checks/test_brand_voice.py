from __future__ import annotations

import random

import numpy as np
import pytest

from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import StyleGuide, Tone
from copydesk.checks.brand_voice import compile_check, train_heads
from copydesk.checks.brand_voice.style import count_persons, gram_counts, measure
from copydesk.checks.brand_voice.training import FORMAT, VoiceModel, twins_of
from copydesk.checks.contract import Context, Cost, Outcome, Severity

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
    older = np.array([FORMAT - 1], "<f4").tobytes() + data[4:]
    result = compile_check(trained[0], {"brand_voice/house/voice.f32": older}).run("Hello.", Context())
    assert result.outcome is Outcome.NOT_RUN
    assert "train it anew" in str(result.reason)
    assert VoiceModel.from_bytes(data).to_bytes() == data


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
