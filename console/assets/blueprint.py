"""The blueprint of asset pages, and what each of its views begins with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, redirect, url_for

from console.assets import queries
from console.errors import NotFoundError
from console.extensions import db
from console.web.access import workspace
from console.web.links import fill_in
from copydesk.assets import Kind
from models import Asset

bp = Blueprint("assets", __name__)
KIND_URL = "/w/<workspace_slug>/assets/<kind>"
ASSET_URL = f"{KIND_URL}/<name>"
ITEMS_URL = f"{ASSET_URL}/items/<list_name>"
fill_in(bp, {"workspace_slug": "workspace.slug", "kind": "asset.kind", "name": "asset.name"})


def found_asset(kind: str, name: str) -> Asset:
    """Return the asset of this request.

    Raises:
        NotFoundError: no such asset in this workspace.
    """
    asset = queries.find_asset(db.session, workspace().id, kind, name)
    g.asset = asset
    return asset


def known_kind(kind: str) -> Kind:
    """Return a kind named in the address.

    Raises:
        NotFoundError: no such kind.
    """
    if kind not in set(Kind):
        raise NotFoundError("There is no such page.")
    return Kind(kind)


def offered_model() -> str:
    """Return the model that new prompts are pinned to."""
    return str(current_app.extensions["copydesk_settings"].model)


def back_to_editor(anchor: str | None = None) -> Any:
    """Lead back to the editor of this request's asset."""
    return redirect(url_for("assets.show", _anchor=anchor), 303)
