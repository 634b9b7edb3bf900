"""The JSON API of releases: versions and channels to read; publishing only by a person in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask import Blueprint, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.extensions import db
from console.permissions import Permission
from console.releases import operations, queries
from console.releases.preparation import prepare_bundle
from console.reviews.reading import find_review
from console.web.access import actor, policy, workspace
from console.web.api_access import api_requires
from console.web.api_json import api_json
from console.web.api_lookup import in_policy, newest_first
from console.web.intake import RowId
from copydesk.assets.base import Content, Text
from models import Bundle, Channel, Review

bp = Blueprint(
    "releases_api", __name__, url_prefix="/api/v1/workspaces/<workspace_slug>/policies/<policy_slug>"
)


class PublishBody(Content):
    """An approved review to publish, and the channel it goes to first."""

    review_id: RowId
    channel: Literal["staging", "production"] = "staging"
    changelog: Text = ""


@dataclass(frozen=True, slots=True)
class VersionJson:
    """A published version."""

    version: int
    sha256: str
    content_sha256: str
    size_bytes: int
    key_id: str
    review_id: int
    candidate_id: int
    changelog: str
    published_at: datetime
    is_revoked: bool
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionList:
    """Versions, newest first; `older` is the cursor of the next page."""

    versions: tuple[VersionJson, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class ChannelJson:
    """A channel and the version it points at; None: nothing."""

    name: str
    version: int | None
    sequence: int
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelList:
    """The channels of a policy."""

    channels: tuple[ChannelJson, ...]


@bp.get("/versions")
@api_requires(Permission.READ)
@api_json(answer=VersionList)
def list_versions() -> VersionList:
    """List published versions, newest first."""
    page = newest_first(select(Bundle), Bundle.id)
    return VersionList(tuple(_version(db.session, found) for found in page.items), page.older)


@bp.get("/versions/<int:version>")
@api_requires(Permission.READ)
@api_json(answer=VersionJson)
def version(version: int) -> VersionJson:
    """Show one version."""
    return _version(db.session, queries.find_bundle(db.session, policy(), version))


@bp.get("/channels")
@api_requires(Permission.READ)
@api_json(answer=ChannelList)
def list_channels() -> ChannelList:
    """List the channels and what they point at."""
    statement = select(Channel).where(Channel.policy_id == policy().id).order_by(Channel.name)
    found = db.session.scalars(statement)
    return ChannelList(
        tuple(
            ChannelJson(c.name, c.bundle.version if c.bundle else None, c.sequence, c.moved_at) for c in found
        )
    )


@bp.post("/publish")
@api_requires(Permission.PUBLISH)
@api_json(body=PublishBody, answer=VersionJson, status=201)
def publish(body: PublishBody) -> VersionJson:
    """Publish an approved review; refused for every token, whatever its person may do."""
    # Weights are trained outside of the writing transaction: others wait for it.
    db.session.commit()
    settings = current_app.extensions["copydesk_settings"]
    with db.read() as session:
        assets, heads = prepare_bundle(session, _find_review(session, body.review_id), settings)
    bundle = operations.publish(
        db.session,
        _find_review(db.session, body.review_id),
        queries.find_channel(db.session, policy(), body.channel),
        assets=assets,
        heads=heads,
        changelog=body.changelog,
        settings=settings,
        by=actor(),
    )
    db.session.commit()
    return _version(db.session, bundle)


def _find_review(session: Session, review_id: int) -> Review:
    return in_policy(find_review(session, workspace().id, review_id), "review")


def _version(session: Session, bundle: Bundle) -> VersionJson:
    statement = select(Channel.name).where(Channel.bundle_id == bundle.id).order_by(Channel.name)
    return VersionJson(
        version=bundle.version,
        sha256=bundle.sha256,
        content_sha256=bundle.content_sha256,
        size_bytes=bundle.size_bytes,
        key_id=bundle.key_id,
        review_id=bundle.review_id,
        candidate_id=bundle.candidate_id,
        changelog=bundle.changelog,
        published_at=bundle.published_at,
        is_revoked=bundle.revoked_at is not None,
        channels=tuple(session.scalars(statement)),
    )
