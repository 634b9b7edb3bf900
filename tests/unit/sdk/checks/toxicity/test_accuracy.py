"""The statistics and floors of the toxicity figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copydesk.checks.toxicity import resolve
from tests.accuracy import toxicity
from tests.accuracy.rows import share_row

# Named in the model card: no threshold of these weights reaches both.
KNOWN_TO_MISS = {
    ("surge", "F1 at review"),
    ("clean copy, reporting half", "clean, left alone at review"),
}


def test_the_area_is_that_of_the_mann_whitney_count():
    positive, negative = np.array([0.9, 0.8, 0.4, 0.5]), np.array([0.1, 0.5, 0.3])
    area, low, high = toxicity.auc_interval(positive, negative)
    # 12 pairs: 10 won, 1 tied (.5 against .5), 1 lost (.4 against .5).
    assert area == pytest.approx(10.5 / 12)
    assert 0 < low < area < high < 1


def test_the_interval_covers_the_true_area_about_as_often_as_it_says():
    dice, covered, rounds = np.random.default_rng(5), 0, 400
    for _ in range(rounds):
        _, low, high = toxicity.auc_interval(dice.normal(1.5, 1, 80), dice.normal(0, 1, 120))
        covered += low <= 0.8556 <= high  # the normal distribution function at 1.5 / sqrt(2)
    assert 0.92 <= covered / rounds <= 0.98


def test_a_share_has_the_interval_of_wilson():
    row = share_row("toxicity", "set", "share", 8, 10, 0.5)
    # Published example: 8 of 10 gives .490 to .943.
    assert (round(row.low, 3), round(row.high, 3)) == (0.490, 0.943)


def test_f1_is_that_of_the_counts_and_lies_in_its_interval():
    toxic = np.array([True] * 60 + [False] * 40)
    flagged = np.array([True] * 50 + [False] * 10 + [True] * 5 + [False] * 35)
    figure, low, high = toxicity.f1_interval(toxic, flagged)
    assert figure == pytest.approx(2 * 50 / (2 * 50 + 5 + 10))
    assert 0.7 < low < figure < high < 0.95
    assert toxicity.f1_interval(toxic, flagged) == (figure, low, high)


@pytest.mark.shared
def test_the_engine_keeps_its_floor_on_comments_it_has_not_seen(shared: Path):
    pytest.importorskip("copydesk_toxicity", reason="copydesk-toxicity is not installed")
    row = toxicity.surge_row(resolve("embedded"), shared / "data")
    assert row.n == 1000
    assert row.figure >= (row.floor or 1)


@pytest.mark.shared
@pytest.mark.soak
def test_the_engine_keeps_all_floors_on_public_data(shared: Path, is_soak: bool):
    if not is_soak:
        pytest.skip("a minute and a half; `make soak` and `make accuracy` run it")
    rows = toxicity.measure(shared / "data")
    assert {row.dataset for row in rows} >= {
        "surge",
        "wikipedia",
        "jigsaw_282",
        "hatecheck",
        "clean_but_tricky",
    }
    missed = {(row.dataset, row.measure) for row in rows if row.floor is not None and row.figure < row.floor}
    assert missed <= KNOWN_TO_MISS
