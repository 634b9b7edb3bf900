"""The page of runtime services."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from console.extensions import db
from console.fleet.pages import FleetFilters
from console.fleet.queries import fleet_page
from console.permissions import Permission
from console.web.access import actor, requires, workspace

bp = Blueprint("fleet", __name__)
MAX_FILTER_CHARS = 100


@bp.get("/w/<workspace_slug>/services")
@requires(Permission.READ)
def index() -> Any:
    """Show which services run which version, against what their channel points at."""
    given = {
        name: request.args.get(key, "").strip()[:MAX_FILTER_CHARS]
        for name, key in (("policy", "policy"), ("channel", "channel"), ("state", "state"), ("words", "q"))
    }
    page = fleet_page(db.session, workspace(), actor(), FleetFilters(**given))
    public_url = current_app.extensions["copydesk_settings"].public_url
    return render_template("fleet/index.html", page=page, public_url=public_url)
