"""Trains the embedded toxicity engine and writes its weights: `train.py --data DIR --out DIR`.

DIR of `--data` is the shared data folder. `toxicity/train.jsonl.gz` and clean writing of `facts/`, `voice/`
and `topics/` are learnt from; clean copy of other articles and intents in `voice/` and `topics/` sets the
two thresholds; the labelled sets of `toxicity/*.csv` are never opened. Two stages make a wide encoder, a
third teaches a narrowed one what it knows; two hours on one CPU core in all. A stage whose state lies in the
folder of `--out` is not run again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

import clean_copy
import clean_frames
import corpus
import disguise
import export
import finetune
import frames
import narrow
import numpy as np
import open_copy
import profanity
import teaching
import torch

from copydesk_toxicity import load
from copydesk_toxicity.card import CARD_NAME
from copydesk_toxicity.engine import LINEAR_NAME, MODEL_NAME, VOCABULARY_NAME

VERSION = "1.3.1"
LANGUAGES = ("en",)
WINDOW_TOKENS, OVERLAP_TOKENS = 94, 24
# The pooling of windows was chosen with pooling.py.
POOLING_TEMPERATURE, ENCODER_SHARE = 2.0, 0.7
# Shares of clean copy that may stand above a threshold. Block is not set on the single highest text: the
# clean sources are not proofread, and one of them says "ass" for "as".
REVIEW_SHARE, BLOCK_SHARE = 0.004, 0.001
# Set on sources like those learnt from, block is too low for others: "Dear customer, your boots are here."
# scores .69.
LEAST_BLOCK = 0.72
DISGUISED_TOXIC, DISGUISED_CLEAN = 3000, 2000
# The two runs of the second stage: texts of the first repeated, learning rate, share of the mean.
SECOND_RUNS = ((20_000, 3e-5, 0.7), (60_000, 4e-5, 0.3))
# What the narrowed encoder keeps of 60 attention heads and 7 680 feed-forward units in five layers: seven
# tenths of their work. How many texts tell which ones.
HEADS, UNITS, RANKED_ON = 52, 4608, 1536
# The corpus comes first; all of these are of it.
RANKED_AMONG = 60_000
# How many texts of WiCE it sees beside the delicate ones.
WICE_OTHERS = 3_000
# Texts that tell how large activations become.
MEASURED_ON = 768
FIRST_NAME, WIDE_NAME, FINAL_NAME = "first.pt", "wide.pt", "narrow.pt"


def first_examples(data: Path, linear: profanity.LinearModel, seed: int) -> list[corpus.Example]:
    """Join the corpus, the own frames and disguised copies of corpus texts, without repeats."""
    dice = random.Random(seed)
    labelled = corpus.read(data / "toxicity" / "train.jsonl.gz")
    made = frames.sentences(dice)
    weights = linear.term_weights()
    hidden = disguise.disguised([e for e in labelled if e.toxic], weights, dice, DISGUISED_TOXIC)
    hidden += disguise.disguised([e for e in labelled if not e.toxic], weights, dice, DISGUISED_CLEAN)
    return corpus.distinct([*labelled, *made, *hidden])


def second_examples(
    data: Path, first: list[corpus.Example], repeated: int, seed: int
) -> tuple[list[corpus.Example], list[corpus.Example]]:
    """Return texts of the first stage to keep in mind, and the clean writing it lacked; none is held out."""
    dice = random.Random(seed)
    known = dice.sample([e for e in first if not corpus.is_held_out(e)], repeated)
    return known, _clean_writing(data, dice)


def _clean_writing(data: Path, dice: random.Random) -> list[corpus.Example]:
    made = frames.sentences(dice, clean_frames.FRAME_SETS, clean_frames.SLOTS)
    plain = [e for e in open_copy.read(data, WICE_OTHERS) if not corpus.is_held_out(e)]
    return corpus.distinct([*plain, *made, *open_copy.of_clean_copy(data)])


def first_stage(first: list[corpus.Example], out: Path, seed: int) -> None:
    """Learn the corpus from the base model on."""
    torch.manual_seed(seed)
    recipe = replace(finetune.FIRST_STAGE, seed=seed)
    finetune.fine_tune(finetune.base_model(), first, finetune.labels(first), recipe, out / FIRST_NAME)


def second_stage(data: Path, first: list[corpus.Example], out: Path, seed: int) -> None:
    """Add the clean writing, while texts of the first stage keep half of what that stage says of them.

    The weights of two runs are averaged, which orders texts better than either (Wortsman et al., Model soups,
    2022).
    """
    states = []
    for number, (repeated, rate, share) in enumerate(SECOND_RUNS):
        path = out / f"second-{number}.pt"
        if not path.exists():
            recipe = replace(finetune.SECOND_STAGE, learning_rate=rate, seed=seed)
            _second_run(second_examples(data, first, repeated, seed), recipe, out / FIRST_NAME, path)
        states.append((share, torch.load(path, map_location="cpu", weights_only=True)))
    mean = {name: sum(share * state[name].float() for share, state in states).half() for name in states[0][1]}
    torch.save(mean, out / WIDE_NAME)


def _second_run(
    examples: tuple[list[corpus.Example], list[corpus.Example]],
    recipe: finetune.Recipe,
    start: Path,
    path: Path,
) -> None:
    known, plain = examples
    model = export.restore(start)
    targets = (finetune.labels(known) + finetune.said(model, known, recipe)) / 2
    targets = torch.cat([targets, finetune.labels(plain)])
    torch.manual_seed(recipe.seed)
    finetune.fine_tune(model, [*known, *plain], targets, recipe, path)


def narrow_stage(data: Path, first: list[corpus.Example], out: Path, seed: int) -> None:
    """Cut the wide encoder and teach what is left with all texts."""
    known = [e for e in first if not corpus.is_held_out(e)]
    plain = [e for e in _clean_writing(data, random.Random(seed)) if not corpus.is_held_out(e)]
    recipe = finetune.THIRD_STAGE
    ranked = random.Random(recipe.seed).sample(known[:RANKED_AMONG], RANKED_ON)
    student = narrow.narrow(export.restore(out / WIDE_NAME), ranked, recipe, HEADS, UNITS)
    teaching.teach(student, export.restore(out / WIDE_NAME), [*known, *plain], recipe, out / FINAL_NAME)


def write_weights(
    model: finetune.BertForSequenceClassification,
    linear: profanity.LinearModel,
    examples: list[corpus.Example],
    clean: dict[str, list[str]],
    out: Path,
) -> None:
    """Write encoder, vocabulary, linear model and a card whose thresholds are still 1."""
    out.mkdir(parents=True, exist_ok=True)
    texts = [e.text for e in examples] + [text for source in clean.values() for text in source]
    kept, pieces = export.kept_pieces(texts)
    typical = finetune.encoded(random.Random(0).sample(examples, MEASURED_ON), finetune.SECOND_STAGE)
    (out / VOCABULARY_NAME).write_text("\n".join(pieces) + "\n", encoding="utf-8")
    export.write_int8(model, kept, typical, out / MODEL_NAME)
    profanity.write(linear, out / LINEAR_NAME)
    _write_card(out, review=1.0, block=1.0)


def set_thresholds(out: Path, clean: dict[str, list[str]]) -> None:
    """Set review and block where the agreed shares of clean copy stand at or above them."""
    engine = load(out)
    texts = [text for source in clean.values() for text in source]
    found = np.sort([scores["toxicity"] for scores in engine.scores(texts)])
    review, block = (
        float(np.quantile(found, 1 - share, method="higher")) for share in (REVIEW_SHARE, BLOCK_SHARE)
    )
    block = max(block, LEAST_BLOCK)
    print(f"{len(texts)} clean texts: highest {found[-1]:.4f}, review {review:.4f}, block {block:.4f}")
    _write_card(out, review=round(review, 4), block=round(block, 4))


def _write_card(out: Path, review: float, block: float) -> None:
    names = (MODEL_NAME, VOCABULARY_NAME, LINEAR_NAME)
    card = {
        "version": VERSION,
        "labels": list(finetune.LABELS),
        "languages": list(LANGUAGES),
        "window_tokens": WINDOW_TOKENS,
        "overlap_tokens": OVERLAP_TOKENS,
        "pooling_temperature": POOLING_TEMPERATURE,
        "encoder_share": ENCODER_SHARE,
        "review_threshold": review,
        "block_threshold": block,
        "files": {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names},
    }
    (out / CARD_NAME).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and run all steps."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the shared data folder")
    parser.add_argument("--out", type=Path, required=True, help="where weights and card are written")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    linear = profanity.read_wheel()
    first = first_examples(given.data, linear, given.seed)
    if not (given.out / FIRST_NAME).exists():
        first_stage(first, given.out, given.seed)
    if not (given.out / WIDE_NAME).exists():
        second_stage(given.data, first, given.out, given.seed)
    if not (given.out / FINAL_NAME).exists():
        narrow_stage(given.data, first, given.out, given.seed)
    clean = clean_copy.read(given.data, "thresholds")
    _, plain = second_examples(given.data, first, SECOND_RUNS[0][0], given.seed)
    weights = given.out / "weights"
    write_weights(export.restore(given.out / FINAL_NAME), linear, [*first, *plain], clean, weights)
    set_thresholds(weights, clean)
    size = sum(path.stat().st_size for path in weights.iterdir())
    print(f"{size / 1e6:.1f} MB in {weights}")


if __name__ == "__main__":
    main()
