"""What candidates and runs refuse."""

from __future__ import annotations

from collections.abc import Sequence

from console.errors import ConflictError
from copydesk.errors import Problem, said


class NothingToPinError(ConflictError):
    """A policy without any saved revision has nothing to test."""

    code = "nothing_to_pin"

    def __init__(self) -> None:
        super().__init__("Nothing to test yet. Save a revision of at least one prompt first.")


class EmptyGoldenSetError(ConflictError):
    """A golden set without cases tests nothing."""

    code = "empty_golden_set"

    def __init__(self) -> None:
        super().__init__("This golden set has no cases. Add some and save a revision first.")


class RunNotActiveError(ConflictError):
    """Only a run that is queued or running can be cancelled."""

    code = "run_not_active"

    def __init__(self) -> None:
        super().__init__("This run has ended already.")


class InvalidPinError(ConflictError):
    """A pinned revision is not one of the policy's assets."""

    code = "invalid_pin"


class OutsideTextError(ConflictError):
    """A revision of a prompt from before free text was kept out of system messages."""

    code = "outside_text_in_system_message"

    def __init__(self, prompt: str, number: int, problems: Sequence[Problem]) -> None:
        super().__init__(
            f"The prompt {prompt}, revision {number}, can't be tested: {said(problems)}. "
            "Save a revision of it without that first."
        )
