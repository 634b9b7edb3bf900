"""What differs between two answers of a check, sample by sample; which samples are tried."""

from __future__ import annotations

from typing import Any

import pytest

from console.quality.compiling import compiled
from console.quality.queries import policy_state
from console.runs.stored_samples import StoredSample, read_samples
from console.workbench.impact import Change, impact
from console.workbench.judging import stored_results
from copydesk.checks.contract import CheckResult, Context, Finding, Outcome, Severity, Span
from tests.factories.console import World
from tests.factories.policies import change_cases, start_run, work, write_policy

TEXTS = ("A cheap tent.", "A warm tent.", "A fine tent.")


def sample(**expects: Any) -> StoredSample:
    return StoredSample(1, 1, 1, "case-1", "Case 1", 0, "A cheap tent.", Context(), expects)


def said(outcome: str, *starts: int, message: str = "No.") -> CheckResult:
    findings = tuple(
        Finding("glossary", "house/a", Severity.WARNING, message, Span(start, start + 2)) for start in starts
    )
    return CheckResult("glossary", Outcome(outcome), findings)


def change(before: CheckResult | None, after: CheckResult | None, **expects: Any) -> Change | None:
    changes = impact("glossary", [sample(**expects)], [before], [after]).changes
    return changes[0] if changes else None


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (said("pass"), said("warn", 2), "worse"),
        (said("warn", 2), said("fail", 2), "worse"),
        (said("warn", 2), said("not_run"), "worse"),
        (said("fail", 2), said("pass"), "better"),
        (said("fail", 2), None, "better"),
        (None, said("fail", 2), "worse"),
        (said("warn", 2), said("warn", 2, 5), "more"),
        (said("warn", 2), said("warn", 5), "more"),
        (said("warn", 2, 5), said("warn", 2), "fewer"),
    ],
)
def test_an_answer_that_differs_has_a_direction(
    before: CheckResult | None, after: CheckResult | None, direction: str
) -> None:
    found = change(before, after)
    assert found is not None
    assert found.direction == direction
    assert found.is_flip == (direction in {"worse", "better"})


@pytest.mark.parametrize(
    ("before", "after"),
    [(said("warn", 2), said("warn", 2, message="Other words.")), (None, said("pass")), (said("pass"), None)],
)
def test_the_same_places_with_the_same_outcome_are_no_change(
    before: CheckResult | None, after: CheckResult | None
) -> None:
    assert change(before, after) is None


def test_a_flip_says_whether_the_case_asks_for_it() -> None:
    wanted = change(said("pass"), said("fail", 2), checks={"glossary": "fail"})
    assert wanted is not None
    assert (wanted.was_expected, wanted.is_expected) == (False, True)
    unwanted = change(said("pass"), said("fail", 2), checks={"glossary": "pass"})
    assert unwanted is not None
    assert (unwanted.was_expected, unwanted.is_expected) == (True, False)


def test_the_newest_samples_are_tried_and_it_is_said_when_older_ones_are_left_out(world: World) -> None:
    write_policy(world, TEXTS)
    start_run(world)
    work(world)
    change_cases(world, (*TEXTS[1:], "A new tent."))
    start_run(world)
    work(world)
    with world.session() as session:
        whole = read_samples(session, world.policy_id)
        few = read_samples(session, world.policy_id, 3)
        exactly = read_samples(session, world.policy_id, 4)
    assert [sample.text for sample in whole.items] == [*TEXTS[1:], "A new tent.", TEXTS[0]]
    assert [sample.run_number for sample in whole.items] == [2, 2, 2, 1]
    assert not whole.is_cut
    assert ([sample.run_number for sample in few.items], few.is_cut) == ([2, 2, 2], True)
    assert not exactly.is_cut


def test_what_a_run_stored_of_the_same_content_is_not_asked_again(world: World) -> None:
    write_policy(world, TEXTS)
    start_run(world)
    work(world)
    with world.session() as session:
        state = policy_state(session, world.policy_id)
        made = compiled("glossary", state, world.settings.home, may_train=False)
        assert made is not None
        samples = read_samples(session, world.policy_id)
        stored = stored_results(session, made, state, samples)
        assert {sample.id for sample in samples.items} == stored.keys()
        for one in samples.items:
            (fresh,) = made.policy.check(one.text, one.context).results
            assert (stored[one.id].outcome, stored[one.id].findings) == (fresh.outcome, fresh.findings)
        other = state.with_content("glossary", "house", {"title": "House", "terms": []})
        assert stored_results(session, made, other, samples) == {}
