"""Publishing approved candidates and moving channels. Nothing unapproved gets past `publish`."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.audit.operations import record
from console.audit.proofs import write_checkpoint
from console.clock import now
from console.config import Settings
from console.errors import NotFoundError
from console.keys.operations import signer
from console.permissions import Actor, Permission
from console.releases.builder import Heads, NewVersion, bundle_inputs
from console.releases.channels import earlier_bundle, was_on
from console.releases.errors import (
    AlreadyPublishedError,
    NotApprovedError,
    OtherProductionError,
    ReasonMissingError,
    RevokedError,
    SameVersionError,
)
from console.reviews import invariant
from copydesk.approval import ApprovalFacts, approval_problems
from copydesk.assets import PolicyAssets
from copydesk.bundle.build import build, sign
from copydesk.bundle.inputs import BundleInputs
from copydesk.bundle.layout import content_sha256
from copydesk.bundle.pointer import ChannelPointer, sign_pointer
from copydesk.canonical import sha256_hex
from models import Bundle, Channel, Policy, Release, ReleaseKind, Review, Workspace

PRODUCTION = "production"
CHANNELS = ("staging", PRODUCTION)


def open_channels(session: Session, policy: Policy) -> None:
    """Give a policy its channels, staging and production, empty."""
    there = set(session.scalars(select(Channel.name).where(Channel.policy_id == policy.id)))
    session.add_all(
        Channel(policy_id=policy.id, name=name, sequence=0) for name in CHANNELS if name not in there
    )
    session.flush()


def publish(
    session: Session,
    review: Review,
    channel: Channel,
    *,
    assets: PolicyAssets,
    heads: Heads,
    changelog: str,
    settings: Settings,
    by: Actor,
) -> Bundle:
    """Build, sign and publish an approved candidate as the policy's next version, on one channel.

    The approval invariant is judged here, in the transaction that publishes, whoever asks (ARCHITECTURE.md).

    Args:
        assets, heads: the candidate's parsed content and trained weights, prepared before this transaction.

    Raises:
        ForbiddenError: only a releaser may publish.
        NotFoundError: the channel is another policy's.
        NotApprovedError: with every reason that stands against it.
        AlreadyPublishedError: the review gave a version before.
        KeyUnusableError: the signing key can't be opened.
    """
    by.require(Permission.PUBLISH)
    if channel.policy_id != review.policy_id:
        raise NotFoundError("There is no such review in this policy.")
    _lock_policy(session, review.policy_id, review, channel)
    _refuse_published(session, review)
    facts = _approved_facts(session, review)
    version = NewVersion(_next_version(session, review.policy_id), assets, heads, changelog, by.user)
    inputs = bundle_inputs(session, review, facts, version)
    bundle = _add_bundle(session, review, inputs, settings=settings, by=by)
    _move(session, channel, bundle, ReleaseKind.PUBLISH, reason=changelog, settings=settings, by=by)
    write_checkpoint(session, signer(session, settings))
    return bundle


def promote(
    session: Session, bundle: Bundle, channel: Channel, *, reason: str, settings: Settings, by: Actor
) -> Release:
    """Put a published version on another channel.

    Raises:
        RevokedError, SameVersionError: it can't go there.
        OtherProductionError: new to production, and compared with another one than is there now.
    """
    by.require(Permission.PUBLISH)
    _refuse_unusable(session, bundle, channel)
    if channel.name == PRODUCTION and not was_on(session, channel, bundle):
        _refuse_other_production(session, bundle, channel)
    return _move(session, channel, bundle, ReleaseKind.PROMOTE, reason=reason, settings=settings, by=by)


def roll_back(
    session: Session, channel: Channel, bundle: Bundle, *, reason: str, settings: Settings, by: Actor
) -> Release:
    """Go back to an earlier version: a new release record, nothing is undone.

    Raises:
        ReasonMissingError: the audit trail needs a reason.
        RevokedError, SameVersionError: it can't go there.
    """
    by.require(Permission.PUBLISH)
    if not reason.strip():
        raise ReasonMissingError
    _refuse_unusable(session, bundle, channel)
    return _move(session, channel, bundle, ReleaseKind.ROLL_BACK, reason=reason, settings=settings, by=by)


def revoke(session: Session, bundle: Bundle, *, reason: str, settings: Settings, by: Actor) -> list[Release]:
    """Make a version unusable for good; channels at it fall back to their last unrevoked one, or to none.

    Raises:
        ReasonMissingError: the audit trail needs a reason.
        RevokedError: it was revoked before.
    """
    by.require(Permission.PUBLISH)
    if not reason.strip():
        raise ReasonMissingError
    _lock_policy(session, bundle.policy_id, bundle)
    if bundle.revoked_at is not None:
        raise RevokedError(bundle.version)
    bundle.revoked_at, bundle.revoked_by_id, bundle.revoked_reason = now(), by.user, reason.strip()
    session.flush()
    after = {"version": bundle.version, "reason": reason.strip()}
    record(session, "bundle.revoked", by=by, subject=("bundle", bundle.id), after=after)
    statement = select(Channel).where(Channel.policy_id == bundle.policy_id)
    channels = session.scalars(statement.execution_options(populate_existing=True)).all()
    releases = []
    for channel in channels:
        # Every pointer is signed anew: it names the revoked versions, whatever it points at.
        target = earlier_bundle(session, channel) if channel.bundle_id == bundle.id else channel.bundle
        releases.append(
            _move(session, channel, target, ReleaseKind.REVOKE, reason=reason, settings=settings, by=by)
        )
    return releases


def _refuse_published(session: Session, review: Review) -> None:
    before = session.scalar(select(Bundle).where(Bundle.review_id == review.id))
    if before is not None:
        raise AlreadyPublishedError(before.version)


def _approved_facts(session: Session, review: Review) -> ApprovalFacts:
    facts = invariant.approval_facts(session, review)
    reasons = approval_problems(facts)
    if reasons:
        raise NotApprovedError(reasons)
    return facts


def _next_version(session: Session, policy_id: int) -> int:
    highest = session.scalar(select(func.max(Bundle.version)).where(Bundle.policy_id == policy_id))
    return (highest or 0) + 1


def _add_bundle(
    session: Session, review: Review, inputs: BundleInputs, *, settings: Settings, by: Actor
) -> Bundle:
    """Build and sign a version and enter it in the register."""
    files = build(inputs)
    key = signer(session, settings)
    data = sign(files, key)
    bundle = Bundle(
        policy_id=review.policy_id,
        version=inputs.version,
        candidate_id=review.candidate_id,
        review_id=review.id,
        sha256=sha256_hex(data),
        content_sha256=content_sha256(files),
        size_bytes=len(data),
        data=data,
        key_id=key.key_id,
        changelog=inputs.changelog,
        published_by_id=by.user,
        published_at=now(),
    )
    session.add(bundle)
    session.flush()
    after = {
        "version": bundle.version,
        "sha256": bundle.sha256,
        "candidate": inputs.candidate_digest,
        "evidence": inputs.evidence_digest,
        "review": review.id,
    }
    record(session, "bundle.published", by=by, subject=("bundle", bundle.id), after=after)
    return bundle


def _refuse_unusable(session: Session, bundle: Bundle, channel: Channel) -> None:
    _lock_policy(session, bundle.policy_id, channel, bundle)
    if bundle.revoked_at is not None:
        raise RevokedError(bundle.version)
    if channel.bundle_id == bundle.id:
        raise SameVersionError(channel.name, bundle.version)


def _refuse_other_production(session: Session, bundle: Bundle, channel: Channel) -> None:
    # A version that waited in staging while another one went live would undo that one's changes, which no
    # approver saw: what the run was compared with must still be there.
    baseline = bundle.review.run.baseline_run
    before = baseline.candidate.digest if baseline else None
    if before != invariant.production_digest(session, bundle.policy_id):
        raise OtherProductionError(bundle.version, channel.bundle.version if channel.bundle else None)


def _move(
    session: Session,
    channel: Channel,
    bundle: Bundle | None,
    kind: ReleaseKind,
    *,
    reason: str,
    settings: Settings,
    by: Actor,
) -> Release:
    """The one writer of a channel: its pointer, its sequence and the release record."""
    previous_id = channel.bundle_id
    channel.sequence += 1
    channel.bundle_id = bundle.id if bundle else None
    channel.moved_at = now()
    release = Release(
        channel_id=channel.id,
        bundle_id=channel.bundle_id,
        previous_bundle_id=previous_id,
        kind=kind,
        sequence=channel.sequence,
        reason=reason.strip(),
        released_by_id=by.user,
        released_at=channel.moved_at,
    )
    session.add(release)
    channel.pointer_jws = sign_pointer(_pointer(session, channel, bundle), signer(session, settings))
    session.flush()
    after = {
        "channel": channel.name,
        "version": bundle.version if bundle else None,
        "sequence": channel.sequence,
        "reason": reason.strip(),
    }
    action, before = f"channel.{_PAST[kind]}", {"bundle": previous_id}
    record(session, action, by=by, subject=("channel", channel.id), before=before, after=after)
    return release


_PAST = {
    ReleaseKind.PUBLISH: "published_to",
    ReleaseKind.PROMOTE: "promoted_to",
    ReleaseKind.ROLL_BACK: "rolled_back",
    ReleaseKind.REVOKE: "revoked",
}


def _pointer(session: Session, channel: Channel, bundle: Bundle | None) -> ChannelPointer:
    policy = session.get_one(Policy, channel.policy_id)
    revoked = select(Bundle.version).where(Bundle.policy_id == policy.id, Bundle.revoked_at.is_not(None))
    return ChannelPointer(
        workspace=session.get_one(Workspace, policy.workspace_id).slug,
        policy=policy.slug,
        channel=channel.name,
        version=bundle.version if bundle else None,
        sha256=bundle.sha256 if bundle else None,
        sequence=channel.sequence,
        issued_at=channel.moved_at or now(),
        revoked=frozenset(session.scalars(revoked)),
    )


def _lock_policy(session: Session, policy_id: int, *held: Review | Channel | Bundle) -> None:
    """Let nobody else publish the policy from here on, and read anew what was read before.

    Args:
        held: rows that another publisher may have moved meanwhile.
    """
    # SQLite writers are alone anyway; on PostgreSQL two publishers of one policy queue here.
    session.scalars(select(Policy).where(Policy.id == policy_id).with_for_update()).one()
    for row in held:
        session.refresh(row)
