"""Making, finding and retiring signing keys."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.audit.operations import record
from console.clock import now
from console.config import Settings
from console.errors import ConflictError
from console.permissions import SYSTEM
from copydesk.bundle.keys import LocalSigner, generate_key_pem
from models import SigningKey


class KeyUnusableError(ConflictError):
    """The signing key can't be read: its file is missing or the passphrase is another one."""

    code = "key_unusable"


def signer(session: Session, settings: Settings) -> LocalSigner:
    """Return the signer of the current key; the first call ever makes one.

    Raises:
        KeyUnusableError: the key's file is missing or does not open with KEY_PASSPHRASE.
    """
    key = session.scalar(
        select(SigningKey).where(SigningKey.retired_at.is_(None)).order_by(SigningKey.id.desc()).limit(1)
    )
    if key is None:
        return _make_key(session, settings)
    try:
        pem = _path(settings, key.key_id).read_bytes()
        return LocalSigner.from_pem(pem, settings.key_passphrase.encode())
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnusableError(
            f"The signing key {key.key_id[:12]} can't be opened. Restore its file and KEY_PASSPHRASE."
        ) from error


def public_keys(session: Session) -> tuple[SigningKey, ...]:
    """Return all keys ever used, newest first: old bundles stay verifiable."""
    return tuple(session.scalars(select(SigningKey).order_by(SigningKey.id.desc())))


def _make_key(session: Session, settings: Settings) -> LocalSigner:
    pem = generate_key_pem(settings.key_passphrase.encode())
    made = LocalSigner.from_pem(pem, settings.key_passphrase.encode())
    path = _path(settings, made.key_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    session.add(SigningKey(key_id=made.key_id, public_pem=made.public_pem, created_at=now()))
    session.flush()
    record(session, "signing_key.made", by=SYSTEM, subject=("signing_key", made.key_id))
    return made


def _path(settings: Settings, key_id: str) -> Path:
    return settings.home / "keys" / f"{key_id}.pem"
