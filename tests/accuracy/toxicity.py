"""How well the embedded toxicity engine does on labelled sets it has not learnt from."""

from __future__ import annotations

import csv
import importlib.util
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from copydesk.assets.limits import CheckSetting
from copydesk.checks import toxicity
from copydesk.checks.contract import Context, Outcome
from tests.accuracy.rows import Z_95, Row, share_row

CHECK = "toxicity"
TRAINING = Path(__file__).parents[2] / "sdk" / "toxicity" / "training"
Scores = npt.NDArray[np.float64]

# Neutral sentences about a person; own words, so that no published template can have been learnt.
_IDENTITY_FRAMES = (
    "Our new colleague is {a} {descriptor} person.",
    "The hut was built by {a} {descriptor} family and is open all year.",
)

_GERMAN = (
    "Dein Zelt ist da.",
    "Du bist ein Idiot.",
    "Rückgabe kostenlos bis zum 31. Januar.",
    "Wer so etwas kauft, gehört verprügelt.",
)
_RESAMPLES = 2000


def measure(data: Path) -> list[Row]:
    """Score every set and return its rows.

    Args:
        data: the shared data folder.

    Raises:
        EngineUnavailableError: the embedded engine is not installed.
    """
    engine = toxicity.resolve("embedded")
    folder = data / "toxicity"
    rows = [
        surge_row(engine, data),
        _f1_row(engine, "surge", _surge(data), 0.86),
        _auc_row(engine, "wikipedia", _csv(folder / "wikipedia.csv", "comment", "toxic", "True"), 0.975),
        _auc_row(engine, "jigsaw_282", _csv(folder / "jigsaw_282.csv", "comment_text", "toxic", "1"), 0.95),
    ]
    rows += _hatecheck_rows(engine, folder / "hatecheck.csv")
    # At review .90 is the aim; the floor keeps it from getting worse.
    rows += _clean_rows(engine, "clean_but_tricky", _tricky(folder / "clean_but_tricky.txt"), (0.85, 0.90))
    clean = [text for texts in _clean_copy().read(data, "report").values() for text in texts]
    rows += _clean_rows(engine, "clean copy, reporting half", clean, (0.995, 0.998))
    identity = list(_identity_sentences(folder / "holistic_bias_descriptors.json"))
    rows += _clean_rows(engine, "identity sentences", identity, (0.995, 0.995))
    return [*rows, _german_row()]


def surge_row(engine: toxicity.ToxicityEngine, data: Path) -> Row:
    """Measure the area under the curve on Surge's comments."""
    return _auc_row(engine, "surge", _surge(data), 0.94)


def auc_interval(positive: Scores, negative: Scores) -> tuple[float, float, float]:
    """Return the area under the ROC curve and its 95 % interval.

    DeLong's variance (DeLong et al., 1988), on the logit scale so that the interval stays inside [0, 1].

    Args:
        positive: scores of the positives [n], two at least.
        negative: scores of the negatives [m], two at least.
    """
    wins = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    area = float(wins.mean())
    variance = wins.mean(axis=1).var(ddof=1) / len(positive) + wins.mean(axis=0).var(ddof=1) / len(negative)
    if not 0 < area < 1:
        return area, area, area
    middle = math.log(area / (1 - area))
    half = Z_95 * math.sqrt(variance) / (area * (1 - area))
    return area, _sigmoid(middle - half), _sigmoid(middle + half)


def _auc_row(
    engine: toxicity.ToxicityEngine, dataset: str, labelled: list[tuple[str, bool]], floor: float
) -> Row:
    scores = _scores(engine, [text for text, _ in labelled])
    toxic = np.array([is_toxic for _, is_toxic in labelled])
    area, low, high = auc_interval(scores[toxic], scores[~toxic])
    return Row(CHECK, dataset, "AUC", area, low, high, floor, len(labelled))


def f1_interval(toxic: npt.NDArray[np.bool_], flagged: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return F1 of the flags and its 95 % interval, by bootstrap over the texts with a fixed seed.

    Args:
        toxic: the labels [n], one of them true at least.
        flagged: what the engine says [n].
    """
    dice = np.random.default_rng(0)
    drawn = dice.integers(0, len(toxic), (_RESAMPLES, len(toxic)))
    found = np.quantile(_f1(toxic[drawn], flagged[drawn]), (0.025, 0.975))
    return float(_f1(toxic[None], flagged[None])[0]), float(found[0]), float(found[1])


def _f1(toxic: npt.NDArray[np.bool_], flagged: npt.NDArray[np.bool_]) -> Scores:
    """Return F1 of each row [rows, texts]: `2 tp / (2 tp + fp + fn)`, which is 2 tp over both sums."""
    both: Scores = 2 * (toxic & flagged).sum(axis=1) / (toxic.sum(axis=1) + flagged.sum(axis=1))
    return both


def _f1_row(
    engine: toxicity.ToxicityEngine, dataset: str, labelled: list[tuple[str, bool]], floor: float
) -> Row:
    """F1 at the review threshold, which is set where at most .5 % of clean copy lie above it."""
    flagged = _scores(engine, [text for text, _ in labelled]) >= engine.review_threshold
    figure, low, high = f1_interval(np.array([is_toxic for _, is_toxic in labelled]), flagged)
    return Row(CHECK, dataset, "F1 at review", figure, low, high, floor, len(labelled))


def _german_row() -> Row:
    """Share of German texts that the check leaves, saying so: it has a model for English alone."""
    check = toxicity.from_setting(CheckSetting(check=CHECK, engine="embedded"))
    found = [check.run(text, Context(locale="de-DE")) for text in _GERMAN]
    honest = sum(result.outcome is Outcome.NOT_RUN and "de-DE" in (result.reason or "") for result in found)
    return share_row(CHECK, "German texts", "not run, with the reason", honest, len(_GERMAN), 1.0)


def _surge(data: Path) -> list[tuple[str, bool]]:
    return _csv(data / "toxicity" / "surge.csv", "text", "is_toxic", "Toxic")


def _hatecheck_rows(engine: toxicity.ToxicityEngine, path: Path) -> list[Row]:
    """Balanced accuracy at the review threshold; its interval from the variances of both recalls."""
    labelled = _csv(path, "test_case", "label_gold", "hateful")
    flagged = _scores(engine, [text for text, _ in labelled]) >= engine.review_threshold
    hateful = np.array([is_hateful for _, is_hateful in labelled])
    recalls = (flagged[hateful].mean(), (~flagged[~hateful]).mean())
    sizes = (hateful.sum(), (~hateful).sum())
    figure = float(sum(recalls)) / 2
    spread = math.sqrt(sum(p * (1 - p) / n for p, n in zip(recalls, sizes, strict=True))) / 2
    balanced = Row(
        CHECK, "hatecheck", "balanced accuracy at review", figure, figure - Z_95 * spread,
        figure + Z_95 * spread, 0.60, len(labelled),
    )  # fmt: skip
    found, clean = int(flagged[hateful].sum()), int((~flagged[~hateful]).sum())
    return [
        balanced,
        share_row(CHECK, "hatecheck", "hateful found at review", found, int(sizes[0]), None),
        share_row(CHECK, "hatecheck", "not hateful left alone at review", clean, int(sizes[1]), None),
    ]


def _clean_rows(
    engine: toxicity.ToxicityEngine, dataset: str, texts: Sequence[str], floors: tuple[float, float]
) -> list[Row]:
    """Shares of clean texts below the review and below the block threshold."""
    scores = _scores(engine, texts)
    limits = (("review", engine.review_threshold, floors[0]), ("block", engine.block_threshold, floors[1]))
    return [
        share_row(
            CHECK, dataset, f"clean, left alone at {name}", int((scores < limit).sum()), len(texts), floor
        )
        for name, limit, floor in limits
    ]


def _scores(engine: toxicity.ToxicityEngine, texts: Sequence[str]) -> Scores:
    return np.array([scores["toxicity"] for scores in engine.scores(texts)])


def _csv(path: Path, text: str, label: str, positive: str) -> list[tuple[str, bool]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [(row[text], row[label] == positive) for row in csv.DictReader(stream)]


def _tricky(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _identity_sentences(path: Path) -> Iterator[str]:
    """Fill the frames with every descriptor that is a real word and that its group does not reject."""
    axes = json.loads(path.read_text(encoding="utf-8"))
    found = [
        item
        for axis, groups in axes.items()
        if axis != "nonce"
        for group in groups.values()
        for item in group
    ]
    for descriptor in dict.fromkeys(filter(None, map(_accepted, found))):
        article = "an" if descriptor[0].lower() in "aeiou" else "a"
        for frame in _IDENTITY_FRAMES:
            yield frame.format(a=article, descriptor=descriptor)


def _accepted(item: Any) -> str | None:
    if isinstance(item, str):
        return item
    return None if item.get("preference") in ("dispreferred", "polarizing") else str(item["descriptor"])


def _clean_copy() -> ModuleType:
    """Load the split of clean copy from the training scripts, which are no package."""
    spec = importlib.util.spec_from_file_location("clean_copy", TRAINING / "clean_copy.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(TRAINING / "clean_copy.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
