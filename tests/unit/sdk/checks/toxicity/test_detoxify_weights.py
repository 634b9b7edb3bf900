"""The Detoxify engine on real weights: those the embedded engine ships, in Detoxify's own format.

No network: the checkpoint is made at test time. The package's real model and tokenizer classes detect.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from copydesk.assets.limits import CheckSetting
from copydesk.checks import toxicity
from copydesk.checks.contract import Context, Outcome
from copydesk.checks.toxicity.detoxify_files import Files

copydesk_toxicity = pytest.importorskip("copydesk_toxicity", reason="copydesk-toxicity is not installed")
pytest.importorskip("torch", reason="the Detoxify engine needs torch, which is not installed")
pytest.importorskip("detoxify", reason="the Detoxify engine needs detoxify, which is not installed")

from copydesk.checks.toxicity import detoxify_engine  # noqa: E402
from tests.factories.detoxify import WEIGHTS, write_checkpoint  # noqa: E402

pytestmark = pytest.mark.detoxify

CASES = yaml.safe_load((Path(__file__).parents[4] / "rules" / "toxicity.yml").read_text(encoding="utf-8"))
# The weights are the same, but the embedded engine rounds what lies between to 8 bits: stated here is how
# far a probability may move, at most and on average, and how well the log-odds keep their order.
MAX_DIFFERENCE, MEAN_DIFFERENCE, LEAST_CORRELATION = 0.2, 0.03, 0.99

TOXIC = (
    "You are scum and we despise you.",
    "Shut up, you stupid worthless idiot.",
    "Go to hell, you ugly bitch.",
    "I will find you and kill you, you bastard.",
    "Muslims are filthy animals and should all be wiped out.",
)
CLEAN = (
    "Your parcel leaves on Monday and returns are free for 30 days.",
    "The zip has a lifetime guarantee.",
    "Designed with wheelchair users for wheelchair users.",
    "Thank you for asking. We sent the larger size this morning.",
    "Our kettle boils in two minutes and keeps tea warm for an hour.",
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_checkpoint(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture(scope="module")
def engine(files: Files) -> detoxify_engine.DetoxifyEngine:
    return detoxify_engine.load(files)


@pytest.fixture(scope="module")
def encoder_alone(tmp_path_factory: pytest.TempPathFactory) -> toxicity.ToxicityEngine:
    """The embedded engine without its linear half, which Detoxify's format has no place for."""
    folder = tmp_path_factory.mktemp("encoder") / "weights"
    shutil.copytree(WEIGHTS, folder)
    card = dataclasses.asdict(copydesk_toxicity.read_card(folder))
    (folder / "card.json").write_text(json.dumps({**card, "encoder_share": 1.0}), encoding="utf-8")
    return copydesk_toxicity.load(folder)


def test_every_weight_of_the_model_comes_from_the_shipped_file(engine: detoxify_engine.DetoxifyEngine):
    assert type(engine._model).__name__ == "BertForSequenceClassification"
    assert type(engine._model).__module__.startswith("transformers.")
    assert engine.labels == ("toxicity", "identity_attack")
    assert sum(weight.numel() for weight in engine._model.parameters()) > 10_000_000


def test_scores_agree_with_those_of_the_embedded_encoder(
    engine: detoxify_engine.DetoxifyEngine, encoder_alone: toxicity.ToxicityEngine
):
    texts = [*TOXIC, *CLEAN, *(case["text"] for side in ("positives", "near_misses") for case in CASES[side])]
    for label in engine.labels:
        floating, rounded = (
            np.array([scores[label] for scores in each.scores(texts)]) for each in (engine, encoder_alone)
        )
        difference = np.abs(floating - rounded)
        assert difference.max() <= MAX_DIFFERENCE
        assert difference.mean() <= MEAN_DIFFERENCE
        odds = [np.log(values / (1 - values)) for values in (floating, rounded)]
        assert np.corrcoef(odds)[0, 1] >= LEAST_CORRELATION


def test_the_real_class_detects_through_the_check(files: Files, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COPYDESK_DETOXIFY_CHECKPOINT", str(files.checkpoint))
    monkeypatch.setenv("COPYDESK_DETOXIFY_CONFIG", str(files.config))
    monkeypatch.setattr("copydesk.checks.toxicity.check._loaded", {})
    check = toxicity.from_setting(CheckSetting(check="toxicity", engine="detoxify"))
    found = [check.run(text, Context(locale="en-GB")) for text in (*TOXIC, *CLEAN)]
    assert [result.outcome is Outcome.PASS for result in found] == [False] * 5 + [True] * 5
    assert all(result.findings[0].evidence["engine"] == "detoxify" for result in found[:5])


def test_most_labelled_cases_are_told_apart(engine: detoxify_engine.DetoxifyEngine):
    flagged = {
        side: [scores["toxicity"] >= engine.review_threshold
               for scores in engine.scores([case["text"] for case in CASES[side]])]
        for side in ("positives", "near_misses")
    }  # fmt: skip
    assert sum(flagged["positives"]) / len(flagged["positives"]) >= 0.85
    assert sum(flagged["near_misses"]) / len(flagged["near_misses"]) <= 0.15


def test_a_language_without_a_model_is_not_run(files: Files):
    english = detoxify_engine.load(files)
    several = detoxify_engine.load(dataclasses.replace(files, languages=frozenset({"en", "fr"})))
    for engine, expected in ((english, Outcome.NOT_RUN), (several, Outcome.PASS)):
        check = toxicity.ToxicityCheck(engine, 0.5, 0.9)
        assert check.run("La tente est arrivée.", Context(locale="fr-FR")).outcome is expected
