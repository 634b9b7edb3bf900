"""Small logistic heads: training that gives the same weights every time, and their bytes in the bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from copydesk.assets import PolicyAssets

Array = npt.NDArray[np.float64]
MAX_ITERATIONS: Final = 25
_CONVERGED_STEP: Final = 1e-9
_MAX_STEP_HALVINGS: Final = 20


class HeadError(ValueError):
    """Bytes that are not a head of the expected form."""


@dataclass(frozen=True, slots=True)
class Head:
    """A linear scorer: probability = sigmoid(weights · x + bias); `threshold` is a probability."""

    weights: npt.NDArray[np.float32]
    bias: float
    threshold: float

    def logits(self, vectors: npt.NDArray[np.float32]) -> Array:
        """Return the log-odds of each row of an (n, d) array."""
        return np.asarray(vectors @ self.weights, np.float64) + self.bias

    def probabilities(self, vectors: npt.NDArray[np.float32]) -> Array:
        """Return the probability of each row of an (n, d) array."""
        return sigmoid(self.logits(vectors))

    def to_bytes(self) -> bytes:
        """Return bias, threshold and weights as little-endian float32."""
        return pack(np.concatenate([[self.bias, self.threshold], self.weights]))

    @classmethod
    def from_bytes(cls, data: bytes, dimensions: int) -> Head:
        """Read what `to_bytes` wrote.

        Raises:
            HeadError: another length than `dimensions` asks for, or a number that is not finite.
        """
        values = unpack(data, dimensions + 2)
        return cls(values[2:], float(values[0]), float(values[1]))


@dataclass(frozen=True, slots=True)
class Fit:
    """A trained head with the log-odds each training row gets when it is left out."""

    weights: Array
    bias: float
    left_out: Array


def pack(values: npt.ArrayLike) -> bytes:
    """Return numbers as little-endian float32 bytes."""
    return np.asarray(values, "<f4").tobytes()


def unpack(data: bytes, count: int) -> npt.NDArray[np.float32]:
    """Read exactly `count` little-endian float32 numbers.

    Raises:
        HeadError: another length, or a number that is not finite.
    """
    if len(data) != 4 * count:
        raise HeadError(f"a head of {count} numbers has {4 * count} bytes, this one has {len(data)}")
    values = np.frombuffer(data, "<f4").astype(np.float32)
    if not np.isfinite(values).all():
        raise HeadError("the head holds a number that is not finite")
    return values


def sigmoid(values: npt.ArrayLike) -> Array:
    """Return the logistic function without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(np.asarray(values, np.float64), -40, 40)))


def fit_logistic(
    rows: npt.ArrayLike,
    labels: npt.ArrayLike,
    strength: float,
    twins: Mapping[int, Sequence[int]] | None = None,
    weights: npt.ArrayLike | None = None,
) -> Fit:
    """Fit ridge logistic regression with balanced classes by Newton's method.

    Args:
        rows: (n, d) numbers.
        labels: n values of 0 or 1, both present.
        strength: inverse of the ridge penalty (scikit-learn's C).
        twins: for a row, the rows to leave out together with it.
        weights: n positive numbers, how much each row counts beside the others of its class; None: alike.

    Source: Newton (iteratively reweighted least squares) as in Hastie et al., The Elements of Statistical
    Learning, 4.4.1; leave-one-out by one Newton step as in Rad & Maleki (2020), "A scalable estimate of the
    out-of-sample prediction error via approximate leave-one-out cross-validation", J. R. Stat. Soc. B 82(4).
    """
    matrix = np.asarray(rows, np.float64)
    target = np.asarray(labels, np.float64)
    # With fewer rows than columns the solution lies in the span of the rows: fit there, in n dimensions.
    basis = None
    if matrix.shape[1] > matrix.shape[0]:
        basis, upper = np.linalg.qr(matrix.T)
        matrix = upper.T
    design = np.hstack([matrix, np.ones((len(matrix), 1))])
    balance = _balance(target, np.ones(len(target)) if weights is None else np.asarray(weights, np.float64))
    penalty = np.full(design.shape[1], 1.0 / strength)
    penalty[-1] = 1e-8
    beta = _newton(design, target, balance, penalty)
    left_out = _left_out(design, beta, target, balance, penalty, twins or {})
    weights = beta[:-1] if basis is None else basis @ beta[:-1]
    return Fit(weights, float(beta[-1]), left_out)


def _balance(target: Array, weights: Array) -> Array:
    """Return a weight for each row that lets both classes count alike."""
    positives, others = float(weights[target == 1].sum()), float(weights[target != 1].sum())
    balance: Array = weights * np.where(
        target == 1, len(target) / (2 * positives), len(target) / (2 * others)
    )
    return balance


def _left_out(
    design: Array,
    beta: Array,
    target: Array,
    balance: Array,
    penalty: Array,
    twins: Mapping[int, Sequence[int]],
) -> Array:
    """Return the log-odds of each row when it, and its twins with it, is left out of the fit."""
    curve, gradient = _curvature(design, beta, target, balance)
    hessian = (design.T * curve) @ design + np.diag(penalty)
    solved = np.linalg.solve(hessian, design.T)
    leverage = np.einsum("ij,ji->i", design, solved)
    left_out: Array = design @ beta + gradient * leverage / np.maximum(1 - curve * leverage, 1e-6)
    for row, others in twins.items():
        out = [row, *others]
        # Woodbury's identity gives the step of several rows at once as it gives that of one.
        hat = design[out] @ solved[:, out]
        step = hat @ np.linalg.solve(np.eye(len(out)) * (1 + 1e-6) - curve[out][:, None] * hat, gradient[out])
        left_out[row] = design[row] @ beta + step[0]
    return left_out


def _curvature(design: Array, beta: Array, target: Array, balance: Array) -> tuple[Array, Array]:
    chance = sigmoid(design @ beta)
    return np.maximum(balance * chance * (1 - chance), 1e-9), balance * (chance - target)


def _loss(design: Array, beta: Array, target: Array, balance: Array, penalty: Array) -> float:
    margin = design @ beta * (2 * target - 1)
    return float((balance * np.logaddexp(0, -margin)).sum() + 0.5 * (penalty * beta * beta).sum())


def _newton(design: Array, target: Array, balance: Array, penalty: Array) -> Array:
    beta = np.zeros(design.shape[1])
    for _ in range(MAX_ITERATIONS):
        curve, gradient = _curvature(design, beta, target, balance)
        hessian = (design.T * curve) @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, design.T @ gradient + penalty * beta)
        size, before = 1.0, _loss(design, beta, target, balance, penalty)
        for _ in range(_MAX_STEP_HALVINGS):
            if _loss(design, beta - size * step, target, balance, penalty) <= before:
                break
            size /= 2
        beta = beta - size * step
        # Newton converges quadratically: after a step this small the next one is below float64's resolution.
        if float(np.abs(step).max()) < _CONVERGED_STEP:
            break
    return beta


def train_heads(assets: PolicyAssets) -> dict[str, bytes]:
    """Train every head a policy needs, by file name, as the bundle ships them under `content/heads/`.

    Args:
        assets: the policy's content; topics and style guides with enough examples give heads.

    Returns:
        File name to bytes; without the encoder the topic heads are missing and the voice heads do without it.
    """
    from copydesk.checks import brand_voice, forbidden_topics

    return forbidden_topics.train_heads(assets) | brand_voice.train_heads(assets)
