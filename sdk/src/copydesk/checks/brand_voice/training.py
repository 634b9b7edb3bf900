"""The trained voice: three heads over style, character trigrams and embedding, joined and calibrated.

One-class scoring from on-brand examples alone does not work (AUC .57 when tried): both sides are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.assets import PolicyAssets
from copydesk.assets.style_guide import VoiceExamples
from copydesk.checks.brand_voice.style import (
    FEATURES,
    GRAM_BUCKETS,
    WORD,
    Reading,
    gram_counts,
    style_features,
)
from copydesk.checks.brand_voice.threshold import DIGITS, threshold_of
from copydesk.checks.encoder import DIMENSIONS, encoder, encoder_status
from copydesk.checks.heads import Array, Fit, HeadError, fit_logistic, pack, sigmoid, unpack

FORMAT: Final = 3
# Without thresholds: of use where the policy sets one.
OLDER_FORMAT: Final = 2
MIN_EXAMPLES: Final = 50
MIN_WORDS: Final = 100
STYLE_STRENGTH: Final = 0.05
GRAM_STRENGTH: Final = 30.0
EMBEDDING_STRENGTH: Final = 10.0
JOINT_STRENGTH: Final = 1.0
TWIN_DEVIATIONS: Final = 3.5
MAX_TWINS: Final = 3
_CLIP: Final = 4.0
_N_STYLE: Final = len(FEATURES)
# Format; style: mean, deviation, weights; trigrams: inverse document frequency, weights; embedding: weights;
# then bias and spread of each part, and how they are joined to a probability without and with the embedding;
# whether there is one; from format 3 on the threshold without and with it.
_OLDER_SIZE: Final = 1 + 3 * _N_STYLE + 2 * GRAM_BUCKETS + DIMENSIONS + 6 + 7 + 1
_SIZES: Final = {OLDER_FORMAT: _OLDER_SIZE, FORMAT: _OLDER_SIZE + 2}


@dataclass(frozen=True, slots=True)
class VoiceScore:
    """The voice match of a text: probability in [0, 1] and the style features that moved it, in words."""

    probability: float
    towards: tuple[str, ...]
    away: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """A trained voice. `biases` and `spreads` are of (style, trigrams, embedding).

    `joint` holds a weight per part and an offset, first without and then with the embedding; `thresholds`
    the match below which a text is off-brand unless the policy says another, in the same order, or None in
    models that were trained before there were any.
    """

    mean: Array
    deviation: Array
    style: Array
    rarity: Array
    grams: Array
    embedding: Array
    biases: Array
    spreads: Array
    joint: Array
    has_embedding: bool
    thresholds: tuple[float, float] | None

    @property
    def uses_embedding(self) -> bool:
        """Whether the embedding takes part here: it was trained, and the encoder is installed."""
        return self.has_embedding and encoder_status().is_available

    @property
    def threshold(self) -> float | None:
        """The model's own threshold for the parts that take part here; None where it brings none."""
        return None if self.thresholds is None else self.thresholds[self.uses_embedding]

    def to_bytes(self) -> bytes:
        """Return the model as little-endian float32."""
        parts = (self.mean, self.deviation, self.style, self.rarity, self.grams, self.embedding, self.biases)
        version = OLDER_FORMAT if self.thresholds is None else FORMAT
        last = [float(self.has_embedding), *(self.thresholds or ())]
        return pack(np.concatenate([[version], *parts, self.spreads, self.joint, last]))

    @classmethod
    def from_bytes(cls, data: bytes) -> VoiceModel:
        """Read what `to_bytes` wrote.

        Raises:
            HeadError: another length or format, or a number that is not finite.
        """
        version = float(np.frombuffer(data[:4], "<f4")[0]) if len(data) >= 4 else 0.0
        if version not in _SIZES:
            known = " and ".join(str(number) for number in _SIZES)
            raise HeadError(
                f"it has format {version:g}, this version of the check reads {known}: train it anew"
            )
        values = unpack(data, _SIZES[int(version)])[1:].astype(np.float64)
        sizes = (_N_STYLE, _N_STYLE, _N_STYLE, GRAM_BUCKETS, GRAM_BUCKETS, DIMENSIONS, 3, 3, 7)
        mean, deviation, style, rarity, grams, embedding, biases, spreads, joint, last = np.split(
            values, np.cumsum(sizes)
        )
        thresholds = None
        if len(last) == 3:
            # float32 holds a threshold's six digits and shows more of them than were meant.
            thresholds = (round(float(last[1]), DIGITS), round(float(last[2]), DIGITS))
        scales = (mean, deviation, style, rarity, grams, embedding)
        return cls(*scales, biases, spreads, joint, bool(last[0]), thresholds)

    def score(self, text: str, reading: Reading | None = None, *, with_embedding: bool = True) -> VoiceScore:
        """Score one text; without the encoder the style and trigram parts speak alone.

        Args:
            text: a text, best of a hundred words or more.
            reading: what `read` gave for it; None reads it.
            with_embedding: False leaves the encoder out, which costs milliseconds a text.
        """
        scaled = np.clip((style_features(text, reading) - self.mean) / self.deviation, -_CLIP, _CLIP)
        parts = [scaled @ self.style, _weighted(gram_counts(text), self.rarity) @ self.grams]
        use_embedding = with_embedding and self.uses_embedding
        if use_embedding:
            parts.append(np.asarray(encoder().embed([text])[0], np.float64) @ self.embedding)
        *weights, offset = self.joint[3:] if use_embedding else self.joint[:3]
        scaled_parts = [(float(part) + self.biases[i]) / self.spreads[i] for i, part in enumerate(parts)]
        joined = sum(weight * part for weight, part in zip(weights, scaled_parts, strict=True))
        pull = scaled * self.style
        order = [int(i) for i in np.argsort(-np.abs(pull), kind="stable")[:6] if abs(pull[int(i)]) > 1e-3]
        said = [(float(pull[i]), FEATURES[i][0 if scaled[i] > 0 else 1]) for i in order]
        return VoiceScore(
            float(sigmoid(joined + offset)),
            tuple(words for value, words in said if value > 0)[:3],
            tuple(words for value, words in said if value < 0)[:3],
        )


def head_name(asset: str) -> str:
    """Return the file name of a style guide's voice model in the bundle."""
    return f"brand_voice/{asset}/voice.f32"


def long_enough(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts of at least a hundred words."""
    return tuple(text for text in texts if len(WORD.findall(text)) >= MIN_WORDS)


def why_untrained(voice: VoiceExamples) -> str | None:
    """Say why these examples give no voice match, or None where they do."""
    on, off = len(long_enough(voice.on_brand)), len(long_enough(voice.off_brand))
    if on >= MIN_EXAMPLES and off >= MIN_EXAMPLES:
        return None
    needed = (
        f"at least {MIN_EXAMPLES} on-brand and {MIN_EXAMPLES} off-brand texts of {MIN_WORDS} words or more"
    )
    if on and not off:
        return (
            f"on-brand texts alone cannot teach a voice: off-brand texts are needed to tell it from "
            f"(rejected drafts, competitors' copy); give {needed}"
        )
    return (
        f"low evidence: {on} on-brand and {off} off-brand texts are long enough; a voice match needs {needed}"
    )


def train_voice(voice: VoiceExamples, *, with_embedding: bool) -> VoiceModel:
    """Train the voice model; the same examples give the same model.

    Args:
        voice: examples of both sides; shorter ones than a hundred words are left out.
        with_embedding: whether to train the embedding head too (needs the encoder).
    """
    return _train(voice, with_embedding=with_embedding)[0]


def left_out_matches(voice: VoiceExamples, *, with_embedding: bool) -> tuple[list[float], list[float]]:
    """Return the voice match of each example that is long enough, by a model without it and its twins.

    The model's own threshold is learnt from these. New texts score alike: over draws of public texts the
    means differed by a tenth of the spread (tests/accuracy/voice.py measures what follows from that).

    Args:
        voice: examples of both sides.
        with_embedding: whether the embedding takes part (needs the encoder).

    Returns:
        Probabilities of the on-brand and of the off-brand examples, in their order.
    """
    left_out = _train(voice, with_embedding=with_embedding)[1]
    matches = [float(match) for match in sigmoid(left_out)]
    n_on = len(long_enough(voice.on_brand))
    return matches[:n_on], matches[n_on:]


def _train(voice: VoiceExamples, *, with_embedding: bool) -> tuple[VoiceModel, Array]:
    """Train the model; also return the log-odds of each example when it is left out, with all its parts."""
    on, off = long_enough(voice.on_brand), long_enough(voice.off_brand)
    texts = [*on, *off]
    labels = np.r_[np.ones(len(on)), np.zeros(len(off))]
    style = np.stack([style_features(text) for text in texts])
    mean, deviation = style.mean(axis=0), np.maximum(style.std(axis=0), 1e-6)
    grams, rarity = gram_rows(texts)
    twins = twins_of(grams)
    fits = [
        fit_logistic(np.clip((style - mean) / deviation, -_CLIP, _CLIP), labels, STYLE_STRENGTH, twins),
        fit_logistic(grams, labels, GRAM_STRENGTH, twins),
    ]
    if with_embedding:
        fits.append(fit_logistic(encoder().embed(texts), labels, EMBEDDING_STRENGTH, twins))
    return _joined(fits, labels, (mean, deviation, rarity))


def gram_rows(texts: Sequence[str]) -> tuple[Array, Array]:
    """Return character trigrams weighted by rarity, a row of unit length per text, and the rarity of each.

    Source: smoothed inverse document frequency, Manning et al., Introduction to Information Retrieval, 6.2.1.
    """
    counts = np.stack([gram_counts(text) for text in texts])
    rarity = np.log((1 + len(texts)) / (1 + (counts > 0).sum(axis=0))) + 1
    return _weighted(counts, rarity), rarity


def twins_of(rows: Array) -> dict[int, list[int]]:
    """Return for each row the rows that are far more like it than two rows usually are.

    A rejected draft and the approved copy of the same brief share most of their words. Leaving out only one
    of them leaves its near copy in training under the other label: what tells topics apart would then look
    worse than chance and be thrown away.

    Args:
        rows: (n, d) numbers, each row of unit length.
    """
    likeness = rows @ rows.T
    usual = likeness[~np.eye(len(rows), dtype=bool)]
    median = float(np.median(usual))
    # 1.4826 makes the median deviation comparable to a standard deviation (Rousseeuw & Croux 1993).
    limit = median + TWIN_DEVIATIONS * 1.4826 * float(np.median(np.abs(usual - median)))
    np.fill_diagonal(likeness, -1.0)
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :MAX_TWINS]
    found = {i: [int(j) for j in row if likeness[i, j] > limit] for i, row in enumerate(nearest)}
    return {i: others for i, others in found.items() if others}


def _joined(
    fits: Sequence[Fit], labels: Array, scales: tuple[Array, Array, Array]
) -> tuple[VoiceModel, Array]:
    spreads = [max(float(fit.left_out.std()), 1e-6) for fit in fits]
    parts = np.stack([fit.left_out / spread for fit, spread in zip(fits, spreads, strict=True)])
    light = _joint(parts[:2], labels)
    full = _joint(parts, labels) if len(fits) == 3 else [*light[:2], 0.0, light[2]]
    embedding = fits[2].weights if len(fits) == 3 else np.zeros(DIMENSIONS)
    # The joint has seen these scores, by four numbers at most: new texts score alike (measured).
    left_out = [_sum_of(parts, joint) for joint in (light, full)]
    thresholds = [threshold_of([float(score) for score in scores[labels == 1]]) for scores in left_out]
    mean, deviation, rarity = scales
    biases = [fit.bias for fit in fits] + [0.0] * (3 - len(fits))
    model = VoiceModel(
        mean,
        deviation,
        fits[0].weights,
        rarity,
        fits[1].weights,
        embedding,
        np.array(biases),
        np.array(spreads + [1.0] * (3 - len(fits))),
        np.array([*light, *full]),
        has_embedding=len(fits) == 3,
        thresholds=(thresholds[0], thresholds[1]),
    )
    return model, left_out[1]


def _sum_of(parts: Array, joint: Sequence[float]) -> Array:
    """Return the log-odds of each column: as many parts as there are, by a weight per part and an offset."""
    *weights, offset = joint
    return np.asarray(np.array(weights[: len(parts)]) @ parts[: len(weights)] + offset)


def _joint(parts: Array, labels: Array) -> list[float]:
    """Fit a weight per part and an offset on left-out scores, so that the sum is a calibrated log-odds.

    Source: stacking (Wolpert 1992) with a logistic joint, which is Platt scaling (1999) for one part.
    """
    kept = list(range(len(parts)))
    fit = fit_logistic(parts.T, labels, JOINT_STRENGTH)
    # A part that would speak against itself has learned nothing: leave it out and fit the others again.
    while len(kept) > 1 and fit.weights.min() < 0:
        kept.pop(int(fit.weights.argmin()))
        fit = fit_logistic(parts[kept].T, labels, JOINT_STRENGTH)
    weights = np.zeros(len(parts))
    weights[kept] = fit.weights
    return [*(float(weight) for weight in weights), fit.bias]


def _weighted(counts: Array, rarity: Array) -> npt.NDArray[np.float64]:
    weighted = counts * rarity
    return np.asarray(weighted / np.maximum(np.linalg.norm(weighted, axis=-1, keepdims=True), 1e-9))


def train_heads(assets: PolicyAssets) -> dict[str, bytes]:
    """Train the voice model of every style guide with enough examples.

    Args:
        assets: the policy's content.
    """
    return {
        head_name(asset): train_voice(guide.voice, with_embedding=encoder_status().is_available).to_bytes()
        for asset, guide in sorted(assets.style_guide.items())
        if why_untrained(guide.voice) is None
    }
