"""Exports the fine-tuned encoder: vocabulary pruned to what the corpus uses, ONNX, int8 weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import finetune
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertConfig, BertForSequenceClassification

# A piece seen less often than this has hardly been learnt; the text falls back to shorter pieces.
MIN_COUNT = 3
OPSET = 17


class _Logits(torch.nn.Module):
    """Answers bare logits, which is all that the exported graph should compute.

    The head reads the first token of the last layer alone, so that layer is computed for that token only: the
    same logits for an eighth less work.
    """

    def __init__(self, model: BertForSequenceClassification) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        bert = self.model.bert
        hidden = bert.embeddings(input_ids=input_ids)
        visible = attention_mask[:, None, None, :].to(hidden.dtype)
        hiding = (1.0 - visible) * torch.finfo(hidden.dtype).min
        for layer in bert.encoder.layer[:-1]:
            hidden = layer(hidden, hiding)
        first = _first_token(bert.encoder.layer[-1], hidden, hiding)
        return self.model.classifier(bert.pooler(first))


def _first_token(layer: torch.nn.Module, hidden: torch.Tensor, hiding: torch.Tensor) -> torch.Tensor:
    """Return what an encoder layer makes of the first token.

    Args:
        layer: one layer of BERT (Devlin et al., 2018).
        hidden: what it is given [batch, tokens, size].
        hiding: added to the attention logits [batch, 1, 1, tokens], very negative for padding.
    """
    own = layer.attention.self

    def heads(states: torch.Tensor) -> torch.Tensor:
        batch = states.shape[0]
        return states.view(batch, -1, own.num_attention_heads, own.attention_head_size).transpose(1, 2)

    first = hidden[:, :1]
    query, key, value = heads(own.query(first)), heads(own.key(hidden)), heads(own.value(hidden))
    weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(own.attention_head_size) + hiding, dim=-1)
    mixed = (weights @ value).transpose(1, 2).reshape(first.shape)
    attended = layer.attention.output(mixed, first)
    return layer.output(layer.intermediate(attended), attended)


def kept_pieces(texts: Iterable[str]) -> tuple[list[int], list[str]]:
    """Choose word pieces: the markers, every single character, and pieces seen at least `MIN_COUNT` times.

    Returns their ids in the base vocabulary and their texts, in the same order.
    """
    tokenizer = finetune.tokenizer()
    counts: Counter[int] = Counter()
    for ids in tokenizer(list(texts), truncation=True, max_length=256)["input_ids"]:
        counts.update(ids)
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    special = set(tokenizer.all_special_ids)
    kept = [
        place
        for place, piece in enumerate(pieces)
        if place in special or counts[place] >= MIN_COUNT or len(piece.removeprefix("##")) == 1
    ]
    return kept, [pieces[place] for place in kept]


def write_int8(model: BertForSequenceClassification, kept: Sequence[int], path: Path) -> None:
    """Write the model with the kept rows of its embedding as int8 ONNX; `path` ends in `.onnx`."""
    full = path.with_suffix(".fp32.onnx")
    ids = torch.randint(5, 1000, (2, 16))
    axes = {"input_ids": {0: "batch", 1: "tokens"}, "attention_mask": {0: "batch", 1: "tokens"}}
    torch.onnx.export(
        _Logits(_pruned(model, kept)).eval(),
        (ids, torch.ones_like(ids)),
        full,
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_axes={**axes, "logits": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )
    quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True)
    full.unlink()


def _pruned(model: BertForSequenceClassification, kept: Sequence[int]) -> BertForSequenceClassification:
    state = dict(model.state_dict())
    rows = "bert.embeddings.word_embeddings.weight"
    state[rows] = state[rows][list(kept)]
    config = BertConfig.from_dict(
        {**model.config.to_dict(), "vocab_size": len(kept)}, attn_implementation="eager"
    )
    smaller = BertForSequenceClassification(config)
    smaller.load_state_dict(state)
    return smaller.eval()
