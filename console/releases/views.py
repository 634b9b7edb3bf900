"""Pages of releases: publish, promote, roll back, revoke, look inside."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from console.config import Settings
from console.errors import ConsoleError
from console.extensions import db
from console.permissions import Permission
from console.releases import operations, queries
from console.releases.contents import bundle_page
from console.releases.errors import AlreadyPublishedError, ReasonMissingError
from console.releases.forms import MoveForm, PublishForm, RevokeForm
from console.releases.pages import ReleasesPage
from console.releases.preparation import prepare_bundle
from console.reviews.reading import find_review
from console.web.access import actor, policy, requires, workspace
from console.web.forms import name_apart, put_refusal
from console.web.paging import cursor
from models import Bundle, Channel

bp = Blueprint("releases", __name__)
BUNDLE_TYPE = "application/vnd.openpolicyagent.bundles"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings


@bp.get("/w/<workspace_slug>/releases")
@requires(Permission.READ)
def index() -> Any:
    """Show the policies with what is on their channels; with one policy, its releases."""
    rows = queries.policies_page(db.session, workspace())
    if len(rows) == 1 and "all" not in request.args:
        return _to_releases(rows[0].slug, 302)
    return render_template("releases/index.html", policies=rows)


@bp.get("/w/<workspace_slug>/p/<policy_slug>/releases")
@requires(Permission.READ)
def policy_releases() -> Any:
    """Show the releases of a policy."""
    return _page()


@bp.post("/w/<workspace_slug>/p/<policy_slug>/publish")
@requires(Permission.PUBLISH)
def publish() -> Any:
    """Publish an approved review as the next version."""
    form = PublishForm()
    if not form.validate_on_submit():
        return _page(publish_form=form), 422
    # Weights are trained outside of the writing transaction: others wait for it.
    db.session.commit()
    try:
        bundle = _publish(form)
    except AlreadyPublishedError as error:  # a second click: what was asked for is there
        db.session.rollback()
        flash(str(error), "info")
        return _to_releases(policy().slug)
    except ConsoleError as error:
        db.session.rollback()
        status = put_refusal(form, error)
        return _page(publish_form=form), status
    db.session.commit()
    flash(_("Version %(n)s is published to %(c)s.", n=bundle.version, c=form.channel.data), "pass")
    return _to_releases(policy().slug)


def _publish(form: PublishForm) -> Bundle:
    review_id = int(form.review.data or 0)
    with db.read() as session:
        assets, heads = prepare_bundle(session, find_review(session, workspace().id, review_id), _settings())
    return operations.publish(
        db.session,
        find_review(db.session, workspace().id, review_id),
        queries.find_channel(db.session, policy(), form.channel.data),
        assets=assets,
        heads=heads,
        changelog=form.changelog.data or "",
        settings=_settings(),
        by=actor(),
    )


@bp.post("/w/<workspace_slug>/p/<policy_slug>/channels/<name>")
@requires(Permission.PUBLISH)
def move(name: str) -> Any:
    """Promote a version to a channel, or roll the channel back to it."""
    form = MoveForm()
    channel = queries.find_channel(db.session, policy(), name)
    if not form.validate_on_submit():
        return _page(move_form=form, moved=name), 422
    version = int(form.version.data or 0)
    try:
        _move(channel, queries.find_bundle(db.session, policy(), version), form.reason.data or "")
    except ReasonMissingError as error:
        form.reason.errors = [str(error)]
        return _page(move_form=form, moved=name), error.status
    except ConsoleError as error:
        db.session.rollback()
        status = put_refusal(form, error)
        return _page(move_form=form, moved=name), status
    db.session.commit()
    flash(_("%(c)s is at version %(n)s.", c=queries.CHANNEL_LABELS.get(name, name), n=version), "pass")
    return _to_releases(policy().slug)


def _move(channel: Channel, bundle: Bundle, reason: str) -> None:
    # Going to a lower version is a roll-back, whatever the button said.
    is_back = channel.bundle is not None and bundle.version < channel.bundle.version
    act = operations.roll_back if is_back else operations.promote
    act(db.session, bundle=bundle, channel=channel, reason=reason, settings=_settings(), by=actor())


@bp.post("/w/<workspace_slug>/p/<policy_slug>/versions/<int:version>/revoke")
@requires(Permission.PUBLISH)
def revoke(version: int) -> Any:
    """Revoke a version for good."""
    bundle = queries.find_bundle(db.session, policy(), version)
    form = RevokeForm()
    if not form.validate_on_submit():
        return _bundle_page(bundle, form), 422
    try:
        reason = str(form.reason.data)
        operations.revoke(db.session, bundle, reason=reason, settings=_settings(), by=actor())
    except ConsoleError as error:
        db.session.rollback()
        status = put_refusal(form, error)
        return _bundle_page(queries.find_bundle(db.session, policy(), version), form), status
    db.session.commit()
    flash(_("Version %(n)s is revoked. Services leave it at their next fetch.", n=version), "info")
    return _to_releases(policy().slug)


@bp.get("/w/<workspace_slug>/p/<policy_slug>/versions/<int:version>")
@requires(Permission.READ)
def bundle(version: int) -> Any:
    """Show one version: contents, signature, digests, approvals."""
    return _bundle_page(queries.find_bundle(db.session, policy(), version))


@bp.get("/w/<workspace_slug>/p/<policy_slug>/versions/<int:version>/download")
@requires(Permission.READ)
def download(version: int) -> Any:
    """Hand out the published bytes."""
    found = queries.find_bundle(db.session, policy(), version)
    response = Response(found.data, mimetype=BUNDLE_TYPE)
    response.set_etag(found.sha256)
    name = f"{workspace().slug}-{policy().slug}-{version}.tar.gz"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(
    *, publish_form: PublishForm | None = None, move_form: MoveForm | None = None, moved: str = ""
) -> str:
    """Show the releases; a refused form is shown as it was typed, with what is wrong with it.

    Args:
        moved: the channel that `move_form` is about.
    """
    page = queries.releases_page(
        db.session,
        policy(),
        actor(),
        before=cursor(request.args.get("before")),
        after=cursor(request.args.get("after")),
    )
    return render_template(
        "releases/policy.html",
        page=page,
        form=publish_form or PublishForm(formdata=None),
        moves=_move_forms(page, move_form, moved),
        moved=move_form,
    )


def _move_forms(page: ReleasesPage, refused: MoveForm | None, moved: str) -> dict[str, MoveForm]:
    """Return the forms of the channels' dialogs by the dialog's id: rolling back, and picking a version."""
    forms = {}
    for panel in page.channels:
        is_back = refused is not None and refused.version.data == panel.roll_back_to
        for act in ("back", "pick"):
            is_refused = refused and panel.name == moved and is_back == (act == "back")
            forms[f"{act}-{panel.name}"] = refused if refused and is_refused else MoveForm(formdata=None)
    for name, form in forms.items():
        name_apart(form, name)
    return forms


def _bundle_page(found: Bundle, form: RevokeForm | None = None) -> str:
    page = bundle_page(db.session, found, actor(), _settings())
    return render_template("releases/bundle.html", page=page, form=form or RevokeForm(formdata=None))


def _to_releases(slug: str, status: int = 303) -> Any:
    url = url_for("releases.policy_releases", workspace_slug=workspace().slug, policy_slug=slug)
    return redirect(url, status)
