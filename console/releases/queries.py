"""Reads of bundles, channels and releases."""

from __future__ import annotations

from collections import defaultdict

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.errors import NotFoundError
from console.permissions import Actor, Permission
from console.releases.channels import earlier_bundle
from console.releases.pages import BundleRow, ChannelPanel, PolicyRow, ReadyRow, ReleasesPage
from console.reviews import invariant
from console.reviews.rounds import approvals_of
from console.runs.labels import name_conditions
from console.web.components import ChannelView, Flag, VersionStop
from console.web.paging import paginate
from console.web.presentation import describe_moment
from copydesk.approval import approval_problems
from models import Bundle, Channel, InstanceReport, Policy, Release, Review, ReviewState, Workspace

LINE_STOPS = 5
MAX_CHOICES = 20
CHANNEL_LABELS = {"production": "Production", "staging": "Staging"}


def find_bundle(session: Session, policy: Policy, version: int) -> Bundle:
    """Return a version of a policy.

    Raises:
        NotFoundError: there is no such version.
    """
    statement = select(Bundle).where(Bundle.policy_id == policy.id, Bundle.version == version)
    found = session.scalar(statement)
    if found is None:
        raise NotFoundError(f"This policy has no version {version}.")
    return found


def find_channel(session: Session, policy: Policy, name: str) -> Channel:
    """Return a channel of a policy.

    Raises:
        NotFoundError: there is no such channel.
    """
    found = session.scalar(select(Channel).where(Channel.policy_id == policy.id, Channel.name == name))
    if found is None:
        raise NotFoundError(f"This policy has no channel {name!r}.")
    return found


def policies_page(session: Session, workspace: Workspace) -> tuple[PolicyRow, ...]:
    """Read the policies of a workspace with what is on their channels."""
    rows = []
    statement = select(Policy).where(Policy.workspace_id == workspace.id).order_by(Policy.name)
    for policy in session.scalars(statement):
        on = {c.name: c.bundle.version if c.bundle else None for c in _channels(session, policy)}
        ready = len(_ready_reviews(session, policy))
        rows.append(PolicyRow(policy.slug, policy.name, on.get("production"), on.get("staging"), ready))
    return tuple(rows)


def releases_page(
    session: Session, policy: Policy, by: Actor, *, before: int | None, after: int | None
) -> ReleasesPage:
    """Read the releases of one policy."""
    channels = _channels(session, policy)
    statement = select(Bundle).where(Bundle.policy_id == policy.id)
    page = paginate(session, statement, Bundle.id, before=before, after=after, size=25)
    on = channels_by_bundle(channels)
    return ReleasesPage(
        policy=policy.name,
        policy_slug=policy.slug,
        stops=_stops(session, policy, channels),
        channels=tuple(_panel(session, channel) for channel in channels),
        ready=tuple(_ready(session, review) for review in _ready_reviews(session, policy)),
        bundles=tuple(bundle_row(bundle, on.get(bundle.id, ())) for bundle in page.items),
        older=page.older,
        newer=page.newer,
        may_publish=by.may(Permission.PUBLISH),
    )


def channels_by_bundle(channels: list[Channel]) -> dict[int, tuple[str, ...]]:
    """Return the names of the channels that point at each bundle."""
    names: dict[int, list[str]] = defaultdict(list)
    for channel in channels:
        if channel.bundle_id is not None:
            names[channel.bundle_id].append(channel.name)
    return {bundle_id: tuple(found) for bundle_id, found in names.items()}


def bundle_row(bundle: Bundle, channels: tuple[str, ...]) -> BundleRow:
    """Return one version as a row of a list."""
    summary = bundle.review.run.summary or {}
    total = summary.get("total") or 0
    return BundleRow(
        id=bundle.id,
        version=bundle.version,
        changelog=bundle.changelog or bundle.candidate.title,
        pass_rate=f"{100 * summary['passed'] / total:.1f}%" if total else "–",
        signed_by=signers(bundle),
        published_at=bundle.published_at,
        published_by=bundle.published_by.name,
        channels=channels,
        is_revoked=bundle.revoked_at is not None,
    )


def signers(bundle: Bundle) -> str:
    """Return the names of those whose approvals a version rests on."""
    return ", ".join(decision.user.name for decision in approvals_of(bundle))


def _channels(session: Session, policy: Policy) -> list[Channel]:
    return list(session.scalars(select(Channel).where(Channel.policy_id == policy.id).order_by(Channel.name)))


def _ready_reviews(session: Session, policy: Policy) -> list[Review]:
    published = select(Bundle.review_id)
    statement = (
        select(Review)
        .where(
            Review.policy_id == policy.id,
            Review.state == ReviewState.APPROVED,
            Review.id.not_in(published),
        )
        .order_by(Review.id.desc())
        .limit(MAX_CHOICES)
    )
    return list(session.scalars(statement))


def _ready(session: Session, review: Review) -> ReadyRow:
    reasons = approval_problems(invariant.approval_facts(session, review))
    candidate = review.candidate
    messages = tuple(name_conditions(reason.message) for reason in reasons)
    return ReadyRow(review.id, review.number, candidate.number, candidate.title, messages)


def _stops(session: Session, policy: Policy, channels: list[Channel]) -> tuple[VersionStop, ...]:
    on = channels_by_bundle(channels)
    statement = (
        select(Bundle).where(Bundle.policy_id == policy.id).order_by(Bundle.version.desc()).limit(LINE_STOPS)
    )
    bundles = list(reversed(session.scalars(statement).all()))
    stops = [
        VersionStop(
            label=str(bundle.version),
            detail=f"{describe_moment(bundle.published_at).label}, {bundle_row(bundle, ()).pass_rate}",
            flags=tuple(Flag(CHANNEL_LABELS.get(n, n), n) for n in on.get(bundle.id, ())),
            far=index < len(bundles) - 3,
        )
        for index, bundle in enumerate(bundles)
    ]
    ready = _ready_reviews(session, policy)
    if ready:
        waiting = ngettext("%(num)d approved change waiting", "%(num)d approved changes waiting", len(ready))
        stops.append(VersionStop(_("Next"), waiting, current=True, draft=True))
    return tuple(stops)


def _panel(session: Session, channel: Channel) -> ChannelPanel:
    earlier = earlier_bundle(session, channel)
    choices = session.scalars(
        select(Bundle)
        .where(
            Bundle.policy_id == channel.policy_id,
            Bundle.revoked_at.is_(None),
            Bundle.id != (channel.bundle_id or 0),
        )
        .order_by(Bundle.version.desc())
        .limit(MAX_CHOICES)
    )
    return ChannelPanel(
        id=channel.id,
        name=channel.name,
        card=_card(session, channel),
        roll_back_to=earlier.version if earlier else None,
        roll_back_bundle_id=earlier.id if earlier else None,
        choices=tuple((bundle.id, bundle.version) for bundle in choices),
        sequence=channel.sequence,
    )


def _card(session: Session, channel: Channel) -> ChannelView:
    label = CHANNEL_LABELS.get(channel.name, channel.name)
    bundle = channel.bundle
    if bundle is None:
        return ChannelView(label, None)
    last = session.scalar(
        select(Release).where(Release.channel_id == channel.id).order_by(Release.sequence.desc()).limit(1)
    )
    since = describe_moment(last.released_at).label if last else ""
    by = last.released_by.name if last else ""
    total, matching = _instances(session, channel)
    text = _("%(m)s of %(t)s instances on it", m=matching, t=total) if total else _("No service seen yet")
    return ChannelView(
        label=label,
        version=str(bundle.version),
        since=_("%(when)s, by %(name)s", when=since, name=by),
        signed_by=signers(bundle),
        digest=bundle.sha256,
        services_label=text,
        services_kind="pass" if total and matching == total else ("warn" if total else ""),
    )


def _instances(session: Session, channel: Channel) -> tuple[int, int]:
    mine = select(func.count()).where(
        InstanceReport.policy_id == channel.policy_id, InstanceReport.channel == channel.name
    )
    version = channel.bundle.version if channel.bundle else None
    total = session.scalar(mine) or 0
    return total, session.scalar(mine.where(InstanceReport.version == version)) or 0
