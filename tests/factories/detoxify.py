"""A Detoxify checkpoint of real weights, made of those that the embedded engine ships.

The int8 weights of the ONNX file are taken apart and turned back into floating point, in the format and under
the names that Detoxify's training writes. So its real model and tokenizer classes detect, without network.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

import copydesk_toxicity
from copydesk.checks.detoxify_files import Files

WEIGHTS: Final = Path(copydesk_toxicity.__file__).parent / "weights"
# The names under which Detoxify's own models know our labels.
CLASSES: Final = {"toxicity": "toxic", "identity_attack": "identity_hate"}

# Field numbers and types of onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
_GRAPH, _NODE, _INITIALIZER = 7, 1, 5
_INPUT, _OUTPUT, _OPERATOR = 1, 2, 4
_DIMS, _TYPE, _FLOATS, _INTEGERS, _NAME, _RAW = 1, 2, 4, 5, 8, 9
_NUMPY_TYPES: Final = {1: np.dtype("<f4"), 2: np.dtype("u1"), 3: np.dtype("i1"), 7: np.dtype("<i8")}
_VARINT, _BYTES, _FIXED32 = 0, 2, 5

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Node:
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def write_checkpoint(out: Path, weights: Path = WEIGHTS) -> Files:
    """Write checkpoint and configuration folder; the SHA-256 is in the file name, as in upstream's.

    Args:
        out: an empty folder to write to.
        weights: a folder as the embedded engine loads it.
    """
    import torch
    from transformers import BertConfig

    state = state_of(weights / "model.int8.onnx")
    labels = json.loads((weights / "card.json").read_text(encoding="utf-8"))["labels"]
    pieces, hidden = state["bert.embeddings.word_embeddings.weight"].shape
    config = BertConfig(
        vocab_size=pieces, hidden_size=hidden, num_hidden_layers=6, num_attention_heads=12,
        intermediate_size=4 * hidden, num_labels=len(labels),
    )  # fmt: skip
    folder = out / "config"
    config.save_pretrained(folder)
    shutil.copyfile(weights / "vocab.txt", folder / "vocab.txt")
    tokenizer = {"do_lower_case": True, "model_max_length": 512, "tokenizer_class": "BertTokenizer"}
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


def state_of(model: Path) -> dict[str, Array]:
    """Return the weights of the quantised ONNX file as float32, by the names of the torch model."""
    (graph,) = (value for field, value in _fields(memoryview(model.read_bytes())) if field == _GRAPH)
    tensors = dict(_tensor(value) for field, value in _fields(graph) if field == _INITIALIZER)
    nodes = [_node(value) for field, value in _fields(graph) if field == _NODE]
    owners = _owners(nodes)
    state: dict[str, Array] = {}
    for name, tensor in tensors.items():
        stem = name.removesuffix("_quantized")
        if stem != name and name in owners:
            state[f"{owners[name]}.weight"] = _floating(stem, tensors).T
        elif stem != name:
            state[stem.removeprefix("model.")] = _floating(stem, tensors)
        elif name.startswith("model.") and name.endswith((".weight", ".bias")):
            state[name.removeprefix("model.")] = tensor
    return state


def _floating(stem: str, tensors: Mapping[str, Array]) -> Array:
    zero = tensors[f"{stem}_zero_point"].astype(np.float32)
    scaled: Array = (tensors[f"{stem}_quantized"].astype(np.float32) - zero) * tensors[f"{stem}_scale"]
    return scaled


def _owners(nodes: list[_Node]) -> dict[str, str]:
    """Name the module that each quantised matrix belongs to.

    Matrices lose their names in the export; the bias that is added to their product keeps its own.
    """
    users: dict[str, list[_Node]] = {}
    for node in nodes:
        for name in node.inputs:
            users.setdefault(name, []).append(node)
    owners: dict[str, str] = {}
    for product in (node for node in nodes if node.operator == "MatMulInteger"):
        node = product
        while node.operator != "Add":
            (node,) = users[node.outputs[0]]
        (bias,) = (name for name in node.inputs if name.endswith(".bias"))
        owners[product.inputs[1]] = bias.removeprefix("model.").removesuffix(".bias")
    return owners


def _node(data: memoryview) -> _Node:
    found: dict[int, list[str]] = {_INPUT: [], _OUTPUT: [], _OPERATOR: [""]}
    for field, value in _fields(data):
        if field in found:
            found[field].append(bytes(value).decode())
    return _Node(found[_OPERATOR][-1], tuple(found[_INPUT]), tuple(found[_OUTPUT]))


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
