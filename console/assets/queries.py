"""Reads of assets: lists, histories, what is published, and the cases of golden sets that use a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from console.assets.projection import SHAPES, items_of
from console.errors import NotFoundError
from console.web.paging import Page, paginate
from copydesk.assets import Kind
from models import (
    Asset,
    Bundle,
    CandidatePin,
    Channel,
    Draft,
    GoldenRevision,
    GoldenSet,
    Policy,
    PolicyAsset,
    Revision,
    User,
)

MAX_REVISIONS_OF_LINE = 5


@dataclass(frozen=True, slots=True)
class Pinned:
    """A channel that has a revision in its current version."""

    channel: str
    policy: str
    version: int
    revision_number: int


def list_assets(
    session: Session,
    workspace_id: int,
    kind: str,
    *,
    words: str = "",
    archived: bool = False,
    before: int | None = None,
    after: int | None = None,
) -> Page[Any]:
    """Return assets of a kind, newest first.

    Args:
        words: what title or name contain.
        archived: the archived ones instead of the others.
        before, after: cursors of `console.web.paging`.
    """
    statement: Select[Any] = select(Asset).where(Asset.workspace_id == workspace_id, Asset.kind == kind)
    statement = statement.where(Asset.archived_at.is_not(None) if archived else Asset.archived_at.is_(None))
    if words.strip():
        pattern = f"%{_escaped(words.strip().lower())}%"
        statement = statement.where(
            or_(func.lower(Asset.title).like(pattern, "\\"), func.lower(Asset.name).like(pattern, "\\"))
        )
    return paginate(session, statement, Asset.id, before=before, after=after)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def find_asset(session: Session, workspace_id: int, kind: str, name: str) -> Asset:
    """Return an asset of the workspace.

    Raises:
        NotFoundError: no such kind, or no asset of this name in this workspace.
    """
    statement = select(Asset).where(
        Asset.workspace_id == workspace_id, Asset.kind == kind, Asset.name == name
    )
    found = session.scalar(statement) if kind in set(Kind) else None
    if found is None:
        raise NotFoundError("There is no such asset in this workspace.")
    return found


def newest_revisions(session: Session, assets: Sequence[Asset]) -> Mapping[int, Revision]:
    """Return the newest revision of each asset, by asset id, with its author."""
    statement = (
        select(Revision)
        .join(Asset, (Asset.id == Revision.asset_id) & (Asset.last_revision_number == Revision.number))
        .where(Asset.id.in_([asset.id for asset in assets]))
        .options(joinedload(Revision.author))
    )
    return {revision.asset_id: revision for revision in session.scalars(statement)}


def drafts_of(session: Session, assets: Sequence[Asset]) -> Mapping[int, Draft]:
    """Return the draft of each asset that has one, by asset id, with who saved it."""
    statement = (
        select(Draft)
        .where(Draft.asset_id.in_([asset.id for asset in assets]))
        .options(joinedload(Draft.saved_by))
    )
    return {draft.asset_id: draft for draft in session.scalars(statement)}


def policies_of_asset(session: Session, asset: Asset) -> Sequence[Policy]:
    """Return the policies that ship an asset, by name."""
    statement = (
        select(Policy)
        .join(PolicyAsset, PolicyAsset.policy_id == Policy.id)
        .where(PolicyAsset.asset_id == asset.id)
        .order_by(Policy.name)
    )
    return session.scalars(statement).all()


def list_revisions(
    session: Session, asset: Asset, *, before: int | None = None, after: int | None = None, size: int = 50
) -> Page[Any]:
    """Return the revisions of an asset, newest first, by number."""
    statement = select(Revision).where(Revision.asset_id == asset.id).options(joinedload(Revision.author))
    return paginate(session, statement, Revision.number, before=before, after=after, size=size)


def pinned(session: Session, asset: Asset) -> tuple[Pinned, ...]:
    """Return which channels ship which revision of an asset now."""
    statement = (
        select(Channel.name, Policy.name, Bundle.version, Revision.number)
        .join(Bundle, Bundle.id == Channel.bundle_id)
        .join(Policy, Policy.id == Channel.policy_id)
        .join(CandidatePin, CandidatePin.candidate_id == Bundle.candidate_id)
        .join(Revision, Revision.id == CandidatePin.revision_id)
        .where(CandidatePin.asset_id == asset.id)
        .order_by(Channel.name)
    )
    return tuple(Pinned(*row) for row in session.execute(statement))


def people(session: Session, ids: Sequence[Any]) -> Mapping[int, str]:
    """Return names by user id."""
    statement = select(User.id, User.name).where(User.id.in_(list(ids)))
    return {row[0]: row[1] for row in session.execute(statement)}


def cases_of_prompt(session: Session, asset: Asset) -> Sequence[Mapping[str, Any]]:
    """Return the cases of the newest golden sets that use a prompt."""
    statement = (
        select(GoldenRevision.content)
        .join(
            GoldenSet,
            (GoldenSet.id == GoldenRevision.golden_set_id)
            & (GoldenSet.last_revision_number == GoldenRevision.number),
        )
        .join(PolicyAsset, PolicyAsset.policy_id == GoldenSet.policy_id)
        .where(PolicyAsset.asset_id == asset.id)
        .order_by(GoldenSet.name)
    )
    contents = session.scalars(statement).all()
    return [
        case
        for content in contents
        for case in items_of(content, "cases")
        if case.get("prompt") == asset.name
    ]


def policy_contents(session: Session, asset: Asset, content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the newest content of all assets that ship together with one, with other content for it itself.

    Returns:
        `{kind: {name: content}}`, as `copydesk.assets.parse_assets` reads it.
    """
    shipped = select(PolicyAsset.policy_id).where(PolicyAsset.asset_id == asset.id)
    first = (
        select(func.min(PolicyAsset.policy_id)).where(PolicyAsset.policy_id.in_(shipped)).scalar_subquery()
    )
    statement = (
        select(Asset.kind, Asset.name, Revision.content)
        .join(Revision, (Revision.asset_id == Asset.id) & (Revision.number == Asset.last_revision_number))
        .join(PolicyAsset, PolicyAsset.asset_id == Asset.id)
        .where(PolicyAsset.policy_id == first, Asset.archived_at.is_(None), Asset.id != asset.id)
    )
    contents: dict[str, dict[str, Any]] = {}
    for kind, name, head in session.execute(statement):
        contents.setdefault(kind, {})[name] = head
    contents.setdefault(asset.kind, {})[asset.name] = content
    return contents


def contents_of_kinds(
    session: Session, policy_id: int, kinds: Sequence[str], *, besides: int, with_drafts: bool
) -> dict[str, dict[str, Any]]:
    """Return the contents of a policy's assets of some kinds as `{kind: {name: content}}`.

    Args:
        besides: id of an asset to leave out.
        with_drafts: as they are edited now; else their newest revisions.
    """
    statement = (
        select(Asset.kind, Asset.name, Revision.content, Draft.content)
        .join(PolicyAsset, PolicyAsset.asset_id == Asset.id)
        .outerjoin(
            Revision, (Revision.asset_id == Asset.id) & (Revision.number == Asset.last_revision_number)
        )
        .outerjoin(Draft, Draft.asset_id == Asset.id)
        .where(PolicyAsset.policy_id == policy_id, Asset.kind.in_(kinds), Asset.id != besides)
        .where(Asset.archived_at.is_(None))
        .order_by(Asset.kind, Asset.name)
    )
    contents: dict[str, dict[str, Any]] = {}
    for kind, name, frozen, drafted in session.execute(statement):
        content = (drafted if with_drafts else None) or frozen
        if content is not None:
            contents.setdefault(kind, {})[name] = content
    return contents


def count_items(kind: str, content: Mapping[str, Any]) -> int:
    """Return how many items the main list of a content holds."""
    lists = SHAPES[kind].lists
    main = next((spec for spec in lists if spec.name in {"rules", "blocks"}), lists[0])
    return len(items_of(content, main.name))


def names_of_kind(session: Session, workspace_id: int, kind: str) -> Sequence[str]:
    """Return the names of the workspace's assets of a kind."""
    statement = select(Asset.name).where(
        Asset.workspace_id == workspace_id, Asset.kind == kind, Asset.archived_at.is_(None)
    )
    return session.scalars(statement.order_by(Asset.name)).all()


def titles_of_kind(session: Session, workspace_id: int, kind: str) -> Sequence[tuple[str, str]]:
    """Return names and titles of the workspace's assets of a kind, by title."""
    statement = select(Asset.name, Asset.title).where(
        Asset.workspace_id == workspace_id, Asset.kind == kind, Asset.archived_at.is_(None)
    )
    return [(row[0], row[1]) for row in session.execute(statement.order_by(Asset.title, Asset.name))]
