"""What the settings page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PolicySetting:
    """One policy and the number of the gate setting in force; 0: the default gate."""

    slug: str
    name: str
    asset_count: int
    gate_number: int


@dataclass(frozen=True, slots=True)
class EngineRow:
    """One engine of a check: whether it can be used here, and if not, why."""

    purpose: str
    name: str
    version: str
    is_available: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """Who writes the texts: `place` is embedded, provider or none."""

    place: str
    address: str
    model: str
    pinned: tuple[str, ...]
    variables: tuple[str, ...]
    personal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One public signing key."""

    key_id: str
    public_pem: str
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a model costs, in minor units of the currency per million tokens."""

    model: str
    prompt: int
    completion: int
    currency: str


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The settings of one workspace."""

    policies: tuple[PolicySetting, ...]
    required_roles: tuple[str, ...]
    model: ModelView
    engines: tuple[EngineRow, ...]
    masks: bool  # personal data, before calls and in stored samples
    prices: tuple[PriceRow, ...]
    keys: tuple[KeyRow, ...]
    member_count: int
    token_count: int
    may_manage: bool
    may_edit: bool
