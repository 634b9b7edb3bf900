"""What pages say of conflicts: beside rows, beside what is typed, and in a list with links to both places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from console.assets import conflicts
from console.assets.editing import HEAD
from console.assets.pages import ConflictView
from console.assets.term_conflicts import Conflict, ConflictSort, Place
from console.extensions import db
from models import Asset

Json = Mapping[str, Any]
Remark = tuple[str, str]  # (kind: fail or warn; sentence)


def conflict_views(found: Sequence[Conflict]) -> tuple[ConflictView, ...]:
    """Return conflicts with links to both places, contradictions first."""
    return tuple(
        ConflictView(
            conflict.message,
            _kind(conflict),
            _label(conflict.sort),
            tuple((place.label, _url(place)) for place in (conflict.first, conflict.second)),
        )
        for conflict in sorted(found, key=lambda conflict: not conflict.is_blocking)
    )


def marks_by_row(asset: Asset, found: Sequence[Conflict]) -> dict[tuple[str, str], tuple[Remark, ...]]:
    """Return what stands beside the rows of an asset's tables, by (list, key), in few words."""
    beside: dict[tuple[str, str], tuple[Remark, ...]] = {}
    for conflict in found:
        for place in set(conflicts.places_in(asset, conflict)):
            other = conflict.second if place == conflict.first else conflict.first
            words = _("%(sort)s: see %(place)s", sort=_label(conflict.sort), place=other.label)
            key = (place.list_name, place.key)
            beside[key] = (*beside.get(key, ()), (_kind(conflict), words))
    return beside


def remarks_of_item(asset: Asset, content: Json, list_name: str, key: str) -> tuple[tuple[Remark, ...], bool]:
    """Return what conflicts an entry has as it is typed, and whether all were looked for in time."""
    found = conflicts.conflicts_of(db.session, asset, content, wait_s=conflicts.SHORT_WAIT_S)
    if found is None:
        return (("info", _("Looking for conflicts with other words …")),), False
    remarks = tuple(
        (_kind(conflict), conflict.message)
        for conflict in found
        if any((p.list_name, p.key) == (list_name, key) for p in conflicts.places_in(asset, conflict))
    )
    return remarks, True


def _kind(conflict: Conflict) -> str:
    return "fail" if conflict.is_blocking else "warn"


def _label(sort: ConflictSort) -> str:
    match sort:
        case ConflictSort.CONTRADICTION:
            return _("Contradiction")
        case ConflictSort.DEAD_REPLACEMENT:
            return _("Dead end")
        case ConflictSort.INFLECTION:
            return _("Word form")
        case ConflictSort.CASE:
            return _("Upper and lower case")
    return _("Duplicate")


def _url(place: Place) -> str:
    if not place.key:
        return url_for("assets.edit_part", kind=place.kind, name=place.asset, part=HEAD)
    return url_for(
        "assets.edit_item", kind=place.kind, name=place.asset, list_name=place.list_name, key=place.key
    )
