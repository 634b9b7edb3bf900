"""What glossaries and style guides that ship together say of the same words, where they do not agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from console.assets import queries
from console.assets.drafting import find_revision
from console.assets.items import digest_of
from console.assets.projection import SHAPES, items_of
from console.assets.style_conflicts import with_style_rules, with_vocabulary
from console.assets.term_conflicts import Conflict, Place, between_terms, dead_replacements
from console.assets.workshop import Workshop
from copydesk.assets import Kind, PolicyAssets, parse
from copydesk.assets.glossary import Glossary
from copydesk.checks.inflection import expand_term
from copydesk.errors import ContentError, Problem
from models import Asset

Json = Mapping[str, Any]
KINDS = (Kind.GLOSSARY, Kind.STYLE_GUIDE)
MAX_CONFLICTS = 500
MAX_KEPT = 64
SHORT_WAIT_S = 0.25

_found: Workshop[tuple[Conflict, ...]] = Workshop("conflicts", MAX_KEPT)


def find_conflicts(assets: PolicyAssets) -> tuple[Conflict, ...]:
    """Return the conflicts between all glossaries and style guides of a policy, blocking ones first.

    Args:
        assets: the policy's content; inflections that are not frozen yet are expanded here.
    """
    expanded = replace(assets, glossary={name: _expanded(g) for name, g in assets.glossary.items()})
    found = [
        *between_terms(expanded.glossary),
        *dead_replacements(expanded),
        *with_style_rules(expanded),
        *with_vocabulary(expanded),
    ]
    unique = {(c.sort, c.form, frozenset((c.first, c.second))): c for c in reversed(found)}
    ordered = sorted(unique.values(), key=lambda c: (not c.is_blocking, c.first.label, c.form))
    return tuple(ordered[:MAX_CONFLICTS])


def _expanded(glossary: Glossary) -> Glossary:
    terms = tuple(
        term.model_copy(update={"inflections": expand_term(term)})
        if term.inflect and not term.inflections
        else term
        for term in glossary.terms
    )
    return glossary.model_copy(update={"terms": terms})


def conflicts_of(
    session: Session, asset: Asset, content: Json, *, wait_s: float | None = None
) -> tuple[Conflict, ...] | None:
    """Return the conflicts that a glossary or style guide has with what ships with it, as edited now.

    Args:
        content: the asset's content; one that does not fit its schema has no conflicts yet.
        wait_s: how long to wait for what was never compared before, in seconds; None: until it is.

    Returns:
        None when that took longer.
    """
    found: dict[Conflict, None] = {}
    for others in _shipped_with(session, asset, with_drafts=True):
        part = _between(asset, content, others, wait_s)
        if part is None:
            return None
        found |= dict.fromkeys(part)
    return tuple(found)


def contradictions(session: Session, asset: Asset, content: Json) -> tuple[Conflict, ...]:
    """Return what keeps a content from being a revision: contradictions that it would bring in.

    What the newest revision holds already is no reason to refuse another change, nor is what somebody's draft
    of another asset would mend or bring in.
    """
    saved = _all_of(session, asset, content, with_drafts=False)
    edited = _all_of(session, asset, content, with_drafts=True)
    known: set[Any] = set()
    if asset.last_revision_number:
        newest = find_revision(session, asset, asset.last_revision_number).content
        known = set(_all_of(session, asset, newest, with_drafts=False))
    return tuple(saved[key] for key in saved if key in edited and key not in known)


def refuse_contradictions(session: Session, asset: Asset, content: Json) -> None:
    """Let only content through that contradicts neither itself nor what ships with it.

    Raises:
        ContentError: each new contradiction, with its place in the content and what to do about it.
    """
    problems = [
        Problem(_path(asset, content, conflict), conflict.message)
        for conflict in contradictions(session, asset, content)
    ]
    if problems:
        raise ContentError(asset.kind, problems)


def places_in(asset: Asset, conflict: Conflict) -> Iterator[Place]:
    """Yield the places of a conflict that are in this asset."""
    for place in (conflict.first, conflict.second):
        if (place.kind, place.asset) == (asset.kind, asset.name):
            yield place


def _all_of(session: Session, asset: Asset, content: Json, *, with_drafts: bool) -> dict[Any, Conflict]:
    found: dict[Any, Conflict] = {}
    for others in _shipped_with(session, asset, with_drafts=with_drafts):
        for conflict in _between(asset, content, others, None) or ():
            if conflict.is_blocking:
                found[conflict.sort, conflict.form, conflict.first, conflict.second] = conflict
    return found


def _between(asset: Asset, content: Json, others: Json, wait_s: float | None) -> tuple[Conflict, ...] | None:
    contents = {kind: dict(others.get(kind, {})) for kind in KINDS}
    contents[Kind(asset.kind)][asset.name] = content
    key = (f"{asset.id}", digest_of(contents))
    every = _found.in_time(key, lambda: _find(contents), wait_s)
    if every is None:
        return None
    return tuple(conflict for conflict in every if any(places_in(asset, conflict)))


def _find(contents: Mapping[Kind, Mapping[str, Json]]) -> tuple[Conflict, ...]:
    typed: dict[Kind, dict[str, Any]] = {kind: {} for kind in KINDS}
    for kind, named in contents.items():
        for name, content in named.items():
            with suppress(ContentError):  # a draft that does not fit yet is compared when it does
                typed[kind][name] = parse(kind, content, as_stored=True)
    return find_conflicts(PolicyAssets(glossary=typed[Kind.GLOSSARY], style_guide=typed[Kind.STYLE_GUIDE]))


def _shipped_with(session: Session, asset: Asset, *, with_drafts: bool) -> list[dict[str, dict[str, Any]]]:
    """Return the contents of the other assets that ship with this one, per policy; one empty where none."""
    if asset.kind not in KINDS:
        return []
    policies = queries.policies_of_asset(session, asset)
    return [
        queries.contents_of_kinds(session, policy.id, KINDS, besides=asset.id, with_drafts=with_drafts)
        for policy in policies
    ] or [{}]


def _path(asset: Asset, content: Json, conflict: Conflict) -> str:
    place = next(places_in(asset, conflict))
    spec = next((spec for spec in SHAPES[asset.kind].lists if spec.name == place.list_name), None)
    if spec is None:
        return place.list_name
    keys = [spec.key(item) for item in items_of(content, spec.name)]
    return f"{spec.name}.{keys.index(place.key)}" if place.key in keys else spec.name
