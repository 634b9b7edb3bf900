"""The blueprint of golden-set pages, and what each of its views begins with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, url_for

from console.extensions import db
from console.golden import queries
from console.web.access import workspace
from console.web.links import fill_in
from models import GoldenSet, Policy

bp = Blueprint("golden", __name__)
GOLDEN_URL = "/w/<workspace_slug>/golden"
SET_URL = f"{GOLDEN_URL}/<name>"
fill_in(bp, {"workspace_slug": "workspace.slug", "name": "golden_set.name"})


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
