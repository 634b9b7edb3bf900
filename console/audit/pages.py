"""What the pages of the audit trail show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry with names in place of ids; `before` and `after` are indented JSON, empty for none."""

    seq: int
    at: datetime
    actor_kind: str
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    subject: str
    has_name: bool  # else `subject` is the id, perhaps shortened
    subject_url: str | None
    before: str
    after: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What the trail is narrowed to; empty means all. `person` is a user's id or `system`."""

    action: str = ""
    person: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    since: str = ""  # ISO 8601 dates, both days included, UTC
    until: str = ""

    def as_query(self) -> dict[str, str]:
        """Return the filters that are set as query arguments."""
        names = ("action", "person", "subject_kind", "subject_id", "since", "until")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries of a workspace, newest first, with what one can filter by."""

    entries: tuple[EntryRow, ...]
    older: int | None
    newer: int | None
    filters: AuditFilters
    problems: tuple[str, ...]
    actions: tuple[str, ...]
    people: tuple[tuple[int, str], ...]
    subject_kinds: tuple[str, ...]
    entry_count: int
    checkpoint_seq: int | None  # last entry that a signed checkpoint covers
    checkpoint_at: datetime | None
    may_export_chain: bool
