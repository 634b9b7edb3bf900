"""What the data plane answers from: tokens, channels and bundles, kept until something changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from console.accounts.passwords import secret_sha256
from copydesk.bundle.keys import Trust, public_jwk
from models import Bundle, Channel, Policy, Release, ServiceToken, SigningKey, TokenPurpose, Workspace

MAX_CACHED_BUNDLES = 32
MAX_CACHED_TOKENS = 4_096


@dataclass(frozen=True, slots=True)
class TokenView:
    """What the data plane knows of a runtime token."""

    id: int
    workspace: str
    scopes: frozenset[str]
    policies: frozenset[str]
    channels: frozenset[str]
    expires_at: datetime | None
    is_revoked: bool

    def is_usable(self, now: datetime) -> bool:
        """Tell whether the token is neither revoked nor expired."""
        return not self.is_revoked and (self.expires_at is None or self.expires_at > now)

    def allows(self, *, workspace: str, policy: str, scope: str) -> bool:
        """Tell whether the token is for this workspace, policy and scope."""
        return (
            self.workspace == workspace
            and (not self.policies or policy in self.policies)
            and scope in self.scopes
        )

    def sees(self, channels: frozenset[str]) -> bool:
        """Tell whether the token may see one of these channels."""
        return not self.channels or bool(self.channels & channels)


@dataclass(frozen=True, slots=True)
class BundleView:
    """One published bundle: its bytes as stored, or the fact that it was revoked."""

    version: int
    sha256: str
    data: bytes
    is_revoked: bool
    channels: frozenset[str]  # every channel it was ever on: tokens for one channel see no others' versions

    @property
    def etag(self) -> bytes:
        """The strong entity tag: the quoted SHA-256 of the bytes (RFC 9110, section 8.8.3)."""
        return f'"{self.sha256}"'.encode()


@dataclass(frozen=True, slots=True)
class PointerView:
    """One channel's signed pointer; `etag` moves with its sequence."""

    jws: bytes
    sequence: int
    version: int | None

    @property
    def etag(self) -> bytes:
        """The strong entity tag of the pointer."""
        return f'"{self.sequence}"'.encode()


class Catalogue:
    """Caches what was read; `forget` drops it all when the database changed. Used by one event loop only."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, TokenView | None] = OrderedDict()
        self._bundles: OrderedDict[tuple[str, str, int], BundleView | None] = OrderedDict()
        self._pointers: dict[tuple[str, str, str], PointerView | None] = {}
        self._changes = 0

    def forget(self) -> None:
        """Drop everything that may have changed; reads under way are not kept either."""
        self._changes += 1
        self._tokens.clear()
        self._bundles.clear()
        self._pointers.clear()

    def cached_token(self, secret: str) -> tuple[bool, TokenView | None]:
        """Return (known, token) without touching the database."""
        key = secret_sha256(secret)
        return key in self._tokens, self._tokens.get(key)

    def load_token(self, session: Session, secret: str) -> TokenView | None:
        """Read a token from the database."""
        key, seen = secret_sha256(secret), self._changes
        statement = (
            select(ServiceToken, Workspace.slug)
            .join(Workspace, Workspace.id == ServiceToken.workspace_id)
            .where(ServiceToken.secret_sha256 == key, ServiceToken.purpose == TokenPurpose.RUNTIME)
        )
        row = session.execute(statement).first()
        view = _token_view(*row) if row else None
        if seen == self._changes:
            self._tokens[key] = view
        while len(self._tokens) > MAX_CACHED_TOKENS:
            self._tokens.popitem(last=False)
        return view

    def cached_bundle(self, workspace: str, policy: str, version: int) -> tuple[bool, BundleView | None]:
        """Return (known, bundle) without touching the database."""
        key = (workspace, policy, version)
        return key in self._bundles, self._bundles.get(key)

    def load_bundle(self, session: Session, workspace: str, policy: str, version: int) -> BundleView | None:
        """Read a bundle with its bytes."""
        seen = self._changes
        statement = (
            select(Bundle)
            .join(Policy, Policy.id == Bundle.policy_id)
            .join(Workspace, Workspace.id == Policy.workspace_id)
            .where(Workspace.slug == workspace, Policy.slug == policy, Bundle.version == version)
            .options(undefer(Bundle.data))
        )
        found = session.scalar(statement)
        view = None
        if found is not None:
            was_on = select(Channel.name).join(Release).where(Release.bundle_id == found.id)
            channels = frozenset(session.scalars(was_on))
            is_revoked = found.revoked_at is not None
            view = BundleView(found.version, found.sha256, found.data, is_revoked, channels)
        if seen == self._changes:
            self._bundles[workspace, policy, version] = view
        while len(self._bundles) > MAX_CACHED_BUNDLES:
            self._bundles.popitem(last=False)
        return view

    def cached_pointer(self, workspace: str, policy: str, channel: str) -> tuple[bool, PointerView | None]:
        """Return (known, pointer) without touching the database."""
        key = (workspace, policy, channel)
        return key in self._pointers, self._pointers.get(key)

    def load_pointer(self, session: Session, workspace: str, policy: str, channel: str) -> PointerView | None:
        """Read a channel's pointer; None where nothing was ever released or there is no such channel."""
        seen = self._changes
        statement = (
            select(Channel.pointer_jws, Channel.sequence, Bundle.version)
            .join(Policy, Policy.id == Channel.policy_id)
            .join(Workspace, Workspace.id == Policy.workspace_id)
            .outerjoin(Bundle, Bundle.id == Channel.bundle_id)
            .where(Workspace.slug == workspace, Policy.slug == policy, Channel.name == channel)
        )
        row = session.execute(statement).first()
        view = PointerView(row[0].encode(), row[1], row[2]) if row and row[0] else None
        if seen == self._changes:
            self._pointers[workspace, policy, channel] = view
        return view


def key_set(session: Session) -> Mapping[str, Any]:
    """Return all public keys as a JSON Web Key set (RFC 7517)."""
    pems = session.scalars(select(SigningKey.public_pem).order_by(SigningKey.id)).all()
    keys = Trust.from_pem(list(pems)).keys if pems else {}
    return {"keys": [public_jwk(key) for key in keys.values()]}


def _token_view(token: ServiceToken, workspace: str) -> TokenView:
    return TokenView(
        id=token.id,
        workspace=workspace,
        scopes=frozenset(token.scopes),
        policies=frozenset(token.policies),
        channels=frozenset(token.channels),
        expires_at=token.expires_at,
        is_revoked=token.revoked_at is not None,
    )
