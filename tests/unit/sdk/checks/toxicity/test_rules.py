"""The toxicity check against its labelled cases, with the rates it has to keep."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from copydesk.assets import PolicyAssets
from copydesk.checks.contract import Outcome
from copydesk.checks.toxicity import ToxicityCheck, compile_check

pytest.importorskip("copydesk_toxicity", reason="copydesk-toxicity is not installed")

CASES = yaml.safe_load((Path(__file__).parents[4] / "rules" / "toxicity.yml").read_text(encoding="utf-8"))
# What the committed weights reach: 33 of 34 found, 28 blocked, 30 of 34 near-misses left alone, 3 blocked.
FOUND_AT_LEAST, BLOCKED_AT_LEAST = 0.94, 0.75
LEFT_ALONE_AT_LEAST, WRONGLY_BLOCKED_AT_MOST = 0.88, 0.09


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    check = compile_check(PolicyAssets(), {})
    assert isinstance(check, ToxicityCheck)
    return {
        side: [result.outcome for result in check.run_many([case["text"] for case in CASES[side]])]
        for side in ("positives", "near_misses")
    }


def test_there_are_thirty_distinct_cases_on_each_side_with_a_reason():
    for side in ("positives", "near_misses"):
        assert len({case["text"] for case in CASES[side]}) >= 30
        assert all(case["why"] for case in CASES[side])


def test_toxic_copy_is_found(outcomes: dict[str, list[Outcome]]):
    found = outcomes["positives"]
    assert 1 - found.count(Outcome.PASS) / len(found) >= FOUND_AT_LEAST
    assert found.count(Outcome.FAIL) / len(found) >= BLOCKED_AT_LEAST


def test_near_misses_are_left_alone(outcomes: dict[str, list[Outcome]]):
    found = outcomes["near_misses"]
    assert found.count(Outcome.PASS) / len(found) >= LEFT_ALONE_AT_LEAST
    assert found.count(Outcome.FAIL) / len(found) <= WRONGLY_BLOCKED_AT_MOST
