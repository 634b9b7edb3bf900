"""What golden sets refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from console.errors import ConflictError, NotFoundError


class NoSuchGoldenSetError(NotFoundError):
    """The workspace has no golden set of this name."""

    def __init__(self) -> None:
        super().__init__(_("There is no such golden set in this workspace."))


class NoSuchCaseError(NotFoundError):
    """The golden set holds no case of this id (any more)."""

    def __init__(self) -> None:
        super().__init__(_("There is no such case in this golden set. Somebody may have taken it out."))


class CaseConflictError(ConflictError):
    """Somebody changed the same case meanwhile; both texts are here and nothing is lost.

    `theirs` is None where they took it out; `base` is what a form that has seen both starts from.
    """

    code = "case_conflict"

    def __init__(
        self, *, mine: Mapping[str, Any], theirs: Mapping[str, Any] | None, saved_by: str, base: str
    ) -> None:
        self.mine = mine
        self.theirs = theirs
        self.saved_by = saved_by
        self.base = base
        super().__init__(
            _(
                "Not saved. %(name)s saved this case while you were editing. "
                "Your text is kept; compare and merge.",
                name=saved_by,
            )
        )
