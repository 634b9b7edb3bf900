"""Reset links by mail: asked for in the request, made and sent by the worker.

The request does the same work whether or not there is an account, so that nobody learns from its answer or
its time who has one.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from console.accounts import operations as accounts
from console.accounts import passwords
from console.jobs import ledger

KIND = "reset.mail"


def ask_for_reset(session: Session, *, email: str, address: str, at: datetime) -> None:
    """Leave the mailing of a reset link to the worker; asking again within a minute is asking once.

    Args:
        email: as it was typed; only the id of its account, if any, is kept.
        address: network address that asks.

    Raises:
        ThrottledError: too many requests from this address.
    """
    passwords.count_reset_request(session, address=address, now=at)
    user = accounts.find_user(session, email)
    named = f"{email.strip().lower()}:{at:%Y%m%d%H%M}"
    key = f"{KIND}:{hashlib.sha256(named.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"
    ledger.submit(session, KIND, key, {"user_id": user.id if user else None})
