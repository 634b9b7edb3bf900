"""What "My work" shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.releases.pages import PolicyRow
from console.reviews.pages import ReviewRow
from console.runs.progress import RunProgress


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One unread notification."""

    id: int
    kind: str
    text: str
    url: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One working copy the person saved; `kind` is an asset's kind or `golden_set`."""

    kind: str
    name: str
    title: str
    base_number: int
    saved_at: datetime
    saved_by_other: str  # name of who saved last; empty when it was the person


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One review the person asked for that others still decide on."""

    id: int
    number: int
    title: str
    signed_roles: tuple[str, ...]
    missing_roles: tuple[str, ...]
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Everything that waits for one person in one workspace, and where its policies stand."""

    notices: tuple[NoticeRow, ...]
    notice_total: int
    reviews: tuple[ReviewRow, ...]
    waiting: tuple[WaitingRow, ...]
    drafts: tuple[DraftRow, ...]
    active: tuple[RunProgress, ...]
    policies: tuple[PolicyRow, ...]
    may_edit: bool
    may_run: bool
    may_publish: bool
    may_manage: bool

    @property
    def to_publish(self) -> int:
        """How many approved changes wait for this person to publish them."""
        return sum(row.ready for row in self.policies) if self.may_publish else 0

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits for this person."""
        return not (self.notices or self.reviews)
