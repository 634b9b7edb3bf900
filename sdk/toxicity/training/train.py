"""Trains the embedded toxicity engine and writes its weights: `train.py --data DIR --out DIR`.

DIR of `--data` is the shared data folder. `toxicity/train.jsonl.gz` is learnt from; one half of the clean
copy in `voice/` and `topics/` sets the two thresholds; the labelled sets of `toxicity/*.csv` are never
opened. About half an hour on one CPU core; `--checkpoint` of an earlier run skips the fine-tuning.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path

import clean_copy
import corpus
import disguise
import export
import finetune
import frames
import joined
import numpy as np
import profanity
import torch

from copydesk_toxicity import load
from copydesk_toxicity.card import CARD_NAME
from copydesk_toxicity.engine import LINEAR_NAME, MODEL_NAME, VOCABULARY_NAME

VERSION = "1.0.0"
WINDOW_TOKENS, OVERLAP_TOKENS = 94, 24
ENCODER_SHARE = 0.7
# Shares of clean copy that may stand above a threshold. Block is not set on the single highest text: the
# clean sources are not proofread, and one of them says "ass" for "as".
REVIEW_SHARE, BLOCK_SHARE = 0.005, 0.001
DISGUISED_TOXIC, DISGUISED_CLEAN = 3000, 2000
JOINED_TOXIC, JOINED_CLEAN = 1800, 2400


def training_examples(data: Path, linear: profanity.LinearModel, seed: int) -> list[corpus.Example]:
    """Put together what is learnt: corpus, own frames, disguised copies and joined texts, without repeats.

    Texts held out of the corpus are in none of them.
    """
    dice = random.Random(seed)
    labelled = [e for e in corpus.read(data / "toxicity" / "train.jsonl.gz") if not corpus.is_held_out(e)]
    made = frames.sentences(dice)
    weights = linear.term_weights()
    hidden = disguise.disguised([e for e in labelled if e.toxic], weights, dice, DISGUISED_TOXIC)
    hidden += disguise.disguised([e for e in labelled if not e.toxic], weights, dice, DISGUISED_CLEAN)
    long = joined.joined([*labelled, *made], dice, JOINED_CLEAN, JOINED_TOXIC)
    return corpus.distinct([*labelled, *made, *hidden, *long])


def write_weights(
    model: finetune.BertForSequenceClassification, linear: profanity.LinearModel, texts: list[str], out: Path
) -> None:
    """Write encoder, vocabulary, linear model and a card whose thresholds are still 1."""
    out.mkdir(parents=True, exist_ok=True)
    kept, pieces = export.kept_pieces(texts)
    (out / VOCABULARY_NAME).write_text("\n".join(pieces) + "\n", encoding="utf-8")
    export.write_int8(model, kept, out / MODEL_NAME)
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
    print(f"{len(texts)} clean texts: highest {found[-1]:.4f}, review {review:.4f}, block {block:.4f}")
    _write_card(out, review=round(review, 4), block=round(block, 4))


def _write_card(out: Path, review: float, block: float) -> None:
    names = (MODEL_NAME, VOCABULARY_NAME, LINEAR_NAME)
    card = {
        "version": VERSION,
        "labels": list(finetune.LABELS),
        "window_tokens": WINDOW_TOKENS,
        "overlap_tokens": OVERLAP_TOKENS,
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
    parser.add_argument("--epochs", type=float, default=finetune.Recipe().epochs)
    parser.add_argument("--seed", type=int, default=finetune.Recipe().seed)
    parser.add_argument("--learning-rate", type=float, default=finetune.Recipe().learning_rate)
    parser.add_argument("--start-from", type=Path, help="a model.pt of an earlier run: go on from there")
    parser.add_argument("--limit-minutes", type=float, default=finetune.Recipe().limit_s / 60)
    parser.add_argument(
        "--checkpoint", type=Path, help="a model.pt of an earlier run: export it, do not train"
    )
    given = parser.parse_args()
    torch.set_num_threads(1)
    linear = profanity.read_wheel()
    examples = training_examples(given.data, linear, given.seed)
    if given.checkpoint:
        model = finetune.restore(given.checkpoint)
    else:
        recipe = finetune.Recipe(
            epochs=given.epochs,
            learning_rate=given.learning_rate,
            seed=given.seed,
            limit_s=given.limit_minutes * 60,
        )
        model = finetune.fine_tune(examples, recipe, given.out / "model.pt", given.start_from)
    clean = clean_copy.read(given.data, "thresholds")
    texts = [e.text for e in examples] + [text for source in clean.values() for text in source]
    write_weights(model, linear, texts, given.out)
    set_thresholds(given.out, clean)
    size = sum(path.stat().st_size for path in given.out.iterdir() if path.name != "model.pt")
    print(f"{size / 1e6:.1f} MB in {given.out}")


if __name__ == "__main__":
    main()
