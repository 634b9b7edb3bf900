"""Passwords, secrets of tokens and links, and the throttle of sign-in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from console.accounts.errors import ThrottledError
from models import SignInAttempt

# RFC 9106, second recommended option: Argon2id, t=3, p=4, m=64 MiB.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)

MIN_PASSWORD_CHARS = 12  # NIST SP 800-63B-4, section 3.1.1.2 asks for 15 without a second factor, 8 with one
MAX_PASSWORD_CHARS = 200
THROTTLE_WINDOW = timedelta(minutes=15)
MAX_FAILURES_PER_ACCOUNT = 8
MAX_FAILURES_PER_ADDRESS = 40
MAX_RESETS_PER_ADDRESS = 20
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class CheckedPassword:
    """What argon2 said, worked out before the transaction that others wait for.

    `fits` is the stored hash that a present password fits, empty when it fits none; `new` that of a new one.
    """

    fits: str = ""
    new: str = ""


@cache
def _absent_hash() -> str:
    """Return what is verified when there is no such account, to take as long as for a wrong password."""
    return _HASHER.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password (RFC 9106)."""
    return _HASHER.hash(password)


def verify_password(password: str, password_hash: str) -> bool:
    """Tell whether the password belongs to the hash; takes the same time when there is no hash."""
    try:
        return _HASHER.verify(password_hash or _absent_hash(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def password_problem(password: str, *, email: str) -> str | None:
    """Say in one sentence why a new password is not good enough, or None."""
    if len(password) < MIN_PASSWORD_CHARS:
        return f"Use at least {MIN_PASSWORD_CHARS} characters; three or four words are easy to remember."
    if len(password) > MAX_PASSWORD_CHARS:
        return f"Use at most {MAX_PASSWORD_CHARS} characters."
    if len(set(password)) < 5:
        return "Use more than a few different characters."
    if email.split("@", maxsplit=1)[0].lower() in password.lower():
        return "Leave your e-mail name out of the password."
    return None


def new_secret(prefix: str) -> str:
    """Make 256 random bits as text, e.g. `ckr_…`; the prefix lets secret scanners find leaked ones."""
    return f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"


def secret_sha256(secret: str) -> str:
    """Return the hash under which a secret is stored. It holds 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _keys(email: str, address: str) -> tuple[tuple[str, int], ...]:
    account = hashlib.sha256(f"account:{email.strip().lower()}".encode("utf-8", "surrogatepass")).hexdigest()
    source = hashlib.sha256(f"address:{address}".encode()).hexdigest()
    return (account, MAX_FAILURES_PER_ACCOUNT), (source, MAX_FAILURES_PER_ADDRESS)


def refuse_throttled(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Refuse when account or address failed too often in the window.

    Raises:
        ThrottledError: with the seconds to wait.
    """
    for key, limit in _keys(email, address):
        _refuse_over(session, key, limit, now)


def count_reset_request(session: Session, *, address: str, now: datetime) -> None:
    """Count one request for a reset link, whoever it is for.

    Raises:
        ThrottledError: too many from this address in the window.
    """
    key = hashlib.sha256(f"resets:{address}".encode()).hexdigest()
    _refuse_over(session, key, MAX_RESETS_PER_ADDRESS, now)
    session.add(SignInAttempt(key_sha256=key, at=now))
    session.flush()


def _refuse_over(session: Session, key: str, limit: int, now: datetime) -> None:
    statement = select(func.count(), func.min(SignInAttempt.at)).where(
        SignInAttempt.key_sha256 == key, SignInAttempt.at > now - THROTTLE_WINDOW
    )
    count, oldest = session.execute(statement).one()
    if count >= limit:
        raise ThrottledError(int((oldest + THROTTLE_WINDOW - now).total_seconds()) + 1)


def note_failure(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Count one failed attempt, and forget those that no longer matter."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - THROTTLE_WINDOW))
    session.add_all([SignInAttempt(key_sha256=key, at=now) for key, _ in _keys(email, address)])
    session.flush()


def forget_failures(session: Session, *, email: str, address: str) -> None:
    """Clear the account's count after a good sign-in; the address's count stays."""
    account_key = _keys(email, address)[0][0]
    session.execute(delete(SignInAttempt).where(SignInAttempt.key_sha256 == account_key))
