"""The JSON API of reviews: request, read, comment; decisions only by a person in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.extensions import db
from console.permissions import Permission
from console.reviews import invariant, operations
from console.reviews.reading import find_review
from console.runs import queries as runs
from console.web.access import actor, workspace
from console.web.api_access import api_requires
from console.web.api_json import api_json
from console.web.api_lookup import in_policy, newest_first
from console.web.intake import RowId
from copydesk.approval import approval_problems
from copydesk.assets.base import Content, NonEmptyText, Text
from models import Comment, Decision, DecisionOutcome, Review

bp = Blueprint(
    "reviews_api", __name__, url_prefix="/api/v1/workspaces/<workspace_slug>/policies/<policy_slug>"
)


class ReviewBody(Content):
    """A review to request, on a complete run."""

    run_id: RowId
    note: Text = ""


class DecisionBody(Content):
    """A decision; `evidence_digest` is that of the review as it was read."""

    outcome: DecisionOutcome
    note: Text = ""
    evidence_digest: str = Field(pattern=r"^[0-9a-f]{64}$")


class CommentBody(Content):
    """A remark on a review."""

    text: NonEmptyText


@dataclass(frozen=True, slots=True)
class DecisionJson:
    """One decision; a void one counts no more."""

    by: str
    role: str
    outcome: str
    note: str
    at: datetime
    is_void: bool


@dataclass(frozen=True, slots=True)
class WaiverJson:
    """One accepted failure."""

    condition: str
    reason: str
    by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReasonJson:
    """One thing that stands against publishing now."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ReviewJson:
    """A review as it is now; `evidence_digest` is what a decision has to name."""

    id: int
    number: int
    state: str
    candidate_id: int
    run_id: int
    note: str
    requested_by: str
    requested_at: datetime
    required_roles: tuple[str, ...]
    evidence_digest: str
    decisions: tuple[DecisionJson, ...]
    waivers: tuple[WaiverJson, ...]
    reasons: tuple[ReasonJson, ...]
    url: str


@dataclass(frozen=True, slots=True)
class ReviewList:
    """Reviews, newest first; `older` is the cursor of the next page."""

    reviews: tuple[ReviewJson, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class CommentJson:
    """A remark."""

    id: int
    by_id: int
    text: str
    created_at: datetime


@bp.get("/reviews")
@api_requires(Permission.READ)
@api_json(answer=ReviewList)
def list_reviews() -> ReviewList:
    """List reviews, newest first."""
    page = newest_first(select(Review), Review.id)
    return ReviewList(tuple(_review(db.session, found) for found in page.items), page.older)


@bp.post("/reviews")
@api_requires(Permission.REQUEST_REVIEW)
@api_json(body=ReviewBody, answer=ReviewJson, status=201)
def request_review(body: ReviewBody) -> ReviewJson:
    """Request a review of a run's candidate."""
    run = in_policy(runs.find_run(db.session, workspace().id, body.run_id), "run")
    made = operations.request_review(db.session, run, note=body.note, by=actor())
    db.session.commit()
    return _review(db.session, made)


@bp.get("/reviews/<int:review_id>")
@api_requires(Permission.READ)
@api_json(answer=ReviewJson)
def review(review_id: int) -> ReviewJson:
    """Show a review and what stands against publishing it."""
    return _review(db.session, _find(review_id))


@bp.post("/reviews/<int:review_id>/decision")
@api_requires(Permission.DECIDE)
@api_json(body=DecisionBody, answer=ReviewJson, status=201)
def decide(review_id: int, body: DecisionBody) -> ReviewJson:
    """Sign a decision; refused for every token, whatever its person may do."""
    found = _find(review_id)
    operations.decide(
        db.session,
        found,
        outcome=body.outcome,
        note=body.note,
        seen_digest=body.evidence_digest,
        by=actor(),
    )
    db.session.commit()
    return _review(db.session, found)


@bp.post("/reviews/<int:review_id>/withdraw")
@api_requires(Permission.REQUEST_REVIEW)
@api_json(answer=ReviewJson)
def withdraw(review_id: int) -> ReviewJson:
    """End an open review without a decision."""
    found = _find(review_id)
    operations.withdraw(db.session, found, by=actor())
    db.session.commit()
    return _review(db.session, found)


@bp.post("/reviews/<int:review_id>/comments")
@api_requires(Permission.COMMENT)
@api_json(body=CommentBody, answer=CommentJson, status=201)
def comment(review_id: int, body: CommentBody) -> CommentJson:
    """Remark on a review."""
    made: Comment = operations.add_comment(
        db.session, _find(review_id), text=body.text, asset_id=None, place="", by=actor()
    )
    db.session.commit()
    return CommentJson(made.id, made.author_id, made.text, made.created_at)


def _find(review_id: int) -> Review:
    return in_policy(find_review(db.session, workspace().id, review_id), "review")


def _review(session: Session, found: Review) -> ReviewJson:
    facts = invariant.approval_facts(session, found)
    reasons = approval_problems(facts)
    waivers = invariant.live_waivers(session, found)
    return ReviewJson(
        id=found.id,
        number=found.number,
        state=found.state,
        candidate_id=found.candidate_id,
        run_id=found.run_id,
        note=found.note,
        requested_by=found.requested_by.name,
        requested_at=found.requested_at,
        required_roles=facts.required_roles,
        evidence_digest=facts.evidence_digest,
        decisions=tuple(map(_decision, found.decisions)),
        waivers=tuple(WaiverJson(w.condition, w.reason, w.signer.name, w.expires_at) for w in waivers),
        reasons=tuple(ReasonJson(str(reason.code), reason.message) for reason in reasons),
        url=f"/w/{workspace().slug}/reviews/{found.id}",
    )


def _decision(made: Decision) -> DecisionJson:
    return DecisionJson(
        by=made.user.name,
        role=made.role,
        outcome=made.outcome,
        note=made.note,
        at=made.created_at,
        is_void=made.voided_at is not None,
    )
