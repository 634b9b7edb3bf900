"""The approval invariant over every combination of what can stand against publishing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from copydesk.approval import Approval, ApprovalFacts, ReasonCode, WaiverFact, approval_problems

R = ReasonCode
NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)
LEGAL = Approval("7", "legal", "c", "g", "r", "e", NOW)
BRAND = Approval("8", "brand_reviewer", "c", "g", "r", "e", NOW)
WAIVER = WaiverFact("w", "floor:overall", "9", NOW + timedelta(days=1))
GOOD = ApprovalFacts(
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
AUTHORS = ("stranger", "approver")
APPROVERS = ("both", "no legal", "nobody")
DIGESTS = ("same", "candidate moved", "golden set moved", "run moved", "evidence moved")
RUNS = ("complete", "incomplete")
GATES = ("met", "not met", "waived", "waiver expired", "waived another condition")
MEMBERSHIPS = ("held", "revoked")
PRODUCTIONS = ("the compared one", "moved on")
Row = tuple[str, str, str, str, str, str, str]


def _facts(row: Row) -> ApprovalFacts:
    author, approvers, moved, run, gate, membership, production = row
    legal = replace(LEGAL, holds_role=membership == "held")
    facts = replace(
        GOOD,
        approvals={"both": (legal, BRAND), "no legal": (BRAND,), "nobody": ()}[approvers],
        authors=frozenset({"7"} if author == "approver" else {"1"}),
        is_run_complete=run == "complete",
        run_baseline_digest="p",
        production_digest="p" if production == "the compared one" else "p2",
        unmet_conditions=() if gate == "met" else ("floor:overall",),
    )
    fields = {
        "candidate moved": {"candidate_digest": "c2"},
        "golden set moved": {"golden_digest": "g2"},
        "run moved": {"run_digest": "r2"},
        "evidence moved": {"evidence_digest": "e2"},
    }.get(moved, {})
    waivers = {
        "waived": (WAIVER,),
        "waiver expired": (replace(WAIVER, expires_at=NOW),),
        "waived another condition": (replace(WAIVER, condition="blockers"),),
    }.get(gate, ())
    return replace(facts, waivers=waivers, **fields)


def _expected(row: Row) -> set[ReasonCode]:
    """Read off the row what must be named: each value brings its own reasons."""
    author, approvers, moved, run, gate, membership, production = row
    legal_there, somebody_there = approvers == "both", approvers != "nobody"
    codes: set[ReasonCode] = set()
    if author == "approver" and legal_there:
        codes.add(R.AUTHOR_APPROVED)
    if membership == "revoked" and legal_there:
        codes.add(R.ROLE_LOST)
    moves = {
        "candidate moved": (R.CANDIDATE_CHANGED, R.RUN_OF_OTHER_CANDIDATE),
        "golden set moved": (R.GOLDEN_SET_CHANGED, R.RUN_ON_OTHER_GOLDEN_SET),
        "run moved": (R.RUN_CHANGED, None),
        "evidence moved": (R.EVIDENCE_CHANGED, None),
    }
    if moved in moves:
        of_approval, of_run = moves[moved]
        codes |= {of_approval} if somebody_there else set()
        codes |= {of_run} if of_run else set()
    if not legal_there or moved != "same" or author == "approver" or membership == "revoked":
        codes.add(R.ROLE_MISSING)
    codes |= {R.RUN_INCOMPLETE} if run == "incomplete" else set()
    codes |= {R.PRODUCTION_MOVED} if production == "moved on" else set()
    codes |= {"not met": {R.GATE_NOT_MET}, "waived another condition": {R.GATE_NOT_MET}}.get(gate, set())
    return codes | ({R.WAIVER_EXPIRED} if gate == "waiver expired" else set())


ROWS = tuple(product(AUTHORS, APPROVERS, DIGESTS, RUNS, GATES, MEMBERSHIPS, PRODUCTIONS))


@pytest.mark.parametrize("row", ROWS, ids=" / ".join)
def test_every_combination_names_exactly_what_stands_against_it(row: Row) -> None:
    assert {reason.code for reason in approval_problems(_facts(row))} == _expected(row)


def test_the_table_lets_exactly_the_good_rows_through() -> None:
    good = [row for row in ROWS if not approval_problems(_facts(row))]

    assert good == [
        ("stranger", "both", "same", "complete", gate, "held", "the compared one")
        for gate in ("met", "waived")
    ]  # fmt: skip
