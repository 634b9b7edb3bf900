"""Narrows the fine-tuned encoder: attention heads and feed-forward units that matter least are cut out.

What a unit matters is the first-order change of the loss if it were silent, |activation · gradient|, summed
over texts; the widths of all layers come out of one ranking. Source: Molchanov et al., Pruning convolutional
neural networks for resource efficient inference (2017); Michel et al., Are sixteen heads really better than
one? (2019). The last layer keeps its width: it is computed for one token only and costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from corpus import Example
from finetune import Recipe, encoded, labels, loss_of, padded
from torch import nn
from transformers import BertForSequenceClassification

# Units of a layer stay a multiple of this, as the int8 kernels work in such blocks; no layer loses more.
UNIT_BLOCK, LEAST_UNITS, LEAST_HEADS = 64, 384, 6

Importance = dict[tuple[str, int], torch.Tensor]


def narrow(
    model: BertForSequenceClassification, examples: list[Example], recipe: Recipe, heads: int, units: int
) -> BertForSequenceClassification:
    """Cut the model in place.

    Args:
        examples: texts that tell what matters, some hundred.
        heads: attention heads to keep in all layers but the last together.
        units: feed-forward units to keep in all layers but the last together.
    """
    found = importance(model, examples, recipe)
    layers = model.bert.encoder.layer[:-1]
    kept_heads = _kept([found["head", at] for at in range(len(layers))], heads, LEAST_HEADS, 1)
    kept_units = _kept([found["unit", at] for at in range(len(layers))], units, LEAST_UNITS, UNIT_BLOCK)
    for layer, some_heads, some_units in zip(layers, kept_heads, kept_units, strict=True):
        size = layer.attention.self.attention_head_size
        _cut_heads(layer, torch.cat([torch.arange(head * size, (head + 1) * size) for head in some_heads]))
        _cut_units(layer, some_units)
    return model


def fit(model: BertForSequenceClassification, state: Mapping[str, torch.Tensor]) -> None:
    """Give a model of full width the widths of a narrowed state, so that the state can be loaded."""
    for at, layer in enumerate(model.bert.encoder.layer):
        name = f"bert.encoder.layer.{at}."
        _cut_heads(layer, torch.arange(len(state[name + "attention.self.query.weight"])))
        _cut_units(layer, torch.arange(len(state[name + "intermediate.dense.weight"])))


def importance(model: BertForSequenceClassification, examples: list[Example], recipe: Recipe) -> Importance:
    """Return what each head and each unit of each layer matters for the loss on the examples."""
    rows, targets = encoded(examples, recipe), labels(examples)
    order = np.argsort([len(ids) for ids in rows], kind="stable")
    sums: Importance = {}
    with _watched(model) as seen:
        for start in range(0, len(order), recipe.batch_size):
            batch = order[start : start + recipe.batch_size]
            ids, mask = padded([rows[i] for i in batch])
            model.zero_grad(set_to_none=True)
            loss_of(model, ids, mask, targets[torch.from_numpy(batch)], recipe).backward()
            for key, activation in seen.items():
                change = (activation * activation.grad).detach().float().sum(1).abs().sum(0)
                sums[key] = sums.get(key, torch.zeros_like(change)) + change
    model.zero_grad(set_to_none=True)
    size = model.bert.encoder.layer[0].attention.self.attention_head_size
    return {key: found.view(-1, size).sum(1) if key[0] == "head" else found for key, found in sums.items()}


@contextmanager
def _watched(model: BertForSequenceClassification) -> Iterator[Importance]:
    """Keep the last activations, with gradients, of what may be cut."""
    seen: Importance = {}
    hooks = []

    def watch(key: tuple[str, int], values: torch.Tensor) -> None:
        values.retain_grad()
        seen[key] = values

    for at, layer in enumerate(model.bert.encoder.layer):
        hooks.append(
            layer.intermediate.register_forward_hook(lambda _, __, out, at=at: watch(("unit", at), out))
        )
        hooks.append(
            layer.attention.output.dense.register_forward_pre_hook(
                lambda _, given, at=at: watch(("head", at), given[0])
            )
        )
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _kept(found: list[torch.Tensor], total: int, least: int, block: int) -> list[torch.Tensor]:
    """Choose by one ranking over all layers, in blocks; return the kept places per layer, in order."""
    ranked = [torch.sort(scores, descending=True) for scores in found]
    blocks = [
        (-scores.values[start : start + block].sum().item(), at)
        for at, scores in enumerate(ranked)
        for start in range(least, len(scores.values), block)
    ]
    sizes = [least] * len(found)
    for _, at in sorted(blocks)[: (total - least * len(found)) // block]:
        sizes[at] += block
    return [torch.sort(scores.indices[:size]).values for scores, size in zip(ranked, sizes, strict=True)]


def _cut_heads(layer: nn.Module, rows: torch.Tensor) -> None:
    attention = layer.attention.self
    for name in ("query", "key", "value"):
        setattr(attention, name, _some(getattr(attention, name), rows, 0))
    attention.num_attention_heads = len(rows) // attention.attention_head_size
    attention.all_head_size = len(rows)
    layer.attention.output.dense = _some(layer.attention.output.dense, rows, 1)


def _cut_units(layer: nn.Module, rows: torch.Tensor) -> None:
    layer.intermediate.dense = _some(layer.intermediate.dense, rows, 0)
    layer.output.dense = _some(layer.output.dense, rows, 1)


def _some(linear: nn.Linear, places: torch.Tensor, side: int) -> nn.Linear:
    """Return a linear layer with some of the outputs (side 0) or inputs (side 1)."""
    weight = linear.weight.detach().index_select(side, places)
    smaller = nn.Linear(weight.shape[1], weight.shape[0])
    smaller.weight.data = weight.clone()
    smaller.bias.data = (linear.bias.detach()[places] if side == 0 else linear.bias.detach()).clone()
    return smaller
