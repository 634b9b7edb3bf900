"""Base errors of the console; `console.web.problems` maps them to HTTP answers once."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.errors import Problem, said


class ConsoleError(Exception):
    """Base of what an operation refuses; `status` is the HTTP status it becomes, `code` its stable name.

    The message is one sentence for the person who asked, saying what to do where something can be done.
    """

    status = 400
    code = "refused"

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer besides the usual ones."""
        return {}


class InvalidError(ConsoleError):
    """The input does not fit; `problems` names every place, the message the first ones."""

    status = 422
    code = "invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(said(self.problems))


class NotFoundError(ConsoleError):
    """There is no such thing in this workspace, or the person may not know of it."""

    status = 404
    code = "not_found"


class ForbiddenError(ConsoleError):
    """The person is known but may not do this."""

    status = 403
    code = "forbidden"


class ConflictError(ConsoleError):
    """What is asked does not fit the present state."""

    status = 409
    code = "conflict"
