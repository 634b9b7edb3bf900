"""The blueprint of the pages of checks, and what its views share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, g

from console.config import Settings

bp = Blueprint("quality", __name__)
POLICY_URL = "/w/<workspace_slug>/p/<policy_slug>"
CHECKS_URL = f"{POLICY_URL}/checks"
CASES_URL = f"{POLICY_URL}/labelled-cases"


@bp.url_defaults
def _fill_in(endpoint: str, values: dict[str, Any]) -> None:
    # Links between pages of one policy need not repeat where they are.
    known: dict[str, str] = {}
    if "workspace" in g:
        known["workspace_slug"] = g.workspace.slug
    if "policy" in g:
        known["policy_slug"] = g.policy.slug
    for name, value in known.items():
        if name not in values and current_app.url_map.is_endpoint_expecting(endpoint, name):
            values[name] = value


def home() -> Path:
    """Return the folder where trained heads are kept."""
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings.home
