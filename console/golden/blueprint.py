"""The blueprint of golden-set pages, and what each of its views begins with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, redirect, url_for

from console.extensions import db
from console.golden import queries
from console.web.access import workspace
from models import GoldenSet, Policy

bp = Blueprint("golden", __name__)
GOLDEN_URL = "/w/<workspace_slug>/golden"
SET_URL = f"{GOLDEN_URL}/<name>"


@bp.url_defaults
def _fill_in(endpoint: str, values: dict[str, Any]) -> None:
    # Links between pages of one golden set need not repeat where they are.
    known: dict[str, str] = {}
    if "workspace" in g:
        known["workspace_slug"] = g.workspace.slug
    if "golden_set" in g:
        known["name"] = g.golden_set.name
    for name, value in known.items():
        if name not in values and current_app.url_map.is_endpoint_expecting(endpoint, name):
            values[name] = value


def found_set(name: str) -> GoldenSet:
    """Return the golden set of this request.

    Raises:
        NoSuchGoldenSetError: none of this name in this workspace.
    """
    golden = queries.find_golden_set(db.session, workspace().id, name)
    g.golden_set = golden
    g.policy = db.session.get_one(Policy, golden.policy_id)
    return golden


def back_to_cases() -> Any:
    """Lead back to the cases of this request's golden set."""
    return redirect(url_for("golden.show"), 303)
