"""What the release pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.web.components import ChannelView, VersionStop


@dataclass(frozen=True, slots=True)
class ChannelPanel:
    """One channel: its card, what it could roll back to, what could be promoted to it."""

    id: int
    name: str
    card: ChannelView
    roll_back_to: int | None
    roll_back_bundle_id: int | None
    choices: tuple[tuple[int, int], ...]  # (bundle id, version), newest first
    sequence: int


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """An approved review that has no version yet, and what stands against publishing it."""

    review_id: int
    number: int
    candidate_number: int
    title: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BundleRow:
    """One version in a list."""

    id: int
    version: int
    changelog: str
    pass_rate: str
    signed_by: str
    published_at: datetime
    published_by: str
    channels: tuple[str, ...]
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """The releases of one policy."""

    policy: str
    policy_slug: str
    stops: tuple[VersionStop, ...]
    channels: tuple[ChannelPanel, ...]
    ready: tuple[ReadyRow, ...]
    bundles: tuple[BundleRow, ...]
    older: int | None
    newer: int | None
    may_publish: bool


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy in the overview."""

    slug: str
    name: str
    production: int | None
    staging: int | None
    ready: int


@dataclass(frozen=True, slots=True)
class BundlePage:
    """One version: contents, signature, digests, approvals."""

    id: int
    version: int
    policy: str
    policy_slug: str
    sha256: str
    content_sha256: str
    key_id: str
    size_bytes: int
    published_at: datetime
    published_by: str
    changelog: str
    is_revoked: bool
    revoked_reason: str
    channels: tuple[str, ...]
    files: Sequence[Mapping[str, Any]]
    release: Mapping[str, Any]
    approvals: Sequence[Mapping[str, Any]]
    waivers: Sequence[Mapping[str, Any]]
    sources: Sequence[Mapping[str, Any]]
    engines: Sequence[Mapping[str, Any]]
    verified: str
    review_url: str
    may_publish: bool
    pull_command: str
