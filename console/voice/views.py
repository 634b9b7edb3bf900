"""Pages of off-brand texts: have the model write them, look through them, take the ticked ones over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from console.assets.blueprint import found_asset
from console.assets.editing import part_of, working_copy
from console.errors import ConflictError, InvalidError
from console.extensions import db
from console.generation.prices import prices_of
from console.permissions import Permission
from console.voice import operations, pages, queries
from console.voice.forms import TakeForm, WantedForm
from console.web.access import actor, requires, workspace
from console.web.links import fill_in
from console.web.paging import cursor
from copydesk.assets import Kind
from copydesk.checks.brand_voice.training import MIN_EXAMPLES, long_enough
from models import Asset, OffBrandBatch

bp = Blueprint("voice", __name__)
URL = "/w/<workspace_slug>/assets/style_guide/<name>/off-brand"
fill_in(bp, {"workspace_slug": "workspace.slug", "name": "asset.name"})


@bp.get(URL)
@requires(Permission.READ)
def off_brand(name: str) -> Any:
    """Show the texts of the newest batch, or of the one that the address names."""
    asset = found_asset(Kind.STYLE_GUIDE, name)
    return _answer(asset, _chosen(asset))


@bp.get(f"{URL}/<int:batch_id>/progress")
@requires(Permission.READ)
def off_brand_progress(name: str, batch_id: int) -> Any:
    """Show how far the writing is."""
    batch = queries.find_batch(db.session, found_asset(Kind.STYLE_GUIDE, name), batch_id)
    return render_template("voice/_progress.html", progress=pages.progress_of(batch), batch_id=batch.id)


@bp.post(URL)
@requires(Permission.EDIT)
def write_texts(name: str) -> Any:
    """Have the model write texts."""
    asset, form = found_asset(Kind.STYLE_GUIDE, name), WantedForm()
    if form.validate_on_submit():
        try:
            operations.ask_for_texts(db.session, asset, int(form.wanted.data or 0), by=actor())
            db.session.commit()
            return redirect(url_for("voice.off_brand"), 303)
        except ConflictError as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    return _answer(asset, _chosen(asset), wanted_form=form, status=422)


@bp.post(f"{URL}/<int:batch_id>/stop")
@requires(Permission.EDIT)
def stop_writing(name: str, batch_id: int) -> Any:
    """End a batch with the texts it has."""
    asset = found_asset(Kind.STYLE_GUIDE, name)
    operations.stop_writing(db.session, asset, queries.find_batch(db.session, asset, batch_id), by=actor())
    db.session.commit()
    return redirect(url_for("voice.off_brand", batch=batch_id), 303)


@bp.post(f"{URL}/<int:batch_id>/take")
@requires(Permission.EDIT)
def take_texts(name: str, batch_id: int) -> Any:
    """Put the ticked texts into the draft."""
    asset = found_asset(Kind.STYLE_GUIDE, name)
    batch, form = queries.find_batch(db.session, asset, batch_id), TakeForm()
    form.offer(batch.done)
    if form.validate_on_submit():
        try:
            taken = operations.take_texts(db.session, asset, batch, form.texts.data or (), by=actor())
            db.session.commit()
        except (ConflictError, InvalidError) as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(ngettext("%(num)d text is in the draft.", "%(num)d texts are in the draft.", taken), "pass")
            return redirect(url_for("voice.off_brand", batch=batch_id), 303)
    elif form.texts.errors:
        form.form_errors.append(_("These texts are no more as they were shown. Choose again."))
        form.texts.errors = ()
    return _answer(asset, batch, take_form=form, status=422)


def _chosen(asset: Asset) -> OffBrandBatch | None:
    wanted = cursor(request.args.get("batch"))
    if wanted is not None:
        return queries.find_batch(db.session, asset, wanted)
    return next(iter(queries.newest_batches(db.session, asset)), None)


def _answer(
    asset: Asset,
    chosen: OffBrandBatch | None,
    *,
    wanted_form: WantedForm | None = None,
    take_form: TakeForm | None = None,
    status: int = 200,
) -> Any:
    voice = part_of(asset.kind, working_copy(db.session, asset).content, operations.PART)
    page = pages.page_of(
        asset,
        voice,
        queries.newest_batches(db.session, asset),
        chosen,
        brief_count=operations.brief_count(db.session, asset),
        prices=prices_of(workspace()),
        may_edit=actor().may(Permission.EDIT),
        is_all_ticked=request.args.get("tick") == "all",
    )
    if wanted_form is None:
        there = len(long_enough(map(str, voice.get("off_brand", ()))))
        wanted_form = WantedForm(formdata=None, wanted=max(MIN_EXAMPLES - there, 10))
    ticked = frozenset(take_form.texts.data or ()) if take_form is not None else frozenset()
    form = take_form if take_form is not None else wanted_form
    html = render_template(
        "voice/off_brand.html", page=page, form=form, wanted_form=wanted_form, ticked=ticked
    )
    return html, status
