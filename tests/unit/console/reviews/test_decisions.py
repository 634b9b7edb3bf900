"""Who may decide on a review, on what, and what a decision needs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from console.accounts import operations as accounts
from console.clock import now
from console.errors import ForbiddenError, InvalidError
from console.permissions import SYSTEM, Actor
from console.reviews import invariant, operations
from console.reviews.errors import (
    FourEyesError,
    NotAnApproverError,
    NothingChangedError,
    ReviewClosedError,
    ReviewOpenError,
    RunNotReviewableError,
    SecondSignatureError,
    StaleEvidenceError,
)
from console.runs import operations as runs
from console.runs.gate import GateContent
from models import DecisionOutcome, Notice, Policy, Review, ReviewState, Run, User, Workspace
from tests.factories.console import World, make_world
from tests.factories.policies import (
    BAD,
    GOOD,
    STRICT_GATE,
    approve,
    change_cases,
    change_term,
    copy_world,
    propose,
    publish,
    start_run,
    write_policy,
)

APPROVE, CHANGES, REJECT = DecisionOutcome.APPROVE, DecisionOutcome.REQUEST_CHANGES, DecisionOutcome.REJECT
LENIENT = STRICT_GATE | {"floors": [{"check": "overall", "rate": "0.1"}]}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("template"))
    write_policy(made)
    return made


@pytest.fixture
def written(template: World, tmp_path: Path) -> World:
    return copy_world(template, tmp_path / "home")


def give_role(world: World, who: str, *roles: str) -> Actor:
    """Give a person these roles and return them as actor."""
    with world.session() as session:
        workspace = session.get_one(Workspace, world.workspace_id)
        person = session.get_one(User, world.user_ids[who])
        accounts.set_roles(session, workspace, person, roles, by=SYSTEM)
    return Actor("user", world.user_ids[who], world.workspace_id, frozenset(roles))


def decide(
    world: World,
    review_id: int,
    by: Actor,
    outcome: DecisionOutcome = APPROVE,
    *,
    note: str = "",
    seen: str | None = None,
) -> None:
    with world.session() as session:
        review = session.get_one(Review, review_id)
        digest = seen or invariant.current_evidence_digest(session, review)
        operations.decide(session, review, outcome=outcome, note=note, seen_digest=digest, by=by)


def state(world: World, review_id: int) -> str:
    with world.session() as session:
        return session.get_one(Review, review_id).state


def seen_now(world: World, review_id: int) -> str:
    with world.session() as session:
        return invariant.current_evidence_digest(session, session.get_one(Review, review_id))


def test_both_roles_close_the_round_as_approved(written: World) -> None:
    review_id = propose(written).review_id

    approve(written, review_id, "legal")
    assert state(written, review_id) == ReviewState.OPEN
    approve(written, review_id, "brand_reviewer")

    assert state(written, review_id) == ReviewState.APPROVED


def test_the_author_of_a_change_cannot_approve_it(written: World) -> None:
    both = give_role(written, "editor", "editor", "legal")
    review_id = propose(written).review_id

    with pytest.raises(FourEyesError):
        decide(written, review_id, both)


def test_who_only_touched_the_draft_cannot_approve_it_either(written: World) -> None:
    review_id = propose(written).review_id
    approve(written, review_id)
    publish(written, review_id)
    both = give_role(written, "editor2", "editor", "legal")
    change_term(written, "bargain", author="editor", coauthor="editor2")
    second = propose(written).review_id

    with pytest.raises(FourEyesError):
        decide(written, second, both)


def test_who_wrote_only_what_is_in_production_already_may_approve(written: World) -> None:
    review_id = propose(written).review_id
    approve(written, review_id)
    publish(written, review_id)
    both = give_role(written, "editor", "editor", "legal")
    change_term(written, "bargain", author="editor2")
    second = propose(written, by="editor2").review_id

    decide(written, second, both)

    assert state(written, second) == ReviewState.OPEN


@pytest.mark.parametrize("what", ["gate", "golden set", "waiver"])
def test_who_wrote_gate_cases_or_waiver_cannot_approve(written: World, what: str) -> None:
    both = give_role(written, "editor2", "editor", "legal")
    change_cases(written, [GOOD, BAD], author="editor2" if what == "golden set" else "editor")
    if what == "gate":
        content = GateContent.model_validate(LENIENT)
        with written.session() as session:
            runs.set_gate(session, session.get_one(Policy, written.policy_id), content, by=both)
    review_id = propose(written).review_id
    if what == "waiver":
        waive(written, review_id, both)

    with pytest.raises(FourEyesError):
        decide(written, review_id, both, note="Fine.")


def waive(world: World, review_id: int, by: Actor) -> None:
    with world.session() as session:
        operations.add_waiver(
            session,
            session.get_one(Review, review_id),
            condition="floor:overall",
            case_keys=(),
            reason="Known.",
            expires_at=now() + timedelta(days=1),
            by=by,
        )


@pytest.mark.parametrize("moved", ["golden set", "gate", "waiver"])
def test_a_decision_on_stale_evidence_is_refused(written: World, moved: str) -> None:
    change_cases(written, [GOOD, BAD])
    review_id = propose(written).review_id
    seen = seen_now(written, review_id)
    if moved == "golden set":
        change_cases(written, [GOOD])
    elif moved == "gate":
        with written.session() as session:
            content = GateContent.model_validate(LENIENT)
            policy = session.get_one(Policy, written.policy_id)
            runs.set_gate(session, policy, content, by=written.actor("editor"))
    else:
        waive(written, review_id, written.actor("editor2"))

    with pytest.raises(StaleEvidenceError):
        decide(written, review_id, written.actor("legal"), seen=seen)


def test_one_person_signs_once_even_with_both_roles(written: World) -> None:
    both = give_role(written, "legal", "legal", "brand_reviewer")
    review_id = propose(written).review_id
    decide(written, review_id, both)

    with pytest.raises(SecondSignatureError):
        decide(written, review_id, both)
    assert state(written, review_id) == ReviewState.OPEN


def test_a_waiver_voids_the_signatures_given_before(written: World) -> None:
    change_cases(written, [GOOD, BAD])
    review_id = propose(written).review_id
    approve(written, review_id, "legal")

    waive(written, review_id, written.actor("editor2"))

    with written.session() as session:
        (decision,) = session.get_one(Review, review_id).decisions
        assert decision.voided_at is not None
    approve(written, review_id, "legal", "brand_reviewer")
    assert state(written, review_id) == ReviewState.APPROVED


def test_an_approval_needs_a_reason_when_a_case_newly_fails(written: World) -> None:
    change_cases(written, ["A warm welcome, good to see you.", "A bargain for you."])
    first = propose(written).review_id
    approve(written, first)
    publish(written, first)
    change_term(written, "bargain")
    second = propose(written).review_id
    with written.session() as session:
        summary = session.get_one(Review, second).run.summary or {}
        assert summary["newly_failing"] == ["case-1"]

    with pytest.raises(InvalidError, match="1 case newly fail"):
        decide(written, second, written.actor("legal"))
    decide(written, second, written.actor("legal"), note="The old copy goes on Monday.")


@pytest.mark.parametrize("outcome", [CHANGES, REJECT])
def test_a_no_needs_its_reason_and_ends_the_round(written: World, outcome: DecisionOutcome) -> None:
    review_id = propose(written).review_id

    with pytest.raises(InvalidError, match="Say what has to change"):
        decide(written, review_id, written.actor("legal"), outcome)
    decide(written, review_id, written.actor("legal"), outcome, note="Not like this.")

    assert (
        state(written, review_id)
        == {
            CHANGES: ReviewState.CHANGES_REQUESTED,
            REJECT: ReviewState.REJECTED,
        }[outcome]
    )
    with pytest.raises(ReviewClosedError):
        decide(written, review_id, written.actor("brand_reviewer"))


@pytest.mark.parametrize("who", ["viewer", "editor2", "releaser", "admin", "auditor"])
def test_other_roles_do_not_decide(written: World, who: str) -> None:
    review_id = propose(written).review_id

    with pytest.raises(ForbiddenError):
        decide(written, review_id, written.actor(who))


def test_a_role_that_is_not_required_does_not_decide(written: World) -> None:
    with written.session() as session:
        session.get_one(Workspace, written.workspace_id).required_roles = ["legal"]
    review_id = propose(written).review_id

    with pytest.raises(NotAnApproverError):
        decide(written, review_id, written.actor("brand_reviewer"))


def request_again(world: World, run_id: int) -> None:
    with world.session() as session:
        run = session.get_one(Run, run_id)
        operations.request_review(session, run, note="", by=world.actor("editor"))


def test_a_review_needs_a_complete_run_and_a_change(written: World) -> None:
    _, run_id = start_run(written)
    with pytest.raises(RunNotReviewableError):
        request_again(written, run_id)
    made = propose(written)
    with pytest.raises(ReviewOpenError):
        request_again(written, made.run_id)
    approve(written, made.review_id)
    publish(written, made.review_id)

    with pytest.raises(NothingChangedError):
        request_again(written, made.run_id)


def test_a_newer_round_supersedes_the_open_one(written: World) -> None:
    first = propose(written).review_id
    change_term(written, "bargain")
    second = propose(written).review_id

    assert state(written, first) == ReviewState.SUPERSEDED
    assert state(written, second) == ReviewState.OPEN


def test_the_approvers_are_told_and_then_the_one_who_asked(written: World) -> None:
    review_id = propose(written).review_id
    approve(written, review_id, "legal")

    with written.session() as session:
        told = session.execute(select(Notice.user_id, Notice.kind)).all()
    ids = written.user_ids
    assert (ids["legal"], "review_requested") in told
    assert (ids["brand_reviewer"], "review_requested") in told
    assert (ids["editor"], "review_decided") in told


@pytest.mark.parametrize(
    ("condition", "reason", "days", "field"),
    [
        ("floor:overall", "", 1, "reason"),
        ("floor:overall", "Known.", -1, "expires_on"),
        ("floor:overall", "Known.", 400, "expires_on"),
        ("not_run", "Known.", 1, "condition"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(
    written: World, condition: str, reason: str, days: int, field: str
) -> None:
    change_cases(written, [GOOD, BAD])
    review_id = propose(written).review_id

    with written.session() as session, pytest.raises(InvalidError) as refused:
        operations.add_waiver(
            session,
            session.get_one(Review, review_id),
            condition=condition,
            case_keys=(),
            reason=reason,
            expires_at=now() + timedelta(days=days),
            by=written.actor("editor2"),
        )

    assert [problem.path for problem in refused.value.problems] == [field]
