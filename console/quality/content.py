"""The shape of a labelled case as people and programs give it: form, file and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from console.errors import InvalidError
from console.judge.judging import NAME
from console.problems import problem_of
from copydesk.assets.base import Content, Identifier, Line, LocaleTag, NonEmptyText, Text
from copydesk.assets.limits import CheckName
from copydesk.checks.injection import NAME as INJECTION
from copydesk.checks.registry import CHECK_NAMES

MAX_CASES = 5_000
MAX_MENTIONS = 100
MAX_START_DIGITS = 8  # no text is longer, and Python reads no number of thousands of digits
# What a text can be labelled for: the checks, and the criteria of a judge.
LABELLED_CHECKS = (*CHECK_NAMES, NAME)


class CaseContent(Content):
    """A text with what a check must say of it.

    `quote` are the words that must (or must not) be marked; `start` (code points) tells which occurrence is
    meant, None: the first. Without a quote the whole text is meant.
    """

    check: Literal[CheckName, "judge"]
    expects: Literal["finding", "none"]
    text: NonEmptyText
    rule: Line = Field(default="", max_length=200, validate_default=True)
    quote: Text = ""
    start: int | None = Field(default=None, ge=0)
    prompt: Identifier | None = None
    audience: Identifier | None = None
    channel: Identifier | None = None
    locale: LocaleTag | None = None
    segment: Identifier | None = None
    variables: dict[str, Any] = Field(default_factory=dict, validate_default=True)
    must_mention: tuple[Identifier, ...] = ()
    note: Text = ""

    @field_validator("must_mention", mode="before")
    @classmethod
    def _are_few(cls, value: Any) -> Any:
        # Before each is looked at: every one that does not fit would be a problem of its own.
        if isinstance(value, list | tuple) and len(value) > MAX_MENTIONS:
            raise ValueError(f"at most {MAX_MENTIONS} facts can be named")
        return value

    # What one field asks of another is told at the field that is mended: pydantic names it in `loc`. What did
    # not fit itself is missing from `info.data`, and nothing more is asked of it.

    @field_validator("text")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("the text is empty")
        return value

    @field_validator("rule")
    @classmethod
    def _names_a_criterion(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("check") == NAME and not value.strip():
            raise ValueError("name the criterion, such as house-style/warm")
        return value

    @field_validator("quote")
    @classmethod
    def _is_in_the_text(cls, value: str, info: ValidationInfo) -> str:
        if value not in info.data.get("text", value):
            raise ValueError("the words are not in the text; copy them from it")
        return value

    @field_validator("variables")
    @classmethod
    def _are_there_to_be_judged(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if info.data.get("check") == INJECTION and not value:
            raise ValueError("give a variable: injected instructions are looked for in variables alone")
        return value

    @property
    def span(self) -> tuple[int, int] | None:
        """Place of the quote in code points; None where there is no quote or it is not in the text."""
        if not self.quote:
            return None
        if self.start is not None and self.text.startswith(self.quote, self.start):
            return self.start, self.start + len(self.quote)
        found = self.text.find(self.quote)
        return None if found < 0 else (found, found + len(self.quote))


def read_case(data: Mapping[str, Any]) -> CaseContent:
    """Read a labelled case.

    Raises:
        InvalidError: every field that does not fit.
    """
    try:
        return CaseContent.model_validate(data)
    except ValidationError as error:
        raise InvalidError([problem_of(item) for item in error.errors()]) from error


def read_start(written: str) -> int | None:
    """Return where a case's words begin in its text, as forms and files write it; None for no number."""
    written = written.strip()
    is_place = written.isascii() and written.isdigit() and len(written) <= MAX_START_DIGITS
    return int(written) if is_place else None
