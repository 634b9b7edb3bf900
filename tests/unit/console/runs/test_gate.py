"""The gate as a table: what was measured against what is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.runs.gate import (
    CONFIDENCE,
    CaseResult,
    Condition,
    ConditionState,
    GateContent,
    cases_needed,
    evaluate,
    mcnemar_p,
    wilson,
)

BARE = {"is_paired": False, "stop_on_blockers": False}


def _results(passed: int, failed: int, segment: str | None = None, **more: Any) -> list[CaseResult]:
    return [
        CaseResult(f"{segment or 'c'}-{n}", 0, segment, n < passed, {"glossary": n < passed}, **more)
        for n in range(passed + failed)
    ]


def _condition(
    gate: dict[str, Any], results: list[CaseResult], name: str, baseline: list[CaseResult] | None = None
) -> Condition:
    judged = evaluate(GateContent.model_validate({**BARE, **gate}), results, baseline)
    return next(c for c in judged.conditions if c.id == name)


@pytest.mark.parametrize(
    ("passed", "failed", "rate", "binds", "state"),
    [
        (9, 1, "0.9", "point", ConditionState.MET),
        (8, 2, "0.9", "point", ConditionState.NOT_MET),
        (10, 0, "1", "point", ConditionState.MET),
        (99, 1, "1", "point", ConditionState.NOT_MET),
        (2, 1, "0.666666", "point", ConditionState.MET),
        (0, 0, "0.5", "point", ConditionState.TOO_FEW),
        (34, 0, "0.9", "lower", ConditionState.TOO_FEW),
        (35, 0, "0.9", "lower", ConditionState.MET),
        (34, 1, "0.9", "lower", ConditionState.NOT_MET),
        (73, 0, "0.95", "lower", ConditionState.MET),
        (72, 0, "0.95", "lower", ConditionState.TOO_FEW),
        (500, 0, "1", "lower", ConditionState.NOT_MET),
        (97, 3, "0.9", "lower", ConditionState.MET),
    ],
)
def test_floors(passed: int, failed: int, rate: str, binds: str, state: ConditionState) -> None:
    gate = {"floors": [{"check": "glossary", "rate": rate, "binds": binds}]}
    found = _condition(gate, _results(passed, failed), "floor:glossary")
    assert found.state is state, found.message
    assert (found.passed, found.total) == (passed, passed + failed)
    assert len(found.case_keys) == failed


def test_too_few_cases_says_how_many_are_needed() -> None:
    gate = {"floors": [{"check": "overall", "rate": "0.9", "binds": "lower"}]}
    found = _condition(gate, _results(20, 0), "floor:overall")
    assert found.needed_cases == 35
    assert "at least 35 are needed" in found.message


@given(st.sampled_from(["0.5", "0.8", "0.9", "0.95", "0.99", "0.999"]))
def test_the_needed_number_of_cases_is_enough_and_the_smallest(rate: str) -> None:
    needed = cases_needed(float(rate))
    assert wilson(needed, needed)[0] >= float(rate) - 1e-12
    assert wilson(needed - 1, needed - 1)[0] < float(rate)


def test_a_floor_looks_at_its_segment_alone() -> None:
    gate = {"floors": [{"check": "glossary", "segment": "vip", "rate": "1"}]}
    results = _results(5, 0, "vip") + _results(0, 5, "rest")
    assert _condition(gate, results, "floor:glossary:vip").state is ConditionState.MET


def test_every_segment_has_its_floor_and_its_number_of_cases() -> None:
    gate = {"segment_floor": "0.8", "segment_min_cases": 5}
    results = _results(5, 0, "a") + _results(3, 2, "b") + _results(4, 0, "c") + _results(1, 0)
    states = {
        c.id: c.state
        for c in evaluate(GateContent.model_validate({**BARE, **gate}), results, None).conditions
        if c.id.startswith("segment:")
    }
    assert states == {
        "segment:a": ConditionState.MET,
        "segment:b": ConditionState.NOT_MET,
        "segment:c": ConditionState.TOO_FEW,
    }


def test_a_check_that_did_not_run_is_never_a_pass() -> None:
    results = [*_results(9, 0), CaseResult("x", 0, None, True, {}, not_run=("toxicity",))]
    found = _condition({}, results, "not_run")
    assert found.state is ConditionState.NOT_MET
    assert found.case_keys == ("x",)
    gate = {"floors": [{"check": "toxicity", "rate": "0.5"}]}
    assert _condition(gate, results, "floor:toxicity").state is ConditionState.TOO_FEW


def test_one_blocking_finding_stops() -> None:
    results = [*_results(99, 0), CaseResult("x", 0, None, False, {}, blockers=("house/medical",))]
    found = _condition({"stop_on_blockers": True}, results, "blockers")
    assert (found.state, found.case_keys) == (ConditionState.NOT_MET, ("x",))
    assert "house/medical" in found.message
    lax = evaluate(GateContent.model_validate(BARE), results, None)
    assert "blockers" not in {c.id for c in lax.conditions}


@pytest.mark.parametrize(
    ("newly_failing", "newly_passing", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 1, 14 / 64),
        (6, 0, 2 / 64),
        (8, 1, 20 / 512),
        (10, 0, 2 / 1024),
        (3, 3, 1.0),
    ],
)
def test_mcnemar_is_the_exact_test(newly_failing: int, newly_passing: int, p: float) -> None:
    assert mcnemar_p(newly_failing, newly_passing) == pytest.approx(p)


@pytest.mark.parametrize(
    ("passed", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (9, 10, 0.5958, 0.9821), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)],
)
def test_wilson_intervals_are_the_published_ones(passed: int, total: int, low: float, high: float) -> None:
    assert wilson(passed, total) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(1, 3000), st.data())
def test_interval_and_test_agree_with_scipys(total: int, data: st.DataObject) -> None:
    from scipy.stats import binomtest

    passed = data.draw(st.integers(0, total))
    theirs = binomtest(passed, total).proportion_ci(CONFIDENCE, method="wilson")
    assert wilson(passed, total) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert mcnemar_p(passed, total - passed) == pytest.approx(binomtest(passed, total, 0.5).pvalue, rel=1e-9)


def _flipped(failing: int, passing: int, same: int = 20) -> tuple[list[CaseResult], list[CaseResult]]:
    before = [True] * failing + [False] * passing + [True] * same
    after = [False] * failing + [True] * passing + [True] * same
    return (
        [CaseResult(f"c{n:02}", 0, None, ok, {}) for n, ok in enumerate(before)],
        [CaseResult(f"c{n:02}", 0, None, ok, {}) for n, ok in enumerate(after)],
    )


@pytest.mark.parametrize(
    ("failing", "passing", "state"),
    [
        (0, 0, ConditionState.MET),
        (5, 1, ConditionState.MET),
        (5, 0, ConditionState.MET),
        (6, 0, ConditionState.NOT_MET),
        (0, 12, ConditionState.MET),
        (8, 1, ConditionState.NOT_MET),
    ],
)
def test_worse_than_production_beyond_chance_stops(failing: int, passing: int, state: ConditionState) -> None:
    before, after = _flipped(failing, passing)
    found = _condition({"is_paired": True}, after, "paired", before)
    assert found.state is state, found.message
    assert len(found.case_keys) == failing


def test_without_production_there_is_nothing_to_compare_with() -> None:
    found = _condition({"is_paired": True}, _results(1, 0), "paired")
    assert found.state is ConditionState.NOT_APPLICABLE
    assert evaluate(GateContent.model_validate({**BARE, "is_paired": True}), _results(1, 0), None).is_met


def test_a_baseline_that_broke_off_is_no_comparison() -> None:
    before, after = _flipped(0, 0)
    for partial in ([], before[:5]):
        found = _condition({"is_paired": True}, after, "paired", partial)
        assert found.state is ConditionState.NOT_MET
        assert f"{len(partial)} of 20" in found.message


def test_two_floors_for_one_thing_are_refused() -> None:
    with pytest.raises(ValueError, match="floor"):
        GateContent.model_validate({"floors": [{"check": "glossary", "rate": "1"}] * 2})
