"""What the pages of reviews show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.runs.enforcement import UnenforcedRule
from console.runs.pages import ConditionRow, SampleRowView
from console.web.components import Comment, EvidenceRow, Signature, Stat


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review in a list."""

    id: int
    number: int
    policy: str
    candidate_number: int
    title: str
    state: str
    requested_by: str
    requested_at: datetime
    signed: int
    required: int
    waits_for_me: bool


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """Reviews of a workspace, newest first."""

    reviews: tuple[ReviewRow, ...]
    older: int | None
    newer: int | None
    state: str


@dataclass(frozen=True, slots=True)
class AssetChange:
    """One changed asset of a review with its word diff; `sections` are DiffSection.

    `old_number` is None for a new asset, `new_number` for one that the candidate leaves out.
    """

    asset_id: int
    title: str
    kind: str
    old_number: int | None
    new_number: int | None
    added_words: int
    removed_words: int
    sections: tuple[Any, ...]
    authors: str
    messages: tuple[str, ...]
    is_read: bool
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """One waiver of a review."""

    id: int
    condition: str
    reason: str
    signer: str
    expires_at: datetime
    state: str  # live, expired, revoked


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to a review."""

    at: datetime
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedRun:
    """The run whose evidence is reviewed; an approval of one with newly failing cases needs a reason."""

    id: int
    number: int
    golden_title: str
    golden_number: int
    case_count: int
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class ReviewRights:
    """What this person may do in the round; `why_not` says why they can't decide."""

    may_decide: bool
    why_not: str | None
    may_waive: bool
    may_comment: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class ReviewPublishing:
    """The version a review gave, or what stands against one."""

    version: int | None
    reasons: tuple[str, ...]
    is_allowed: bool  # this person may publish, and it is not done yet


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything an approver needs to decide in two minutes."""

    id: int
    number: int
    policy: str
    policy_slug: str
    candidate_id: int
    candidate_number: int
    title: str
    state: str
    note: str
    requested_by: str
    requested_at: datetime
    production_version: int | None
    production_moved: bool
    run: ReviewedRun
    evidence_digest: str
    stats: tuple[Stat, ...]
    changes: tuple[AssetChange, ...]
    evidence: tuple[EvidenceRow, ...]
    conditions: tuple[ConditionRow, ...]
    cases: tuple[SampleRowView, ...]
    signatures: tuple[Signature, ...]
    waivers: tuple[WaiverRow, ...]
    comments: tuple[Comment, ...]
    history: tuple[HistoryEntry, ...]
    unenforced_checks: tuple[str, ...]
    unenforced_rules: tuple[UnenforcedRule, ...]
    read_count: int
    rights: ReviewRights
    publishing: ReviewPublishing
    printed_by: str
    printed_at: datetime
