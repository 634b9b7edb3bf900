"""The settings of a workspace."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from console.config import Settings
from console.errors import ConflictError, InvalidError
from console.extensions import db
from console.permissions import Permission
from console.settings import operations, queries
from console.settings.forms import ApprovalsForm, MaskingForm, PolicyForm, PricesForm
from console.web.access import actor, requires, workspace
from console.web.forms import put_problems

bp = Blueprint("settings", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings


@bp.get("/w/<workspace_slug>/settings")
@requires(Permission.READ)
def index() -> Any:
    """Show the settings; an admin changes them here."""
    return _page()


@bp.post("/w/<workspace_slug>/settings/approvals")
@requires(Permission.MANAGE_SETTINGS)
def set_approvals() -> Any:
    """Set whose approvals a candidate needs."""
    form = ApprovalsForm()
    if not form.validate_on_submit():
        return _page(approvals=form), 422
    operations.set_required_roles(db.session, workspace(), form.roles.data or [], by=actor())
    return _saved()


@bp.post("/w/<workspace_slug>/settings/masking")
@requires(Permission.MANAGE_SETTINGS)
def set_masking() -> Any:
    """Switch the masking of personal data on or off."""
    form = MaskingForm()
    if not form.validate_on_submit():
        return _page(masking=form), 422
    operations.set_masking(db.session, workspace(), bool(form.is_on.data), by=actor())
    return _saved()


@bp.post("/w/<workspace_slug>/settings/prices")
@requires(Permission.MANAGE_SETTINGS)
def set_prices() -> Any:
    """Set what models cost."""
    form = PricesForm()
    if not form.validate_on_submit() or not _are_whole(form):
        return _page(prices=form), 422
    prices = {
        row.model.data: {
            "prompt": row.prompt.data,
            "completion": row.completion.data,
            "currency": str(row.currency.data).upper(),
        }
        for row in form.prices
        if row.model.data and row.prompt.data is not None
    }
    operations.set_prices(db.session, workspace(), prices, by=actor())
    return _saved()


@bp.post("/w/<workspace_slug>/settings/policies")
@requires(Permission.EDIT)
def add_policy() -> Any:
    """Open a new, empty policy."""
    form = PolicyForm()
    if form.validate_on_submit():
        name = str(form.name.data)
        try:
            operations.add_policy(db.session, workspace(), slug=str(form.slug.data), name=name, by=actor())
            said = _("%(name)s is open. What you create under Rules says which policies ship it.", name=name)
            return _saved(said, "policies")
        except ConflictError as error:
            form.slug.errors = [*form.slug.errors, str(error)]
        except InvalidError as error:
            put_problems(form, error)
        db.session.rollback()
    return _page(policy=form), 422


def _are_whole(form: PricesForm) -> bool:
    """Say at the field what a price lacks: both amounts and a currency, or neither amount."""
    models: set[str] = set()
    for row in form.prices:
        amounts = (row.prompt, row.completion)
        given = [field for field in amounts if field.data is not None]
        problems = [(field, _("Give both amounts.")) for field in amounts if given and field.data is None]
        if given and not row.model.data:
            problems.append((row.model, _("Name the model these prices are for.")))
        if given and not row.currency.data:
            problems.append((row.currency, _("Three letters, like EUR.")))
        if row.model.data and row.model.data in models:
            problems.append((row.model, _("This model is there twice.")))
        models.add(row.model.data or "")
        for field, message in problems:
            field.errors = [*field.errors, message]
    return not any(field.errors for row in form.prices for field in row.form)


def _saved(said: str = "", anchor: str | None = None) -> Any:
    db.session.commit()
    flash(said or _("Saved."), "pass")
    return redirect(url_for("settings.index", workspace_slug=workspace().slug, _anchor=anchor), 303)


def _page(
    *,
    approvals: ApprovalsForm | None = None,
    prices: PricesForm | None = None,
    policy: PolicyForm | None = None,
    masking: MaskingForm | None = None,
) -> str:
    page = queries.settings_page(db.session, workspace(), actor(), _settings())
    if approvals is None:
        approvals = ApprovalsForm(formdata=None, data={"roles": list(page.required_roles)})
    return render_template(
        "settings/index.html",
        page=page,
        approvals=approvals,
        prices=prices or _prices_form(),
        masking=masking or MaskingForm(formdata=None, data={"is_on": page.masks}),
        policy_form=policy or PolicyForm(formdata=None),
    )


def _prices_form() -> PricesForm:
    """Return the prices there are, a row for each model in use without one, and an empty row."""
    rows: list[dict[str, Any]] = [
        {"model": p.model, "prompt": p.prompt, "completion": p.completion, "currency": p.currency}
        for p in queries.price_rows(workspace())
    ]
    there = {row["model"] for row in rows}
    in_use = queries.models_in_use(db.session, workspace().id, _settings())
    rows += [{"model": model, "currency": "EUR"} for model in in_use if model not in there]
    return PricesForm(formdata=None, data={"prices": [*rows, {"currency": "EUR"}]})
