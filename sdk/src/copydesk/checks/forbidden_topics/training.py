"""Training a topic's head against background text, and saying how good it is by leaving one out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.assets import PolicyAssets
from copydesk.assets.forbidden_topics import ForbiddenTopics, Topic
from copydesk.checks.forbidden_topics.background import BACKGROUND, EVERYDAY, SHOP
from copydesk.checks.forbidden_topics.tiers import TIERS, Tier, tier_of
from copydesk.checks.heads import Array, Fit, Head, fit_logistic, sigmoid

MIN_POSITIVES: Final = 3
# From so many texts of each side on, what leave-one-out says of a topic can be relied on.
GOOD_EXAMPLES: Final = 10
# Below this a text is hardly like the examples, whatever rate of false positives the editor allows.
MIN_THRESHOLD: Final = 0.4
MAX_BACKGROUND: Final = 1000
STRENGTH: Final = 10.0
_FOLDS: Final = 10
_SENTENCE: Final = re.compile(
    r"[^.!?…\n]*[^\s.!?…](?:[.!?…]+[\"'”’)\]]*(?=\s|$)|[.!?…](?=\S)[^.!?…\n]*)*[.!?…]*"
)
# Together the everyday sentences count as much as those of a shop: near misses and copy must not drown.
EVERYDAY_WEIGHT: Final = len(SHOP) / len(EVERYDAY)
_EVERYDAY: Final = frozenset(EVERYDAY)
_LIQUID: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TopicReport:
    """How well a topic's examples work, each left out once.

    `recall` is over the positives, `false_positive_rate` over near misses, approved copy and sentences of a
    shop, both in [0, 1]; `n_positives` and `n_background` say over how many. No text counts against a
    threshold that was set with it. `problem` is a sentence when the topic should not be saved or has no head.
    """

    recall: float
    false_positive_rate: float
    threshold: float
    n_positives: int
    n_background: int
    problem: str | None = None


def head_name(asset: str, topic_id: str, tier: Tier) -> str:
    """Return the file name of a topic's head for a tier in the bundle."""
    return f"forbidden_topics/{asset}/{topic_id}.{tier.name}.f32"


def background_of(assets: PolicyAssets, topics: ForbiddenTopics) -> tuple[str, ...]:
    """Return what a policy's topics are told apart from: its approved copy, then everyday sentences."""
    found = [sentence for text in topics.background for sentence in sentences_of(text)]
    for _, fallbacks in sorted(assets.fallbacks.items()):
        for fallback in fallbacks.fallbacks:
            found += sentences_of(_LIQUID.sub("it", fallback.text))
    for _, guide in sorted(assets.style_guide.items()):
        found += [s for text in guide.voice.on_brand for s in sentences_of(text)]
    return tuple(dict.fromkeys([*found, *BACKGROUND]))[:MAX_BACKGROUND]


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text that hold at least two words."""
    return [text[start:end] for start, end in sentence_spans(text) if " " in text[start:end]]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text's sentences without the space around them."""
    spans = []
    for match in _SENTENCE.finditer(text):
        lead = len(match.group()) - len(match.group().lstrip())
        spans.append((match.start() + lead, match.start() + len(match.group().rstrip())))
    return [(start, end) for start, end in spans if end > start]


def topic_report(topic: Topic, background: Iterable[str] = (), *, engine: str = "") -> TopicReport:
    """Measure a topic by leave-one-out for its editor.

    Args:
        topic: the topic as it would be saved.
        background: approved texts it must stay clear of; everyday sentences are added.
        engine: the engine that the policy's setting names; nothing: the best one installed.

    Raises:
        EncoderError: the engine needs the sentence encoder, which is not installed.
        ValueError: there is no such engine.
    """
    texts = tuple(dict.fromkeys([*(s for text in background for s in sentences_of(text)), *BACKGROUND]))
    n_background = len(topic.near_misses) + int(_like_copy(texts).sum())
    if len(topic.positives) < MIN_POSITIVES:
        few = (
            f"needs at least {MIN_POSITIVES} examples of the topic, better ten; it has {len(topic.positives)}"
        )
        return TopicReport(0.0, 0.0, 1.0, len(topic.positives), n_background, few)
    fit, threshold = _fit(topic, texts, tier_of(engine))
    scores = sigmoid(fit.left_out)
    count = len(topic.positives)
    limit = float(topic.max_background_false_positive_rate)
    own = set(topic.positives)
    clean = scores[count:][_like_copy([t for t in (*topic.near_misses, *texts) if t not in own])]
    rate = _unseen_rate(clean, limit)
    strict = float((clean >= MIN_THRESHOLD).mean())
    recall = float((scores[:count] >= threshold).mean())
    problem = None
    if recall < 0.5 and strict > limit:
        problem = (
            f"its examples are too close to approved text: at {limit:.1%} false alarms it finds only "
            f"{recall:.0%} of its own examples; make them more specific or add near misses"
        )
    return TopicReport(recall, rate, threshold, count, n_background, problem)


def train_heads(assets: PolicyAssets) -> dict[str, bytes]:
    """Train the heads of all topics with examples, for every tier that is installed and not ruled out.

    A bundle is read where the encoder is and where it is not, so it carries heads for both.

    Args:
        assets: the policy's content; a setting that names an engine limits the heads to it.
    """
    named = assets.setting("forbidden_topics").engine
    heads = {}
    for asset, topics in sorted(assets.forbidden_topics.items()):
        background = background_of(assets, topics)
        for tier in TIERS:
            if tier.is_available and named in {"", tier.name}:
                for topic in topics.topics:
                    if len(topic.positives) >= MIN_POSITIVES:
                        head = train_head(topic, background, tier)
                        heads[head_name(asset, topic.id, tier)] = head.to_bytes()
    return heads


def train_head(topic: Topic, background: Sequence[str], tier: Tier) -> Head:
    """Train one topic's head; its threshold keeps the left-out background under the topic's limit.

    Args:
        topic: a topic with at least three positives.
        background: sentences that are fine.
        tier: what the sentences are embedded with.

    Raises:
        EncoderError: the tier needs the sentence encoder, which is not installed.
    """
    fit, threshold = _fit(topic, background, tier)
    return Head(fit.weights.astype(np.float32), fit.bias, threshold)


def _fit(topic: Topic, background: Sequence[str], tier: Tier) -> tuple[Fit, float]:
    own = set(topic.positives)
    others = [text for text in (*topic.near_misses, *background) if text not in own]
    vectors = tier.embed([*topic.positives, *others])
    labels = np.r_[np.ones(len(topic.positives)), np.zeros(len(others))]
    is_copy = _like_copy(others)
    weights = np.r_[np.ones(len(topic.positives)), np.where(is_copy, 1.0, EVERYDAY_WEIGHT)]
    fit = fit_logistic(vectors, labels, STRENGTH, weights=weights)
    limit = float(topic.max_background_false_positive_rate)
    clean = sigmoid(fit.left_out[len(topic.positives) :])
    # The limit holds for copy alone too: everyday sentences, mostly far from any topic, would hide its share.
    return fit, max(_threshold(clean, limit), _threshold(clean[is_copy], limit) if is_copy.any() else 0.0)


def _like_copy(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell which of the texts that are fine are near misses, approved copy or a shop's."""
    return np.array([text not in _EVERYDAY for text in texts], bool)


def _threshold(clean: Array, limit: float) -> float:
    """Return the lowest threshold that at most a share `limit` of clean texts reaches."""
    ordered = np.sort(clean)[::-1]
    first_below = min(int(len(ordered) * limit), len(ordered) - 1)
    return max(MIN_THRESHOLD, min(0.99, float(ordered[first_below]) + 1e-4))


def _unseen_rate(clean: Array, limit: float) -> float:
    """Return the share of clean texts that reach a threshold which was set on the others."""
    folds = np.arange(len(clean)) % _FOLDS
    reached = [clean[folds == i] >= _threshold(clean[folds != i], limit) for i in range(_FOLDS)]
    return float(np.concatenate(reached).mean())
