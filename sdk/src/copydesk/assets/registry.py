"""From JSON data to typed content, one kind at a time or a whole policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, cast

from pydantic import ValidationError

from copydesk.assets.base import AS_STORED, Content
from copydesk.assets.fact_sheet import FactSheet
from copydesk.assets.fallbacks import Fallbacks
from copydesk.assets.forbidden_topics import ForbiddenTopics
from copydesk.assets.glossary import Glossary
from copydesk.assets.limits import CheckSetting, Limits
from copydesk.assets.prompt import Prompt
from copydesk.assets.style_guide import StyleGuide
from copydesk.errors import ContentError, Problem


class Kind(StrEnum):
    """The kinds of asset, as named in the database, in URLs and in the bundle."""

    STYLE_GUIDE = "style_guide"
    GLOSSARY = "glossary"
    PROMPT = "prompt"
    FORBIDDEN_TOPICS = "forbidden_topics"
    FACT_SHEET = "fact_sheet"
    FALLBACKS = "fallbacks"
    LIMITS = "limits"


KINDS: Mapping[Kind, type[Content]] = {
    Kind.STYLE_GUIDE: StyleGuide,
    Kind.GLOSSARY: Glossary,
    Kind.PROMPT: Prompt,
    Kind.FORBIDDEN_TOPICS: ForbiddenTopics,
    Kind.FACT_SHEET: FactSheet,
    Kind.FALLBACKS: Fallbacks,
    Kind.LIMITS: Limits,
}


@dataclass(frozen=True, slots=True)
class PolicyAssets:
    """All content of one policy: for every kind a map from asset name to content."""

    style_guide: Mapping[str, StyleGuide] = field(default_factory=dict)
    glossary: Mapping[str, Glossary] = field(default_factory=dict)
    prompt: Mapping[str, Prompt] = field(default_factory=dict)
    forbidden_topics: Mapping[str, ForbiddenTopics] = field(default_factory=dict)
    fact_sheet: Mapping[str, FactSheet] = field(default_factory=dict)
    fallbacks: Mapping[str, Fallbacks] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)

    def setting(self, check: str) -> CheckSetting:
        """Return how a check is set; the last limits asset (by name) that names it wins, else defaults."""
        found = [s for name in sorted(self.limits) for s in self.limits[name].checks if s.check == check]
        return found[-1] if found else CheckSetting.model_validate({"check": check})

    def to_json(self) -> dict[str, dict[str, Any]]:
        """Return `{kind: {name: content}}` as JSON data."""
        return {
            f.name: {name: content.to_json() for name, content in sorted(getattr(self, f.name).items())}
            for f in fields(self)
        }


def parse(kind: str, data: Any, *, as_stored: bool = False) -> Content:
    """Read one asset's JSON data into its typed content.

    Args:
        kind: one of `Kind`.
        data: the JSON data.
        as_stored: it was saved before, maybe when less was refused: days that no calendar has and times that
            end before they start pass, so that revisions and bundles of then can still be read.

    Raises:
        ContentError: every place that does not fit, as dotted paths with a sentence each.
    """
    try:
        model = KINDS[Kind(kind)]
    except ValueError:
        known = ", ".join(KINDS)
        raise ContentError(kind, [Problem("", f"is not a kind of asset; known: {known}")]) from None
    try:
        return model.model_validate(data, context=AS_STORED if as_stored else None)
    except ValidationError as error:
        raise ContentError(kind, [_problem(item) for item in error.errors()]) from error


def parse_assets(data: Mapping[str, Mapping[str, Any]]) -> PolicyAssets:
    """Read `{kind: {name: data}}`, content that was saved before, into typed content.

    Raises:
        ContentError: an unknown kind or content that does not fit.
    """
    parsed = {
        str(Kind(kind)) if kind in set(KINDS) else kind: {
            name: parse(kind, content, as_stored=True) for name, content in named.items()
        }
        for kind, named in data.items()
    }
    return PolicyAssets(**cast("Any", parsed))


def _problem(item: Any) -> Problem:
    path = ".".join(str(part) for part in item["loc"])
    return Problem(path, _how_many(item) or str(item["msg"]).removeprefix("Value error, "))


def _how_many(item: Any) -> str:
    """Say how many entries a list of the wrong length may have; pydantic speaks of tuples."""
    limits = item.get("ctx", {})
    if item["type"] == "too_short":
        least = limits["min_length"]
        return f"Add at least {least} item{'' if least == 1 else 's'}."
    if item["type"] == "too_long":
        return f"Leave at most {limits['max_length']} items; there are {limits['actual_length']}."
    return ""
