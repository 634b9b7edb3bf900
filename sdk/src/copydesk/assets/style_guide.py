"""Style guide: prose for people, tone per audience, and rules that a check enforces."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from copydesk.assets.base import (
    Content,
    Identifier,
    IsoDate,
    Line,
    NonEmptyLine,
    NonEmptyText,
    Scope,
    Text,
    refuse_backward,
    refuse_repeated,
)
from copydesk.checks.contract import Severity

MAX_DESCRIPTOR_TERMS = 40
# One word for people in its forms, such as ("student", "students").
Descriptor = Annotated[tuple[NonEmptyLine, ...], Field(min_length=1, max_length=8)]


MAX_AUDIENCES = 100
OFF = "off"


def _audience_severity(value: object) -> object:
    if isinstance(value, str) and value not in {*Severity, OFF}:
        raise ValueError(f"{value[:40]!r} is no severity; write {', '.join(Severity)} or {OFF}")
    return value


AudienceSeverity = Annotated[Severity | Literal["off"], BeforeValidator(_audience_severity)]


class RuleKind(StrEnum):
    """Vale's kinds of rule (https://vale.sh/docs/styles), whose YAML is the lingua franca of style rules."""

    EXISTENCE = "existence"
    SUBSTITUTION = "substitution"
    OCCURRENCE = "occurrence"
    REPETITION = "repetition"
    CONSISTENCY = "consistency"
    CONDITIONAL = "conditional"
    CAPITALIZATION = "capitalization"
    METRIC = "metric"
    READABILITY = "readability"
    SPELLING = "spelling"
    SEQUENCE = "sequence"
    SCRIPT = "script"


class StyleRule(Content):
    """One rule. `definition` holds the kind's own keys as in Vale's YAML (tokens, swap, max, match, ...).

    `source_yaml` keeps an imported rule byte for byte until it is edited. `good` and `bad` examples run as
    the rule's unit tests: bad ones must be found, good ones must not. `severity_by_audience` is what the rule
    weighs for texts to single audiences, `off` where it does not hold for one.
    """

    id: Identifier
    title: NonEmptyLine
    why: Text = ""
    kind: RuleKind
    severity: Severity = Severity.WARNING
    message: Line = ""
    definition: dict[str, Any] = Field(default_factory=dict)
    scope: Scope = Field(default_factory=Scope)
    good: tuple[Text, ...] = ()
    bad: tuple[Text, ...] = ()
    owner: Line = ""
    effective_from: IsoDate | None = None
    effective_to: IsoDate | None = None
    source_yaml: str | None = None
    style: Line = ""
    severity_by_audience: dict[Identifier, AudienceSeverity] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _without_empty_severities(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the severities per audience out while there are none, for the reasons of `StyleGuide`."""
        data: dict[str, Any] = serialise(self)
        if not self.severity_by_audience:
            data.pop("severity_by_audience", None)
        return data

    @field_validator("severity_by_audience")
    @classmethod
    def _audiences_are_few(cls, severities: dict[str, AudienceSeverity]) -> dict[str, AudienceSeverity]:
        if len(severities) > MAX_AUDIENCES:
            raise ValueError(f"names {len(severities)} audiences; at most {MAX_AUDIENCES}")
        return severities

    @field_validator("effective_to")
    @classmethod
    def _ends_after_it_starts(cls, effective_to: str | None, info: ValidationInfo) -> str | None:
        refuse_backward(info.data.get("effective_from"), effective_to, info)
        return effective_to


class Tone(Content):
    """How to speak to one audience; the numbers are bands for the voice check, None where free.

    Lengths are in words, `reading_grade_max` is a US school grade (Flesch-Kincaid).
    """

    audience: Identifier
    guidance: Text = ""
    contractions: str = Field(default="allow", pattern="^(allow|avoid|expect)$")
    person: str = Field(default="any", pattern="^(any|second|first_plural|third)$")
    sentence_words_max: int | None = Field(default=None, ge=1, le=200)
    reading_grade_max: int | None = Field(default=None, ge=1, le=20)
    exclamations_max: int | None = Field(default=None, ge=0, le=50)
    emoji_max: int | None = Field(default=None, ge=0, le=50)
    questions_max: int | None = Field(default=None, ge=0, le=50)
    passives_max: int | None = Field(default=None, ge=0, le=50)
    hedges_max: int | None = Field(default=None, ge=0, le=50)


class Criterion(Content):
    """One thing no rule can measure and a judging model is asked about, in the console only.

    `question` says what the text must do, `pass_when` and `fail_when` where the line is.
    """

    id: Identifier
    title: NonEmptyLine
    question: NonEmptyText
    pass_when: Text = ""
    fail_when: Text = ""
    severity: Severity = Severity.WARNING
    scope: Scope = Field(default_factory=Scope)


class DescriptorGroup(Content):
    """Words for people that may stand in each other's place: a text about one is as good about another.

    Each of `terms` is one word in its forms, in the same order for all: ("student", "students"). Nothing
    enforces them; the console exchanges them in texts and compares what the checks say.
    """

    id: Identifier
    title: NonEmptyLine
    terms: tuple[Descriptor, ...]

    @field_validator("terms")
    @classmethod
    def _can_be_exchanged(cls, terms: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        if not 2 <= len(terms) <= MAX_DESCRIPTOR_TERMS:
            raise ValueError(f"give 2 to {MAX_DESCRIPTOR_TERMS} terms; there are {len(terms)}")
        for term in terms:
            if len(term) != len(terms[0]):
                raise ValueError(
                    f"{', '.join(term)!r} has {len(term)} form(s) and {', '.join(terms[0])!r} has"
                    f" {len(terms[0])}; give every term as many forms, in the same order"
                )
        # A form may stand twice in its own term ("sheep", "sheep"), never in two.
        refuse_repeated("term", [form for term in terms for form in dict.fromkeys(map(str.casefold, term))])
        return terms


class VoiceExamples(Content):
    """Labelled texts that teach the brand-voice check; fewer than 50 per side give bands only."""

    on_brand: tuple[Text, ...] = ()
    off_brand: tuple[Text, ...] = ()


class StyleGuide(Content):
    """The whole style guide."""

    title: NonEmptyLine
    introduction: Text = ""
    tones: tuple[Tone, ...] = ()
    rules: tuple[StyleRule, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    voice: VoiceExamples = Field(default_factory=VoiceExamples)
    vocabulary_accept: tuple[NonEmptyLine, ...] = ()
    vocabulary_reject: tuple[NonEmptyLine, ...] = ()
    descriptors: tuple[DescriptorGroup, ...] = ()

    @model_serializer(mode="wrap")
    def _without_empty_descriptors(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the list out while it is empty.

        Revisions from before there was one keep their digest, and services of then can read the bundle.
        """
        data: dict[str, Any] = serialise(self)
        if not self.descriptors:
            data.pop("descriptors", None)
        return data

    @model_validator(mode="after")
    def _ids_are_unique(self) -> StyleGuide:
        refuse_repeated("rule id", [rule.id for rule in self.rules])
        refuse_repeated("criterion id", [criterion.id for criterion in self.criteria])
        refuse_repeated("audience", [tone.audience for tone in self.tones])
        refuse_repeated("group id", [group.id for group in self.descriptors])
        return self
