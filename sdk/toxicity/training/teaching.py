"""Teaches the narrowed encoder to say, and to hold in its layers, what the wide one does.

Labels count for a quarter of the targets, what the wide encoder says for the rest; beside them each layer
is to give nearly the same states, which tells of every token what to do and so needs far fewer texts than
labels do. Sources: Hinton, Vinyals and Dean, Distilling the knowledge in a neural network (2015); Jiao et
al., TinyBERT (2020).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from corpus import Example
from finetune import Recipe, encoded, labels, train
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import BertForSequenceClassification
from transformers.modeling_outputs import SequenceClassifierOutput

LABEL_SHARE = 0.25
# What the distance of logits and that of states weigh beside the cross-entropy.
LOGIT_WEIGHT, STATE_WEIGHT = 0.05, 0.3
# A logit further out says nothing more.
HIGHEST_LOGIT = 9.0


def teach(
    narrow: BertForSequenceClassification,
    wide: BertForSequenceClassification,
    examples: list[Example],
    recipe: Recipe,
    checkpoint: Path,
) -> None:
    """Train the narrow model on what the wide one makes of the examples, and write its state."""
    known = labels(examples)
    for part in narrow.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0  # the wide encoder is asked without it

    def loss(batch: np.ndarray, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.no_grad():
                taught = wide(input_ids=ids, attention_mask=mask, output_hidden_states=True)
            said = narrow(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return _of_answers(said, taught, known[torch.from_numpy(batch)], recipe) + _of_states(
            said, taught, mask
        )

    train(narrow, encoded(examples, recipe), loss, recipe, checkpoint)


def _of_answers(
    said: SequenceClassifierOutput, taught: SequenceClassifierOutput, known: torch.Tensor, recipe: Recipe
) -> torch.Tensor:
    logits, wanted = said.logits.float(), taught.logits.float().clamp(-HIGHEST_LOGIT, HIGHEST_LOGIT)
    soft = torch.sigmoid(wanted)
    mixed = LABEL_SHARE * torch.nan_to_num(known) + (1 - LABEL_SHARE) * soft
    targets = torch.where(torch.isnan(known), soft, mixed)
    entropy = binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(0)
    per_label = entropy + LOGIT_WEIGHT * ((logits - wanted) ** 2).mean(0)
    return per_label[0] + recipe.identity_weight * per_label[1]


def _of_states(
    said: SequenceClassifierOutput, taught: SequenceClassifierOutput, mask: torch.Tensor
) -> torch.Tensor:
    """How far the states of the layers lie apart, as a share of their size; of the last, its first token."""
    pairs = list(zip(said.hidden_states[1:], taught.hidden_states[1:], strict=True))
    read = mask.unsqueeze(-1).float()
    apart = [_apart(one.float(), other.float(), read) for one, other in pairs[:-1]]
    one, other = pairs[-1]
    apart.append(_apart(one[:, 0].float(), other[:, 0].float(), torch.ones(1)))
    return STATE_WEIGHT * torch.stack(apart).mean()


def _apart(one: torch.Tensor, other: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
    return (((one - other) ** 2) * read).sum() / ((other**2) * read).sum()
