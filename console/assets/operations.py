"""Policies, assets, their drafts and revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from console.assets import drafting
from console.assets.conflicts import refuse_contradictions
from console.assets.errors import NameTakenError
from console.assets.guards import ask_guards
from console.assets.measuring import refuse_poor_topics, topic_assets
from console.assets.preparation import prepare
from console.audit.operations import record
from console.clock import now
from console.errors import ConflictError, InvalidError
from console.permissions import Actor, Permission
from copydesk.assets import Kind
from copydesk.assets.base import IDENTIFIER
from copydesk.errors import Problem
from models import Asset, Draft, Policy, PolicyAsset, Revision

Json = Mapping[str, Any]


def create_policy(session: Session, workspace_id: int, *, slug: str, name: str, by: Actor) -> Policy:
    """Open a policy: the named set of assets that ship together.

    Raises:
        InvalidError: a slug that is no identifier.
        ConflictError: the slug is taken.
    """
    by.require(Permission.EDIT)
    _refuse_bad_name("slug", slug)
    taken = select(Policy.id).where(Policy.workspace_id == workspace_id, Policy.slug == slug)
    if session.scalar(taken) is not None:
        raise ConflictError(f"There is a policy {slug!r} in this workspace already.")
    policy = Policy(workspace_id=workspace_id, slug=slug, name=name.strip(), created_at=now())
    session.add(policy)
    session.flush()
    record(session, "policy.created", by=by, subject=("policy", policy.id), after={"slug": slug})
    return policy


def create_asset(
    session: Session,
    workspace_id: int,
    policies: Sequence[Policy],
    *,
    kind: Kind,
    name: str,
    content: Json,
    by: Actor,
) -> Asset:
    """Create an asset with a first draft.

    Raises:
        InvalidError: a name that is no identifier, or content that can't be stored.
        NameTakenError: the kind has an asset of this name.
    """
    by.require(Permission.EDIT)
    _refuse_bad_name("name", name)
    taken = select(Asset.id).where(Asset.workspace_id == workspace_id, Asset.kind == kind, Asset.name == name)
    if session.scalar(taken) is not None:
        raise NameTakenError(name)
    asset = Asset(
        workspace_id=workspace_id,
        kind=kind,
        name=name,
        title=str(content.get("title") or name),
        created_by_id=by.user,
        created_at=now(),
        last_revision_number=0,
    )
    session.add(asset)
    session.flush()
    session.add_all(PolicyAsset(policy_id=policy.id, asset_id=asset.id) for policy in policies)
    drafting.put_draft(session, asset, content, base_lock=0, by=by)
    after = {"kind": str(kind), "name": name, "policies": [policy.id for policy in policies]}
    record(session, "asset.created", by=by, subject=("asset", asset.id), after=after)
    return asset


def ship_with(session: Session, asset: Asset, policies: Sequence[Policy], *, by: Actor) -> None:
    """Set which policies ship an asset: candidates that are built from now on go by it."""
    by.require(Permission.EDIT)
    held = {row.policy_id: row for row in session.scalars(_shipped(asset))}
    wanted = {policy.id for policy in policies}
    if wanted == held.keys():
        return
    for policy_id, row in held.items():
        if policy_id not in wanted:
            session.delete(row)
    session.add_all(PolicyAsset(policy_id=one, asset_id=asset.id) for one in sorted(wanted - held.keys()))
    session.flush()
    before, after = {"policies": sorted(held)}, {"policies": sorted(wanted)}
    record(session, "asset.policies_changed", by=by, subject=("asset", asset.id), before=before, after=after)


def _shipped(asset: Asset) -> Select[PolicyAsset]:
    return select(PolicyAsset).where(PolicyAsset.asset_id == asset.id)


def save_draft(session: Session, asset: Asset, content: Json, *, base_lock: int, by: Actor) -> Draft:
    """Save the working copy (see `drafting.put_draft`). Drafts are not audited one by one: revisions are.

    Raises:
        DraftConflictError: somebody saved in between.
        InvalidError: content that can't be stored.
    """
    by.require(Permission.EDIT)
    return cast("Draft", drafting.put_draft(session, asset, content, base_lock=base_lock, by=by))


def discard_draft(session: Session, asset: Asset, *, base_lock: int, by: Actor) -> None:
    """Throw the draft away.

    Raises:
        DraftConflictError: somebody saved in between.
        ConflictError: the asset has no revision to go back to.
    """
    by.require(Permission.EDIT)
    if asset.last_revision_number == 0:
        raise ConflictError(
            "This asset has no revision yet, so its draft is all there is. Archive it instead."
        )
    if asset.draft is None:
        return
    if asset.draft.lock_number != base_lock:
        drafting.put_draft(session, asset, asset.draft.content, base_lock=base_lock, by=by)
    drafting.drop_draft(session, asset)
    record(session, "draft.discarded", by=by, subject=("asset", asset.id))


def save_revision(session: Session, asset: Asset, *, base_lock: int, message: str, by: Actor) -> Revision:
    """Freeze the draft as the asset's next revision.

    Topics are measured and words compared here; doors do that before they open the transaction (`freezing`),
    since it may take seconds, and what was found is kept.

    Raises:
        ContentError: the content does not fit its schema, a rule's own examples fail, a topic's examples
            raise more false alarms than its limit allows, or it brings in a contradiction.
        DraftConflictError, InvalidError, UnchangedError: see `drafting.freeze_draft`.
        RefusedByGuardError: a later area refuses it (see `guards`).
    """
    return _freeze(session, asset, base_lock=base_lock, message=message, by=by)


def restore(session: Session, asset: Asset, number: int, *, message: str, by: Actor) -> Revision:
    """Make an old revision's content the newest one; the draft at hand is replaced.

    Raises:
        NoSuchRevisionError: there is none of this number.
        UnchangedError: it is the newest content already.
    """
    by.require(Permission.EDIT)
    old = drafting.find_revision(session, asset, number)
    lock = asset.draft.lock_number if asset.draft else 0
    draft = drafting.put_draft(session, asset, old.content, base_lock=lock, by=by)
    text = message.strip() or f"Restore revision {number}"
    return _freeze(session, asset, base_lock=draft.lock_number, message=text, by=by, restored_from=number)


def archive(session: Session, asset: Asset, *, by: Actor) -> None:
    """Take an asset out of future candidates; its revisions stay."""
    by.require(Permission.EDIT)
    if asset.archived_at is None:
        asset.archived_at = now()
        record(session, "asset.archived", by=by, subject=("asset", asset.id))


def unarchive(session: Session, asset: Asset, *, by: Actor) -> None:
    """Bring an archived asset back."""
    by.require(Permission.EDIT)
    if asset.archived_at is not None:
        asset.archived_at = None
        record(session, "asset.unarchived", by=by, subject=("asset", asset.id))


def _freeze(
    session: Session,
    asset: Asset,
    *,
    base_lock: int,
    message: str,
    by: Actor,
    restored_from: int | None = None,
) -> Revision:
    by.require(Permission.EDIT)
    revision = drafting.freeze_draft(
        session,
        asset,
        base_lock=base_lock,
        message=message,
        prepare=lambda content: _prepared(session, asset, content),
        by=by,
        restored_from=restored_from,
    )
    asset.title = str(revision.content["title"])
    after = {"number": revision.number, "sha256": revision.sha256, "restored_from": restored_from}
    record(session, "revision.saved", by=by, subject=("asset", asset.id), after=after)
    ask_guards(session, asset, cast("Revision", revision), by)
    return cast("Revision", revision)


def _prepared(session: Session, asset: Asset, content: Json) -> dict[str, Any]:
    kind = Kind(asset.kind)
    made = prepare(kind, content)
    if kind == Kind.FORBIDDEN_TOPICS:
        refuse_poor_topics(topic_assets(session, asset, made), asset.name)
    refuse_contradictions(session, asset, made)
    return made


def _refuse_bad_name(field: str, name: str) -> None:
    if not IDENTIFIER.fullmatch(name):
        text = "Use lower-case letters, digits, '-', '_' or '.', starting with a letter or digit."
        raise InvalidError([Problem(field, text)])
