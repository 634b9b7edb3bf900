"""Asset content as text that people compare: one passage per item, one paragraph per thing said.

Works on JSON that need not be valid, because drafts are compared too. Values that are a field's default say
nothing, so a draft that leaves them out reads like a revision that holds them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from pydantic import BaseModel

from console.assets.labels import label
from copydesk.assets import Kind
from copydesk.assets.base import Scope
from copydesk.assets.fact_sheet import Fact, FactSheet
from copydesk.assets.fallbacks import Fallback, Fallbacks
from copydesk.assets.forbidden_topics import ForbiddenTopics, Topic
from copydesk.assets.glossary import Glossary, Term
from copydesk.assets.limits import ChannelLimit, CheckSetting, Limits
from copydesk.assets.prompt import Block, ModelPin, OutputContract, Prompt, Variable
from copydesk.assets.style_guide import Criterion, DescriptorGroup, StyleGuide, StyleRule, Tone, VoiceExamples

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of projected text; `key` is what the same item has in another revision."""

    key: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list of items inside a content: where it is, what identifies an item and how it is called."""

    name: str
    model: type[BaseModel]
    key: Callable[[Json], str]
    title: Callable[[Json], str]
    plain: tuple[str, ...] = ()  # fields printed without their label: the governed text itself


@dataclass(frozen=True, slots=True)
class Shape:
    """How the content of one kind is laid out."""

    model: type[BaseModel]
    lists: tuple[Items, ...] = ()
    parts: Mapping[str, type[BaseModel]] = field(default_factory=dict)


def _by(name: str) -> Callable[[Json], str]:
    return lambda item: str(item.get(name, ""))


def fallback_key(item: Json) -> str:
    """Return what identifies a fallback: prompt, audience and locale."""
    return "/".join((str(item.get("prompt", "")), item.get("audience") or "*", item.get("locale") or "*"))


def _fallback_title(item: Json) -> str:
    audience, locale = item.get("audience") or _("all audiences"), item.get("locale") or _("all locales")
    return f"{item.get('prompt', '')}, {audience}, {locale}"


def _fact_title(item: Json) -> str:
    return f"{item.get('subject', '')}: {item.get('attribute', '')}"


def _setting_title(item: Json) -> str:
    return _("Check %(name)s", name=str(item.get("check", "")).replace("_", " "))


SHAPES: Mapping[str, Shape] = {
    Kind.STYLE_GUIDE: Shape(
        StyleGuide,
        (
            Items(
                "tones",
                Tone,
                _by("audience"),
                lambda tone: _("Tone for %(who)s", who=tone.get("audience", "")),
            ),
            Items("rules", StyleRule, _by("id"), _by("title")),
            Items("criteria", Criterion, _by("id"), _by("title")),
            Items("descriptors", DescriptorGroup, _by("id"), _by("title")),
        ),
        {"voice": VoiceExamples},
    ),
    Kind.GLOSSARY: Shape(Glossary, (Items("terms", Term, _by("id"), _by("term")),)),
    Kind.PROMPT: Shape(
        Prompt,
        (
            Items(
                "variables", Variable, _by("name"), lambda v: _("Variable %(name)s", name=v.get("name", ""))
            ),
            Items("blocks", Block, _by("id"), lambda b: str(b.get("title") or b.get("id", "")), ("text",)),
        ),
        {"output": OutputContract, "model": ModelPin},
    ),
    Kind.FORBIDDEN_TOPICS: Shape(ForbiddenTopics, (Items("topics", Topic, _by("id"), _by("title")),)),
    Kind.FACT_SHEET: Shape(FactSheet, (Items("facts", Fact, _by("id"), _fact_title),)),
    Kind.FALLBACKS: Shape(
        Fallbacks, (Items("fallbacks", Fallback, fallback_key, _fallback_title, ("text",)),)
    ),
    Kind.LIMITS: Shape(
        Limits,
        (
            Items(
                "channels", ChannelLimit, _by("id"), lambda c: _("Limits of %(name)s", name=c.get("id", ""))
            ),
            Items("checks", CheckSetting, _by("check"), _setting_title),
        ),
    ),
}


def items_of(content: Json, name: str) -> list[dict[str, Any]]:
    """Return the items of a list in a content that may not be valid; what is no item is left out."""
    value = content.get(name)
    return (
        [dict(item) for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []
    )


def passages(kind: str, content: Json) -> tuple[Passage, ...]:
    """Return the content of an asset as passages: its head, then each item.

    Args:
        kind: one of `copydesk.assets.Kind`.
        content: JSON data of this kind; it need not be valid.
    """
    shape = SHAPES[kind]
    apart = {items.name for items in shape.lists} | set(shape.parts)
    head = {name: value for name, value in content.items() if name not in apart}
    found = [Passage("head", _("Title and text"), paragraphs_of(shape.model, head, skip=apart))]
    for name, model in shape.parts.items():
        part = content.get(name)
        data = part if isinstance(part, Mapping) else {}
        found.append(
            Passage(
                f"part:{name}", label(name) if name != "voice" else _("Voice"), paragraphs_of(model, data)
            )
        )
    for items in shape.lists:
        found += [
            Passage(
                f"{items.name}:{items.key(item)}",
                items.title(item),
                paragraphs_of(items.model, item, items.plain),
            )
            for item in items_of(content, items.name)
        ]
    return tuple(found)


def paragraphs_of(
    model: type[BaseModel], data: Json, plain: Sequence[str] = (), skip: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return what data of a model says: a paragraph per value that is not the default, in its order."""
    lines: list[str] = []
    for name in [*(n for n in model.model_fields if n in data), *sorted(set(data) - set(model.model_fields))]:
        if name in skip or _is_default(model, name, data[name]):
            continue
        lines += _lines(name, data[name], is_plain=name in plain)
    return tuple(lines)


def _is_default(model: type[BaseModel], name: str, value: Any) -> bool:
    known = model.model_fields.get(name)
    if known is None or known.is_required():
        return False
    default = known.get_default(call_default_factory=True)
    if isinstance(default, BaseModel):
        default = default.model_dump(mode="json")
        return isinstance(value, Mapping) and all(v in (default.get(k), [], ()) for k, v in value.items())
    if isinstance(default, tuple):
        default = list(default)
    if isinstance(default, Enum):
        default = default.value
    return bool(value == default and type(value) is type(default)) or value in ([], {}, None, "")


def _lines(name: str, value: Any, *, is_plain: bool) -> list[str]:
    words = label(name)
    if name == "scope" and isinstance(value, Mapping):
        return list(paragraphs_of(Scope, value))
    if name == "value" and isinstance(value, Mapping):
        return [f"{words}: {describe_value(value)}"]
    if isinstance(value, list | tuple):
        return [line for item in value for line in _text_lines(f"{words}: {describe(item)}")]
    if isinstance(value, Mapping):
        return [f"{words}, {key}: {describe(item)}" for key, item in value.items()]
    return _text_lines(describe(value) if is_plain else f"{words}: {describe(value)}")


def _text_lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def describe(value: Any) -> str:
    """Return a JSON value in a reader's words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(describe(item) for item in value)
    if isinstance(value, Mapping) and {"minor", "currency"} <= set(value):
        return describe_value({"type": "money", **value})
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def describe_value(value: Json) -> str:
    """Return a fact's value in words: `49.99 GBP`, `2 to 4 working days`, `15 %`."""
    match value.get("type"):
        case "money":
            currency = str(value.get("currency", ""))
            return f"{major_units(value.get('minor'), currency)} {currency}"
        case "percent":
            return f"{value.get('number', '')} %"
        case "quantity":
            return f"{value.get('number', '')} {value.get('unit', '')}"
        case "duration":
            top = f" {_('to')} {value['number_max']}" if value.get("number_max") else ""
            return f"{value.get('number', '')}{top} {str(value.get('unit', '')).replace('_', ' ')}"
        case "date":
            return str(value.get("date", ""))
        case "enum":
            others = value.get("others") or []
            wrong = f" ({_('never')}: {describe(others)})" if others else ""
            return f"{describe(value.get('values') or [])}{wrong}"
        case "text":
            return str(value.get("text", ""))
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def major_units(minor: Any, currency: str) -> str:
    """Return an amount in minor units as decimal text in major units: 4999 GBP is `49.99`."""
    if not isinstance(minor, int):
        return str(minor)
    digits = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"
