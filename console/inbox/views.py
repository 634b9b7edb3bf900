"""My work."""

from __future__ import annotations
from typing import Any
from flask import Blueprint

bp = Blueprint("inbox", __name__)
from console.permissions import Permission
from console.web.access import requires


@bp.get("/w/<workspace_slug>/")
@requires(Permission.READ)
def index() -> Any:
    return "x"
