"""The approval invariant: a table over everything that can stand against publishing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.approval import (
    Approval,
    ApprovalFacts,
    ReasonCode,
    WaiverFact,
    approval_problems,
    candidate_digest,
    evidence_digest,
)

NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)
LEGAL = Approval("7", "legal", "c", "g", "r", "e", NOW)
BRAND = Approval("8", "brand_reviewer", "c", "g", "r", "e", NOW)
FACTS = ApprovalFacts(
    candidate_digest="c",
    golden_digest="g",
    run_digest="r",
    evidence_digest="e",
    required_roles=("legal", "brand_reviewer"),
    approvals=(LEGAL, BRAND),
    authors=frozenset({"1"}),
    run_candidate_digest="c",
    run_golden_digest="g",
    is_run_complete=True,
    unmet_conditions=(),
    waivers=(),
    now=NOW,
)
WAIVER = WaiverFact("w", "floor:toxicity", "7", NOW + timedelta(days=1))


def codes(facts: ApprovalFacts) -> set[ReasonCode]:
    return {reason.code for reason in approval_problems(facts)}


def test_two_people_who_wrote_nothing_and_approved_these_digests_are_enough() -> None:
    assert approval_problems(FACTS) == ()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(FACTS, required_roles=()), {ReasonCode.NO_REQUIRED_ROLES}),
        (replace(FACTS, approvals=()), {ReasonCode.ROLE_MISSING}),
        (replace(FACTS, approvals=(LEGAL,)), {ReasonCode.ROLE_MISSING}),
        (
            replace(FACTS, approvals=(LEGAL, replace(BRAND, user="7"))),
            {ReasonCode.SAME_PERSON},
        ),
        (replace(FACTS, authors=frozenset({"7"})), {ReasonCode.AUTHOR_APPROVED, ReasonCode.ROLE_MISSING}),
        (
            replace(FACTS, approvals=(LEGAL, BRAND, replace(LEGAL, user="1"))),
            {ReasonCode.AUTHOR_APPROVED},
        ),
        (
            replace(FACTS, approvals=(replace(LEGAL, holds_role=False), BRAND)),
            {ReasonCode.ROLE_LOST, ReasonCode.ROLE_MISSING},
        ),
        (
            replace(FACTS, candidate_digest="c2", run_candidate_digest="c2"),
            {ReasonCode.CANDIDATE_CHANGED, ReasonCode.ROLE_MISSING},
        ),
        (
            replace(FACTS, golden_digest="g2", run_golden_digest="g2"),
            {ReasonCode.GOLDEN_SET_CHANGED, ReasonCode.ROLE_MISSING},
        ),
        (replace(FACTS, run_digest="r2"), {ReasonCode.RUN_CHANGED, ReasonCode.ROLE_MISSING}),
        (replace(FACTS, evidence_digest="e2"), {ReasonCode.EVIDENCE_CHANGED, ReasonCode.ROLE_MISSING}),
        (replace(FACTS, run_candidate_digest="x"), {ReasonCode.RUN_OF_OTHER_CANDIDATE}),
        (replace(FACTS, run_golden_digest="x"), {ReasonCode.RUN_ON_OTHER_GOLDEN_SET}),
        (replace(FACTS, is_run_complete=False), {ReasonCode.RUN_INCOMPLETE}),
        (replace(FACTS, production_digest="p"), {ReasonCode.PRODUCTION_MOVED}),
        (replace(FACTS, run_baseline_digest="p"), {ReasonCode.PRODUCTION_MOVED}),
        (replace(FACTS, run_baseline_digest="p", production_digest="p2"), {ReasonCode.PRODUCTION_MOVED}),
        (replace(FACTS, run_baseline_digest="p", production_digest="p"), set()),
        (replace(FACTS, unmet_conditions=("floor:toxicity",)), {ReasonCode.GATE_NOT_MET}),
        (replace(FACTS, unmet_conditions=("floor:toxicity",), waivers=(WAIVER,)), set()),
        (
            replace(FACTS, unmet_conditions=("floor:toxicity", "other"), waivers=(WAIVER,)),
            {ReasonCode.GATE_NOT_MET},
        ),
        (
            replace(FACTS, unmet_conditions=("floor:toxicity",), waivers=(replace(WAIVER, expires_at=NOW),)),
            {ReasonCode.WAIVER_EXPIRED},
        ),
        # A void approval is history once the role was given anew.
        (replace(FACTS, approvals=(replace(LEGAL, run_digest="old"), LEGAL, BRAND)), set()),
        # Three roles, two people who could swap: the assignment is searched, not taken in order.
        (
            replace(
                FACTS,
                required_roles=("legal", "brand_reviewer"),
                approvals=(LEGAL, replace(BRAND, user="7"), BRAND),
            ),
            set(),
        ),
    ],
)
def test_everything_that_stands_against_publishing_is_named(
    facts: ApprovalFacts, expected: set[ReasonCode]
) -> None:
    assert codes(facts) == expected


def test_digests_do_not_depend_on_order_and_do_on_every_part() -> None:
    rows = [
        {"kind": "glossary", "name": "a", "revision": 1, "sha256": "x"},
        {"kind": "prompt", "name": "b", "revision": 2, "sha256": "y"},
    ]
    base = candidate_digest(rows)
    assert candidate_digest(rows[::-1]) == base
    for key, value in {"kind": "limits", "name": "z", "revision": 9, "sha256": "z"}.items():
        assert candidate_digest([rows[0] | {key: value}, rows[1]]) != base


def test_the_evidence_digest_moves_with_every_part() -> None:
    engine = {"check": "facts", "engine": "f", "engine_version": "1", "weights_sha256": None}
    parts = {
        "candidate": "c",
        "golden": "g",
        "run": "r",
        "gate_sha256": "s",
        "waivers": [WAIVER],
        "engines": [engine],
    }
    others = {
        "candidate": "c2",
        "golden": "g2",
        "run": "r2",
        "gate_sha256": "s2",
        "waivers": [],
        "engines": [engine | {"engine_version": "2"}],
    }
    base = evidence_digest(**parts)
    assert all(evidence_digest(**(parts | {name: value})) != base for name, value in others.items())
