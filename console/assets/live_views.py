"""Live answers while somebody types: each judges the draft with the typed entry in it and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from console.assets import building, item_building, items, live_panels, remarks
from console.assets.blueprint import ASSET_URL, ITEMS_URL, bp, found_asset
from console.assets.editing import HEAD, part_of, working_copy
from console.assets.line_format import plain_ends
from console.assets.projection import Items
from console.extensions import db
from console.permissions import Permission
from console.web.access import is_fragment, reads_only, requires
from copydesk.assets import Kind

Json = Mapping[str, Any]


@bp.post(f"{ITEMS_URL}/live", endpoint="live_new_item")
@bp.post(f"{ITEMS_URL}/live/<path:key>")
@reads_only
@requires(Permission.READ)
def live_item(kind: str, name: str, list_name: str, key: str | None = None) -> Any:
    """Judge the sample by the policy with this draft and the typed item in it."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    content = working_copy(db.session, asset).content
    before = _before(content, spec, key)
    form = item_building.form_of_item(kind, list_name, before).over(before)
    typed = item_building.with_id(spec, content, form.piece(before))
    panel = live_panels.item_panel(
        asset,
        content,
        spec,
        typed,
        key=key,
        text=_sample(),
        case_id=request.form.get("case", ""),
    )
    return render_template("assets/_live.html", panel=panel)


def _sample() -> str:
    # Findings tell their places by the text as it stands in the page, whose lines end with one character.
    return plain_ends(request.form.get("text", ""))


def _before(content: Json, spec: Items, key: str | None) -> dict[str, Any]:
    try:
        return items.find_item(content, spec, key) if key else item_building.blank_item(spec.name)
    except items.NoSuchItemError:
        return item_building.blank_item(spec.name)


@bp.post(f"{ASSET_URL}/parts/<part>/live")
@reads_only
@requires(Permission.READ)
def live_part(kind: str, name: str, part: str) -> Any:
    """Judge the introduction of a style guide itself, or a sample with the typed part in the draft."""
    asset = found_asset(kind, name)
    content = working_copy(db.session, asset).content
    before = part_of(kind, content, part)
    form = item_building.form_of_part(kind, part).over(before)
    typed = form.piece(before)
    changed = {**content, **typed} if part == HEAD else {**content, part: typed}
    source = "introduction" if (kind, part) == (Kind.STYLE_GUIDE, HEAD) else "sample"
    wrong = [("fail", words) for words in form.wrong_as_typed(typed)]
    said = (*wrong, *remarks.of_part(part, changed))
    panel = live_panels.sample_panel(asset, changed, _sample(), said, source)
    return render_template("assets/_live.html", panel=panel)


@bp.post(f"{ASSET_URL}/live")
@reads_only
@requires(Permission.READ)
def live_asset(kind: str, name: str) -> Any:
    """Judge a sample by the policy with this draft in it; a plain form gets the whole page back."""
    asset = found_asset(kind, name)
    copy = working_copy(db.session, asset)
    text = _sample()
    panel = live_panels.sample_panel(asset, copy.content, text, ())
    if is_fragment():
        return render_template("assets/_live.html", panel=panel)
    page = building.editor_page(asset, copy)
    return render_template("assets/show.html", page=page, panel=panel, sample=text)
