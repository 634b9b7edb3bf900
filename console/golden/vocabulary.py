"""The words a case may use: prompts and their variables, facts, audiences and what else the policy names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from console.assets.projection import describe_value, items_of
from copydesk.assets import Kind
from copydesk.assets.prompt import Prompt, Variable
from models import Asset, PolicyAsset, Revision

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PromptWords:
    """A prompt as cases need it; `prompt` is None while its draft does not hold together."""

    name: str
    title: str
    channel: str
    variables: tuple[Variable, ...]
    prompt: Prompt | None
    output: Json


@dataclass(frozen=True, slots=True)
class FactWords:
    """A fact one can ask a text to mention; `wordings` are texts that state it."""

    id: str
    label: str
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the policy of a golden set and its cases name.

    `avoided` maps words that must not occur (lower case) to the check that finds them; `channel_limits` maps
    channels to the most characters they carry.
    """

    prompts: Mapping[str, PromptWords]
    facts: Mapping[str, FactWords]
    audiences: tuple[str, ...]
    channels: tuple[str, ...]
    locales: tuple[str, ...]
    segments: tuple[str, ...]
    avoided: Mapping[str, str]
    channel_limits: Mapping[str, int]


def vocabulary(session: Session, policy_id: int, cases: Sequence[Json] = ()) -> Vocabulary:
    """Return the words of a policy's newest revisions (drafts where there is none yet) and of some cases."""
    contents = list(_contents(session, policy_id))
    prompts = {name: _prompt(name, content) for kind, name, content in contents if kind == Kind.PROMPT}
    tones = [
        tone.get("audience")
        for kind, _name, content in contents
        if kind == Kind.STYLE_GUIDE
        for tone in items_of(content, "tones")
    ]
    limits = [
        limit
        for kind, _name, content in contents
        if kind == Kind.LIMITS
        for limit in items_of(content, "channels")
    ]
    return Vocabulary(
        prompts=prompts,
        facts=_facts(contents),
        audiences=_names(tones, (case.get("audience") for case in cases)),
        channels=_names(
            (words.channel for words in prompts.values()), (limit.get("channel") for limit in limits)
        ),
        locales=_names(case.get("locale") for case in cases),
        segments=_names(case.get("segment") for case in cases),
        avoided=_avoided(contents),
        channel_limits=_channel_limits(limits),
    )


def _contents(session: Session, policy_id: int) -> Iterable[tuple[str, str, Json]]:
    statement = (
        select(Asset, Revision.content)
        .join(PolicyAsset, PolicyAsset.asset_id == Asset.id)
        .outerjoin(
            Revision, (Revision.asset_id == Asset.id) & (Revision.number == Asset.last_revision_number)
        )
        .where(PolicyAsset.policy_id == policy_id, Asset.archived_at.is_(None))
        .options(joinedload(Asset.draft))
        .order_by(Asset.name)
    )
    for asset, content in session.execute(statement):
        yield asset.kind, asset.name, content or (asset.draft.content if asset.draft else {})


def _prompt(name: str, content: Json) -> PromptWords:
    try:
        parsed: Prompt | None = Prompt.model_validate(content)
    except ValidationError:
        parsed = None
    variables = parsed.variables if parsed else tuple(_variables(content))
    output = content.get("output")
    return PromptWords(
        name=name,
        title=str(content.get("title") or name),
        channel=str(content.get("channel") or ""),
        variables=variables,
        prompt=parsed,
        output=output if isinstance(output, Mapping) else {},
    )


def _variables(content: Json) -> Iterable[Variable]:
    for item in items_of(content, "variables"):
        try:
            yield Variable.model_validate(item)
        except ValidationError:
            continue


def _facts(contents: Sequence[tuple[str, str, Json]]) -> dict[str, FactWords]:
    found = {}
    for kind, _name, content in contents:
        if kind != Kind.FACT_SHEET:
            continue
        for fact in items_of(content, "facts"):
            key, value = str(fact.get("id", "")), fact.get("value")
            told = describe_value(value) if isinstance(value, Mapping) else ""
            label = f"{fact.get('subject', '')}: {fact.get('attribute', '')}"
            found[key] = FactWords(key, f"{label} ({told})" if told else label, _wordings(fact, told))
    return found


def _wordings(fact: Json, told: str) -> tuple[str, ...]:
    value = fact.get("value")
    right = value.get("values") if isinstance(value, Mapping) else None
    words = [told, str(fact.get("required_wording") or ""), *_list(right)]
    return tuple({plain(str(word)) for word in words if word})


def _list(value: Any) -> Sequence[Any]:
    # The only content of an asset may be a draft, which may hold anything.
    return value if isinstance(value, list | tuple) else ()


def plain(words: str) -> str:
    """Return words for comparison: lower case, percent and currency signs written one way, single spaces."""
    spaced = words.lower().replace("%", " % ").replace("percent", " % ")
    return " ".join(spaced.split())


def _avoided(contents: Sequence[tuple[str, str, Json]]) -> dict[str, str]:
    avoided: dict[str, str] = {}
    for kind, _name, content in contents:
        if kind == Kind.FORBIDDEN_TOPICS:
            for topic in items_of(content, "topics"):
                avoided |= {plain(str(word)): "forbidden_topics" for word in _list(topic.get("block_terms"))}
        if kind == Kind.GLOSSARY:
            for term in items_of(content, "terms"):
                if str(term.get("status")) in {"forbidden", "deprecated"}:
                    words = [term.get("term"), *_list(term.get("variants"))]
                    avoided |= {plain(str(word)): "glossary" for word in words if word}
    return avoided


def _channel_limits(limits: Sequence[Json]) -> dict[str, int]:
    found: dict[str, int] = {}
    for limit in limits:
        most, channel = limit.get("max_characters"), str(limit.get("channel") or "")
        scope = limit.get("scope")
        is_everywhere = not isinstance(scope, Mapping) or not any(scope.values())
        if isinstance(most, int) and is_everywhere:
            found[channel] = min(most, found.get(channel, most))
    return found


def _names(*sources: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({str(name) for source in sources for name in source if name}))
