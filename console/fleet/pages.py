"""What the page of services shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """One process of a service; `state` is matches, catching_up, pinned or not_seen."""

    instance: str
    version: int | None
    state: str
    note: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service on one channel of one policy: the state is that of its worst reporting process."""

    service: str
    policy: str
    policy_slug: str
    channel: str | None
    channel_version: int | None
    versions: tuple[tuple[int | None, int], ...]  # version, count of reporting processes; newest first
    reporting: int
    state: str
    reported_at: datetime
    instances: tuple[InstanceRow, ...]


@dataclass(frozen=True, slots=True)
class FleetFilters:
    """What the list is narrowed to; empty means all."""

    policy: str = ""
    channel: str = ""
    state: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One check on texts of a golden run and on texts in production.

    `p_value` is adjusted for the number of checks; `state` is same (within chance), worse (fails more often
    in production) or better.
    """

    check: str
    golden_passed: int
    golden_total: int
    runtime_passed: int
    runtime_total: int
    p_value: float
    state: str


@dataclass(frozen=True, slots=True)
class PolicyDrift:
    """What one policy's version in production does beside its golden run; no rows: nothing to compare."""

    policy: str
    policy_slug: str
    version: int
    run_id: int
    run_number: int
    rows: tuple[DriftRow, ...]


@dataclass(frozen=True, slots=True)
class FleetPage:
    """The services of a workspace by name; `counts` is services per state before the state filter.

    `drift` is over all services of a policy, whatever the other filters say.
    """

    services: tuple[ServiceRow, ...]
    drift: tuple[PolicyDrift, ...]
    counts: dict[str, int]
    total: int
    policies: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]
    filters: FleetFilters
    may_make_tokens: bool
