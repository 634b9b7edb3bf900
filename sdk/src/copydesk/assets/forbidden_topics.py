"""Forbidden topics: what generated text must stay away from, by terms and by examples."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from copydesk.assets.base import (
    Content,
    Identifier,
    NonEmptyLine,
    NonEmptyText,
    Probability,
    Scope,
    Text,
    refuse_repeated,
)


class TopicAction(StrEnum):
    """Block terms always block; `block` also raises what the examples match to an error."""

    BLOCK = "block"
    REVIEW = "review"


class Topic(Content):
    """One topic; `near_misses` are texts close by that are fine. Ten of each make the head reliable."""

    id: Identifier
    title: NonEmptyLine
    definition: Text = ""
    block_terms: tuple[NonEmptyLine, ...] = ()
    positives: tuple[NonEmptyText, ...] = ()
    near_misses: tuple[NonEmptyText, ...] = ()
    action: TopicAction = TopicAction.REVIEW
    max_background_false_positive_rate: Probability = "0.02"
    scope: Scope = Field(default_factory=Scope)


class ForbiddenTopics(Content):
    """All topics of a list, with approved texts as the background they are told apart from."""

    title: NonEmptyLine
    topics: tuple[Topic, ...] = ()
    background: tuple[NonEmptyText, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> ForbiddenTopics:
        refuse_repeated("topic id", [topic.id for topic in self.topics])
        return self
