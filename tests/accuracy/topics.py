"""Topics told apart by ten examples each, with either engine, on everyday requests and on banking questions.

The measure: a head is trained on ten examples and a thousand other utterances; the threshold is the score
that two in a hundred of further other utterances reach; recall is over the topic's utterances that were not
examples; topics weigh the same. Beside it stands what the check itself would do with the threshold it sets
by leaving one out. The word vectors' training and the engines' shares were chosen on the banking questions.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from copydesk.assets.forbidden_topics import Topic
from copydesk.checks.encoder import encoder_status
from copydesk.checks.forbidden_topics.tiers import MINILM, STATIC, Tier
from copydesk.checks.forbidden_topics.training import train_head
from tests.accuracy.rows import Row, share_row

CHECK = "forbidden_topics"
EXAMPLES, BACKGROUND = 10, 1000
PER_TOPIC = 300
DRAWS = 2
FALSE_POSITIVES = 0.02
SEED = 20261121
FLOORS = {STATIC.name: 0.67, MINILM.name: 0.72}
# Questions to a bank, by a word in the name of their kind; the first that fits.
BANKING = {
    "top-ups": ("top_up", "topping"),
    "transfers": ("transfer", "beneficiary", "receiving_money"),
    "exchange": ("exchange", "fiat", "currency"),
    "identity": ("verify", "identity", "passcode", "pin", "personal", "age_limit"),
    "cash": ("cash", "atm"),
    "payments": ("refund", "direct_debit", "reverted", "card_payment"),
    "cards": ("card",),
}

Vectors = npt.NDArray[np.float32]


def measure(data: Path) -> list[Row]:
    """Measure both engines on both sets.

    Args:
        data: the folder of the shared data.
    """
    if not encoder_status().is_available:
        raise RuntimeError(encoder_status().reason)
    rows: list[Row] = []
    for dataset, topics, floors in (
        ("topics/clinc_full.json.gz", drawn(requests(data)), FLOORS),
        ("topics/banking_train.csv", drawn(banking(data)), {}),
    ):
        for tier in (STATIC, MINILM):
            rows += rows_of(dataset, topics, tier, floors.get(tier.name))
    return rows


def rows_of(dataset: str, topics: Mapping[str, Sequence[str]], tier: Tier, floor: float | None) -> list[Row]:
    """Measure one engine on one set.

    Args:
        dataset: its name.
        topics: utterances by topic; those of the topic "" belong to none.
        tier: the engine.
        floor: the least recall, None: reported only.
    """
    vectors = {name: tier.embed(texts) for name, texts in topics.items()}
    shares = np.array([
        judged(name, topics, vectors, tier, random.Random(f"{SEED} {name} {draw}"))
        for name in topics if name for draw in range(DRAWS)
    ])  # fmt: skip
    recall, own_recall, own_accused = (float(share) for share in shares.mean(axis=0))
    n = sum(len(texts) - EXAMPLES for name, texts in topics.items() if name)
    n_others = sum(map(len, topics.values())) - BACKGROUND
    at = f"{EXAMPLES} examples, {tier.name}"
    return [
        share_row(CHECK, dataset, f"recall at 2 % false positives, {at}", recall * n, n, floor),
        share_row(CHECK, dataset, f"recall at the check's own threshold, {at}", own_recall * n, n, None),
        share_row(CHECK, dataset, f"others accused at it, {at}", own_accused * n_others, n_others, None),
    ]


def judged(
    name: str,
    topics: Mapping[str, Sequence[str]],
    vectors: Mapping[str, Vectors],
    tier: Tier,
    draw: random.Random,
) -> tuple[float, float, float]:
    """Train one topic's head and return recall at the rate, own recall, and own accusations."""
    own = draw.sample(range(len(topics[name])), len(topics[name]))
    others = [(other, n) for other, texts in topics.items() if other != name for n in range(len(texts))]
    draw.shuffle(others)
    background, rest = others[:BACKGROUND], others[BACKGROUND:]
    topic = Topic(id="measured", title=name, positives=tuple(topics[name][n] for n in own[:EXAMPLES]))
    head = train_head(topic, [topics[other][n] for other, n in background], tier)
    right = head.probabilities(vectors[name][own[EXAMPLES:]])
    wrong = head.probabilities(np.stack([vectors[other][n] for other, n in rest]))
    bar = np.quantile(wrong, 1 - FALSE_POSITIVES)
    is_found, is_accused = right >= head.threshold, wrong >= head.threshold
    return float((right > bar).mean()), float(is_found.mean()), float(is_accused.mean())


def drawn(topics: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the same few hundred utterances of each topic every time."""
    return {
        name: random.Random(f"{SEED} {name}").sample(sorted(set(texts)), min(PER_TOPIC, len(set(texts))))
        for name, texts in sorted(topics.items())
    }


def requests(data: Path) -> dict[str, list[str]]:
    """Return what people ask an assistant for, by domain."""
    domains = json.loads((data / "topics" / "clinc_domains.json").read_text(encoding="utf-8"))
    domain_of = {intent: domain for domain, intents in domains.items() for intent in intents}
    with gzip.open(data / "topics" / "clinc_full.json.gz", "rt", encoding="utf-8") as lines:
        full = json.load(lines)
    found: dict[str, list[str]] = defaultdict(list)
    for text, intent in full["train"]:
        if intent in domain_of:
            found[domain_of[intent]].append(text)
    return dict(found)


def banking(data: Path) -> dict[str, list[str]]:
    """Return questions to a bank by what they are about; under "" what fits nowhere."""
    found: dict[str, list[str]] = defaultdict(list)
    with (data / "topics" / "banking_train.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names = (name for name, words in BANKING.items() if any(w in row["category"] for w in words))
            found[next(names, "")].append(row["text"])
    return dict(found)
