"""Exports the fine-tuned encoder: vocabulary pruned to what the corpus uses, ONNX, int8 weights."""

from __future__ import annotations

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
    """Answers bare logits, which is all that the exported graph should compute."""

    def __init__(self, model: BertForSequenceClassification) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


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


def restore(checkpoint: Path) -> BertForSequenceClassification:
    """Load a state written by `finetune.fine_tune` into a fresh model."""
    model = finetune.base_model()
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return model.eval()


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
