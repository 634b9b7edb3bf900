"""Shows how the pooling of windows does on long texts: `pooling.py --data DIR --weights DIR`.

Long labelled texts are made of short ones from the training corpus, for the sets that are reported may not
choose anything. The rule: the highest temperature that costs less than .01 of either area against the best,
as a low one lifts long clean texts above short ones.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import corpus
import numpy as np
from scipy.stats import rankdata

from copydesk_toxicity.engine import EmbeddedEngine, load, pool

TEMPERATURES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 1000.0)
SHARES = (0.6, 0.7, 0.8)
LONG_TEXTS, MIN_LONG_CHARS, MAX_LONG_CHARS = 900, 400, 2400
# Sources of whole sentences in plain writing; those of single phrases would read as nonsense when joined.
CLEAN_SOURCES = frozenset({"cat", "tsdneg", "edos", "toxigen", "templ"})
TOXIC_SOURCES = frozenset({"cat", "tsd", "davidson", "edos"})
# Of 256 first bytes of a text's digest, those whose texts are taken: about 4 % of every source.
TAKEN_BYTES = 10


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the shared data folder")
    parser.add_argument("--weights", type=Path, required=True, help="a folder as the engine loads it")
    given = parser.parse_args()
    engine = load(given.weights)
    texts = [e for e in corpus.read(given.data / "toxicity" / "train.jsonl.gz") if _is_taken(e)]
    print_pooling(engine, [*texts[::3], *long_texts(texts, random.Random(11))])


def _is_taken(example: corpus.Example) -> bool:
    key = example.text.strip().casefold().encode("utf-8", "surrogatepass")
    return hashlib.sha256(key).digest()[0] < TAKEN_BYTES


def long_texts(texts: Sequence[corpus.Example], dice: random.Random) -> Iterator[corpus.Example]:
    """Make long texts of short ones: clean, one toxic part among clean ones, and toxic throughout."""
    clean = [e.text for e in texts if not e.toxic and e.source in CLEAN_SOURCES]
    toxic = [e.text for e in texts if e.toxic and e.source in TOXIC_SOURCES]
    for number in range(LONG_TEXTS):
        chars = dice.randint(MIN_LONG_CHARS, MAX_LONG_CHARS)
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
    """Print areas by temperature and share: long texts with one toxic part, and short and long texts mixed.

    The mix punishes a pooling that lifts a long text above a short one of the same kind.
    """
    logits = [
        np.stack([engine._logits(ids) for ids in engine._windows(e.text)] or [np.full(2, -9.0)])
        for e in texts
    ]
    linear = np.array([_logit(engine._linear.probability(e.text)) for e in texts])
    toxic, kinds = np.array([e.toxic for e in texts]), np.array([e.source for e in texts])
    one = np.isin(kinds, ("clean", "one"))
    print(f"{len(texts)} texts of {np.mean([len(rows) for rows in logits]):.1f} windows on average")
    for temperature in TEMPERATURES:
        encoder = np.array([pool(rows, temperature)[0] for rows in logits])
        for share in SHARES:
            blended = share * encoder + (1 - share) * linear
            mixed, needle = area(toxic, blended), area(toxic[one], blended[one])
            print(f"temperature {temperature:6g} share {share:.1f} one {needle:.4f} mixed {mixed:.4f}")


def area(toxic: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the ROC curve (Mann and Whitney, 1947)."""
    ranks = rankdata(scores)
    positives, negatives = toxic.sum(), (~toxic).sum()
    return float((ranks[toxic].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


if __name__ == "__main__":
    main()
