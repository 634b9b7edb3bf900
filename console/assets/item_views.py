"""Pages of single items and parts: forms, saving by themselves, conflicts, acts on several items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from console.assets import building, editing, item_building, items, live_panels
from console.assets.blueprint import ASSET_URL, ITEMS_URL, back_to_editor, bp, found_asset
from console.assets.diff import diff_paragraphs, fold
from console.assets.editing import HEAD, ItemConflictError, base_token, part_of, working_copy
from console.assets.errors import DraftConflictError
from console.assets.forms import ContentForm
from console.assets.item_forms import QuickTermForm
from console.assets.items import NoSuchItemError
from console.assets.pages import Conflict, ItemPage
from console.assets.projection import Items, items_of, paragraphs_of
from console.assets.tables import bulk_values
from console.clock import now
from console.errors import ConflictError, InvalidError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, requires
from console.web.forms import put_refusal
from models import Asset

Json = Mapping[str, Any]


@bp.route(f"{ITEMS_URL}/new", methods=["GET", "POST"])
@requires(Permission.EDIT)
def new_item(kind: str, name: str, list_name: str) -> Any:
    """Add an item to the draft."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    copy = working_copy(db.session, asset)
    blank = item_building.blank_item(list_name)
    form = item_building.form_of_item(kind, list_name, blank).over(blank)
    page = item_building.item_page(asset, copy, spec, blank, key=None)
    if not form.is_submitted():
        return _item_answer(page, form)
    piece = form.piece(blank) if form.validate() else None
    if piece is not None:
        piece = item_building.with_id(spec, copy.content, piece)
    if piece is None or not form.fits(piece):
        return _item_answer(page, form, 422)
    return _saved(asset, spec, form, page, piece, replaces=None)


@bp.route(f"{ITEMS_URL}/edit/<path:key>", methods=["GET", "POST"])
@requires(Permission.READ)
def edit_item(kind: str, name: str, list_name: str, key: str) -> Any:
    """Change an item of the draft."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    copy = working_copy(db.session, asset)
    item = _item_or_gone(copy.content, spec, key)
    form = item_building.form_of_item(kind, list_name, item).over(item)
    page = item_building.item_page(asset, copy, spec, item, key=key)
    if not form.is_submitted():
        form.base.data = page.base
        return _item_answer(page, form)
    actor().require(Permission.EDIT)
    piece = form.piece(item) if form.validate() else None
    if piece is None or not form.fits(piece):
        return _item_answer(page, form, 422)
    return _saved(asset, spec, form, page, piece, replaces=key)


def _item_or_gone(content: Json, spec: Items, key: str) -> dict[str, Any]:
    """Return the item; one taken out while somebody typed is an empty one, so that the text is not lost."""
    try:
        return items.find_item(content, spec, key)
    except NoSuchItemError:
        if request.method != "POST":
            raise
        return item_building.blank_item(spec.name)


def _saved(
    asset: Asset, spec: Items, form: ContentForm, page: ItemPage, piece: Json, *, replaces: str | None
) -> Any:
    try:
        editing.save_item(
            db.session, asset, spec, piece, replaces=replaces, base=str(form.base.data or ""), by=actor()
        )
        db.session.commit()
    except ItemConflictError as error:
        db.session.rollback()
        return _conflict(asset, spec.model, form, page, error, spec.plain)
    except (ConflictError, InvalidError) as error:
        db.session.rollback()
        return _item_answer(page, form, put_refusal(form, error))
    flash(_("“%(title)s” is in the draft.", title=spec.title(piece)), "pass")
    if request.form.get("then") == "add":
        return redirect(url_for("assets.new_item", list_name=spec.name, type=request.args.get("type")), 303)
    if request.form.get("then") == "next" and page.next_url:
        return redirect(page.next_url, 303)
    return back_to_editor(spec.name)


def _conflict(
    asset: Asset, model: Any, form: ContentForm, page: ItemPage, error: ItemConflictError, plain: Any = ()
) -> Any:
    """Show both texts; the form below holds the typed one and now starts from the saved one."""
    theirs = error.theirs
    rows = diff_paragraphs(
        paragraphs_of(model, theirs, plain) if theirs else (), paragraphs_of(model, error.mine, plain)
    )
    was_removed = theirs is None
    conflict = Conflict(
        saved_by=error.saved_by,
        message=str(error),
        rows=fold(rows),
        theirs=paragraphs_of(model, theirs, plain) if theirs else (),
        theirs_url=url_for("assets.show") if was_removed else page.action,
        was_removed=was_removed,
        new_url=url_for("assets.new_item", list_name=page.list_name)
        if was_removed and page.list_name
        else None,
    )
    form.base.data = base_token(working_copy(db.session, asset).lock, theirs)
    form.base.raw_data = None
    return _item_answer(page, form, 409, conflict)


def _item_answer(
    page: ItemPage, form: ContentForm, status: int = 200, conflict: Conflict | None = None
) -> Any:
    panel = live_panels.page_panel(page, form)
    html = render_template("assets/item.html", page=page, form=form, conflict=conflict, panel=panel)
    return html, status


@bp.route(f"{ASSET_URL}/parts/<part>", methods=["GET", "POST"])
@requires(Permission.READ)
def edit_part(kind: str, name: str, part: str) -> Any:
    """Change title and text, or another part of the head."""
    asset = found_asset(kind, name)
    form_class = item_building.form_of_part(kind, part)
    copy = working_copy(db.session, asset)
    piece = part_of(kind, copy.content, part)
    form = form_class.over(piece)
    page = item_building.part_page(asset, copy, part, piece)
    if not form.is_submitted():
        form = form_class.over(item_building.with_accepted(piece))
        form.base.data = page.base
        return _item_answer(page, form)
    actor().require(Permission.EDIT)
    typed = form.piece(piece) if form.validate() else None
    if typed is None or not _part_fits(form, typed, copy.content, part):
        return _item_answer(page, form, 422)
    try:
        editing.save_part(db.session, asset, part, typed, base=str(form.base.data or ""), by=actor())
        db.session.commit()
    except ItemConflictError as error:
        db.session.rollback()
        return _conflict(asset, item_building.part_spec(asset, part), form, page, error)
    except InvalidError as error:
        db.session.rollback()
        return _item_answer(page, form, put_refusal(form, error))
    flash(_("%(title)s: saved in the draft.", title=page.title), "pass")
    return back_to_editor()


def _part_fits(form: ContentForm, typed: Json, content: Json, part: str) -> bool:
    if part != HEAD:
        return form.fits(typed)
    names = {field.name for field in form.content_fields()}
    problems = items.problems_of(form.model, {**content, **typed})
    form.show([problem for problem in problems if problem.path.split(".")[0] in names])
    return not form.errors


@bp.post(f"{ITEMS_URL}/autosave/<path:key>")
@requires(Permission.EDIT)
def autosave_item(kind: str, name: str, list_name: str, key: str) -> Any:
    """Save an item while it is typed; answers with a fragment for the status line."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    item = _item_or_gone(working_copy(db.session, asset).content, spec, key)
    form = item_building.form_of_item(kind, list_name, item).over(item)
    piece = form.piece(item) if form.validate() else None
    if piece is None or not form.fits(piece):
        return _not_autosaved(form)
    if spec.key(piece) != key:
        return render_template("assets/_autosave.html", state="renamed"), 422
    return _autosaved(
        lambda base: editing.save_item(db.session, asset, spec, piece, replaces=key, base=base, by=actor()),
        form,
        piece,
    )


@bp.post(f"{ASSET_URL}/parts/<part>/autosave")
@requires(Permission.EDIT)
def autosave_part(kind: str, name: str, part: str) -> Any:
    """Save a part while it is typed."""
    asset = found_asset(kind, name)
    form_class = item_building.form_of_part(kind, part)
    copy = working_copy(db.session, asset)
    before = part_of(kind, copy.content, part)
    form = form_class.over(before)
    piece = form.piece(before) if form.validate() else None
    if piece is None or not _part_fits(form, piece, copy.content, part):
        return _not_autosaved(form)
    return _autosaved(
        lambda base: editing.save_part(db.session, asset, part, piece, base=base, by=actor()), form, piece
    )


def _autosaved(save: Any, form: ContentForm, piece: Json) -> Response | tuple[str, int]:
    try:
        draft = save(str(form.base.data or ""))
        db.session.commit()
    except ItemConflictError as error:
        db.session.rollback()
        return render_template("assets/_autosave.html", state="conflict", saved_by=error.saved_by), 409
    except InvalidError as error:
        db.session.rollback()
        return render_template("assets/_autosave.html", state="invalid", labels=[str(error)]), 422
    answer = make_response(render_template("assets/_autosave.html", state="saved", when=now()))
    answer.headers["Copydesk-Base"] = base_token(draft.lock_number, piece)
    return answer


def _not_autosaved(form: ContentForm) -> tuple[str, int]:
    labels = [field.label.text for field in form if field.errors]
    return render_template("assets/_autosave.html", state="invalid", labels=labels), 422


@bp.post(f"{ITEMS_URL}/quick")
@requires(Permission.EDIT)
def quick_add(kind: str, name: str, list_name: str) -> Any:
    """Add a term from the line above the table."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    copy = working_copy(db.session, asset)
    form = QuickTermForm()
    piece = form.piece({}) if form.validate() else None
    if piece is not None:
        typed = {key: value for key, value in piece.items() if value}
        piece = item_building.with_id(spec, copy.content, typed)
    if piece is None or not form.fits(piece):
        page = building.editor_page(asset, copy, quick=form)
        return render_template("assets/show.html", page=page), 422
    whole = spec.model.model_validate(piece).model_dump(mode="json")
    editing.save_item(db.session, asset, spec, whole, replaces=None, base="", by=actor())
    db.session.commit()
    flash(_("“%(title)s” is in the draft.", title=spec.title(whole)), "pass")
    return back_to_editor("quick-term")


@bp.post(f"{ITEMS_URL}/delete/<path:key>")
@requires(Permission.EDIT)
def delete_item(kind: str, name: str, list_name: str, key: str) -> Any:
    """Take one item out of the draft, if nobody changed it meanwhile."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    copy = working_copy(db.session, asset)
    item = items.find_item(copy.content, spec, key)
    if request.form.get("base", "").partition("-")[2] != items.digest_of(item):
        raise ConflictError(
            _(
                "%(name)s changed this entry meanwhile. Look at it again before you delete it.",
                name=copy.saved_by,
            )
        )
    before = editing.delete_items(db.session, asset, spec, [key], base_lock=copy.lock, by=actor())
    db.session.commit()
    return _with_undo(asset, list_name, before, _("“%(title)s” is taken out.", title=spec.title(item)))


@bp.post(f"{ITEMS_URL}/bulk")
@requires(Permission.EDIT)
def bulk(kind: str, name: str, list_name: str) -> Any:
    """Change or delete the chosen items; the answer offers to undo it."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    keys = set(request.form.getlist("key"))
    act, _sign, value = request.form.get("act", "").partition(":")
    lock = request.form.get("base", type=int, default=-1)
    if not keys:
        return _refused(asset, _("Choose at least one entry first."))
    try:
        if act == "delete":
            before = editing.delete_items(db.session, asset, spec, keys, base_lock=lock, by=actor())
        elif value in bulk_values(list_name, act):
            change = (act, value)
            before = editing.change_items(db.session, asset, spec, keys, change, base_lock=lock, by=actor())
        else:
            return _refused(asset, _("Choose what to do with the chosen entries."))
        db.session.commit()
    except DraftConflictError as error:
        return _moved(asset, error)
    done = ngettext("%(num)d entry changed.", "%(num)d entries changed.", len(before))
    if act == "delete":
        done = ngettext("%(num)d entry taken out.", "%(num)d entries taken out.", len(before))
    return _with_undo(asset, list_name, before, done)


def _refused(asset: Asset, message: str, status: int = 422) -> Any:
    page = building.editor_page(asset, working_copy(db.session, asset), error=message)
    return render_template("assets/show.html", page=page), status


def _moved(asset: Asset, error: DraftConflictError) -> Any:
    db.session.rollback()
    db.session.refresh(asset)
    message = _(
        "Nothing was changed: %(name)s saved this draft meanwhile. Below it is as it is now; choose again.",
        name=error.saved_by,
    )
    return _refused(asset, message, 409)


def _with_undo(asset: Asset, list_name: str, before: Any, message: str) -> Any:
    page = building.editor_page(
        asset,
        working_copy(db.session, asset),
        undo=json.dumps(before, ensure_ascii=False),
        undo_list=list_name,
        undo_label=message,
    )
    return render_template("assets/show.html", page=page)


@bp.post(f"{ITEMS_URL}/undo")
@requires(Permission.EDIT)
def undo(kind: str, name: str, list_name: str) -> Any:
    """Put items back as they were before a deletion or a change of several."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    before = _read_undo(request.form.get("before", ""), spec)
    lock = request.form.get("base", type=int, default=-1)
    try:
        editing.put_back(db.session, asset, spec, before, base_lock=lock, by=actor())
        db.session.commit()
    except DraftConflictError as error:
        return _moved(asset, error)
    flash(_("Undone."), "pass")
    return back_to_editor(list_name)


def _read_undo(text: str, spec: Items) -> list[tuple[int, dict[str, Any]]]:
    try:
        pairs = [(int(place), dict(item)) for place, item in json.loads(text)]
    except (ValueError, TypeError, RecursionError):
        raise ConflictError(_("There is nothing to undo.")) from None
    if any(items.problems_of(spec.model, item) for _place, item in pairs):
        raise ConflictError(_("There is nothing to undo."))
    return pairs


@bp.post(f"{ITEMS_URL}/move/<path:key>")
@requires(Permission.EDIT)
def move_item(kind: str, name: str, list_name: str, key: str) -> Any:
    """Move a block up or down."""
    asset = found_asset(kind, name)
    spec = item_building.spec_of(asset, list_name)
    way = "up" if request.form.get("to") == "up" else "down"
    lock = request.form.get("base", type=int, default=-1)
    try:
        editing.move(db.session, asset, spec, key, up=way == "up", base_lock=lock, by=actor())
        db.session.commit()
    except DraftConflictError as error:
        return _moved(asset, error)
    shown = items_of(working_copy(db.session, asset).content, list_name)
    place = [spec.key(item) for item in shown].index(key)
    names = {"title": spec.title(shown[place]), "place": place + 1, "all": len(shown)}
    flash(_("“%(title)s” is number %(place)s of %(all)s now.", **names), "pass")
    return back_to_editor(f"{list_name}-{key}-{way}")
