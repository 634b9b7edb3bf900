"""The shape of a labelled case as people and programs give it: form, file and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from console.errors import InvalidError
from console.judge.judging import NAME
from copydesk.assets.base import Content, Identifier, Line, LocaleTag, NonEmptyText, Text
from copydesk.assets.limits import CheckName
from copydesk.checks.injection import NAME as INJECTION
from copydesk.checks.registry import CHECK_NAMES
from copydesk.errors import Problem

MAX_CASES = 5_000
MAX_MENTIONS = 100
# What a text can be labelled for: the checks, and the criteria of a judge.
LABELLED_CHECKS = (*CHECK_NAMES, NAME)


class CaseContent(Content):
    """A text with what a check must say of it.

    `quote` are the words that must (or must not) be marked; `start` (code points) tells which occurrence is
    meant, None: the first. Without a quote the whole text is meant.
    """

    check: CheckName | Literal["judge"]
    expects: Literal["finding", "none"]
    text: NonEmptyText
    rule: Line = Field(default="", max_length=200)
    quote: Text = ""
    start: int | None = Field(default=None, ge=0)
    prompt: Identifier | None = None
    audience: Identifier | None = None
    channel: Identifier | None = None
    locale: LocaleTag | None = None
    segment: Identifier | None = None
    variables: dict[str, Any] = Field(default_factory=dict)
    must_mention: tuple[Identifier, ...] = ()
    note: Text = ""

    @field_validator("must_mention", mode="before")
    @classmethod
    def _are_few(cls, value: Any) -> Any:
        # Before each is looked at: every one that does not fit would be a problem of its own.
        if isinstance(value, list | tuple) and len(value) > MAX_MENTIONS:
            raise ValueError(f"at most {MAX_MENTIONS} facts can be named")
        return value

    @model_validator(mode="after")
    def _quote_is_in_the_text(self) -> CaseContent:
        if self.quote and self.span is None:
            raise ValueError("the words are not in the text; copy them from it")
        if not self.text.strip():
            raise ValueError("the text is empty")
        if self.check == INJECTION and not self.variables:
            raise ValueError("give a variable: injected instructions are looked for in variables alone")
        if self.check == NAME and not self.rule.strip():
            raise ValueError("name the criterion, such as house-style/warm")
        return self

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
        raise InvalidError([_problem(item) for item in error.errors()]) from error


def _problem(item: Any) -> Problem:
    path = ".".join(str(part) for part in item["loc"])
    message = str(item["msg"]).removeprefix("Value error, ")
    if not path and message.startswith("the words"):
        path = "quote"
    if not path and message.startswith("the text"):
        path = "text"
    if not path and message.startswith("name the criterion"):
        path = "rule"
    if not path and message.startswith("give a variable"):
        path = "variables"
    return Problem(path, f"{message[:1].upper()}{message[1:]}.".replace("..", "."))
