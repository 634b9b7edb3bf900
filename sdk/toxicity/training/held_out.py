"""Measures choices on texts held out of the corpus: `held_out.py --data DIR --weights DIR`.

Prints the area under the ROC curve for each source, and for long texts made of held-out ones how the pooling
of windows and the share of the encoder change it. What `train.py` fixes is chosen here, never on the sets
that are reported.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import corpus
import joined
import numpy as np
from scipy.stats import rankdata

from copydesk_toxicity.engine import EmbeddedEngine, load, pool

TEMPERATURES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 1000.0)
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
LONG_TEXTS, MAX_LONG_CHARS = 900, 2400


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the shared data folder")
    parser.add_argument("--weights", type=Path, required=True, help="a folder as the engine loads it")
    given = parser.parse_args()
    engine = load(given.weights)
    texts = [e for e in corpus.read(given.data / "toxicity" / "train.jsonl.gz") if corpus.is_held_out(e)]
    print_by_source(engine, texts)
    print_pooling(engine, list(long_texts(texts, random.Random(11))))


def print_by_source(engine: EmbeddedEngine, texts: Sequence[corpus.Example]) -> None:
    """Print the area per source that has both labels, and over all texts."""
    scores = np.array([found["toxicity"] for found in engine.scores([e.text for e in texts])])
    toxic = np.array([e.toxic for e in texts])
    for source in [*sorted({e.source for e in texts}), "all"]:
        chosen = np.array([source in (e.source, "all") for e in texts])
        if 0 < toxic[chosen].sum() < chosen.sum():
            print(f"{source:10} n {chosen.sum():5} AUC {area(toxic[chosen], scores[chosen]):.4f}")


def long_texts(texts: Sequence[corpus.Example], dice: random.Random) -> Iterator[corpus.Example]:
    """Make long texts of held-out ones: clean, one toxic part among clean ones, and toxic throughout."""
    clean = [e.text for e in texts if not e.toxic and e.source in joined.CLEAN_SOURCES]
    toxic = [e.text for e in texts if e.toxic and e.source in joined.TOXIC_SOURCES]
    for number in range(LONG_TEXTS):
        chars = dice.randint(400, MAX_LONG_CHARS)
        kind = ("clean", "clean", "one", "all")[number % 4]
        parts = _parts(toxic if kind == "all" else clean, chars, dice)
        if kind == "one":
            parts[dice.randrange(len(parts))] = dice.choice(toxic)
        yield corpus.Example(kind, dice.choice((" ", "\n")).join(parts), kind != "clean", None)


def _parts(texts: Sequence[str], chars: int, dice: random.Random) -> list[str]:
    parts: list[str] = []
    while sum(map(len, parts)) < chars:
        parts.append(dice.choice(texts))
    return parts


def print_pooling(engine: EmbeddedEngine, texts: Sequence[corpus.Example]) -> None:
    """Print the area over long texts by temperature and share, for one toxic part and for all toxic."""
    logits = [np.stack([engine._logits(ids) for ids in engine._windows(e.text)]) for e in texts]
    linear = np.array([_logit(engine._linear.probability(e.text)) for e in texts])
    kinds = np.array([e.source for e in texts])
    print(f"{len(texts)} long texts of {np.mean([len(rows) for rows in logits]):.1f} windows on average")
    for temperature in TEMPERATURES:
        encoder = np.array([pool(rows, temperature)[0] for rows in logits])
        for share in SHARES:
            blended = share * encoder + (1 - share) * linear
            found = [
                area(kinds[kinds != other] != "clean", blended[kinds != other]) for other in ("all", "one")
            ]
            print(f"temperature {temperature:6g} share {share:.1f} one {found[0]:.4f} all {found[1]:.4f}")


def area(toxic: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the ROC curve (Mann and Whitney, 1947)."""
    ranks = rankdata(scores)
    positives, negatives = toxic.sum(), (~toxic).sum()
    return float((ranks[toxic].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


if __name__ == "__main__":
    main()
