"""Reads of the audit trail: one workspace's entries, and names for the ids in them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from console.audit.pages import AuditFilters, AuditPage, EntryRow
from console.permissions import ROLE_PERMISSIONS, Actor, Permission
from console.web.paging import paginate
from models import (
    Asset,
    AuditCheckpoint,
    AuditEntry,
    Bundle,
    Candidate,
    Channel,
    GoldenSet,
    Membership,
    Policy,
    Review,
    Role,
    Run,
    ServiceToken,
    User,
    Workspace,
)

ENTRIES_PER_PAGE = 50
MAX_SHOWN_ID_CHARS = 24
SYSTEM_PERSON = "system"
_Subjects = dict[tuple[str, str], tuple[str, str | None]]


def audit_page(
    session: Session,
    workspace: Workspace,
    by: Actor,
    filters: AuditFilters,
    *,
    before: int | None,
    after: int | None,
) -> AuditPage:
    """Read the entries of a workspace that fit the filters."""
    by.require(Permission.READ_AUDIT)
    mine = _of_workspace(workspace.id)
    statement, problems = filtered_entries(workspace.id, filters)
    page = paginate(session, statement, AuditEntry.seq, before=before, after=after, size=ENTRIES_PER_PAGE)
    last = session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.id.desc()).limit(1))
    people = select(User.id, User.name).where(User.id.in_(_members(workspace.id))).order_by(User.name)
    count = session.scalar(select(func.count()).select_from(AuditEntry).where(mine))
    return AuditPage(
        entries=tuple(_rows(session, workspace, page.items)),
        older=page.older,
        newer=page.newer,
        filters=filters,
        problems=problems,
        actions=_distinct(session, AuditEntry.action, mine),
        people=tuple((user_id, name) for user_id, name in session.execute(people)),
        subject_kinds=_distinct(session, AuditEntry.subject_kind, mine),
        entry_count=count or 0,
        checkpoint_seq=last.seq if last else None,
        checkpoint_at=last.at if last else None,
        may_export_chain=may_export_chain(session, by),
    )


def filtered_entries(workspace_id: int, filters: AuditFilters) -> tuple[Select[AuditEntry], tuple[str, ...]]:
    """Return the select of a workspace's entries that fit, and what is wrong with the filters."""
    statement = select(AuditEntry).where(_of_workspace(workspace_id))
    problems = []
    for name in ("action", "subject_kind", "subject_id"):
        if value := getattr(filters, name):
            statement = statement.where(getattr(AuditEntry, name) == value)
    if filters.person == SYSTEM_PERSON:
        statement = statement.where(AuditEntry.actor_kind == "system")
    elif filters.person.isascii() and filters.person.isdigit():
        statement = statement.where(_acts_of(int(filters.person[:9])))
    for name, label in (("since", _("From")), ("until", _("To"))):
        value = getattr(filters, name)
        if not value:
            continue
        try:
            day = datetime.combine(date.fromisoformat(value), time.min, UTC)
            at = AuditEntry.at >= day if name == "since" else AuditEntry.at < day + timedelta(days=1)
            statement = statement.where(at)
        except (ValueError, OverflowError):
            problems.append(
                _("%(label)s: %(value)s is no date; write it like 2026-11-04.", label=label, value=value)
            )
    return statement, tuple(problems)


def may_export_chain(session: Session, by: Actor) -> bool:
    """Tell whether this person may read the audit trail of every workspace: the chain runs through all."""
    reading = [role for role in Role if Permission.READ_AUDIT in ROLE_PERMISSIONS[role]]
    mine = select(Membership.workspace_id).where(
        Membership.user_id == by.user_id, Membership.role.in_(reading)
    )
    return by.may(Permission.READ_AUDIT) and not session.scalar(
        select(func.count()).select_from(Workspace).where(Workspace.id.not_in(mine))
    )


def _members(workspace_id: int) -> Select[int]:
    return select(Membership.user_id).where(Membership.workspace_id == workspace_id)


def _of_workspace(workspace_id: int) -> ColumnElement[bool]:
    """Entries of the workspace, and those outside of all (sign-ins, accounts) of its members."""
    members = _members(workspace_id)
    by_member = and_(AuditEntry.actor_kind == "user", AuditEntry.actor_id.in_(members))
    return or_(
        AuditEntry.workspace_id == workspace_id,
        and_(AuditEntry.workspace_id.is_(None), or_(by_member, AuditEntry.subject_kind == "signing_key")),
    )


def _acts_of(user_id: int) -> ColumnElement[bool]:
    tokens = select(ServiceToken.id).where(ServiceToken.user_id == user_id)
    return or_(
        and_(AuditEntry.actor_kind == "user", AuditEntry.actor_id == user_id),
        and_(AuditEntry.actor_kind == "token", AuditEntry.actor_id.in_(tokens)),
    )


def _distinct(session: Session, column: Any, where: ColumnElement[bool]) -> tuple[str, ...]:
    return tuple(session.scalars(select(column).where(where).distinct().order_by(column)))


def _rows(session: Session, workspace: Workspace, entries: Sequence[AuditEntry]) -> Iterator[EntryRow]:
    users = _names(session, User, User.name, {e.actor_id for e in entries if e.actor_kind == "user"})
    tokens = _names(
        session, ServiceToken, ServiceToken.name, {e.actor_id for e in entries if e.actor_kind == "token"}
    )
    subjects = _subjects(session, workspace, entries)
    for entry in entries:
        names = {"user": users, "token": tokens}.get(entry.actor_kind, {})
        key = (entry.subject_kind, entry.subject_id)
        subject, url = subjects.get(key, (_short(entry.subject_id), None))
        yield EntryRow(
            seq=entry.seq,
            at=entry.at,
            actor_kind=entry.actor_kind,
            actor=names.get(entry.actor_id or 0, ""),
            action=entry.action,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            subject=subject,
            has_name=key in subjects,
            subject_url=url,
            before=_pretty(entry.before),
            after=_pretty(entry.after),
            sha256=entry.entry_sha256,
        )


def _short(subject_id: str) -> str:
    return subject_id if len(subject_id) <= MAX_SHOWN_ID_CHARS else f"{subject_id[:16]}…"


def _pretty(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) if data is not None else ""


def _names(session: Session, model: Any, column: Any, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = [i for i in ids if i is not None]
    rows = session.execute(select(model.id, column).where(model.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _subjects(session: Session, workspace: Workspace, entries: Sequence[AuditEntry]) -> _Subjects:
    """Return name and page of every subject that still has one."""
    ids: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.subject_id.isdigit() and len(entry.subject_id) < 10:
            ids[entry.subject_kind].add(int(entry.subject_id))
    found: _Subjects = {("workspace", str(workspace.id)): (workspace.name, None)}
    for kind, column in (("user", User.name), ("policy", Policy.name), ("golden_set", GoldenSet.title)):
        model = column.class_
        for i, name in _names(session, model, column, ids[kind]).items():
            found[kind, str(i)] = (name, None)
    for i, name in _names(session, ServiceToken, ServiceToken.name, ids["token"]).items():
        found["token", str(i)] = (name, None)
    found |= _content_subjects(session, workspace, ids) | _release_subjects(session, workspace, ids)
    return found


def _content_subjects(session: Session, workspace: Workspace, ids: dict[str, set[int]]) -> _Subjects:
    base = f"/w/{workspace.slug}"
    found: _Subjects = {}
    assets = select(Asset.id, Asset.kind, Asset.name, Asset.title).where(
        Asset.id.in_(ids["asset"]), Asset.workspace_id == workspace.id
    )
    for i, kind, name, title in session.execute(assets):
        found["asset", str(i)] = (title, f"{base}/assets/{kind}/{name}")
    numbered = (
        ("candidate", Candidate, "candidates", _("Candidate %(n)s")),
        ("run", Run, "runs", _("Run %(n)s")),
        ("review", Review, "reviews", _("Review %(n)s")),
    )
    for kind, model, folder, label in numbered:
        statement = (
            select(model.id, model.number, Policy.name)
            .join(Policy, Policy.id == model.policy_id)
            .where(model.id.in_(ids[kind]), Policy.workspace_id == workspace.id)
        )
        for i, number, policy in session.execute(statement):
            text = f"{label.replace('%(n)s', str(number))}, {policy}"
            found[kind, str(i)] = (text, f"{base}/{folder}/{i}")
    return found


def _release_subjects(session: Session, workspace: Workspace, ids: dict[str, set[int]]) -> _Subjects:
    found: _Subjects = {}
    bundles = (
        select(Bundle.id, Bundle.version, Policy.slug, Policy.name)
        .join(Policy, Policy.id == Bundle.policy_id)
        .where(Bundle.id.in_(ids["bundle"]), Policy.workspace_id == workspace.id)
    )
    for i, version, slug, name in session.execute(bundles):
        text = _("Version %(n)s, %(policy)s", n=version, policy=name)
        found["bundle", str(i)] = (text, f"/w/{workspace.slug}/p/{slug}/versions/{version}")
    channels = (
        select(Channel.id, Channel.name, Policy.slug, Policy.name)
        .join(Policy, Policy.id == Channel.policy_id)
        .where(Channel.id.in_(ids["channel"]), Policy.workspace_id == workspace.id)
    )
    for i, channel, slug, name in session.execute(channels):
        text = _("%(channel)s, %(policy)s", channel=channel.capitalize(), policy=name)
        found["channel", str(i)] = (text, f"/w/{workspace.slug}/p/{slug}/releases")
    return found
