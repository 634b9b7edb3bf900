"""Limits: what each channel can carry, and how each check is set."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from copydesk.assets.base import (
    Content,
    Identifier,
    Line,
    NonEmptyLine,
    Probability,
    Scope,
    refuse_repeated,
)
from copydesk.checks.contract import Severity

CheckName = Literal[
    "limits",
    "glossary",
    "style_rules",
    "forbidden_topics",
    "personal_data",
    "facts",
    "toxicity",
    "brand_voice",
    "inclusive_language",
    "injection",
]


class ChannelLimit(Content):
    """Limits of one channel; lengths are in graphemes (UAX 29) where named characters."""

    id: Identifier
    channel: Identifier
    scope: Scope = Field(default_factory=Scope)
    min_characters: int | None = Field(default=None, ge=0, le=100_000)
    max_characters: int | None = Field(default=None, ge=1, le=100_000)
    max_words: int | None = Field(default=None, ge=1, le=20_000)
    max_sentences: int | None = Field(default=None, ge=1, le=2_000)
    max_links: int | None = Field(default=None, ge=0, le=500)
    allowed_link_hosts: tuple[NonEmptyLine, ...] = ()
    allow_html: bool = False
    allow_markdown: bool = False
    allow_emoji: bool = True
    required_phrases: tuple[NonEmptyLine, ...] = ()
    severity: Severity = Severity.ERROR


class CheckSetting(Content):
    """How one check is run; thresholds are probabilities as decimal text, None: the engine's own."""

    check: CheckName
    enabled: bool = True
    engine: Line = ""
    review_threshold: Probability | None = None
    block_threshold: Probability | None = None
    enforced_at: Literal["runtime", "console"] = "runtime"
    on_not_run: Literal["block", "review", "allow"] = "review"


class Limits(Content):
    """All limits and check settings of a set."""

    title: NonEmptyLine
    channels: tuple[ChannelLimit, ...] = ()
    checks: tuple[CheckSetting, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Limits:
        refuse_repeated("limit id", [limit.id for limit in self.channels])
        refuse_repeated("check", [setting.check for setting in self.checks])
        return self
