"""The channel pointer: a small signed document that says which version a channel is at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from copydesk.bundle.keys import Signer, Trust, sign_jws, verify_jws
from copydesk.canonical import canonical_bytes
from copydesk.errors import VerificationError

POINTER_TYPE = "copydesk-pointer"
CONTENT_TYPE = "application/jose"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ChannelPointer:
    """Where a channel stands.

    `sequence` rises with every move, revocation and re-signing; `version` and `sha256` are None while nothing
    is released; `revoked` are versions that must not be used; with `block_all` every text falls back;
    times are aware.
    """

    workspace: str
    policy: str
    channel: str
    version: int | None
    sha256: str | None
    sequence: int
    issued_at: datetime
    expires_at: datetime | None = None
    revoked: frozenset[int] = frozenset()
    block_all: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the pointer as JSON data."""
        return {
            "workspace": self.workspace,
            "policy": self.policy,
            "channel": self.channel,
            "version": self.version,
            "sha256": self.sha256,
            "sequence": self.sequence,
            "issued_at": self.issued_at.isoformat(),
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "revoked": sorted(self.revoked),
            "block_all": self.block_all,
        }


def sign_pointer(pointer: ChannelPointer, signer: Signer) -> str:
    """Return the pointer as a compact JWS (RFC 7515), ES256."""
    return sign_jws(canonical_bytes(pointer.to_json()), signer, type_name=POINTER_TYPE)


def verify_pointer(token: str, trust: Trust) -> ChannelPointer:
    """Check a pointer's signature and read it.

    Raises:
        VerificationError: the signature does not hold or the document can't be read.
    """
    payload, _ = verify_jws(token, trust, type_name=POINTER_TYPE)
    try:
        return _read(json.loads(payload))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise VerificationError(f"the channel pointer can't be read: {error}") from error


def _read(data: Mapping[str, Any]) -> ChannelPointer:
    expires_at = data.get("expires_at")
    version, sha256 = data["version"], data["sha256"]
    if (version is None) != (sha256 is None):
        raise ValueError("version and sha256 come together")
    return ChannelPointer(
        workspace=_typed(data["workspace"], str),
        policy=_typed(data["policy"], str),
        channel=_typed(data["channel"], str),
        version=None if version is None else _typed(version, int),
        sha256=None if sha256 is None else _typed(sha256, str),
        sequence=_typed(data["sequence"], int),
        issued_at=_time(data["issued_at"]),
        expires_at=None if expires_at is None else _time(expires_at),
        revoked=frozenset(_typed(number, int) for number in data["revoked"]),
        block_all=_typed(data["block_all"], bool),
    )


def _typed(value: Any, kind: type[_T]) -> _T:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


def _time(value: Any) -> datetime:
    moment = datetime.fromisoformat(_typed(value, str))
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone")
    return moment
