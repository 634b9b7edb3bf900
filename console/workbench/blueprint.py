"""The blueprint of the workbench's pages, and what its views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g

from console.web.links import fill_in

bp = Blueprint("workbench", __name__)
# Pages that try the draft, or the old revision that the address names.
TRYING = frozenset({"workbench.impact", "workbench.judge"})
IMPACT_URL = "/w/<workspace_slug>/assets/<kind>/<name>/impact"
fill_in(bp, {"workspace_slug": "workspace.slug", "kind": "asset.kind", "name": "asset.name"})


@bp.url_defaults
def _try_the_same(endpoint: str, values: dict[str, Any]) -> None:
    if g.get("tried_revision") and endpoint in TRYING:
        values.setdefault("revision", g.tried_revision)
