"""One round of bringing a client up to date: pointer, bundle, disk; each verified before it is used."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Protocol

from copydesk.bundle.keys import Trust
from copydesk.bundle.pointer import ChannelPointer, verify_pointer
from copydesk.bundle.verify import VerifiedBundle, verify
from copydesk.canonical import sha256_hex
from copydesk.client.decide import accept_pointer, version_to_run
from copydesk.client.store import Store, StoredPointer
from copydesk.client.transport import Transport
from copydesk.errors import BundleError, CopydeskError, FetchError, VerificationError

logger = logging.getLogger(__name__)

HTTP_GONE = 410


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a client holds: the bundle that may run (None: nothing may), and what stood in the way of better.

    `pointer` is None for a pinned version. `is_confirmed` tells whether
    the console said in this round what may run.
    """

    bundle: VerifiedBundle | None = None
    pointer: ChannelPointer | None = None
    problem: CopydeskError | None = None
    is_confirmed: bool = False


class Follower(Protocol):
    """Follows a channel or one pinned version."""

    def load(self) -> Snapshot:
        """Return what the disk holds, verified; never touches the network."""
        ...

    def refresh(self, current: Snapshot) -> Snapshot:
        """Ask the console and return what may run now; never raises a `CopydeskError`."""
        ...

    def wait(self, current: Snapshot, limit_s: float) -> bool:
        """Return when there may be something new (True), or nothing was (False) for so long.

        Raises:
            FetchError: it can't be waited for.
        """
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where a policy comes from, whom to believe, where to keep it."""

    transport: Transport
    store: Store
    trust: Trust
    workspace: str
    policy: str

    def from_disk(self, version: int, sha256: str | None = None) -> VerifiedBundle | None:
        """Return a stored bundle if it still verifies."""
        data = self.store.read_bundle(version, sha256)
        if data is None:
            return None
        try:
            return self.checked(data, version)
        except BundleError as error:
            logger.warning("the stored version %d is not used: %s", version, error)
            return None

    def checked(self, data: bytes, version: int) -> VerifiedBundle:
        """Verify bytes and that they are of this policy and version.

        Raises:
            BundleError: they are not.
        """
        bundle = verify(data, self.trust)
        asked = (self.workspace, self.policy, version)
        if (bundle.workspace, bundle.policy, bundle.version) != asked:
            raise VerificationError(
                f"got {bundle.revision}, asked for {self.workspace}/{self.policy}@{version}"
            )
        return bundle

    def download(self, version: int, sha256: str | None) -> VerifiedBundle:
        """Fetch, verify and store a bundle.

        Raises:
            FetchError: it can't be had.
            BundleError: it is not what was asked for.
        """
        data = self.transport.get_bundle(self.workspace, self.policy, version).body or b""
        if sha256 is not None and sha256_hex(data) != sha256:
            raise VerificationError(f"the bundle {version} is not the one the channel names: other SHA-256")
        bundle = self.checked(data, version)
        self._store(version, data)
        return bundle

    def _store(self, version: int, data: bytes) -> None:
        try:
            with self.store.locked():
                self.store.write_bundle(version, data)
                self.store.prune(keep=version)
        except OSError as error:
            # A full disk must not stop a service from running the new version from memory.
            logger.warning("version %d could not be stored: %s", version, error)


@dataclass(frozen=True, slots=True)
class ChannelFollower:
    """Follows a channel's signed pointer."""

    source: Source
    channel: str

    def load(self) -> Snapshot:
        """Return the last good version of the channel on disk."""
        stored = self.source.store.read_pointer(self.channel)
        pointer = self._stored_pointer(stored)
        if stored is None or pointer is None:
            return Snapshot()
        return Snapshot(self._best_on_disk(pointer, stored.active_version), pointer)

    def refresh(self, current: Snapshot) -> Snapshot:
        """Fetch the pointer and, when it moved, the bundle it names."""
        try:
            pointer = self._fetch_pointer(current.pointer)
        except CopydeskError as error:
            return replace(current, problem=error, is_confirmed=False)
        bundle, problem = self._obtain(pointer, current.bundle)
        if bundle is not None:
            self._remember_active(bundle.version)
        return Snapshot(bundle, pointer, problem, is_confirmed=True)

    def wait(self, current: Snapshot, limit_s: float) -> bool:
        """Wait until the console has another pointer than the one in force."""
        source = self.source
        stored = source.store.read_pointer(self.channel)
        if stored is None or not stored.etag or self._stored_pointer(stored) != current.pointer:
            return False
        return source.transport.wait_for_move(
            source.workspace, source.policy, self.channel, stored.etag, limit_s
        )

    def _fetch_pointer(self, seen: ChannelPointer | None) -> ChannelPointer:
        store, source = self.source.store, self.source
        stored = store.read_pointer(self.channel)
        on_disk = self._stored_pointer(stored)
        seen = _later(seen, on_disk)
        # The ETag speaks of the pointer on disk, so it is only sent while that one is in force.
        etag = stored.etag if stored and on_disk is not None and on_disk == seen else None
        fetched = source.transport.get_pointer(source.workspace, source.policy, self.channel, etag)
        if fetched.body is None:
            if seen is None:
                raise FetchError("the console answered 'not modified' to a first request")
            return seen
        token = fetched.body.decode("ascii", "replace").strip()
        new = verify_pointer(token, source.trust)
        self._accept(new, seen)
        self._store_pointer(new, token, fetched.etag)
        return new

    def _accept(self, new: ChannelPointer, seen: ChannelPointer | None) -> None:
        source = self.source
        accept_pointer(new, seen, workspace=source.workspace, policy=source.policy, channel=self.channel)

    def _store_pointer(self, new: ChannelPointer, token: str, etag: str | None) -> None:
        store = self.source.store
        try:
            with store.locked():
                # Another process may have stored a later one since; the sequence on disk never falls either.
                stored = store.read_pointer(self.channel)
                self._accept(new, self._stored_pointer(stored))
                active = stored.active_version if stored else None
                store.write_pointer(self.channel, StoredPointer(token, etag, active))
        except OSError as error:
            logger.warning("the pointer of %s could not be stored: %s", self.channel, error)

    def _remember_active(self, version: int) -> None:
        store = self.source.store
        stored = store.read_pointer(self.channel)
        if stored is None or stored.active_version == version:
            return
        try:
            with store.locked():
                stored = store.read_pointer(self.channel)
                if stored is not None:
                    store.write_pointer(self.channel, replace(stored, active_version=version))
        except OSError as error:
            logger.warning("the active version could not be stored: %s", error)

    def _obtain(
        self, pointer: ChannelPointer, running: VerifiedBundle | None
    ) -> tuple[VerifiedBundle | None, CopydeskError | None]:
        """Return the bundle to run now and, if it is not the one wanted, why."""
        target = version_to_run(pointer, self.source.store.versions())
        if target is None:
            return None, None
        sha256 = pointer.sha256 if target == pointer.version else None
        if running is not None and running.version == target and sha256 in (None, running.sha256):
            return running, None
        try:
            found = self.source.from_disk(target, sha256) or self.source.download(target, sha256)
            return found, None
        except CopydeskError as error:
            if running is not None and running.version not in pointer.revoked:
                return running, error
            return self._best_on_disk(pointer, None), error

    def _best_on_disk(self, pointer: ChannelPointer, active: int | None) -> VerifiedBundle | None:
        """Return the version named, else the last that ran, else the highest; never a revoked one."""
        if pointer.version is None:
            return None
        candidates = [(pointer.version, pointer.sha256), (active, None)]
        candidates += [(version, None) for version in self.source.store.versions()]
        for version, sha256 in candidates:
            if version is None or version in pointer.revoked:
                continue
            found = self.source.from_disk(version, sha256)
            if found is not None:
                return found
        return None

    def _stored_pointer(self, stored: StoredPointer | None) -> ChannelPointer | None:
        if stored is None:
            return None
        try:
            pointer = verify_pointer(stored.token, self.source.trust)
            self._accept(pointer, None)
        except VerificationError as error:
            logger.warning("the stored pointer of %s is not used: %s", self.channel, error)
            return None
        return pointer


@dataclass(frozen=True, slots=True)
class PinnedFollower:
    """Holds on to one version; the console is asked only whether it was revoked."""

    source: Source
    version: int

    def load(self) -> Snapshot:
        """Return the version if it is on disk."""
        return Snapshot(self.source.from_disk(self.version))

    def refresh(self, current: Snapshot) -> Snapshot:
        """Download the version if it is missing, else ask whether it is still offered."""
        source = self.source
        try:
            if current.bundle is None:
                return Snapshot(source.download(self.version, None), is_confirmed=True)
            etag = f'"{current.bundle.sha256}"'
            fetched = source.transport.get_bundle(source.workspace, source.policy, self.version, etag)
            if fetched.body is not None and sha256_hex(fetched.body) != current.bundle.sha256:
                raise VerificationError(f"version {self.version} has other bytes than before; versions stay")
            return Snapshot(current.bundle, is_confirmed=True)
        except CopydeskError as error:
            if isinstance(error, FetchError) and error.status == HTTP_GONE:
                source.store.remove_bundle(self.version)
                return Snapshot(None, problem=error, is_confirmed=True)
            return replace(current, problem=error, is_confirmed=False)

    def wait(self, current: Snapshot, limit_s: float) -> bool:  # noqa: ARG002
        """Tell that nothing can be waited for: a version never moves."""
        return False


def _later(first: ChannelPointer | None, second: ChannelPointer | None) -> ChannelPointer | None:
    if first is None or second is None:
        return first or second
    return first if first.sequence >= second.sequence else second
