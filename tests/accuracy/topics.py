"""Topics told apart by ten examples each: one domain's intents against all others and banking questions."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections import defaultdict
from pathlib import Path

from copydesk.assets import PolicyAssets
from copydesk.assets.forbidden_topics import ForbiddenTopics
from copydesk.checks.contract import Context
from copydesk.checks.encoder import encoder_status
from copydesk.checks.forbidden_topics import compile_check
from tests.accuracy.rows import Row, share_row

CHECK = "forbidden_topics"
DATASET = "topics/clinc_full.json.gz"
TOPICS = ("credit_cards", "auto_and_commute", "travel", "kitchen_and_dining")
EXAMPLES, BACKGROUND, PROBES = 10, 150, 100
SEED = 20261121


def measure(data: Path) -> list[Row]:
    """Count the utterances of a topic that its head finds, and the others it accuses.

    Args:
        data: the folder of the shared data.
    """
    if not encoder_status().is_available:
        raise RuntimeError(encoder_status().reason)
    by_domain = utterances(data)
    banking = [row["category"] and row["text"] for row in rows_of(data / "topics" / "banking_train.csv")]
    found = probed = accused = clean = 0
    for topic in TOPICS:
        draw = random.Random(f"{SEED} {topic}")
        own = draw.sample(by_domain[topic], EXAMPLES + PROBES)
        rest = [text for domain, texts in sorted(by_domain.items()) if domain != topic for text in texts]
        others = draw.sample(rest, BACKGROUND + 3 * PROBES)
        if topic != "credit_cards":
            others += draw.sample(banking, PROBES)
        found += hits(topic, own[:EXAMPLES], others[:BACKGROUND], own[EXAMPLES:])
        accused += hits(topic, own[:EXAMPLES], others[:BACKGROUND], others[BACKGROUND:])
        probed, clean = probed + PROBES, clean + len(others) - BACKGROUND
    return [
        share_row(CHECK, DATASET, "recall with ten examples", found, probed, None),
        share_row(CHECK, DATASET, "other utterances accused", accused, clean, None),
    ]


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def utterances(data: Path) -> dict[str, list[str]]:
    """Return the utterances of each domain."""
    domains = json.loads((data / "topics" / "clinc_domains.json").read_text(encoding="utf-8"))
    domain_of = {intent: domain for domain, intents in domains.items() for intent in intents}
    with gzip.open(data / "topics" / "clinc_full.json.gz", "rt", encoding="utf-8") as lines:
        full = json.load(lines)
    found: dict[str, list[str]] = defaultdict(list)
    for text, intent in full["train"]:
        if intent in domain_of:
            found[domain_of[intent]].append(text)
    return dict(found)


def hits(topic: str, examples: list[str], background: list[str], probes: list[str]) -> int:
    """Return how many probes a topic with these examples finds."""
    content = {"id": topic.replace("_", "-"), "title": topic, "positives": examples}
    topics = ForbiddenTopics.model_validate({"title": "All", "topics": [content], "background": background})
    check = compile_check(PolicyAssets(forbidden_topics={"all": topics}), {})
    return sum(bool(check.run(text, Context()).findings) for text in probes)
