"""Distil the sentence encoder into a table of token vectors, which the SDK's base install can afford.

Usage: .venv/bin/python sdk/static_vectors/train.py --data ../shared/data --out build/static_vectors.npz

Three steps, five minutes of one CPU core. Every token of the vocabulary is embedded on its own (Model2Vec,
Tulkens & van Dongen 2024) and weighted by how rare it is (Arora et al. 2017, "A simple but tough-to-beat
baseline for sentence embeddings", with ranks for frequencies as in Zipf's law). A linear map then takes the
mean of a sentence's tokens to the encoder's vector of the sentence. Last, the tokens that the sentences hold
are moved by gradient descent on the cosine between the two, so that also what a word does to its neighbours
is learned. The card beside this file says which sentences.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from copydesk.checks import encoder as encoders
from copydesk.checks.forbidden_topics.training import sentence_spans

DIMENSIONS: Final = 256
# Free of conditions: Wikipedia discussions (Apache-2.0) and Civil Comments (CC0), only what is not toxic.
SOURCES: Final = frozenset({"cat", "tsdneg"})
MAX_SENTENCES: Final = 24_000
MIN_WORDS: Final = 5
MAX_WORDS: Final = 28
N_HELD_OUT: Final = 1_500
EPOCHS: Final = 5
BATCH: Final = 256
LEARNING_RATE: Final = 0.01
RIDGE: Final = 1e-2 / encoders.DIMENSIONS
RARITY: Final = 1e-4
SEED: Final = 1
# BERT's vocabulary begins with unused places, signs and single letters; words follow, most frequent first.
FIRST_WORD: Final = 1996
LAST_LATIN: Final = 0x24F

Floats = npt.NDArray[np.float32]


def sentences_of(data: Path) -> list[str]:
    """Return the sentences to learn from, drawn the same way every time."""
    with gzip.open(data / "toxicity" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    texts = [row["text"] for row in rows if row["source"] in SOURCES and not row["toxic"]]
    found = {
        text[start:end]
        for text in texts
        for start, end in sentence_spans(text)
        if MIN_WORDS <= text.count(" ", start, end) + 1 <= MAX_WORDS
    }
    drawn = sorted(found)
    random.Random(SEED).shuffle(drawn)
    return drawn[:MAX_SENTENCES]


def token_vectors(session: Any, vocabulary: Sequence[str]) -> Floats:
    """Return the encoder's mean vector of every token between its start and end marks."""
    start, end = vocabulary.index("[CLS]"), vocabulary.index("[SEP]")
    made = np.zeros((len(vocabulary), encoders.DIMENSIONS), np.float32)
    for token in range(len(vocabulary)):
        ids = np.array([[start, token, end]], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        made[token] = session.run(None, feed)[0][0].mean(axis=0)
    rank = np.maximum(1, np.arange(len(vocabulary)) - FIRST_WORD + 1)
    chance = (1 / rank) / (1 / rank).sum()
    return np.asarray((made - made.mean(axis=0)) * (RARITY / (RARITY + chance))[:, None], np.float32)


def means(table: Floats, pieces: Sequence[Sequence[int]]) -> Floats:
    """Return the mean of each sentence's token vectors."""
    return np.stack([table[list(ids)].mean(axis=0) for ids in pieces])


def mapped(table: Floats, pieces: Sequence[Sequence[int]], wanted: Floats) -> Floats:
    """Return the table after the linear map (ridge regression) that takes sentence means to `wanted`."""
    rows = means(table, pieces).astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ridge = RIDGE * len(rows) * np.eye(rows.shape[1])
    move = np.linalg.solve(rows.T @ rows + ridge, rows.T @ wanted)
    out = table @ move
    return np.asarray(out / out.std() / 4, np.float32)


def refined(table: Floats, pieces: Sequence[Sequence[int]], wanted: Floats) -> Floats:
    """Return the table after Adam (Kingma & Ba 2015) on one minus the cosine, sentence by sentence."""
    table = table.copy()
    first, second = np.zeros_like(table), np.zeros_like(table)
    order = np.arange(len(pieces))
    draw = np.random.RandomState(SEED)
    steps, step = EPOCHS * -(-len(pieces) // BATCH), 0
    for _ in range(EPOCHS):
        draw.shuffle(order)
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            seen, slope = _gradient(table, [pieces[i] for i in batch], wanted[batch])
            first[seen] = 0.9 * first[seen] + 0.1 * slope
            second[seen] = 0.99 * second[seen] + 0.01 * slope * slope
            step += 1
            rate = LEARNING_RATE * (1 - step / (steps + 1))
            table[seen] -= rate * first[seen] / (np.sqrt(second[seen]) + 1e-8)
    return table


def _gradient(
    table: Floats, pieces: Sequence[Sequence[int]], wanted: Floats
) -> tuple[npt.NDArray[np.int64], Floats]:
    lengths = np.array([len(ids) for ids in pieces])
    flat = np.concatenate([np.asarray(ids) for ids in pieces])
    sums = np.add.reduceat(table[flat], np.r_[0, np.cumsum(lengths)[:-1]], axis=0) / lengths[:, None]
    size = np.linalg.norm(sums, axis=1, keepdims=True)
    unit = sums / size
    cosine = (unit * wanted).sum(axis=1, keepdims=True)
    per_sentence = -(wanted - cosine * unit) / size / lengths[:, None]
    order = np.argsort(flat, kind="stable")
    seen, starts = np.unique(flat[order], return_index=True)
    owner = np.repeat(np.arange(len(pieces)), lengths)[order]
    return seen, np.add.reduceat(per_sentence[owner], starts, axis=0)


def kept_tokens(vocabulary: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the tokens worth a row: words and pieces in Latin letters, digits and signs."""
    kept = [
        number
        for number, token in enumerate(vocabulary)
        if not (token.startswith("[") and token.endswith("]") and len(token) > 1)
        and all(ord(char) <= LAST_LATIN for char in token)
    ]
    return np.array(kept)


def train(data: Path) -> dict[str, npt.NDArray[Any]]:
    """Make the table from the data; prints how close it comes on sentences kept apart."""
    vocabulary = [word for word in encoders._VOCABULARY.read_text(encoding="utf-8").split("\n") if word]
    encoder = encoders.encoder()
    sentences = sentences_of(data)
    tokenizer = encoders._tokenizer()
    pieces = [tokenizer.encode(text).ids[1:-1] for text in sentences]
    whole = np.stack([encoder._run(text) for text in sentences]).astype(np.float64)
    whole -= whole.mean(axis=0)
    sizes, directions = np.linalg.eigh(whole.T @ whole / len(whole))
    wanted = (whole @ directions[:, np.argsort(-sizes)[:DIMENSIONS]]).astype(np.float32)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    learn, probe = slice(N_HELD_OUT, None), slice(None, N_HELD_OUT)
    table = mapped(token_vectors(encoders._session(), vocabulary), pieces[learn], wanted[learn])
    _tell("after the linear map", table, pieces[probe], wanted[probe])
    table = refined(table, pieces[learn], wanted[learn])
    _tell("after the refinement", table, pieces[probe], wanted[probe])
    kept = kept_tokens(vocabulary)
    scales = np.abs(table[kept]).max(axis=1) / 127
    rows = np.round(table[kept] / scales[:, None]).astype(np.int8)
    return {"tokens": kept.astype(np.uint16), "scales": scales.astype(np.float32), "rows": rows}


def _tell(when: str, table: Floats, pieces: Sequence[Sequence[int]], wanted: Floats) -> None:
    made = means(table, pieces)
    cosine = (made * wanted).sum(axis=1) / np.linalg.norm(made, axis=1)
    print(f"mean cosine on {len(pieces)} sentences kept apart, {when}: {cosine.mean():.4f}", flush=True)


def main() -> None:
    """Train, write, and print the checksum that `static_vectors.py` holds the file to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of public data")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    given = parser.parse_args()
    made = train(given.data)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("wb") as file:
        np.savez(file, **made)  # type: ignore[arg-type]  # numpy's stub takes names for options
    data = given.out.read_bytes()
    print(f"{given.out}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
