"""Glossary: the words to use, to avoid and never to use."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from copydesk.assets.base import (
    Content,
    Identifier,
    Line,
    LocaleTag,
    NonEmptyLine,
    Scope,
    Text,
    refuse_repeated,
)
from copydesk.checks.contract import Severity


class TermStatus(StrEnum):
    """`preferred` and `allowed` may be used; `deprecated` warns, `forbidden` fails a text."""

    PREFERRED = "preferred"
    ALLOWED = "allowed"
    DEPRECATED = "deprecated"
    FORBIDDEN = "forbidden"


class CaseRule(StrEnum):
    """How a term is matched and written: `any` case, or `exact` (other spellings of case are findings)."""

    ANY = "any"
    EXACT = "exact"


class Term(Content):
    """One term.

    `variants` are further spellings matched like the term; for a preferred term they are the wrong spellings
    to replace by it. `use_instead` is the suggestion. `inflections` are the frozen forms expanded when the
    revision was saved. `equivalents` maps a language to its term. `severity` overrides the status's default.
    """

    id: Identifier
    term: NonEmptyLine
    status: TermStatus
    language: LocaleTag = "en"
    part_of_speech: str = Field(default="", pattern="^(|noun|verb|adjective|adverb|name|phrase)$")
    use_instead: Line = ""
    variants: tuple[NonEmptyLine, ...] = ()
    inflect: bool = True
    inflections: tuple[NonEmptyLine, ...] = ()
    case_rule: CaseRule = CaseRule.ANY
    match_disguised: bool = False
    match_in_compounds: bool = False
    why: Text = ""
    example_good: Text = ""
    example_bad: Text = ""
    equivalents: dict[LocaleTag, NonEmptyLine] = Field(default_factory=dict)
    severity: Severity | None = None
    scope: Scope = Field(default_factory=Scope)


class Glossary(Content):
    """The whole glossary."""

    title: NonEmptyLine
    terms: tuple[Term, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Glossary:
        refuse_repeated("term id", [term.id for term in self.terms])
        return self
