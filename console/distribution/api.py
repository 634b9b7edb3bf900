"""The machine-readable description of what programs may call."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify

from console.distribution.openapi import api_document

bp = Blueprint("distribution", __name__)


@bp.get("/api/openapi.json")
def document() -> Any:
    """Describe this API (OpenAPI 3.1); open to everybody, it holds nothing of any workspace."""
    return jsonify(api_document(current_app))
