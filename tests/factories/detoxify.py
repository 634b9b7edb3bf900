"""A Detoxify checkpoint of real weights, made of those that the embedded engine ships.

The int8 weights of the ONNX file are turned back into floating point, in the format and under the names
that Detoxify's training writes. So its real model and tokenizer classes detect, without network.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

import copydesk_toxicity
from copydesk.checks.toxicity.detoxify_files import Files
from copydesk_toxicity.engine import MODEL_NAME

WEIGHTS: Final = Path(copydesk_toxicity.__file__).parent / "weights"
# The names under which Detoxify's own models know our labels.
CLASSES: Final = {"toxicity": "toxic", "identity_attack": "identity_hate"}

# The query is written divided by the root of an attention head's size.
HEAD_SIZE: Final = 32

# How many outputs, and how many inputs, the layers have in the model class that may be narrower in the file.
HIDDEN, UNITS = 384, 1536
WIDTHS: Final = {"query": HIDDEN, "key": HIDDEN, "value": HIDDEN, "intermediate.dense": UNITS}
READERS: Final = {"attention.output": HIDDEN, "output": UNITS}

# Field numbers and types of onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
_GRAPH, _INITIALIZER = 7, 5
_DIMS, _TYPE, _FLOATS, _INTEGERS, _NAME, _RAW = 1, 2, 4, 5, 8, 9
_NUMPY_TYPES: Final = {1: np.dtype("<f4"), 2: np.dtype("u1"), 3: np.dtype("i1"), 7: np.dtype("<i8")}
_VARINT, _BYTES, _FIXED32 = 0, 2, 5

Array = npt.NDArray[Any]


def write_checkpoint(out: Path, weights: Path = WEIGHTS) -> Files:
    """Write checkpoint and configuration folder; the SHA-256 is in the file name, as in upstream's.

    Args:
        out: an empty folder to write to.
        weights: a folder as the embedded engine loads it.
    """
    import torch
    from transformers import BertConfig

    state = state_of(weights)
    labels = json.loads((weights / "card.json").read_text(encoding="utf-8"))["labels"]
    pieces, hidden = state["bert.embeddings.word_embeddings.weight"].shape
    places = len(state["bert.embeddings.position_embeddings.weight"])
    config = BertConfig(
        vocab_size=pieces, hidden_size=hidden, num_hidden_layers=6, num_attention_heads=12,
        intermediate_size=4 * hidden, num_labels=len(labels), max_position_embeddings=places,
    )  # fmt: skip
    folder = out / "config"
    config.save_pretrained(folder)
    shutil.copyfile(weights / "vocab.txt", folder / "vocab.txt")
    tokenizer = {"do_lower_case": True, "model_max_length": places, "tokenizer_class": "BertTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    arguments = {
        "num_classes": len(labels),
        "model_type": "bert-base-uncased",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    classes = [CLASSES[label] for label in labels]
    partial = out / "partial"
    torch.save(
        {
            "config": {"arch": {"args": arguments}, "dataset": {"args": {"classes": classes}}},
            "state_dict": {name: torch.from_numpy(array.copy()) for name, array in state.items()},
        },
        partial,
    )
    digest = hashlib.sha256(partial.read_bytes()).hexdigest()
    return Files(partial.rename(out / f"embedded-{digest[:8]}.ckpt"), folder, digest[:8])


def state_of(weights: Path) -> dict[str, Array]:
    """Return the weights of the quantised ONNX file as float32, by the names of the torch model.

    The file carries its parameters by these names; a matrix is int8, turned, with its scales and what its
    inputs are multiplied by beside it. Layers are narrower than Detoxify's model class wants them.
    """
    tensors = _tensors(weights / MODEL_NAME)
    names = [name for name in tensors if name.endswith((".weight", ".bias"))]
    state = {name: _widened(name, _floating(name, tensors)) for name in names}
    places = state["bert.embeddings.position_embeddings.weight"]  # those of the types are added to them
    return state | {
        "bert.embeddings.token_type_embeddings.weight": np.zeros((2, places.shape[1]), np.float32)
    }


def _tensors(model: Path) -> dict[str, Array]:
    (graph,) = (value for field, value in _fields(memoryview(model.read_bytes())) if field == _GRAPH)
    return dict(_tensor(value) for field, value in _fields(graph) if field == _INITIALIZER)


def _floating(name: str, tensors: Mapping[str, Array]) -> Array:
    values = tensors[name]
    if values.dtype == np.int8:
        values = values.astype(np.float32) * tensors[f"{name}.scale"]
        if ".encoder." in name:
            # Key and value read the same inputs as the query.
            reader = name.removesuffix(".weight").replace(".key", ".query").replace(".value", ".query")
            values = values.T * tensors.get(f"{reader}.times", np.float32(1))
    elif values.ndim == 2 and ".embeddings." not in name:
        values = values.T
    return values * np.float32(HEAD_SIZE**0.5) if ".query." in name else values


def _widened(name: str, values: Array) -> Array:
    """Add heads and feed-forward units that are silent: all their weights are zero."""
    outputs = next((wide for part, wide in WIDTHS.items() if f"{part}." in name), None)
    inputs = next((wide for part, wide in READERS.items() if f"{part}.dense.weight" in name), None)
    missing = [(0, 0)] * values.ndim
    if outputs is not None:
        missing[0] = (0, outputs - len(values))
    if inputs is not None:
        missing[1] = (0, inputs - values.shape[1])
    return np.pad(values, missing)


def _tensor(data: memoryview) -> tuple[str, Array]:
    dims: list[int] = []
    found: dict[int, Any] = {}
    for field, value in _fields(data):
        if field == _DIMS:
            dims += [value] if isinstance(value, int) else _varints(value)
        else:
            found[field] = value
    dtype = _NUMPY_TYPES[found[_TYPE]]
    if _RAW in found or _FLOATS in found:
        flat = np.frombuffer(found.get(_RAW, found.get(_FLOATS)), dtype)
    else:
        flat = np.array(list(_varints(found[_INTEGERS]))).astype(dtype)
    return bytes(found[_NAME]).decode(), flat.reshape(dims)


def _fields(data: memoryview) -> Iterator[tuple[int, Any]]:
    """Yield number and value of each field of a protobuf message: an int, or the bytes it holds.

    Source: Protocol Buffers, "Encoding", https://protobuf.dev/programming-guides/encoding/
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        size = 4 if kind == _FIXED32 else 8
        if kind == _BYTES:
            size, at = _varint(data, at)
        yield key >> 3, data[at : at + size]
        at += size


def _varints(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value - (1 << 64) if value >= 1 << 63 else value, at
