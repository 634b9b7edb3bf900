"""The toxicity check with its embedded engine: thresholds, spans, odd texts, missing engines."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.assets import PolicyAssets
from copydesk.assets.limits import CheckSetting, Limits
from copydesk.checks import toxicity
from copydesk.checks.contract import Context, Outcome, Severity
from copydesk.checks.registry import compile_check

copydesk_toxicity = pytest.importorskip("copydesk_toxicity", reason="copydesk-toxicity is not installed")

CLEAN = "Your parcel leaves on Monday. Returns are free for 30 days. The zip has a lifetime guarantee."
ABUSE = "You are scum and we despise you."


def _check(**setting: object) -> toxicity.ToxicityCheck:
    check = toxicity.from_setting(CheckSetting.model_validate({"check": "toxicity", **setting}))
    assert isinstance(check, toxicity.ToxicityCheck)
    return check


def test_abuse_is_blocked_and_clean_copy_passes():
    check = _check()
    blocked, clean = check.run_many([ABUSE, CLEAN])
    assert blocked.outcome is Outcome.FAIL
    assert blocked.findings[0].severity is Severity.BLOCKER
    assert blocked.findings[0].score >= check.block_threshold
    assert (clean.outcome, clean.findings) == (Outcome.PASS, ())


def test_the_span_is_the_abusive_sentence_of_a_long_text():
    text = f"{CLEAN} {ABUSE} {CLEAN}"
    (finding,) = _check().run(text, Context()).findings
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == ABUSE


@pytest.mark.parametrize("mark", ["✨ {}", "{} 😍 🔥 🎉", "✓ {}", "👋🏽 {} ☀️", "► {} 👨‍👩‍👧", "{}🎁"])
def test_a_picture_beside_a_line_says_nothing_of_it(mark):
    engine = toxicity.resolve("embedded")
    plain, marked = engine.scores([CLEAN, mark.format(CLEAN)])
    assert marked == pytest.approx(plain, abs=0.01)


def test_a_picture_right_behind_a_rude_word_hides_no_letter_of_it():
    assert _check().run("You are scum🎉and we despise you🎉", Context()).outcome is Outcome.FAIL


def test_a_picture_that_mocks_counts_and_counts_once():
    engine = toxicity.resolve("embedded")
    plain, once, often = engine.scores(["Look at them.", "Look at them. 🤡", "Look at them. 🤡 🤡🤡"])
    assert once["toxicity"] > plain["toxicity"]
    assert often == once


def test_abuse_at_the_end_of_a_text_longer_than_the_model_reads_is_found():
    text = " ".join([CLEAN] * 40) + " " + ABUSE
    result = _check().run(text, Context())
    assert result.outcome is Outcome.FAIL
    assert result.findings[0].span is not None
    assert result.findings[0].span.end == len(text)


def test_abuse_inside_an_endless_sentence_is_found():
    text = (
        "and the tent is light " * 200
        + "you are a stupid worthless idiot "
        + "and the pegs are strong " * 200
    )
    (finding,) = _check().run(text, Context()).findings
    assert finding.span is not None
    found = text[finding.span.start : finding.span.end]
    assert "stupid worthless idiot" in found
    assert len(found) <= toxicity.MAX_PASSAGE_CHARS


@pytest.mark.parametrize("locale", [None, "", "en", "en-GB", "EN_us"])
def test_english_and_texts_of_no_known_language_are_judged(locale: str | None):
    assert _check().run(ABUSE, Context(locale=locale)).outcome is Outcome.FAIL


@pytest.mark.parametrize("locale", ["de-DE", "fr", "enm"])
def test_a_locale_without_a_model_is_not_run_and_says_so(locale: str):
    result = _check().run("Du bist Abschaum.", Context(locale=locale))
    assert (result.outcome, result.findings) == (Outcome.NOT_RUN, ())
    assert f"has no model for the locale {locale}, only for English" in (result.reason or "")


def test_a_text_too_long_for_a_model_is_not_run_and_holds_up_no_other():
    check = _check()
    endless, abuse = check.run_many(["tent " * (toxicity.MAX_CHARS // 5) + "!", ABUSE])
    assert endless.outcome is Outcome.NOT_RUN
    assert endless.reason == "the text has 100001 characters; the toxicity check reads 100000 at most"
    assert abuse.outcome is Outcome.FAIL


def test_one_rude_window_counts_most_and_many_clean_ones_do_not_add_up():
    pool = copydesk_toxicity.engine.pool
    quiet, rude = np.array([-4.0, -5.0]), np.array([3.0, 1.0])
    assert pool(quiet[None], 1.0) == pytest.approx(quiet)
    assert pool(np.stack([quiet] * 40), 1.0) == pytest.approx(quiet)
    mixed = np.stack([quiet, quiet, rude, quiet])
    assert pool(mixed, 0.0) == pytest.approx(rude)
    assert (mixed.mean(axis=0) < pool(mixed, 1.0)).all()
    assert (pool(mixed, 1.0) < rude).all()
    assert pool(mixed, 1.0) == pytest.approx(np.log(np.exp(mixed).mean(axis=0)))
    assert pool(mixed * 1000, 1.0) == pytest.approx(1000 * rude - np.log(4))


def test_a_score_between_the_thresholds_asks_for_a_review():
    score = _check().run(ABUSE, Context()).scores["toxicity"]
    check = _check(review_threshold="0.1", block_threshold="1")
    (finding,) = check.run(ABUSE, Context()).findings
    assert (finding.severity, finding.rule_id) == (Severity.WARNING, "toxicity/review")
    assert finding.score == score < 1
    assert finding.evidence["engine"] == "embedded"
    assert finding.evidence["threshold"] == "0.100000"


def test_one_threshold_set_beyond_the_other_ones_default_moves_that_default():
    assert _check(block_threshold="0.1").review_threshold == 0.1
    assert _check(review_threshold="1").block_threshold == 1.0


def test_a_review_threshold_above_the_block_threshold_leaves_the_check_not_run():
    setting = CheckSetting(check="toxicity", review_threshold="0.9", block_threshold="0.2")
    assets = PolicyAssets(limits={"site": Limits(title="Site", checks=(setting,))})
    result = compile_check("toxicity", assets).run(CLEAN, Context())
    assert result.outcome is Outcome.NOT_RUN
    assert "lower the one or raise the other" in (result.reason or "")


def test_an_unknown_engine_is_not_run_and_names_the_known_ones():
    setting = CheckSetting(check="toxicity", engine="perspective")
    check = toxicity.from_setting(setting)
    for result in (check.run(ABUSE, Context()), *check.run_many([ABUSE, CLEAN])):
        assert result.outcome is Outcome.NOT_RUN
        assert result.reason == "no toxicity engine is called 'perspective'; known: embedded, detoxify"


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\x00", "\ud800", "a\udfffb", "🙂" * 500, "x" * 5000, "\u200b\u200d"]
)
def test_odd_texts_are_scored_without_a_crash(text: str):
    (result,) = _check().run_many([text])
    assert result.outcome in set(Outcome) - {Outcome.NOT_RUN}


def test_a_text_without_words_scores_zero():
    engine = toxicity.resolve("embedded")
    assert engine.scores(["", "   ", "\x00"]) == [{"toxicity": 0.0, "identity_attack": 0.0}] * 3
    assert engine.scores([]) == []


@pytest.fixture(scope="module")
def second_engine() -> toxicity.ToxicityEngine:
    """A second load of the same weights, which remembers nothing of the first."""
    return copydesk_toxicity.load()


@given(texts=st.lists(st.text(st.characters(), max_size=60), max_size=4))
def test_scores_are_probabilities_and_do_not_depend_on_the_company(
    texts: list[str], second_engine: toxicity.ToxicityEngine
):
    together = toxicity.resolve("embedded").scores([*texts, ABUSE])
    assert together == [second_engine.scores([text])[0] for text in [*texts, ABUSE]]
    assert all(0 <= score <= 1 for scores in together for score in scores.values())


def test_a_caller_who_changes_scores_does_not_change_the_next_answer():
    engine = toxicity.resolve("embedded")
    first = engine.scores([ABUSE, ABUSE])
    kept = dict(first[1])
    first[0]["toxicity"] = 0.0
    assert first[1] == kept
    assert engine.scores([ABUSE]) == [kept]


def test_threads_that_share_the_engine_get_the_scores_of_one_thread(second_engine: toxicity.ToxicityEngine):
    engine = toxicity.resolve("embedded")
    texts = [f"You are number {number} and a stupid idiot." for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: engine.scores([text])[0], texts))
    assert together == second_engine.scores(texts)


def test_full_width_letters_and_invisible_characters_hide_nothing():
    engine = toxicity.resolve("embedded")
    plain = "you stupid bitch"
    full_width = "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in plain)
    scores = [
        found["toxicity"] for found in engine.scores([plain, full_width, "you stu\u200bpid bi\u200btch"])
    ]
    assert scores == [scores[0]] * 3


def test_importing_the_check_imports_no_engine():
    code = (
        "import sys, copydesk.checks.toxicity;"
        "print([m for m in ('onnxruntime', 'tokenizers', 'torch', 'detoxify') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_status_names_each_engine_with_version_or_reason():
    status = {engine.name: engine for engine in toxicity.engine_status()}
    assert set(status) == {"embedded", "detoxify"}
    assert status["embedded"].available
    assert status["embedded"].version == toxicity.resolve("embedded").version
    detoxify = status["detoxify"]
    assert (detoxify.version is None) == (detoxify.reason is not None) == (not detoxify.available)


def test_the_engine_is_named_with_the_digest_of_its_weights():
    card = copydesk_toxicity.read_card()
    info = _check().engine
    assert (info.engine, info.engine_version, info.weights_sha256) == (
        "embedded",
        card.version,
        card.weights_sha256,
    )


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    shutil.copytree(Path(copydesk_toxicity.__file__).parent / "weights", folder)
    return folder


@pytest.mark.parametrize("name", ["model.int8.onnx", "vocab.txt", "profanity.npz"])
def test_altered_weights_are_refused(weights: Path, name: str):
    content = bytearray((weights / name).read_bytes())
    content[len(content) // 2] ^= 1
    (weights / name).write_bytes(content)
    with pytest.raises(copydesk_toxicity.WeightsError, match=f"{name} differs from its digest"):
        copydesk_toxicity.load(weights)


def test_missing_weights_and_a_broken_card_are_told_apart(weights: Path):
    (weights / "vocab.txt").unlink()
    with pytest.raises(copydesk_toxicity.WeightsError, match=r"cannot read .*vocab.txt"):
        copydesk_toxicity.load(weights)
    (weights / "card.json").write_text(json.dumps({"version": "1"}), encoding="utf-8")
    with pytest.raises(copydesk_toxicity.WeightsError, match=r"card.json: KeyError\('labels'\)"):
        copydesk_toxicity.load(weights)


def test_the_weights_stay_below_twenty_megabytes(weights: Path):
    assert sum(path.stat().st_size for path in weights.iterdir()) < 20_000_000
