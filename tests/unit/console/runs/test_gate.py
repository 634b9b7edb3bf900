"""The gate as a table: what was measured against what is asked."""

from __future__ import annotations

from typing import Any

import pytest

from console.runs.gate import (
    CaseResult,
    Condition,
    ConditionState,
    GateContent,
    case_outcomes,
    evaluate,
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
    assert found.message.startswith("Did not run on 1 case: toxicity.")
    gate = {"floors": [{"check": "toxicity", "rate": "0.5"}]}
    assert _condition(gate, results, "floor:toxicity").state is ConditionState.TOO_FEW


def test_one_blocking_finding_stops() -> None:
    results = [*_results(99, 0), CaseResult("x", 0, None, False, {}, blockers=("house/medical",))]
    found = _condition({"stop_on_blockers": True}, results, "blockers")
    assert (found.state, found.case_keys) == (ConditionState.NOT_MET, ("x",))
    assert found.message.startswith("1 case has a blocking finding (house/medical).")
    lax = evaluate(GateContent.model_validate(BARE), results, None)
    assert "blockers" not in {c.id for c in lax.conditions}


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


def _repeated(*passes_per_case: int, repeats: int) -> list[CaseResult]:
    """Samples of cases that pass so often in so many repeats."""
    return [
        CaseResult(f"c{case:02}", repeat, "vip", repeat < passes, {"glossary": repeat < passes})
        for case, passes in enumerate(passes_per_case)
        for repeat in range(repeats)
    ]


@pytest.mark.parametrize(
    ("passes", "repeats", "is_passing"),
    [(1, 1, True), (0, 1, False), (1, 2, False), (2, 2, True), (2, 5, False), (3, 5, True), (5, 10, False)],
)
def test_a_case_passes_when_more_than_half_of_its_samples_do(
    passes: int, repeats: int, is_passing: bool
) -> None:
    found = case_outcomes((r.case_key, r.passed) for r in _repeated(passes, repeats=repeats))
    assert found == {"c00": is_passing}


@pytest.mark.parametrize(
    ("before", "after", "repeats", "changes", "state"),
    [
        # Ten cases fail in all repeats, three pass in all: 10 against 3 cases, not 10 against 15 samples.
        ([5] * 10 + [0] * 3, [0] * 10 + [5] * 3, 5, (10, 3), ConditionState.MET),
        ([5] * 10 + [0] * 1, [0] * 10 + [5] * 1, 5, (10, 1), ConditionState.NOT_MET),
        # Twelve samples newly failing, in two cases: two changes are no evidence.
        ([6] * 2, [0] * 2, 6, (2, 0), ConditionState.MET),
        # One repeat of each of six cases fails now: no case's outcome changed.
        ([5] * 6, [4] * 6, 5, (0, 0), ConditionState.MET),
        # From most repeats passing to a tie: all six fail.
        ([4] * 6, [2] * 6, 4, (6, 0), ConditionState.NOT_MET),
        # From a tie to one more: all six pass.
        ([2] * 6, [3] * 6, 4, (0, 6), ConditionState.MET),
    ],
)
def test_repeats_are_compared_with_production_case_by_case(
    before: list[int], after: list[int], repeats: int, changes: tuple[int, int], state: ConditionState
) -> None:
    found = _condition(
        {"is_paired": True}, _repeated(*after, repeats=repeats), "paired", _repeated(*before, repeats=repeats)
    )
    failing, passing = changes
    assert (len(found.case_keys), found.passed, found.total) == (failing, passing, len(after))
    assert f"{failing} newly failing and {passing} newly passing of {len(after)} cases" in found.message
    assert "more than half of its samples" in found.message
    assert found.state is state, found.message


@pytest.mark.parametrize("repeats", [1, 2, 10])
def test_repeats_make_no_cases_of_their_own(repeats: int) -> None:
    gate = {"floors": [{"check": "glossary", "rate": "0.9", "binds": "lower"}]}
    once = _condition(gate, _repeated(*[1] * 19, 0, repeats=1), "floor:glossary")
    found = _condition(gate, _repeated(*[repeats] * 19, 0, repeats=repeats), "floor:glossary")
    assert (found.state, found.needed_cases, found.cases) == (ConditionState.TOO_FEW, 35, 20)
    assert (found.low, found.high) == pytest.approx((once.low, once.high))
    assert "20 cases can't show 90 %" in found.message


def test_a_segment_has_as_many_cases_as_are_distinct() -> None:
    gate = {"segment_floor": "0.8", "segment_min_cases": 5}
    few = _condition(gate, _repeated(*[10] * 4, repeats=10), "segment:vip")
    assert (few.state, few.needed_cases) == (ConditionState.TOO_FEW, 5)
    assert "4 cases in this segment" in few.message
    assert _condition(gate, _repeated(*[10] * 5, repeats=10), "segment:vip").state is ConditionState.MET


def test_a_rate_over_repeats_says_samples_and_cases() -> None:
    gate = {"floors": [{"check": "overall", "rate": "0.9"}]}
    found = _condition(gate, _repeated(10, 10, 9, repeats=10), "floor:overall")
    assert "29 of 30 samples of 3 cases pass" in found.message
    assert (found.passed, found.total, found.cases) == (29, 30, 3)


def test_a_case_that_was_judged_less_often_does_not_sharpen_the_interval() -> None:
    gate = {"floors": [{"check": "glossary", "rate": "0.5"}]}
    whole = _repeated(*[4] * 10, repeats=4)
    partly = [r for r in whole if r.case_key > "c04" or r.repeat_index == 0]
    found = [_condition(gate, results, "floor:glossary").low for results in (whole, partly)]
    assert found[1] is not None
    assert found[0] is not None
    assert found[1] < found[0]


@pytest.mark.parametrize(("cases", "low"), [(1, 0.025), (10, 0.6915), (62, 0.9422)])
def test_where_no_failure_is_tolerated_the_interval_is_exact(cases: int, low: float) -> None:
    gate = {"floors": [{"check": "glossary", "rate": "1"}], "stop_on_blockers": True}
    results = _repeated(*[3] * cases, repeats=3)
    floor, blockers = (_condition(gate, results, name) for name in ("floor:glossary", "blockers"))
    assert (floor.low, floor.high) == pytest.approx((low, 1), abs=1e-4)
    assert (blockers.low, blockers.high) == pytest.approx((low, 1), abs=1e-4)
    assert floor.state is blockers.state is ConditionState.MET
    assert f"up to {100 * (1 - (floor.low or 0)):.1f} % could still" in floor.message


def test_no_number_of_cases_lifts_a_lower_end_to_all() -> None:
    gate = {"floors": [{"check": "glossary", "rate": "1", "binds": "lower"}]}
    found = _condition(gate, _results(500, 0), "floor:glossary")
    assert found.state is ConditionState.NOT_MET
    assert "ask that of the rate" in found.message


def test_two_floors_for_one_thing_are_refused() -> None:
    with pytest.raises(ValueError, match="floor"):
        GateContent.model_validate({"floors": [{"check": "glossary", "rate": "1"}] * 2})
