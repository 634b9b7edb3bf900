"""The content of a golden set: its cases, as frozen and hashed in revisions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from console.problems import problem_of
from copydesk.assets.base import (
    Content,
    Identifier,
    Line,
    LocaleTag,
    NonEmptyLine,
    NonEmptyText,
    Text,
    refuse_repeated,
)
from copydesk.assets.limits import CheckName
from copydesk.errors import ContentError

ExpectedOutcome = Literal["pass", "warn", "fail"]
KIND = "golden_set"


class Expectation(Content):
    """What a case expects; nothing named means: the text must not fail."""

    outcome: ExpectedOutcome | None = None
    checks: dict[CheckName, ExpectedOutcome] = Field(default_factory=dict)


class GoldenCase(Content):
    """One case: who is written to, with which variables, and what must come out.

    `text` is a fixed text that is checked instead of a generated one. `must_mention` holds fact ids.
    """

    id: Identifier
    title: NonEmptyLine
    prompt: Identifier
    audience: Identifier | None = None
    channel: Identifier | None = None
    locale: LocaleTag | None = None
    segment: Identifier | None = None
    variables: dict[str, Any] = Field(default_factory=dict)
    must_mention: tuple[Identifier, ...] = ()
    expect: Expectation = Field(default_factory=Expectation)
    text: NonEmptyText | None = None
    notes: Text = ""
    tags: tuple[Line, ...] = ()


class GoldenContent(Content):
    """All cases of a golden set."""

    title: NonEmptyLine
    cases: tuple[GoldenCase, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> GoldenContent:
        refuse_repeated("case id", [case.id for case in self.cases])
        return self


def parse_golden(data: Any) -> GoldenContent:
    """Read JSON data into golden content.

    Raises:
        ContentError: every place that does not fit.
    """
    try:
        return GoldenContent.model_validate(data)
    except ValidationError as error:
        raise ContentError(KIND, [problem_of(item) for item in error.errors()]) from error
