"""What releases refuse."""

from __future__ import annotations

from collections.abc import Sequence

from console.errors import ConflictError
from copydesk.approval import Reason


class NotApprovedError(ConflictError):
    """The approval invariant does not hold; `reasons` says everything that is missing."""

    code = "not_approved"

    def __init__(self, reasons: Sequence[Reason]) -> None:
        self.reasons = tuple(reasons)
        text = "; ".join(reason.message for reason in reasons)
        super().__init__(f"This can't be published: {text}.")


class AlreadyPublishedError(ConflictError):
    """A review gives one version."""

    code = "already_published"

    def __init__(self, version: int) -> None:
        super().__init__(f"This review was published already, as version {version}.")


class RevokedError(ConflictError):
    """A revoked version can't be put on a channel."""

    code = "revoked"

    def __init__(self, version: int) -> None:
        super().__init__(f"Version {version} was revoked and can't be used any more.")


class OtherProductionError(ConflictError):
    """The version was tested and approved against another production."""

    code = "production_moved"

    def __init__(self, version: int, present: int | None) -> None:
        is_at = f"Production is at version {present}" if present else "Production is empty"
        super().__init__(
            f"{is_at} now, and version {version} was compared with another one. Run its candidate again and "
            "have that run reviewed, so that nothing is undone unseen."
        )


class SameVersionError(ConflictError):
    """The channel points at this version already."""

    code = "same_version"

    def __init__(self, channel: str, version: int) -> None:
        super().__init__(f"{channel.capitalize()} is at version {version} already.")


class ReasonMissingError(ConflictError):
    """The act needs a reason for the audit trail."""

    status = 422
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__("Give a reason; it is kept in the audit trail.")
