"""Writes the encoder as an int8 ONNX graph made for lists of short texts.

torch's exporter gives 700 nodes for masks and shapes that short windows never need. This graph takes windows
of like length, padded with zeros at their ends; weights have a scale per output, activations one that is
fixed by what typical texts reach, so that a window's logits never depend on the windows beside it; it reads
the three attention inputs from one quantised copy, and computes the last layer for the first token only,
which is all the head looks at. Sum and normalisation stay two nodes: the runtime's fused one is three times
slower on few tokens.

Some channels of the activations are far larger than the rest and would take the 256 steps of int8 for
themselves; part of their size is therefore moved into the weights, which halves the error of the logits
(Xiao et al., SmoothQuant, 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION, CONTRIBUTED = 18, 9, "com.microsoft"
HEAD_SIZE, NORM_EPSILON = 32, 1e-12
# Windows have 96 places; Detoxify's, for which the same weights can be written, have 200.
POSITIONS = 256
# Beside a parameter: what its int8 numbers are multiplied by, and what its inputs are, per channel; one step
# of the quantised inputs, and the number among them that stands for zero.
SCALE, DIVISOR, STEP, ZERO = ".scale", ".times", ".step", ".zero"
# Added to what padding is paid in attention before the softmax, which makes it nothing.
FAR_BELOW = -1e4
ONE = np.float32(1)
# How much of a channel's size moves into the weights; .65 to 1 differ little.
MOVED_SHARE = 0.8

Array = npt.NDArray[np.float32]


class Reach(NamedTuple):
    """The lowest and the highest input of a linear layer, per channel, over typical texts."""

    low: Array
    high: Array


def write(state: Mapping[str, Array], reaches: Mapping[str, Reach], layers: int, path: Path) -> None:
    """Write the graph: `input_ids` [windows, tokens], padded with 0, to `logits` [windows, labels].

    Args:
        state: a BERT classifier's parameters by their names in `transformers`; heads have 32 dimensions,
            layers may differ in how many they have.
        reaches: how far the inputs of each linear layer inside the encoder go, by its name.
        layers: how many layers it has.
        path: the file to write.
    """
    graph = _Graph(state, reaches)
    hidden = graph.embedded()
    for layer in range(layers):
        hidden = graph.layer(hidden, f"bert.encoder.layer.{layer}.", first_only=layer == layers - 1)
    graph.head(hidden)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "toxicity",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["windows", "tokens"])],
            [
                helper.make_tensor_value_info(
                    "logits", TensorProto.FLOAT, ["windows", len(state["classifier.bias"])]
                )
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, 1)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    onnx.save(model, path)


class _Quantised(NamedTuple):
    """Numbers of eight bits, what one step of them is worth, and which of them stands for zero."""

    numbers: str
    scale: str
    zero: str


class _Graph:
    """Nodes and constants of the graph in the making; methods return the name of what they compute."""

    def __init__(self, state: Mapping[str, Array], reaches: Mapping[str, Reach]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._state, self._reaches = state, reaches
        self._named: set[str] = set()
        self._start, self._one = self._constant(np.array([0])), self._constant(np.array([1]))
        self._absent = self._absence()

    def embedded(self) -> str:
        """Sum of word, position and type embedding, normalised; words int8 with a scale per word piece."""
        name = "bert.embeddings."
        table = name + "word_embeddings.weight"
        pieces, scales = _int8(self._state[table], axis=1)
        places = self._state[name + "position_embeddings.weight"][:POSITIONS]
        places = places + self._state[name + "token_type_embeddings.weight"][0]
        words = self._node("Gather", [self._constant(pieces, table), "input_ids"])
        words = self._node("Cast", [words], to=TensorProto.FLOAT)
        sizes = self._node("Gather", [self._constant(scales, table + SCALE), "input_ids"])
        words = self._node("Mul", [words, sizes])
        length = self._node("Shape", ["input_ids"], start=1, end=2)
        places = self._constant(places, name + "position_embeddings.weight")
        ordered = self._node("Slice", [places, self._start, length, self._start])
        return self._normalised(self._node("Add", [words, ordered]), name + "LayerNorm")

    def layer(self, hidden: str, name: str, *, first_only: bool) -> str:
        """One encoder layer, for all tokens or for the first alone."""
        asking = self._first(hidden) if first_only else hidden
        out = name + "attention.output.dense"
        mixed = self._linear(
            self._attention(hidden, asking, name + "attention.self.", out), out, is_divided=True
        )
        mixed = self._normalised(self._node("Add", [mixed, asking]), name + "attention.output.LayerNorm")
        wide = self._linear(mixed, name + "intermediate.dense")
        wide = self._node("FastGelu", [wide], domain=CONTRIBUTED)
        narrow = self._linear(wide, name + "output.dense")
        return self._normalised(self._node("Add", [narrow, mixed]), name + "output.LayerNorm")

    def head(self, hidden: str) -> None:
        """The pooler and the classifier, in full precision: one token, few weights."""
        pooled = self._node("Tanh", [self._exact(hidden, "bert.pooler.dense")])
        shape = self._constant(np.array([0, -1]))
        logits = self._exact(pooled, "classifier")
        self.nodes.append(helper.make_node("Reshape", [logits, shape], ["logits"]))

    def _absence(self) -> str:
        """What is added to the attention paid to each token: nothing, or to padding far below zero."""
        padding = self._node("Equal", ["input_ids", self._start])
        far_below = self._constant(np.array(FAR_BELOW, np.float32))
        added = self._node("Where", [padding, far_below, self._constant(np.array(0, np.float32))])
        return self._node("Unsqueeze", [added, self._constant(np.array([1, 2]))])

    def _attention(self, hidden: str, asking: str, name: str, out: str) -> str:
        """What each asking token takes from all others, divided as the layer `out` wants its inputs."""
        parts = [name + part for part in ("query", "key", "value")]
        factors = self._factors(parts)
        read = self._quantised(hidden, factors, parts)
        asked = read if asking == hidden else self._quantised(asking, factors, parts)
        scaled = np.float32(HEAD_SIZE**-0.5)
        query = self._by_head(self._product(asked, parts[0], factors, scaled), [0, 2, 1, 3])
        key = self._by_head(self._product(read, parts[1], factors), [0, 2, 3, 1])
        value = self._by_head(self._product(read, parts[2], factors, 1 / self._factors([out])), [0, 2, 1, 3])
        paid = self._node("Add", [self._node("MatMul", [query, key]), self._absent])
        weights = self._node("Softmax", [paid], axis=-1)
        mixed = self._node("Transpose", [self._node("MatMul", [weights, value])], perm=[0, 2, 1, 3])
        return self._node("Reshape", [mixed, self._constant(np.array([0, 0, -1]))])

    def _by_head(self, rows: str, order: Sequence[int]) -> str:
        shape = self._constant(np.array([0, 0, -1, HEAD_SIZE]))
        return self._node("Transpose", [self._node("Reshape", [rows, shape])], perm=order)

    def _linear(self, values: str, name: str, *, is_divided: bool = False) -> str:
        factors = self._factors([name])
        return self._product(self._quantised(values, factors, [name], is_divided=is_divided), name, factors)

    def _factors(self, names: Sequence[str]) -> Array:
        """What the inputs of linear layers that share them are divided by, and the weights multiplied."""
        reach = self._reaches[names[0]]
        peaks = np.maximum(np.maximum(-reach.low, reach.high), 1e-5)
        weights = np.max([np.abs(self._state[name + ".weight"]).max(axis=0) for name in names], axis=0)
        factors = peaks**MOVED_SHARE / np.maximum(weights, 1e-5) ** (1 - MOVED_SHARE)
        return np.asarray(factors / np.exp(np.log(factors).mean()), np.float32)

    def _quantised(
        self, values: str, factors: Array, names: Sequence[str], *, is_divided: bool = False
    ) -> _Quantised:
        """Divide by the factors, unless that is done, and spread 256 steps over what typical texts reach."""
        if not is_divided:
            values = self._node("Mul", [values, self._constant(1 / factors, names[0] + DIVISOR)])
        reach = self._reaches[names[0]]
        low, high = min(0.0, (reach.low / factors).min()), max(0.0, (reach.high / factors).max())
        step = np.float32((high - low) / 255)
        scale = self._constant(np.array(step), names[0] + STEP)
        zero = self._constant(np.array(np.rint(-low / step), np.uint8), names[0] + ZERO)
        return _Quantised(self._node("QuantizeLinear", [values, scale, zero]), scale, zero)

    def _product(self, values: _Quantised, name: str, factors: Array, times: Array | np.float32 = ONE) -> str:
        """Inputs divided by factors, times weights, plus bias; the outputs `times` a number, or one each."""
        bias = self._constant(self._state[name + ".bias"] * times, name + ".bias")
        whole = name + ".weight"
        weights, scales = _int8((self._state[whole] * factors).T * times, axis=0)
        return self._node(
            "MatMulIntegerToFloat",
            [
                values.numbers, self._constant(weights, whole), values.scale,
                self._constant(scales.ravel(), whole + SCALE), values.zero,
                self._constant(np.zeros(scales.size, np.int8)), bias,
            ],
            domain=CONTRIBUTED,
        )  # fmt: skip

    def _exact(self, values: str, name: str) -> str:
        weight = self._constant(self._state[name + ".weight"].T, name + ".weight")
        bias = self._constant(self._state[name + ".bias"], name + ".bias")
        return self._node("Add", [self._node("MatMul", [values, weight]), bias])

    def _normalised(self, values: str, name: str) -> str:
        weight, bias = (
            self._constant(self._state[f"{name}.{part}"], f"{name}.{part}") for part in ("weight", "bias")
        )
        return self._node("LayerNormalization", [values, weight, bias], axis=-1, epsilon=NORM_EPSILON)

    def _first(self, hidden: str) -> str:
        return self._node("Slice", [hidden, self._start, self._one, self._one])

    def _constant(self, values: npt.NDArray[np.generic], name: str = "") -> str:
        """Keep values under a name of their own, so that a reader of the file finds the parameters."""
        name = name or self._name("constant")
        if name not in self._named:
            self._named.add(name)
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, inputs: Sequence[str], *, domain: str = "", **settings: object) -> str:
        name = self._name(kind)
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, name=name, **settings))
        return name

    def _name(self, kind: str) -> str:
        return f"{kind}_{len(self.nodes)}_{len(self.constants)}"


def _int8(weights: Array, axis: int) -> tuple[npt.NDArray[np.int8], Array]:
    """Return symmetric int8 weights and their scales, one for each line along `axis`."""
    scales = np.maximum(np.abs(weights).max(axis=axis, keepdims=True), 1e-9).astype(np.float32) / 127
    return np.clip(np.rint(weights / scales), -127, 127).astype(np.int8), scales
