"""What reviews refuse."""

from __future__ import annotations

from console.errors import ConflictError, ForbiddenError


class RunNotReviewableError(ConflictError):
    """A review needs a complete run of the very candidate."""

    code = "run_not_reviewable"

    def __init__(self) -> None:
        super().__init__("Only a complete run can be reviewed. Wait for it to end, or start a new one.")


class NothingChangedError(ConflictError):
    """The candidate is what is in production already."""

    code = "nothing_changed"

    def __init__(self) -> None:
        super().__init__("This candidate is what is in production now. There is nothing to review.")


class ProductionMovedError(ConflictError):
    """The run was compared with what is in production no more."""

    code = "production_moved"

    def __init__(self) -> None:
        super().__init__(
            "Another version went to production after this run. Run the candidate again, so that the "
            "comparison and what changed are against today's production, then request a review of that run."
        )


class ReviewOpenError(ConflictError):
    """The candidate is under review already."""

    code = "review_open"

    def __init__(self, number: int) -> None:
        super().__init__(f"Review {number} of this candidate is open already.")


class ReviewClosedError(ConflictError):
    """The round takes no decisions any more."""

    code = "review_closed"

    def __init__(self) -> None:
        super().__init__("This review has ended. Request a new one if something is to be decided.")


class StaleEvidenceError(ConflictError):
    """What the reviewer saw is not what is there now."""

    code = "stale_evidence"

    def __init__(self) -> None:
        super().__init__("The evidence changed while you were reading. Look at it again, then sign.")


class FourEyesError(ForbiddenError):
    """The person wrote part of what they would approve."""

    code = "four_eyes"

    def __init__(self) -> None:
        super().__init__(
            "You wrote or edited something in this candidate, so somebody else has to decide on it."
        )


class NotAnApproverError(ForbiddenError):
    """The person holds none of the roles this review needs."""

    code = "not_an_approver"

    def __init__(self) -> None:
        super().__init__("This review does not need a decision in one of your roles.")


class SecondSignatureError(ConflictError):
    """One person signs a review once."""

    code = "second_signature"

    def __init__(self) -> None:
        super().__init__("You signed this review already. Each required role needs a person of its own.")
