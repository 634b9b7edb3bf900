"""Choosing the form of an item or part, and putting its page together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from console.assets import building, items, labels, queries
from console.assets.editing import HEAD, WorkingCopy, base_token
from console.assets.fact_forms import FACT_FORMS, FACT_TYPES, FactsHeadForm
from console.assets.forms import ContentForm
from console.assets.item_forms import FORMS, HEADS, VoiceForm
from console.assets.pages import ItemPage
from console.assets.projection import SHAPES, Items, items_of
from console.assets.prompt_forms import BlockForm, ModelForm, OutputForm, PromptHeadForm, VariableForm
from console.assets.rule_forms import EDITABLE_RULE_KINDS, RULE_FORMS, RULE_KINDS, KeptRuleForm
from console.errors import NotFoundError
from console.extensions import db
from console.web.components import Tab
from copydesk.assets import Kind
from copydesk.assets.base import MAX_LINE_CHARS
from models import Asset

Json = Mapping[str, Any]
PARTS: Mapping[tuple[str, str], type[ContentForm]] = {
    (Kind.STYLE_GUIDE, "voice"): VoiceForm,
    (Kind.PROMPT, "output"): OutputForm,
    (Kind.PROMPT, "model"): ModelForm,
    (Kind.PROMPT, HEAD): PromptHeadForm,
    (Kind.FACT_SHEET, HEAD): FactsHeadForm,
}
LISTS: Mapping[tuple[str, str], type[ContentForm]] = {
    **FORMS,
    (Kind.PROMPT, "blocks"): BlockForm,
    (Kind.PROMPT, "variables"): VariableForm,
}
MAX_SUGGESTIONS = 200


def form_of_part(kind: str, part: str) -> type[ContentForm]:
    """Return the form of a part of the head.

    Raises:
        NotFoundError: the kind has no such part.
    """
    found = PARTS.get((kind, part)) or (HEADS.get(kind) if part == HEAD else None)
    if found is None:
        raise NotFoundError("There is no such page.")
    return found


def form_of_item(kind: str, list_name: str, item: Json) -> type[ContentForm]:
    """Return the form of an item; rules and facts have one per kind of rule and type of value."""
    if list_name == "rules":
        return RULE_FORMS.get(str(item.get("kind")), KeptRuleForm)
    if list_name == "facts":
        value = item.get("value")
        name = str(value.get("type")) if isinstance(value, Mapping) else "text"
        return FACT_FORMS.get(name, FACT_FORMS["text"])
    return LISTS[(kind, list_name)]


def blank_item(list_name: str) -> dict[str, Any]:
    """Return what a new item begins with: the type chosen in the address, and what links prefill."""
    chosen = request.args.get("type", "")
    match list_name:
        case "rules":
            return {"kind": chosen if chosen in EDITABLE_RULE_KINDS else "existence"}
        case "facts":
            return {"value": {"type": chosen if chosen in FACT_FORMS else "money"}}
        case "terms":
            words = " ".join(request.args.get("term", "").split())
            return {"term": words[:MAX_LINE_CHARS]} if words else {}
        case "fallbacks":
            names = ("prompt", "audience", "locale")
            return {name: request.args[name] for name in names if request.args.get(name)}
    return {}


def with_accepted(piece: Json) -> Json:
    """Return the head of a style guide with the word in its list that a link asks to accept."""
    word = " ".join(request.args.get("accept", "").split())[:MAX_LINE_CHARS]
    known = piece.get("vocabulary_accept")
    if not word or not isinstance(known, list | tuple) or word in known:
        return piece
    return {**piece, "vocabulary_accept": [*known, word]}


def type_tabs(list_name: str, item: Json) -> tuple[Tab, ...]:
    """Return the kinds a new item may have, as links."""
    if list_name == "rules":
        known, current = {kind: RULE_KINDS[kind] for kind in EDITABLE_RULE_KINDS}, item.get("kind")
    elif list_name == "facts":
        known, current = dict(FACT_TYPES), item["value"]["type"]
    else:
        return ()
    return tuple(
        Tab(str(label), url_for("assets.new_item", list_name=list_name, type=value), value == current)
        for value, label in known.items()
    )


def title_field(list_name: str) -> str:
    """Return the field an item's id is made from."""
    return {"terms": "term", "blocks": "title", "channels": "channel", "facts": "subject"}.get(
        list_name, "title"
    )


def with_id(spec: Items, content: Json, item: dict[str, Any]) -> dict[str, Any]:
    """Return the item with an id, made from its words where none was typed."""
    if "id" not in spec.model.model_fields or item.get("id"):
        return item
    words = str(item.get(title_field(spec.name)) or "")
    if spec.name == "facts":
        words = f"{words} {item.get('attribute', '')}"
    if spec.name == "blocks" and not words:
        words = str(item.get("role") or "")
    return {**item, "id": items.make_id(words, [spec.key(other) for other in items_of(content, spec.name)])}


def item_page(asset: Asset, copy: WorkingCopy, spec: Items, item: Json, *, key: str | None) -> ItemPage:
    """Build the page of an item's form; `key` None for a new one."""
    keys = [spec.key(other) for other in items_of(copy.content, spec.name)]
    at = keys.index(key) if key in keys else None
    neighbours = (
        (keys[at - 1] if at else None, keys[at + 1] if at + 1 < len(keys) else None)
        if at is not None
        else (None, None)
    )
    previous_url, next_url = (
        url_for("assets.edit_item", list_name=spec.name, key=other) if other else None for other in neighbours
    )
    place: dict[str, Any] = {"list_name": spec.name, "key": key}
    return ItemPage(
        heading=building.heading(asset),
        title=spec.title(item) if key is not None else "",
        list_name=spec.name,
        key=key,
        action=url_for("assets.edit_item", **place)
        if key is not None
        else url_for("assets.new_item", list_name=spec.name, type=request.args.get("type")),
        autosave_url=url_for("assets.autosave_item", **place) if key is not None else None,
        live_url=url_for("assets.live_item", **place)
        if key is not None
        else url_for("assets.live_new_item", list_name=spec.name, type=request.args.get("type")),
        delete_url=url_for("assets.delete_item", **place) if key is not None else None,
        source=source_of(spec.name),
        base=base_token(copy.lock, item if key is not None else None),
        variables=json.dumps(_variable_names(asset, copy.content, spec.name, item)),
        cases=_cases(asset) if spec.name == "blocks" else (),
        type_choices=type_tabs(spec.name, item) if key is None else (),
        previous_url=previous_url,
        next_url=next_url,
        suggestions=_suggestions(asset, spec.name),
    )


def part_page(asset: Asset, copy: WorkingCopy, part: str, piece: Json) -> ItemPage:
    """Build the page of a part's form."""
    title = labels.kind_singular(asset.kind) if part == HEAD else labels.label(part)
    return ItemPage(
        heading=building.heading(asset),
        title=title,
        list_name="",
        key=part,
        action=url_for("assets.edit_part", part=part),
        autosave_url=url_for("assets.autosave_part", part=part),
        live_url=url_for("assets.live_part", part=part),
        delete_url=None,
        source="introduction" if (asset.kind, part) == (Kind.STYLE_GUIDE, HEAD) else "sample",
        base=base_token(copy.lock, piece),
    )


def source_of(list_name: str) -> str:
    """Return the id of the text that findings beside an item's form are about."""
    return "text" if list_name in {"blocks", "fallbacks"} else "sample"


def prompt_content(asset: Asset, content: Json, list_name: str, item: Json) -> Json:
    """Return the prompt whose variables a template may use: its own, or the one a fallback belongs to."""
    if list_name == "blocks":
        return content
    contents = queries.policy_contents(db.session, asset, content)
    return contents.get(Kind.PROMPT, {}).get(str(item.get("prompt")), {})


def _variable_names(asset: Asset, content: Json, list_name: str, item: Json) -> list[str]:
    if list_name not in {"blocks", "fallbacks"}:
        return []
    found = items_of(prompt_content(asset, content, list_name, item), "variables")
    return [str(variable.get("name")) for variable in found]


def _cases(asset: Asset) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(case.get("id")), f"{case.get('title')} ({case.get('id')})")
        for case in queries.cases_of_prompt(db.session, asset)
    )


def _suggestions(asset: Asset, list_name: str) -> dict[str, tuple[str, ...]]:
    """Return what the browser may offer while somebody types names of other things."""
    if list_name != "fallbacks":
        return {}
    names = queries.names_of_kind(db.session, asset.workspace_id, Kind.PROMPT)
    return {"prompt": tuple(names[:MAX_SUGGESTIONS])}


def spec_of(asset: Asset, list_name: str) -> Items:
    """Return how a list of the asset is laid out.

    Raises:
        NotFoundError: the asset has no such list.
    """
    return items.items_spec(asset.kind, list_name)


def part_spec(asset: Asset, part: str) -> type[Any]:
    """Return the model of a part."""
    shape = SHAPES[asset.kind]
    return shape.parts.get(part, shape.model)
