"""The blueprint of the workbench's pages, and what its views share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, g

from console.config import Settings

bp = Blueprint("workbench", __name__)
# Pages that try the draft, or the old revision that the address names.
TRYING = frozenset({"workbench.impact", "workbench.judge"})
IMPACT_URL = "/w/<workspace_slug>/assets/<kind>/<name>/impact"


@bp.url_defaults
def _fill_in(endpoint: str, values: dict[str, Any]) -> None:
    # Links between pages of one asset need not repeat where they are.
    known: dict[str, str] = {}
    if "workspace" in g:
        known["workspace_slug"] = g.workspace.slug
    if "asset" in g:
        known |= {"kind": g.asset.kind, "name": g.asset.name}
    if g.get("tried_revision") and endpoint in TRYING:
        values.setdefault("revision", g.tried_revision)
    for name, value in known.items():
        if name not in values and current_app.url_map.is_endpoint_expecting(endpoint, name):
            values[name] = value


def home() -> Path:
    """Return the folder where trained heads are kept."""
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings.home
