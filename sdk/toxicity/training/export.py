"""Exports the fine-tuned encoder: vocabulary pruned to what the corpus uses, ONNX, int8 weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import finetune
import graph
import narrow
import torch
from transformers import BertForSequenceClassification

# A piece seen less often than this has hardly been learnt; the text falls back to shorter pieces.
MIN_COUNT = 4


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
    """Load a state written by `finetune.train` into a fresh model, which may have to be narrowed for it."""
    model = finetune.base_model()
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    narrow.fit(model, state)
    model.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return model.eval()


def write_int8(
    model: BertForSequenceClassification, kept: Sequence[int], typical: Sequence[Sequence[int]], path: Path
) -> None:
    """Write the model with the kept rows of its embedding as int8 ONNX.

    Args:
        model: the fine-tuned classifier.
        kept: ids of the base vocabulary, as `kept_pieces` gives them.
        typical: ids of some hundred texts that tell how large activations become.
        path: the file to write.
    """
    state = {name: tensor.float().numpy() for name, tensor in model.state_dict().items()}
    rows = "bert.embeddings.word_embeddings.weight"
    state[rows] = state[rows][list(kept)]
    graph.write(state, _reaches(model, typical), len(model.bert.encoder.layer), path)


@torch.no_grad()
def _reaches(
    model: BertForSequenceClassification, typical: Sequence[Sequence[int]]
) -> dict[str, graph.Reach]:
    """Return how far the inputs of each linear layer of the encoder go, per channel."""
    lows: dict[str, torch.Tensor] = {}
    highs: dict[str, torch.Tensor] = {}

    def note(name: str, values: torch.Tensor) -> None:
        low, high = torch.aminmax(values.flatten(0, 1), dim=0)
        lows[name] = torch.minimum(lows.get(name, low), low)
        highs[name] = torch.maximum(highs.get(name, high), high)

    hooks = [
        layer.register_forward_pre_hook(lambda _, given, name=name: note(name, given[0]))
        for name, layer in model.named_modules()
        if isinstance(layer, torch.nn.Linear) and ".encoder." in name
    ]
    for ids in typical:
        model(input_ids=torch.tensor([list(ids)]))
    for hook in hooks:
        hook.remove()
    return {name: graph.Reach(lows[name].numpy(), highs[name].numpy()) for name in lows}
