"""The worker: claims jobs and runs them, heartbeating, until it is told to stop."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask

from console.database import Database
from console.jobs import ledger
from models import Job, JobState

LOG = logging.getLogger(__name__)
IDLE_POLL_S = 0.2
MAX_ATTEMPT_NOTE_CHARS = 500

Handler = Callable[[Flask, Mapping[str, Any], threading.Event], None]
GaveUp = Callable[[Flask, Mapping[str, Any], str], None]


class Worker:
    """Runs the jobs of the ledger, one at a time; start several processes for more.

    `gave_up` holds, by kind, what is told of a job whose last attempt failed, with the reason.
    """

    def __init__(
        self,
        app: Flask,
        database: Database,
        handlers: Mapping[str, Handler],
        gave_up: Mapping[str, GaveUp] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._db = database
        self._handlers = handlers
        self._gave_up = gave_up
        self._owner = f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stopping` is set."""
        while not self.stopping.is_set():
            if not self.work_once():
                self.stopping.wait(IDLE_POLL_S)

    def run_until_idle(self) -> int:
        """Work until no job is due; returns how many were run."""
        count = 0
        while not self.stopping.is_set() and self.work_once():
            count += 1
        return count

    def work_once(self) -> bool:
        """Claim and run one job; False when none was due."""
        with self._app.app_context():
            with self._db.write() as session:
                taken = ledger.claim(session, self._owner)
            if taken is None:
                return False
            self._run(taken)
        return True

    def _run(self, taken: ledger.Claim) -> None:
        lost = threading.Event()  # set when the lease is lost or the worker stops: the job ends early
        done = threading.Event()
        beat = threading.Thread(target=self._heartbeat, args=(taken, done, lost), daemon=True)
        beat.start()
        try:
            self._handlers[taken.kind](self._app, taken.arguments, lost)
        except ledger.NotYetError:
            with self._db.write() as session:
                ledger.postpone(session, taken)
        except Exception as error:
            # Whatever a job raises must not end the worker: the ledger keeps the reason and tries again.
            LOG.exception("job %s (%s) failed", taken.job_id, taken.kind)
            reason = f"{type(error).__name__}: {error}"[:MAX_ATTEMPT_NOTE_CHARS]
            self._fail(taken, reason)
        else:
            if not (lost.is_set() and self.stopping.is_set()):
                with self._db.write() as session:
                    ledger.finish(session, taken)
        finally:
            done.set()
            beat.join()

    def _fail(self, taken: ledger.Claim, reason: str) -> None:
        with self._db.write() as session:
            is_ours = ledger.fail(session, taken, reason)
            is_over = (
                is_ours
                and session.get_one(Job, taken.job_id, populate_existing=True).state == JobState.FAILED
            )
        if is_over and (tell := self._gave_up.get(taken.kind)):
            tell(self._app, taken.arguments, reason)

    def _heartbeat(self, taken: ledger.Claim, done: threading.Event, lost: threading.Event) -> None:
        while not done.wait(ledger.HEARTBEAT_S):
            if self.stopping.is_set():
                lost.set()
            with self._db.write() as session:
                if not ledger.extend(session, taken):
                    lost.set()
