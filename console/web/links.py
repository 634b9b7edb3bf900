"""Links between pages of one thing need not repeat where they are."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from flask import Blueprint, current_app, g


def fill_in(blueprint: Blueprint, places: Mapping[str, str]) -> None:
    """Take parts of an address that a link leaves out from the thing that the request is about.

    Args:
        blueprint: during whose requests links are filled in.
        places: by a part's name where it is found: a name on `g`, a dot, an attribute. What `g` does not hold
            is left out.
    """
    getters = {part: (where.partition(".")[0], attrgetter(where)) for part, where in places.items()}

    @blueprint.url_defaults
    def _fill_in(endpoint: str, values: dict[str, Any]) -> None:
        for part, (thing, get) in getters.items():
            if (
                part not in values
                and thing in g
                and current_app.url_map.is_endpoint_expecting(endpoint, part)
            ):
                values[part] = get(g)
