"""The hourly checkpoint of the audit log."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from console.audit.proofs import write_checkpoint
from console.clock import now
from console.extensions import db
from console.jobs import ledger
from console.keys.operations import signer

KIND = "audit.checkpoint"
EVERY = timedelta(hours=1)


def keep_checkpoints_coming(session: Session, *, at: datetime | None = None) -> None:
    """Ask for the checkpoint of this hour; each one asks for the next. Called when a worker starts."""
    _ask(session, (at or now()).replace(minute=0, second=0, microsecond=0))


def checkpoint(app: Flask, arguments: Mapping[str, Any], _stop: threading.Event) -> None:
    """Sign the head of the chain and ask for the next hour's checkpoint."""
    with db.write() as session:
        # After hours without a worker there is one checkpoint to write, not one for every hour.
        hour = max(
            datetime.fromisoformat(arguments["hour"]), now().replace(minute=0, second=0, microsecond=0)
        )
        _ask(session, hour + EVERY)
        write_checkpoint(session, signer(session, app.extensions["copydesk_settings"]))


def _ask(session: Session, hour: datetime) -> None:
    name = hour.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    ledger.submit(session, KIND, f"{KIND}:{name}", {"hour": name}, not_before=hour)


HANDLERS = {KIND: checkpoint}
