"""What all asset contents share: frozen models, identifiers, applicability."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationInfo

from copydesk.canonical import LONE_SURROGATE
from copydesk.checks.contract import Context

MAX_TEXT_CHARS = 20_000
MAX_LINE_CHARS = 500
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
# The validation context of content that was saved before: rules that came later do not refuse it.
AS_STORED: Final = {"as_stored": True}


def _identifier(value: str) -> str:
    if not IDENTIFIER.fullmatch(value):
        raise ValueError("use lower-case letters, digits, '-', '_' or '.', at most 64 of them")
    return value


def _clean(value: str) -> str:
    if "\x00" in value:
        raise ValueError("holds a NUL character; remove it")
    if LONE_SURROGATE.search(value):
        raise ValueError("holds half of a character (a lone surrogate); retype it")
    return value


def is_stored(info: ValidationInfo) -> bool:
    """Tell whether content is read that was saved before."""
    return bool(info.context and info.context.get("as_stored"))


def _day(value: str, info: ValidationInfo) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        if not is_stored(info):
            raise ValueError(
                f"{value} is no day of the calendar; write one that exists, such as 2026-11-04"
            ) from None
    return value


def refuse_backward(start: str | None, end: str | None, info: ValidationInfo) -> None:
    """Raise ValueError where a time in force ends before it starts; content that was saved before may."""
    if start is not None and end is not None and end < start and not is_stored(info):
        raise ValueError(f"{end} is before {start}, when it starts; write a later day, or leave one empty")


Identifier = Annotated[str, AfterValidator(_identifier)]
Line = Annotated[str, StringConstraints(max_length=MAX_LINE_CHARS), AfterValidator(_clean)]
NonEmptyLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LINE_CHARS),
    AfterValidator(_clean),
]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS), AfterValidator(_clean)]
NonEmptyText = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARS), AfterValidator(_clean)
]
DecimalText = Annotated[str, StringConstraints(pattern=r"^-?\d{1,15}(\.\d{1,9})?$")]
Probability = Annotated[str, StringConstraints(pattern=r"^(0(\.\d{1,6})?|1(\.0{1,6})?)$")]
LocaleTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
IsoDate = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]


class Content(BaseModel):
    """Base of all content models: frozen, unknown keys refused, JSON without floats."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> dict[str, Any]:
        """Return the content as JSON data, every field present but those that say when they are left out."""
        return self.model_dump(mode="json")


class Scope(Content):
    """Where an item applies; an empty list means everywhere."""

    audiences: tuple[Identifier, ...] = ()
    channels: tuple[Identifier, ...] = ()
    locales: tuple[LocaleTag, ...] = ()
    prompts: tuple[Identifier, ...] = ()

    def covers(self, context: Context) -> bool:
        """Tell whether a text of this context is in scope; what the context leaves open is in scope.

        A locale `en` in the scope covers `en-GB` and `en-US`.
        """
        return (
            _in(self.audiences, context.audience)
            and _in(self.channels, context.channel)
            and _in(self.prompts, context.prompt)
            and locale_matches(self.locales, context.locale)
        )


def _in(allowed: tuple[str, ...], value: str | None) -> bool:
    return not allowed or value is None or value in allowed


def locale_matches(allowed: tuple[str, ...], locale: str | None) -> bool:
    """Tell whether a locale is covered by a list of locales or bare languages (empty: all)."""
    if not allowed or locale is None:
        return True
    return locale in allowed or locale.split("-")[0] in allowed


def refuse_repeated(what: str, values: list[str]) -> None:
    """Raise ValueError naming the first value that occurs twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"the {what} {value!r} is used twice; give each its own")
        seen.add(value)
