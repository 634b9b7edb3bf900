"""Fact sheet: what may be claimed, as typed values bound to a subject and an attribute."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from copydesk.assets.base import (
    Content,
    DecimalText,
    Identifier,
    IsoDate,
    Line,
    NonEmptyLine,
    Scope,
    refuse_backward,
    refuse_repeated,
)

CurrencyCode = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class Money(Content):
    """An amount in minor units of an ISO 4217 currency: 4999 GBP is 49.99 pounds."""

    type: Literal["money"] = "money"
    minor: int = Field(ge=-(10**12), le=10**12)
    currency: CurrencyCode


class Percent(Content):
    """A percentage: "15" is 15 %."""

    type: Literal["percent"] = "percent"
    number: DecimalText


class Quantity(Content):
    """A number with a unit (`litre`, `gram`, `piece`, ...)."""

    type: Literal["quantity"] = "quantity"
    number: DecimalText
    unit: NonEmptyLine


class Duration(Content):
    """A span of time, or a range of it when `number_max` is given ("2 to 4 working days")."""

    type: Literal["duration"] = "duration"
    number: DecimalText
    number_max: DecimalText | None = None
    unit: Literal["minute", "hour", "day", "working_day", "week", "month", "year"]


class DateValue(Content):
    """A calendar date (ISO 8601)."""

    type: Literal["date"] = "date"
    date: IsoDate


class Enumeration(Content):
    """One of a closed set of words; `values` are right, `others` are known wrong answers."""

    type: Literal["enum"] = "enum"
    values: tuple[NonEmptyLine, ...] = Field(min_length=1)
    others: tuple[NonEmptyLine, ...] = ()


class TextValue(Content):
    """Free text, looked for as written."""

    type: Literal["text"] = "text"
    text: NonEmptyLine


Value = Annotated[
    Money | Percent | Quantity | Duration | DateValue | Enumeration | TextValue, Field(discriminator="type")
]


class FactStatus(StrEnum):
    """Only verified facts may be claimed; unverified ones are reported, retired ones are wrong."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    RETIRED = "retired"


class Fact(Content):
    """One fact; `tolerance` is the absolute difference still taken as right (decimal text).

    `claim_words` are words such as "guaranteed" that this fact licenses; `required_wording` must be used when
    the fact is stated.
    """

    id: Identifier
    subject: NonEmptyLine
    subject_aliases: tuple[NonEmptyLine, ...] = ()
    attribute: NonEmptyLine
    attribute_aliases: tuple[NonEmptyLine, ...] = ()
    value: Value
    tolerance: DecimalText = "0"
    valid_from: IsoDate | None = None
    valid_to: IsoDate | None = None
    source: Line = ""
    status: FactStatus = FactStatus.VERIFIED
    required_wording: Line = ""
    claim_words: tuple[NonEmptyLine, ...] = ()
    scope: Scope = Field(default_factory=Scope)

    @field_validator("valid_to")
    @classmethod
    def _ends_after_it_starts(cls, valid_to: str | None, info: ValidationInfo) -> str | None:
        refuse_backward(info.data.get("valid_from"), valid_to, info)
        return valid_to


class FactSheet(Content):
    """All facts of a sheet; `guarded_claims` are words that need a linked fact ("guaranteed", "best").

    `unverified` says what stating an unverified fact does: `forbid` fails the text, `hedge` asks for a
    word such as "expected" beside the claim, `allow` notes it. `common_claims` says whether the
    superlatives and guarantees that everybody knows are for `review` where no fact licenses them, or
    whether only the guarded words count.
    """

    title: NonEmptyLine
    facts: tuple[Fact, ...] = ()
    guarded_claims: tuple[NonEmptyLine, ...] = ()
    unverified: Literal["forbid", "hedge", "allow"] = "hedge"
    common_claims: Literal["review", "off"] = "review"

    @model_serializer(mode="wrap")
    def _without_later_defaults(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what stands at its default and came later than the first sheets.

        Revisions from before keep their digest, and services of then can read the bundle.
        """
        data: dict[str, Any] = serialise(self)
        for name in ("unverified", "common_claims"):
            if data.get(name) == type(self).model_fields[name].default:
                del data[name]
        return data

    @model_validator(mode="after")
    def _ids_are_unique(self) -> FactSheet:
        refuse_repeated("fact id", [fact.id for fact in self.facts])
        return self
