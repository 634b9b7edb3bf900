"""What accounts refuse."""

from __future__ import annotations

from console.errors import ConflictError, ConsoleError


class SignInError(ConsoleError):
    """E-mail and password do not belong together; says nothing about which of them is wrong."""

    status = 401
    code = "sign_in_failed"

    def __init__(self) -> None:
        super().__init__("E-mail address and password do not match.")


class ThrottledError(ConsoleError):
    """Too many failed attempts; `retry_after_s` says how long to wait."""

    status = 429
    code = "throttled"

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        minutes = max(1, round(retry_after_s / 60))
        super().__init__(f"Too many attempts. Try again in about {minutes} min.")

    @property
    def headers(self) -> dict[str, str]:
        """Retry-After in seconds (RFC 9110, section 10.2.3)."""
        return {"Retry-After": str(self.retry_after_s)}


class LinkError(ConsoleError):
    """A single-use link that is unknown, used or expired."""

    status = 410
    code = "link_gone"

    def __init__(self) -> None:
        super().__init__("This link was used already or has expired. Ask an admin for a new one.")


class LastAdminError(ConflictError):
    """A workspace can't be left without an admin."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the last admin of the workspace. Make somebody else admin first.")


class EmailTakenError(ConflictError):
    """There is an account with this e-mail address already."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail address already.")
