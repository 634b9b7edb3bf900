"""Reads of what waits for one person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from console.inbox.pages import DraftRow, InboxPage, NoticeRow, WaitingRow
from console.permissions import Actor, Permission
from console.releases.queries import policies_page
from console.reviews.invariant import required_roles
from console.reviews.reading import waiting_for
from console.reviews.rounds import missing_roles, standing_approvals
from console.runs import progress
from models import (
    Asset,
    Draft,
    GoldenDraft,
    GoldenSet,
    Notice,
    Policy,
    Review,
    ReviewState,
    Run,
    RunState,
    User,
    Workspace,
)

MAX_NOTICES = 20
MAX_DRAFTS = 20
MAX_ACTIVE_RUNS = 5
MAX_WAITING = 20


def inbox_page(session: Session, workspace: Workspace, by: Actor) -> InboxPage:
    """Read "My work" of one person in one workspace."""
    unread = (
        Notice.workspace_id == workspace.id,
        Notice.user_id == by.user,
        Notice.read_at.is_(None),
    )
    notices = session.scalars(select(Notice).where(*unread).order_by(Notice.id.desc()).limit(MAX_NOTICES))
    total = session.scalar(select(func.count()).select_from(Notice).where(*unread)) or 0
    return InboxPage(
        notices=tuple(NoticeRow(n.id, n.kind, n.text, n.url, n.created_at) for n in notices),
        notice_total=total,
        reviews=tuple(waiting_for(session, workspace.id, by)),
        waiting=_waiting(session, workspace, by),
        drafts=_drafts(session, workspace, by.user),
        active=_active_runs(session, workspace),
        policies=policies_page(session, workspace),
        may_edit=by.may(Permission.EDIT),
        may_run=by.may(Permission.RUN),
        may_publish=by.may(Permission.PUBLISH),
        may_manage=by.may(Permission.MANAGE_PEOPLE),
    )


def _waiting(session: Session, workspace: Workspace, by: Actor) -> tuple[WaitingRow, ...]:
    statement = (
        select(Review)
        .join(Policy, Policy.id == Review.policy_id)
        .where(
            Policy.workspace_id == workspace.id,
            Review.state == ReviewState.OPEN,
            Review.requested_by_id == by.user,
        )
        .options(selectinload(Review.decisions), selectinload(Review.candidate))
        .order_by(Review.id.desc())
        .limit(MAX_WAITING)
    )
    return tuple(_waiting_row(session, review) for review in session.scalars(statement))


def _waiting_row(session: Session, review: Review) -> WaitingRow:
    missing = missing_roles(session, review, standing_approvals(session, review))
    return WaitingRow(
        id=review.id,
        number=review.number,
        title=review.candidate.title,
        signed_roles=tuple(r for r in required_roles(session, review) if r not in missing),
        missing_roles=missing,
        requested_at=review.requested_at,
    )


def _drafts(session: Session, workspace: Workspace, user_id: int) -> tuple[DraftRow, ...]:
    """Return the working copies this person had a hand in, newest first."""
    # Who edited is a JSON list, which databases search each in their own way: a workspace has few drafts.
    assets = (
        select(Asset.kind, Asset.name, Asset.title, *_columns(Draft))
        .join_from(Asset, Draft, Draft.asset_id == Asset.id)
        .join(User, User.id == Draft.saved_by_id)
        .where(Asset.workspace_id == workspace.id, Asset.archived_at.is_(None))
    )
    golden = (
        select(GoldenSet.name, GoldenSet.title, *_columns(GoldenDraft))
        .join_from(GoldenSet, GoldenDraft, GoldenDraft.golden_set_id == GoldenSet.id)
        .join(User, User.id == GoldenDraft.saved_by_id)
        .where(GoldenSet.workspace_id == workspace.id)
    )
    found = [tuple(row) for row in session.execute(assets)]
    found += [("golden_set", *row) for row in session.execute(golden)]
    rows = [
        DraftRow(kind, name, title, base, saved_at, "" if saved_by == user_id else saver)
        for kind, name, title, base, saved_at, saved_by, editors, saver in found
        if saved_by == user_id or user_id in editors
    ]
    return tuple(sorted(rows, key=lambda row: row.saved_at, reverse=True)[:MAX_DRAFTS])


def _columns(draft: type[Draft] | type[GoldenDraft]) -> tuple[Any, ...]:
    return (draft.base_revision_number, draft.saved_at, draft.saved_by_id, draft.editor_ids, User.name)


def _active_runs(session: Session, workspace: Workspace) -> tuple[progress.RunProgress, ...]:
    statement = (
        select(Run)
        .join(Policy, Policy.id == Run.policy_id)
        .where(
            Policy.workspace_id == workspace.id,
            Run.state.in_([RunState.QUEUED, RunState.RUNNING]),
        )
        .order_by(Run.id.desc())
        .limit(MAX_ACTIVE_RUNS)
    )
    return tuple(progress.read(session, run) for run in session.scalars(statement))
