"""What labelled cases and thresholds refuse."""

from __future__ import annotations

from console.assets.guards import RefusedByGuardError
from console.errors import ConflictError, NotFoundError


class NoSuchCaseError(NotFoundError):
    """The policy has no labelled case of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no labelled case {number} in this policy.")


class NoSuchCheckError(NotFoundError):
    """There is no check of this name, or it has no threshold where one is asked for."""

    def __init__(self, check: str) -> None:
        super().__init__(f"There is no check {check!r} here.")


class AlreadyLabelledError(ConflictError):
    """The same text has the same label already."""

    code = "already_labelled"

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"Case {number} says the same of this text already.")


class CasesGetWorseError(RefusedByGuardError):
    """A revision makes labelled cases worse, or was not tried on them, where the workspace forbids that."""

    code = "labelled_cases_get_worse"


class TooFewTextsError(ConflictError):
    """There is too little approved copy for the false-positive rate asked for."""

    code = "too_few_texts"
