"""What is inside one published bundle, read from its very bytes."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.config import Settings
from console.permissions import Actor, Permission
from console.releases.pages import BundlePage
from copydesk.bundle.archive import unpack
from copydesk.bundle.keys import Trust
from copydesk.bundle.verify import verify
from copydesk.errors import CopydeskError
from models import Bundle, Channel, SigningKey, User


def bundle_page(session: Session, bundle: Bundle, by: Actor, settings: Settings) -> BundlePage:
    """Read one version with its contents; its signature is verified anew."""
    files = unpack(bundle.data)
    release = json.loads(files["meta/release.json"])
    policy = bundle.candidate.policy
    slug = json.loads(files[".manifest"])["metadata"]["workspace"]
    names = session.scalars(
        select(Channel.name).where(Channel.policy_id == policy.id, Channel.bundle_id == bundle.id)
    )
    return BundlePage(
        id=bundle.id,
        version=bundle.version,
        policy=policy.name,
        policy_slug=policy.slug,
        sha256=bundle.sha256,
        content_sha256=bundle.content_sha256,
        key_id=bundle.key_id,
        size_bytes=bundle.size_bytes,
        published_at=bundle.published_at,
        published_by=bundle.published_by.name,
        changelog=bundle.changelog,
        is_revoked=bundle.revoked_at is not None,
        revoked_reason=bundle.revoked_reason or "",
        channels=tuple(names),
        files=[{"name": name, "size": len(data)} for name, data in sorted(files.items())],
        release=release,
        approvals=[_named(session, approval, "user") for approval in release["approvals"]],
        waivers=[_named(session, waiver, "signer") for waiver in release["waivers"]],
        sources=release["sources"],
        engines=release["engines"],
        verified=_verify(session, bundle),
        review_url=f"/w/{slug}/reviews/{bundle.review_id}",
        may_publish=by.may(Permission.PUBLISH),
        pull_command=(
            f"copydesk pull --url {settings.public_url} --workspace {slug} --policy {policy.slug} "
            f"--bundle-version {bundle.version}"
        ),
    )


def _verify(session: Session, bundle: Bundle) -> str:
    """Verify the stored bytes as a client would; returns what is wrong, empty when all holds."""
    pems = session.scalars(select(SigningKey.public_pem)).all()
    try:
        verify(bundle.data, Trust.from_pem(list(pems)))
    except (CopydeskError, ValueError) as error:
        return str(error)
    return ""


def _named(session: Session, entry: dict[str, Any], field: str) -> dict[str, Any]:
    user = session.get(User, int(entry[field])) if str(entry[field]).isdigit() else None
    return {**entry, "name": user.name if user else entry[field]}
