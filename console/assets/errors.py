"""What drafts and revisions refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.errors import ConflictError, InvalidError
from copydesk.errors import Problem


class BadFileError(InvalidError):
    """A file can't be read at all; the message says where and what to do."""

    code = "bad_file"

    def __init__(self, message: str) -> None:
        super().__init__([Problem("", message)])


class DraftConflictError(ConflictError):
    """Somebody saved the draft in between; both texts are here and nothing is lost."""

    code = "draft_conflict"

    def __init__(
        self, *, mine: Mapping[str, Any], theirs: Mapping[str, Any], saved_by: str, lock: int
    ) -> None:
        self.mine = mine
        self.theirs = theirs
        self.saved_by = saved_by
        self.lock_number = lock
        super().__init__(
            f"Not saved. {saved_by} saved this draft while you were editing. "
            "Your text is kept; compare and merge."
        )


class NameTakenError(ConflictError):
    """An asset of this kind has this name."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"The name {name!r} is taken. Choose another one.")


class UnchangedError(ConflictError):
    """The draft is what the last revision holds."""

    code = "unchanged"

    def __init__(self, number: int) -> None:
        super().__init__(f"Nothing changed since revision {number}.")


class NoSuchRevisionError(ConflictError):
    """There is no revision of this number."""

    status = 404
    code = "no_such_revision"

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no revision {number}.")
