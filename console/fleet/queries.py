"""Reads of what runtime services run, from their reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.clock import now
from console.fleet.drift import drift_of
from console.fleet.pages import FleetFilters, FleetPage, InstanceRow, ServiceRow
from console.permissions import Actor, Permission
from models import Bundle, Channel, InstanceReport, Policy, Workspace

NOT_SEEN_AFTER = timedelta(minutes=5)
# Processes come and go under new names: one that has not been seen for a day is history, not a fault.
FORGOTTEN_AFTER = timedelta(days=1)
MAX_REPORTS = 5_000
MAX_LISTED_INSTANCES = 50
STATES = ("not_seen", "catching_up", "pinned", "matches")  # worst first
_Group = tuple[str, str, str, str | None]


def fleet_page(
    session: Session, workspace: Workspace, by: Actor, filters: FleetFilters, *, at: datetime | None = None
) -> FleetPage:
    """Read the services of a workspace.

    Args:
        at: the present; the clock's when None.
    """
    at = at or now()
    policies = session.execute(
        select(Policy.slug, Policy.name).where(Policy.workspace_id == workspace.id).order_by(Policy.name)
    )
    wanted = _wanted_versions(session, workspace.id)
    groups = _groups(session, workspace.id)
    found = [_service(group, rows, wanted, at) for group, rows in groups.items()]
    channels = sorted({row.channel for row in found if row.channel})
    found = [row for row in found if _fits(row, filters)]
    counts = Counter(row.state for row in found)
    shown = [row for row in found if filters.state in {"", row.state}]
    by_policy: dict[str, list[InstanceReport]] = defaultdict(list)
    for (_service_name, slug, _policy, _channel), reports in groups.items():
        if filters.policy in {"", slug}:
            by_policy[slug] += reports
    return FleetPage(
        drift=drift_of(session, workspace.id, by_policy),
        services=tuple(sorted(shown, key=lambda row: (STATES.index(row.state), row.service, row.policy))),
        counts=dict(counts),
        total=len(found),
        policies=tuple((slug, name) for slug, name in policies),
        channels=tuple(channels),
        filters=filters,
        may_make_tokens=by.may(Permission.MANAGE_TOKENS),
    )


def _groups(session: Session, workspace_id: int) -> dict[_Group, list[InstanceReport]]:
    statement = (
        select(InstanceReport, Policy.slug, Policy.name)
        .join(Policy, Policy.id == InstanceReport.policy_id)
        .where(Policy.workspace_id == workspace_id)
        .order_by(InstanceReport.reported_at.desc())
        .limit(MAX_REPORTS)
    )
    groups: dict[_Group, list[InstanceReport]] = defaultdict(list)
    for report, slug, name in session.execute(statement):
        groups[(report.service, slug, name, report.channel)].append(report)
    return groups


def _wanted_versions(session: Session, workspace_id: int) -> dict[tuple[str, str | None], int | None]:
    """Return what each channel of each policy points at."""
    statement = (
        select(Policy.slug, Channel.name, Bundle.version)
        .join(Policy, Policy.id == Channel.policy_id)
        .outerjoin(Bundle, Bundle.id == Channel.bundle_id)
        .where(Policy.workspace_id == workspace_id)
    )
    return {(slug, channel): version for slug, channel, version in session.execute(statement)}


def _service(
    group: _Group,
    reports: list[InstanceReport],
    wanted: dict[tuple[str, str | None], int | None],
    at: datetime,
) -> ServiceRow:
    service, slug, name, channel = group
    version = wanted.get((slug, channel))
    # The newest report always counts, so that a service which is gone altogether still shows.
    recent = [r for r in reports if at - r.reported_at < FORGOTTEN_AFTER] or reports[:1]
    rows = [_instance(report, version, at) for report in recent]
    reporting = [row for row in rows if row.state != "not_seen"]
    counted = Counter(row.version for row in reporting or rows)
    return ServiceRow(
        service=service,
        policy=name,
        policy_slug=slug,
        channel=channel,
        channel_version=version,
        versions=tuple(sorted(counted.items(), key=lambda item: -(item[0] or 0))),
        reporting=len(reporting),
        state=min((row.state for row in reporting), key=STATES.index, default="not_seen"),
        reported_at=reports[0].reported_at,
        instances=tuple(rows[:MAX_LISTED_INSTANCES]),
    )


def _instance(report: InstanceReport, wanted: int | None, at: datetime) -> InstanceRow:
    if at - report.reported_at > NOT_SEEN_AFTER:
        state = "not_seen"
    elif report.channel is None:
        state = "pinned"
    else:
        state = "matches" if report.version == wanted else "catching_up"
    said = report.content
    notes = [str(said.get("last_error") or "")]
    if said.get("block_all"):
        notes.append(_("everything is blocked"))
    notes += [_("lacks the engine %(name)s", name=name) for name in said.get("missing_engines") or ()]
    notes += [_("waiver %(name)s has expired", name=name) for name in said.get("waiver_expired") or ()]
    return InstanceRow(
        report.instance, report.version, state, ", ".join(filter(None, notes))[:300], report.reported_at
    )


def _fits(row: ServiceRow, filters: FleetFilters) -> bool:
    return (
        filters.policy in {"", row.policy_slug}
        and filters.channel in {"", row.channel}
        and filters.words.casefold() in row.service.casefold()
    )
