"""The blueprint of the pages of checks, and what its views share."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, current_app

from console.config import Settings
from console.web.links import fill_in

bp = Blueprint("quality", __name__)
POLICY_URL = "/w/<workspace_slug>/p/<policy_slug>"
CHECKS_URL = f"{POLICY_URL}/checks"
CASES_URL = f"{POLICY_URL}/labelled-cases"
fill_in(bp, {"workspace_slug": "workspace.slug", "policy_slug": "policy.slug"})


def home() -> Path:
    """Return the folder where trained heads are kept."""
    return settings().home


def settings() -> Settings:
    """Return the settings of this console."""
    found: Settings = current_app.extensions["copydesk_settings"]
    return found
