"""Agreement of judge and editors: counts, kappa, and when it is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.judge.agreement import Agreement, from_json, tally, to_json

PAIRS = st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), max_size=300)


def test_kappa_is_agreement_beyond_chance() -> None:
    # The example that the measure is commonly taught with: 35 of 50 agree, .40 beyond chance.
    found = Agreement(both_fail=20, only_editor=5, only_judge=10, both_pass=15)
    assert found.rate == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    low, high = found.interval or (0, 0)
    assert low < 0.4 < high


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (Agreement(40, 5, 5, 49), "99 labelled texts"),
        (Agreement(45, 5, 5, 45), None),
        (Agreement(30, 20, 20, 30), "kappa 0.20"),
        (Agreement(0, 0, 0, 150), "all alike"),
        (Agreement(), "0 labelled texts"),
    ],
    ids=["too few", "good", "weak", "one-sided", "none"],
)
def test_a_judge_counts_only_when_it_agrees_on_enough_texts(counts: Agreement, says: str | None) -> None:
    problem = counts.problem
    assert (problem is None) == (says is None)
    assert says is None or says in str(problem)


@given(PAIRS)
def test_figures_hold_together(pairs: list[tuple[bool, bool | None]]) -> None:
    found = tally(pairs)
    assert found.items + found.not_judged == len(pairs)
    assert from_json(to_json(found)) == found
    if found.kappa is not None:
        low, high = found.interval or (1, -1)
        assert -1 <= low <= found.kappa <= high <= 1
