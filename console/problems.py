"""What keeps data from fitting, in words for the person who wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from copydesk.errors import Problem

_CHOICES = re.compile(r"\^\(\|?([a-z_|]+)\)\$")
_UNION_TAGS = frozenset({"money", "percent", "quantity", "duration", "date", "enum", "text"})


def problem_of(item: Any) -> Problem:
    """Return what does not fit and how to mend it.

    Args:
        item: one of the errors that pydantic's `ValidationError.errors()` lists.
    """
    path = ".".join(_place(item["loc"]))
    context = item.get("ctx") or {}
    match item["type"]:
        case "missing" | "string_too_short" | "too_short":
            return Problem(path, _("Fill this in."))
        case "string_too_long":
            return Problem(
                path, _("Too long: at most %(number)s characters.", number=context.get("max_length"))
            )
        case "greater_than_equal":
            return Problem(path, _("Too small: at least %(number)s.", number=context.get("ge")))
        case "less_than_equal":
            return Problem(path, _("Too large: at most %(number)s.", number=context.get("le")))
        case "string_pattern_mismatch":
            return Problem(path, _pattern_words(path, str(context.get("pattern", ""))))
        case "literal_error" | "enum":
            return Problem(path, _("Choose one of: %(values)s.", values=context.get("expected", "")))
    message = str(item["msg"]).removeprefix("Value error, ")
    return Problem(path, message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."))


def _place(loc: Sequence[str | int]) -> list[str]:
    """Return the keys that lead to a value; pydantic also names which type of a fact's value was tried."""
    parts = [str(part) for part in loc]
    return [
        part
        for place, part in enumerate(parts)
        if not (part in _UNION_TAGS and place and parts[place - 1] == "value")
    ]


def _pattern_words(path: str, pattern: str) -> str:
    if choices := _CHOICES.fullmatch(pattern):
        return _("Choose one of: %(values)s.", values=", ".join(choices[1].split("|")))
    name = next((part for part in reversed(path.split(".")) if not part.isdigit()), "")
    if name in {"locale", "locales", "language", "equivalents"}:
        return _("Write a language or a language with a country, such as en or en-GB.")
    if name in {"currency"}:
        return _("Write the three letters of the currency, such as GBP.")
    if name in {"valid_from", "valid_to", "effective_from", "effective_to", "date"}:
        return _("Write the date as year-month-day, such as 2026-11-04.")
    if name == "name":
        return _("Start with a lower-case letter; then letters, digits and underscores, at most 40.")
    if name.endswith("threshold") or "rate" in name:
        return _("Write a probability from 0 to 1, such as 0.8.")
    return _("Write a number such as 12 or 0.5, with a point.")
