"""The client a service holds: keeps one policy current in the background, whatever the console does."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from copydesk import __version__
from copydesk.active import Clock, Policy, utc_now
from copydesk.bundle.keys import Trust
from copydesk.client.status import ClientState, ClientStatus
from copydesk.client.store import Store
from copydesk.client.sync import ChannelFollower, Follower, PinnedFollower, Snapshot, Source
from copydesk.client.transport import Transport
from copydesk.errors import CopydeskError, FetchError, NoPolicyError
from copydesk.telemetry import Telemetry

logger = logging.getLogger(__name__)

TrustLike = Trust | str | bytes | Iterable[str | bytes] | Mapping[str, str | bytes]
MAX_BACK_OFF_S = 300.0
JITTER = 0.2
HTTP_TOO_MANY = 429
HTTP_SERVER_ERROR = 500
MAX_HOLD_S = 40.0  # the console answers a held request after 25 s at the latest
# A request that is answered sooner than this although nothing moved was not held: then it is polled.
MIN_HOLD_S = 5.0


class Client:
    """Fetches, verifies, keeps and hands out one policy.

    Starting takes the policy from disk when it is there, without waiting for the network; otherwise it asks
    the console once. Afterwards a background thread looks for changes. `policy` is always a whole, verified
    version; a newer one replaces it between two calls, never during one.

    Args:
        url: the console's address.
        workspace, policy: names, as in the console.
        channel: follow this channel; or
        version: stay on this version.
        token: service token with the scope `read` (and `report` for reports).
        trust: public keys to believe: PEM text, several, a map from key id to PEM, or `Trust`.
        cache_dir: where to keep bundles; default `$XDG_CACHE_HOME/copydesk` or `~/.cache/copydesk`.
        watch: between two looks hold a request open that the console answers when the channel moves, so that
            a new version arrives at once; where that is not possible it is polled.
        refresh_interval_s: between two looks, spread by 20 %, doubled after each failure up to 5 minutes.
        report_interval_s: between two instance reports; None sends none.
        fetch_timeout_s: for one whole answer.
        service: name of the service in the console's fleet page; default the host's name.
        instance: id of this process; default random.
        verify_tls: False or a CA file, as httpx takes it.
        background: False: no thread; call `refresh` yourself.
        clock: the present moment, with its zone.

    Raises:
        ValueError: an address, name or key that can't be used, or both or neither of channel and version.
    """

    # What a client starts from; each round puts its own in place.
    _snapshot = Snapshot()
    _policy: Policy | None = None
    _failures = 0
    _thread: threading.Thread | None = None

    def __init__(
        self,
        url: str,
        *,
        workspace: str,
        policy: str,
        channel: str | None = None,
        version: int | None = None,
        token: str | None = None,
        trust: TrustLike,
        cache_dir: str | os.PathLike[str] | None = None,
        watch: bool = True,
        refresh_interval_s: float = 30.0,
        report_interval_s: float | None = 60.0,
        fetch_timeout_s: float = 10.0,
        service: str | None = None,
        instance: str | None = None,
        verify_tls: bool | str = True,
        background: bool = True,
        clock: Clock = utc_now,
    ) -> None:
        self._transport = Transport(url, token, fetch_timeout_s, verify_tls)
        believed = trust if isinstance(trust, Trust) else Trust.from_pem(trust)
        self._store = Store(Path(cache_dir) if cache_dir else default_cache_dir(), workspace, policy)
        source = Source(self._transport, self._store, believed, workspace, policy)
        self._names = (workspace, policy)
        self._channel, self._version = channel, version
        self._watches = watch and channel is not None
        self._follower = _follower_of(source, channel, version)
        self._refresh_interval_s, self._report_interval_s = refresh_interval_s, report_interval_s
        self._service = service or socket.gethostname()
        self._instance = instance or uuid.uuid4().hex
        self._clock = clock
        self.telemetry = Telemetry(since=clock())
        self._status = ClientStatus(ClientState.OFFLINE, None, version, None, None, None)
        self._refreshing = threading.Lock()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._start(in_background=background)

    @property
    def policy(self) -> Policy:
        """The policy in force.

        Raises:
            NoPolicyError: nothing verified is at hand, or everything at hand was revoked.
        """
        active = self._policy
        if active is None:
            why = self._status.last_error or "the channel names no version that may run"
            raise NoPolicyError(f"no policy {'/'.join(self._names)}: {why}")
        return active

    @property
    def status(self) -> ClientStatus:
        """State, version, last error."""
        active = self._policy
        if active is None:
            return self._status
        return replace(
            self._status,
            missing_engines=active.missing_engines,
            expired_waivers=tuple(waiver.id for waiver in active.expired_waivers()),
        )

    @property
    def last_problem(self) -> CopydeskError | None:
        """What stood in the way in the last round, None if nothing did."""
        return self._snapshot.problem

    def bundle_bytes(self) -> bytes:
        """Return the bytes of the bundle in force, as they were published.

        Raises:
            NoPolicyError: there is none, or it is no longer on disk.
        """
        active = self.policy
        data = self._store.read_bundle(active.version, active.bundle.sha256)
        if data is None:
            raise NoPolicyError(f"version {active.version} is not on disk")
        return data

    def refresh(self) -> ClientStatus:
        """Ask the console now; errors end up in the status, the last good policy stays."""
        with self._refreshing:
            self._take(self._follower.refresh(self._snapshot), is_confirmed=True)
        return self.status

    def wait_for_version(self, version: int, timeout_s: float) -> bool:
        """Wait until this version is in force; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self._status.version == version, timeout_s)

    def report(self) -> dict[str, Any]:
        """Return what this process says of itself: its instance report."""
        status = self.status
        return {
            "instance": self._instance,
            "service": self._service,
            "sdk_version": __version__,
            "channel": self._channel,
            **status.to_json(),
            "reported_at": self._clock().isoformat(),
            "telemetry": self.telemetry.snapshot().to_json(),
        }

    def send_report(self) -> None:
        """Send the instance report now.

        Raises:
            FetchError: the console did not take it.
        """
        self._transport.post_report(*self._names, self.report())

    def close(self) -> None:
        """Stop the background thread and close all connections; the policy stays usable."""
        self._stopping.set()
        self._transport.interrupt()
        if self._thread is not None:
            self._thread.join(timeout=self._refresh_interval_s + 30)
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, *, in_background: bool) -> None:
        self._take(self._follower.load(), is_confirmed=False)
        if self._policy is None:
            self.refresh()
        if in_background:
            self._thread = threading.Thread(target=self._run, name=f"copydesk-{self._names[1]}", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        report_due_s = time.monotonic()
        delay_s = 0.0
        while not self._stopping.wait(delay_s):
            try:
                self.refresh()
                if self._report_interval_s is not None and time.monotonic() >= report_due_s:
                    report_due_s = time.monotonic() + self._report_interval_s
                    self.send_report()
            except FetchError as error:
                logger.info("the report was not sent: %s", error)
            except Exception:
                # The thread is all that keeps this process current: it must outlive every surprise.
                logger.exception("refreshing failed")
            delay_s = self._delay_s()
            if self._watches and self._failures == 0:
                delay_s = self._watch(delay_s, report_due_s)

    def _watch(self, delay_s: float, report_due_s: float) -> float:
        """Wait for the channel to move and take what it names; returns the seconds until the next look."""
        started_s, sequence = time.monotonic(), self._status.sequence
        until_report_s = MAX_HOLD_S if self._report_interval_s is None else report_due_s - started_s
        if until_report_s < MIN_HOLD_S:
            return delay_s
        try:
            may_be_new = self._follower.wait(self._snapshot, min(MAX_HOLD_S, until_report_s))
        except FetchError as error:
            logger.info("the channel can't be watched now: %s", error)
            return delay_s
        held_s = time.monotonic() - started_s
        if may_be_new and not self._stopping.is_set():
            self.refresh()
        is_new = self._status.sequence != sequence
        return 0.0 if is_new or held_s >= MIN_HOLD_S else max(0.0, delay_s - held_s)

    def _delay_s(self) -> float:
        backed_off_s = self._refresh_interval_s * 2.0 ** min(self._failures, 10)
        longest_s = max(MAX_BACK_OFF_S, self._refresh_interval_s)
        # Not secret: jitter only keeps a fleet from asking all at once.
        return min(backed_off_s, longest_s) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311

    def _take(self, snapshot: Snapshot, *, is_confirmed: bool) -> None:
        """Put a snapshot in force: compile a new bundle first, then swap in one assignment."""
        problem: Exception | None = snapshot.problem
        active = self._policy
        try:
            active = self._compiled(snapshot)
        except Exception as error:
            # A bundle that verifies but can't be compiled here must not take the last good one away.
            logger.exception("the bundle could not be compiled")
            problem = error
        self._failures = 0 if problem is None else self._failures + 1
        with self._changed:
            self._snapshot = snapshot
            self._policy = active
            self._status = self._status_of(snapshot, active, problem, is_confirmed=is_confirmed)
            self._changed.notify_all()

    def _compiled(self, snapshot: Snapshot) -> Policy | None:
        if snapshot.bundle is None:
            return None
        is_blocked = snapshot.pointer is not None and snapshot.pointer.block_all
        active = self._policy
        if active is None or active.bundle.sha256 != snapshot.bundle.sha256:
            made = Policy.from_bundle(snapshot.bundle, telemetry=self.telemetry, clock=self._clock)
            logger.info("policy %s is in force", snapshot.bundle.revision)
            return replace(made, is_blocked=is_blocked)
        return active if active.is_blocked == is_blocked else replace(active, is_blocked=is_blocked)

    def _status_of(
        self, snapshot: Snapshot, active: Policy | None, problem: Exception | None, *, is_confirmed: bool
    ) -> ClientStatus:
        pointer, now = snapshot.pointer, self._clock()
        wanted = pointer.version if pointer else self._version
        running = active.version if active else None
        is_expired = bool(pointer and pointer.expires_at and pointer.expires_at <= now)
        state, error = _state_of(problem), str(problem) if problem else None
        if state is ClientState.MATCHES and not is_confirmed:
            state = ClientState.OFFLINE
        elif state is ClientState.OFFLINE and snapshot.is_confirmed and pointer is not None:
            state = ClientState.STALE
        elif state is ClientState.MATCHES and (is_expired or running != wanted):
            state = ClientState.STALE
            error = "the channel pointer is past its date" if is_expired else f"version {wanted} was revoked"
        is_answered = is_confirmed and problem is None
        return ClientStatus(
            state=state,
            version=running,
            wanted_version=wanted,
            sequence=pointer.sequence if pointer else None,
            last_error=error,
            confirmed_at=now if is_answered else self._status.confirmed_at,
            is_blocked=bool(pointer and pointer.block_all),
        )


def _follower_of(source: Source, channel: str | None, version: int | None) -> Follower:
    if version is not None and channel is None:
        return PinnedFollower(source, version)
    if channel is not None and version is None:
        return ChannelFollower(source, channel)
    raise ValueError("give either a channel to follow or a version to stay on")


def default_cache_dir() -> Path:
    """Return `$XDG_CACHE_HOME/copydesk`, or `~/.cache/copydesk` (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "copydesk"


def _state_of(problem: Exception | None) -> ClientState:
    if problem is None:
        return ClientState.MATCHES
    if isinstance(problem, FetchError):
        status = problem.status
        is_passing = status is None or status == HTTP_TOO_MANY or status >= HTTP_SERVER_ERROR
        return ClientState.OFFLINE if is_passing else ClientState.REFUSED
    return ClientState.REFUSED if isinstance(problem, CopydeskError) else ClientState.STALE
