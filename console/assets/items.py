"""Single items inside a content: find, put, move and take out, with ids made from the words people type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError

from console.assets.projection import SHAPES, Items, items_of
from console.errors import ConflictError, NotFoundError
from console.problems import problem_of
from copydesk.assets import Kind
from copydesk.canonical import canonical_bytes, sha256_hex
from copydesk.errors import Problem

Json = Mapping[str, Any]
MAX_ID_CHARS = 48


def empty_content(kind: str, model: str) -> Json:
    """Return what a new asset of a kind holds beside its title.

    Args:
        model: the model that new prompts are pinned to.
    """
    return {"channel": "email", "blocks": [], "model": {"model": model}} if kind == Kind.PROMPT else {}


class NoSuchItemError(NotFoundError):
    """The draft holds no item of this id (any more)."""

    def __init__(self) -> None:
        super().__init__(_("There is no such entry in this draft. Somebody may have taken it out."))


def items_spec(kind: str, name: str) -> Items:
    """Return how a list of a kind is laid out.

    Raises:
        NotFoundError: the kind has no such list.
    """
    for items in SHAPES[kind].lists:
        if items.name == name:
            return items
    raise NotFoundError(_("There is no such page."))


def find_item(content: Json, spec: Items, key: str) -> dict[str, Any]:
    """Return one item.

    Raises:
        NoSuchItemError: the content has none of this key.
    """
    for item in items_of(content, spec.name):
        if spec.key(item) == key:
            return item
    raise NoSuchItemError


def put_item(content: Json, spec: Items, item: Json, *, replaces: str | None = None) -> dict[str, Any]:
    """Return the content with an item in the place of another one, or at the end.

    Raises:
        ConflictError: another item has this key.
        NoSuchItemError: there is nothing to replace.
    """
    key = spec.key(item)
    present = items_of(content, spec.name)
    keys = [spec.key(other) for other in present]
    if key in keys and key != replaces:
        raise ConflictError(
            _("There is an entry “%(key)s” already. Change that one, or choose another id.", key=key)
        )
    if replaces is None:
        present.append(dict(item))
    elif replaces in keys:
        present[keys.index(replaces)] = dict(item)
    else:
        raise NoSuchItemError
    return {**content, spec.name: present}


def remove_items(content: Json, spec: Items, keys: Collection[str]) -> dict[str, Any]:
    """Return the content without these items."""
    kept = [item for item in items_of(content, spec.name) if spec.key(item) not in keys]
    return {**content, spec.name: kept}


def change_items(content: Json, spec: Items, keys: Collection[str], field: str, value: Any) -> dict[str, Any]:
    """Return the content with one field of these items set."""
    changed = [
        {**item, field: value} if spec.key(item) in keys else item for item in items_of(content, spec.name)
    ]
    return {**content, spec.name: changed}


def move_item(content: Json, spec: Items, key: str, *, by: int) -> dict[str, Any]:
    """Return the content with an item moved up (-1) or down (1); at the edge it stays.

    Raises:
        NoSuchItemError: the content has none of this key.
    """
    present = items_of(content, spec.name)
    keys = [spec.key(item) for item in present]
    if key not in keys:
        raise NoSuchItemError
    at = keys.index(key)
    to = max(0, min(len(present) - 1, at + by))
    present.insert(to, present.pop(at))
    return {**content, spec.name: present}


def restore_items(content: Json, spec: Items, items: Sequence[tuple[int, Json]]) -> dict[str, Any]:
    """Return the content with items as they were: changed ones replaced, removed ones back in place."""
    present = items_of(content, spec.name)
    for place, item in sorted(items, key=lambda pair: pair[0]):
        keys = [spec.key(other) for other in present]
        if spec.key(item) in keys:
            present[keys.index(spec.key(item))] = dict(item)
        else:
            present.insert(place, dict(item))
    return {**content, spec.name: present}


def places_of(content: Json, spec: Items, keys: Collection[str]) -> list[tuple[int, dict[str, Any]]]:
    """Return items with their places, as `restore_items` takes them."""
    found = enumerate(items_of(content, spec.name))
    return [(place, item) for place, item in found if spec.key(item) in keys]


def digest_of(value: Any) -> str:
    """Return a short digest of JSON data, to notice that it changed."""
    return sha256_hex(canonical_bytes(value))[:16]


def make_id(words: str, taken: Iterable[str]) -> str:
    """Return an identifier made from words that is not taken yet."""
    plain = unicodedata.normalize("NFKD", words.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_ID_CHARS].rstrip("-") or "entry"
    used = set(taken)
    number, made = 2, stem
    while made in used:
        made, number = f"{stem}-{number}", number + 1
    return made


def problems_of(model: type[BaseModel], data: Json) -> list[Problem]:
    """Return what keeps data from being an item of this model, in words for a writer."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        return [problem_of(item) for item in error.errors()]
    return []
