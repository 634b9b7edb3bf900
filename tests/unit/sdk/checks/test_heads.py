from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from copydesk.checks.heads import Head, HeadError, fit_logistic


def data(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(3)
    rows = draw.normal(size=(n, d))
    labels = (rows[:, 0] + draw.normal(size=n) > 0.4).astype(float)
    return rows, labels


@pytest.mark.parametrize(("n", "d"), [(60, 4), (20, 50)])
def test_the_left_out_scores_are_those_of_training_without_the_row(n: int, d: int) -> None:
    rows, labels = data(n, d)
    fit = fit_logistic(rows, labels, 0.5)
    for index in range(0, n, 7):
        keep = np.arange(n) != index
        exact = fit_logistic(rows[keep], labels[keep], 0.5)
        assert fit.left_out[index] == pytest.approx(rows[index] @ exact.weights + exact.bias, abs=0.25)


def test_twins_are_left_out_together() -> None:
    rows, labels = data(40, 12)
    # The twin says the same under the other label, as a rejected draft does beside the approved copy.
    rows[1], labels[0], labels[1] = rows[0] + 0.05, 1.0, 0.0
    fit = fit_logistic(rows, labels, 0.5, {0: [1]})
    exact = fit_logistic(rows[2:], labels[2:], 0.5)
    alone = fit_logistic(rows, labels, 0.5)
    assert fit.left_out[0] == pytest.approx(rows[0] @ exact.weights + exact.bias, abs=0.25)
    assert alone.left_out[0] < fit.left_out[0] - 0.4
    assert fit.left_out[2:] == pytest.approx(alone.left_out[2:])


def test_the_same_data_give_the_same_bytes() -> None:
    rows, labels = data(40, 384)
    made = [
        Head(fit.weights.astype(np.float32), fit.bias, 0.5).to_bytes()
        for fit in (fit_logistic(rows, labels, 10.0) for _ in range(2))
    ]
    assert made[0] == made[1]
    assert Head.from_bytes(made[0], 384).to_bytes() == made[0]


@pytest.mark.parametrize("damaged", [b"", b"\0" * 7, np.full(386, np.nan, "<f4").tobytes()])
def test_damaged_heads_are_refused(damaged: bytes) -> None:
    with pytest.raises(HeadError):
        Head.from_bytes(damaged, 384)


def test_the_checks_import_without_the_model_runtime() -> None:
    code = (
        "import sys; import copydesk.checks.facts, copydesk.checks.forbidden_topics;"
        "import copydesk.checks.brand_voice, copydesk.checks.heads;"
        "assert not {'onnxruntime', 'tokenizers'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
