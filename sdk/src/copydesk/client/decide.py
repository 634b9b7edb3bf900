"""What a client makes of a pointer: pure decisions, no I/O."""

from __future__ import annotations

from copydesk.bundle.pointer import ChannelPointer
from copydesk.errors import RollbackError, VerificationError


def accept_pointer(
    new: ChannelPointer, seen: ChannelPointer | None, *, workspace: str, policy: str, channel: str
) -> ChannelPointer:
    """Return the new pointer if it may replace the one seen before.

    Args:
        new: verified.
        seen: the last one accepted, None at first.
        workspace, policy, channel: what was asked for.

    Raises:
        VerificationError: a pointer of something else, or two pointers with one sequence.
        RollbackError: the sequence fell.
    """
    asked, named = (workspace, policy, channel), (new.workspace, new.policy, new.channel)
    if named != asked:
        raise VerificationError(f"the pointer is of {'/'.join(named)}, not of {'/'.join(asked)}")
    if seen is None:
        return new
    if new.sequence < seen.sequence:
        raise RollbackError(f"the pointer's sequence fell from {seen.sequence} to {new.sequence}: a replay")
    if new.sequence == seen.sequence and new != seen:
        raise VerificationError(f"two different pointers have the sequence {new.sequence}")
    return new


def version_to_run(pointer: ChannelPointer, on_disk: tuple[int, ...]) -> int | None:
    """Return the version a pointer lets run: its own unless revoked, else the last unrevoked one kept.

    Args:
        pointer: accepted.
        on_disk: versions that can be loaded without the console, highest first.

    Returns:
        The version, or None: the channel has nothing that may run.
    """
    if pointer.version is None:
        return None
    if pointer.version not in pointer.revoked:
        return pointer.version
    earlier = (v for v in on_disk if v < pointer.version and v not in pointer.revoked)
    return next(earlier, None)
