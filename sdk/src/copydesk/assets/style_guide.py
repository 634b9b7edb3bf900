"""Style guide: prose for people, tone per audience, and rules that a check enforces."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

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
    the rule's unit tests: bad ones must be found, good ones must not.
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

    @model_validator(mode="after")
    def _ids_are_unique(self) -> StyleGuide:
        refuse_repeated("rule id", [rule.id for rule in self.rules])
        refuse_repeated("criterion id", [criterion.id for criterion in self.criteria])
        refuse_repeated("audience", [tone.audience for tone in self.tones])
        return self
