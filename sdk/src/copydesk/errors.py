"""Every error the SDK raises, in one place: callers catch `CopydeskError` or one of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_PROBLEMS_SAID = 10
MAX_SAID_CHARS = 500


class CopydeskError(Exception):
    """Base of all errors raised by the SDK."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a piece of content: where it is, what is wrong and how to mend it.

    `path` is a dotted path such as `terms.3.term`; empty for the whole content. A warning is worth knowing
    and keeps nothing from being saved.
    """

    path: str
    message: str
    is_warning: bool = field(default=False, kw_only=True)


def said(problems: Sequence[Problem], whole: str = "") -> str:
    """Return problems as one line: the first ones with their places, and how many more there are.

    Args:
        problems: what is wrong.
        whole: what to call the place of a problem without a path; nothing where empty.
    """
    words = [clipped(": ".join(filter(None, (p.path or whole, p.message)))) for p in problems]
    if len(words) > MAX_PROBLEMS_SAID:
        words[MAX_PROBLEMS_SAID:] = [f"and {len(words) - MAX_PROBLEMS_SAID} more"]
    return "; ".join(words)


def clipped(text: str) -> str:
    """Return a text of a place or problem no longer than `MAX_SAID_CHARS`: names of strangers can be long."""
    return text if len(text) <= MAX_SAID_CHARS else f"{text[: MAX_SAID_CHARS - 1]}…"


class ContentError(CopydeskError):
    """Asset content that does not fit its schema; `problems` names every place."""

    def __init__(self, kind: str, problems: Sequence[Problem]) -> None:
        self.kind = kind
        self.problems = tuple(problems)
        super().__init__(said(self.problems, kind))


class TemplateError(CopydeskError):
    """A prompt or fallback template that can't be parsed or rendered; `line` counts from 1."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(message)


class VariableError(CopydeskError):
    """A variable given for a prompt is missing, unknown or of the wrong type."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(said(self.problems))


class UnknownPromptError(CopydeskError):
    """The policy has no prompt of this name."""


class NoFallbackError(CopydeskError):
    """No approved fallback copy exists for the prompt, audience and locale asked for."""


class BundleError(CopydeskError):
    """A bundle that can't be read: not a bundle, damaged, or of an unknown format version."""


class VerificationError(BundleError):
    """A bundle or pointer whose signature, digest or approvals do not hold."""


class RollbackError(VerificationError):
    """A channel pointer older than one already seen: its sequence fell."""


class FetchError(CopydeskError):
    """The console could not be reached or answered with an error; `status` is the HTTP status or None."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        self.status = status
        super().__init__(message)


class NoPolicyError(CopydeskError):
    """No verified policy is at hand: nothing fetched yet and nothing on disk."""
