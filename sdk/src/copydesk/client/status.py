"""What a client says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ClientState(StrEnum):
    """How a client stands to its channel.

    `matches`: runs what the channel names, as the console just confirmed.
    `stale`: the console answers, but what it names could not be taken, or the pointer is past its date.
    `offline`: the console can't be reached; the last good version goes on.
    `refused`: what came did not verify, or the token was turned away; the last good version goes on.
    """

    MATCHES = "matches"
    STALE = "stale"
    OFFLINE = "offline"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ClientStatus:
    """State of a client at one moment; `version` is None while no policy is at hand."""

    state: ClientState
    version: int | None
    wanted_version: int | None
    sequence: int | None
    last_error: str | None
    confirmed_at: datetime | None
    is_blocked: bool = False
    missing_engines: tuple[str, ...] = ()
    expired_waivers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the status as JSON data."""
        return {
            "state": self.state.value,
            "version": self.version,
            "wanted_version": self.wanted_version,
            "sequence": self.sequence,
            "last_error": self.last_error,
            "confirmed_at": self.confirmed_at.isoformat() if self.confirmed_at else None,
            "block_all": self.is_blocked,
            "missing_engines": list(self.missing_engines),
            "waiver_expired": list(self.expired_waivers),
        }
