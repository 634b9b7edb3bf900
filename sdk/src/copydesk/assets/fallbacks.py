"""Fallbacks: approved copy that replaces a generated text which must not be used."""

from __future__ import annotations

from pydantic import model_validator

from copydesk.assets.base import Content, Identifier, LocaleTag, NonEmptyLine, NonEmptyText, refuse_repeated


class Fallback(Content):
    """Liquid text with the prompt's variables, for one prompt, an audience and a locale (None: all)."""

    prompt: Identifier
    audience: Identifier | None = None
    locale: LocaleTag | None = None
    text: NonEmptyText


class Fallbacks(Content):
    """All fallback copy of a set."""

    title: NonEmptyLine
    fallbacks: tuple[Fallback, ...] = ()

    @model_validator(mode="after")
    def _keys_are_unique(self) -> Fallbacks:
        keys = [
            f"{item.prompt} / {item.audience or 'all'} / {item.locale or 'all'}" for item in self.fallbacks
        ]
        refuse_repeated("prompt / audience / locale", keys)
        return self
