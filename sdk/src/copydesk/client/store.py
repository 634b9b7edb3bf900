"""What a client keeps on disk: signed pointers and bundles; a crash never leaves half a file."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.canonical import sha256_hex

KEEP_VERSIONS = 5
_BUNDLE_NAME = re.compile(r"(\d+)-([0-9a-f]{64})\.bundle")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class StoredPointer:
    """A channel pointer as received, with its ETag and the version that ran last under it."""

    token: str
    etag: str | None
    active_version: int | None = None


class Store:
    """The files of one policy, shared by all processes that use the same folder.

    Args:
        cache_dir: folder for all policies; made when missing, readable by its owner only.
        workspace, policy: name the sub-folder.
    """

    def __init__(self, cache_dir: Path, workspace: str, policy: str) -> None:
        for name in (workspace, policy):
            if not _SAFE.fullmatch(name):
                raise ValueError(f"{name!r} is not a name of a workspace or policy")
        self._folder = cache_dir / workspace / policy
        self._bundles = self._folder / "bundles"
        self._channels = self._folder / "channels"
        for folder in (self._bundles, self._channels):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against other processes; released by the system when a process dies."""
        with (self._folder / "lock").open("a+b") as lock:
            _lock(lock.fileno())
            yield

    def read_pointer(self, channel: str) -> StoredPointer | None:
        """Return the last pointer stored, or None if there is none that can be read."""
        path = self._pointer_path(channel)
        try:
            data = json.loads(path.read_bytes())
            etag, active = data.get("etag"), data.get("active_version")
            return StoredPointer(
                str(data["token"]),
                etag if isinstance(etag, str) else None,
                active if type(active) is int else None,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write_pointer(self, channel: str, pointer: StoredPointer) -> None:
        """Replace a channel's pointer; call with the lock held."""
        content = json.dumps(
            {"token": pointer.token, "etag": pointer.etag, "active_version": pointer.active_version}
        ).encode()
        _write_atomically(self._pointer_path(channel), content)

    def read_bundle(self, version: int, sha256: str | None = None) -> bytes | None:
        """Return a stored bundle of this version (and digest), or None; a damaged file counts as absent."""
        for path in sorted(self._bundles.glob(f"{version}-*.bundle")):
            match = _BUNDLE_NAME.fullmatch(path.name)
            if match is None or (sha256 is not None and match.group(2) != sha256):
                continue
            with contextlib.suppress(OSError):
                data = path.read_bytes()
                if sha256_hex(data) == match.group(2):
                    return data
        return None

    def write_bundle(self, version: int, data: bytes) -> None:
        """Store a verified bundle; call with the lock held."""
        _write_atomically(self._bundles / f"{version}-{sha256_hex(data)}.bundle", data)

    def remove_bundle(self, version: int) -> None:
        """Remove a version that was revoked."""
        for path in self._bundles.glob(f"{version}-*.bundle"):
            path.unlink(missing_ok=True)

    def versions(self) -> tuple[int, ...]:
        """Return the versions on disk, highest first."""
        found = {int(m.group(1)) for p in self._bundles.iterdir() if (m := _BUNDLE_NAME.fullmatch(p.name))}
        return tuple(sorted(found, reverse=True))

    def prune(self, keep: int | None) -> None:
        """Remove all but the highest versions and `keep`; call with the lock held."""
        kept = set(self.versions()[:KEEP_VERSIONS]) | ({keep} if keep is not None else set())
        for path in self._bundles.iterdir():
            match = _BUNDLE_NAME.fullmatch(path.name)
            if match and int(match.group(1)) not in kept:
                path.unlink(missing_ok=True)

    def _pointer_path(self, channel: str) -> Path:
        if not _SAFE.fullmatch(channel):
            raise ValueError(f"{channel!r} is not a name of a channel")
        return self._channels / f"{channel}.json"


def _write_atomically(path: Path, data: bytes) -> None:
    """Write to a temporary file, sync it, rename it, sync the folder: old or new, never between."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if sys.platform != "win32":
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

else:
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
