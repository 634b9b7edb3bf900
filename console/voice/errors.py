"""What can be refused when off-brand texts are asked for or taken over."""

from __future__ import annotations

from console.errors import ConflictError


class NoBriefsError(ConflictError):
    """There is nothing to write from."""

    code = "no_briefs"

    def __init__(self) -> None:
        super().__init__(
            "No golden case has a brief to write from. Add cases to the golden set of a policy with this"
            " style guide; cases with a fixed text or in another language than English give none."
        )


class BatchUnderWayError(ConflictError):
    """Texts are being written already."""

    code = "batch_under_way"

    def __init__(self) -> None:
        super().__init__("Texts are being written for this style guide already. Wait for them, or stop it.")


class NothingChosenError(ConflictError):
    """No text was ticked that could be taken over."""

    status = 422
    code = "nothing_chosen"

    def __init__(self) -> None:
        super().__init__("Tick at least one text that is not in the draft yet.")
