"""Pages of assets: the list of a kind, a new asset, the editor."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from console.assets import building, labels, operations, queries
from console.assets.blueprint import (
    ASSET_URL,
    KIND_URL,
    back_to_editor,
    bp,
    found_asset,
    known_kind,
    offered_model,
)
from console.assets.editing import working_copy
from console.assets.errors import NameTakenError
from console.assets.forms import AssetForm, PoliciesForm
from console.assets.items import empty_content, make_id
from console.errors import InvalidError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, requires, workspace
from console.web.navigation import policies_of
from console.web.paging import cursor
from copydesk.assets import Kind

# The other pages of the same blueprint register themselves when they are imported.
from console.assets import draft_views, item_views, live_views, transfer_views  # noqa: F401  # isort: skip

__all__ = ["bp"]


@bp.get(KIND_URL)
@requires(Permission.READ)
def index(kind: str) -> Any:
    """Show all assets of a kind."""
    words, archived = request.args.get("q", "")[:200], request.args.get("archived") == "1"
    found = queries.list_assets(
        db.session,
        workspace().id,
        known_kind(kind),
        words=words,
        archived=archived,
        before=cursor(request.args.get("before")),
        after=cursor(request.args.get("after")),
    )
    page = building.index_page(known_kind(kind), found, words=words, archived=archived)
    return render_template("assets/index.html", page=page)


@bp.route(f"{KIND_URL}/new", methods=["GET", "POST"])
@requires(Permission.EDIT)
def create(kind: str) -> Any:
    """Create an asset with a first draft."""
    chosen = known_kind(kind)
    policies = policies_of(workspace().id)
    form = AssetForm(policies=[policy.id for policy in policies] if request.method == "GET" else None)
    form.policies.choices = [SelectChoice(policy.id, policy.name) for policy in policies]
    if form.validate_on_submit():
        name = form.name.data or make_id(str(form.title.data), _taken(chosen))
        try:
            asset = operations.create_asset(
                db.session,
                workspace().id,
                [policy for policy in policies if policy.id in (form.policies.data or [])],
                kind=chosen,
                name=name,
                content={**empty_content(chosen, offered_model()), "title": str(form.title.data).strip()},
                by=actor(),
            )
            db.session.commit()
            flash(_("%(title)s is there, as a draft. Fill it in.", title=asset.title), "pass")
            return redirect(url_for("assets.show", kind=kind, name=asset.name), 303)
        except (NameTakenError, InvalidError) as error:
            db.session.rollback()
            form.name.errors = [*form.name.errors, str(error).removeprefix("name: ")]
    status = 422 if form.is_submitted() else 200
    return render_template(
        "assets/new.html",
        form=form,
        kind=chosen,
        kind_title=labels.kind_title(chosen),
        singular=labels.kind_singular(chosen),
        about=labels.KIND_ABOUT[chosen],
    ), status


def _taken(kind: Kind) -> set[str]:
    return {*queries.names_of_kind(db.session, workspace().id, kind), "new", "import"}


@bp.get(ASSET_URL)
@requires(Permission.READ)
def show(kind: str, name: str) -> Any:
    """Show the editor of an asset."""
    asset = found_asset(kind, name)
    page = building.editor_page(
        asset,
        working_copy(db.session, asset),
        words=request.args.get("q", "")[:200],
        chosen=request.args.get("only", "")[:60],
    )
    return render_template("assets/show.html", page=page)


@bp.route(f"{ASSET_URL}/policies", methods=["GET", "POST"])
@requires(Permission.EDIT)
def policies(kind: str, name: str) -> Any:
    """Choose which policies ship an asset."""
    asset = found_asset(kind, name)
    offered = policies_of(workspace().id)
    shipping = queries.policies_of_asset(db.session, asset)
    form = PoliciesForm(policies=[policy.id for policy in shipping] if request.method == "GET" else None)
    form.policies.choices = [SelectChoice(policy.id, policy.name) for policy in offered]
    if form.validate_on_submit():
        chosen = [policy for policy in offered if policy.id in (form.policies.data or [])]
        operations.ship_with(db.session, asset, chosen, by=actor())
        db.session.commit()
        flash(_("Saved. Candidates built from now on go by it."), "pass")
        return back_to_editor()
    page = building.heading(asset)
    return render_template("assets/policies.html", head=page, form=form), 422 if form.is_submitted() else 200


@bp.post(f"{ASSET_URL}/archive")
@requires(Permission.EDIT)
def archive(kind: str, name: str) -> Any:
    """Take an asset out of future candidates."""
    asset = found_asset(kind, name)
    operations.archive(db.session, asset, by=actor())
    db.session.commit()
    flash(
        _("%(title)s is archived: new candidates leave it out. Its revisions stay.", title=asset.title),
        "pass",
    )
    return back_to_editor()


@bp.post(f"{ASSET_URL}/unarchive")
@requires(Permission.EDIT)
def unarchive(kind: str, name: str) -> Any:
    """Bring an archived asset back."""
    asset = found_asset(kind, name)
    operations.unarchive(db.session, asset, by=actor())
    db.session.commit()
    flash(_("%(title)s is back.", title=asset.title), "pass")
    return back_to_editor()
