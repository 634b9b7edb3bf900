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
from console.releases.errors import AlreadyPublishedError, NotApprovedError
from console.releases.forms import MoveForm, PublishForm
from console.releases.preparation import prepare_bundle
from console.reviews.reading import find_review
from console.web.access import actor, policy, requires, workspace
from console.web.paging import cursor
from models import Channel, ReleaseKind

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
    may_open = actor().may(Permission.EDIT)
    return render_template("releases/index.html", policies=rows, may_open=may_open)


@bp.get("/w/<workspace_slug>/p/<policy_slug>/releases")
@requires(Permission.READ)
def policy_releases() -> Any:
    """Show the releases of a policy."""
    arguments = request.args
    page = queries.releases_page(
        db.session,
        policy(),
        actor(),
        before=cursor(arguments.get("before")),
        after=cursor(arguments.get("after")),
    )
    return render_template("releases/policy.html", page=page, form=PublishForm(formdata=None))


@bp.post("/w/<workspace_slug>/p/<policy_slug>/publish")
@requires(Permission.PUBLISH)
def publish() -> Any:
    """Publish an approved review as the next version."""
    form = PublishForm()
    if not form.validate_on_submit():
        return _refused_form(form)
    review_id = int(form.review.data or 0)
    # Weights are trained outside of the writing transaction: others wait for it.
    db.session.commit()
    with db.read() as session:
        assets, heads = prepare_bundle(session, find_review(session, workspace().id, review_id), _settings())
    review = find_review(db.session, workspace().id, review_id)
    channel = queries.find_channel(db.session, policy(), form.channel.data)
    try:
        bundle = operations.publish(
            db.session,
            review,
            channel,
            assets=assets,
            heads=heads,
            changelog=form.changelog.data or "",
            settings=_settings(),
            by=actor(),
        )
    except (NotApprovedError, AlreadyPublishedError) as error:
        db.session.rollback()
        flash(str(error), "fail")
        return _to_releases(policy().slug)
    db.session.commit()
    flash(_("Version %(n)s is published to %(c)s.", n=bundle.version, c=channel.name), "pass")
    return _to_releases(policy().slug)


@bp.post("/w/<workspace_slug>/p/<policy_slug>/channels/<name>")
@requires(Permission.PUBLISH)
def move(name: str) -> Any:
    """Promote a version to a channel, or roll the channel back to it."""
    form = MoveForm()
    channel = queries.find_channel(db.session, policy(), name)
    if not form.validate_on_submit():
        flash(_("Choose a version."), "fail")
        return _to_releases(policy().slug)
    bundle = queries.find_bundle(db.session, policy(), int(form.version.data or 0))
    reason = form.reason.data or ""
    try:
        kind = _move(channel, bundle.version)
        if kind is ReleaseKind.ROLL_BACK:
            operations.roll_back(db.session, channel, bundle, reason=reason, settings=_settings(), by=actor())
        else:
            operations.promote(db.session, bundle, channel, reason=reason, settings=_settings(), by=actor())
    except ConsoleError as error:
        db.session.rollback()
        flash(str(error), "fail")
        return _to_releases(policy().slug)
    db.session.commit()
    flash(_("%(c)s is at version %(n)s.", c=queries.CHANNEL_LABELS.get(name, name), n=bundle.version), "pass")
    return _to_releases(policy().slug)


@bp.post("/w/<workspace_slug>/p/<policy_slug>/versions/<int:version>/revoke")
@requires(Permission.PUBLISH)
def revoke(version: int) -> Any:
    """Revoke a version for good."""
    bundle = queries.find_bundle(db.session, policy(), version)
    try:
        operations.revoke(
            db.session, bundle, reason=request.form.get("reason", ""), settings=_settings(), by=actor()
        )
    except ConsoleError as error:
        db.session.rollback()
        flash(str(error), "fail")
        return redirect(_bundle_url(version), 303)
    db.session.commit()
    flash(_("Version %(n)s is revoked. Services leave it at their next fetch.", n=version), "info")
    return _to_releases(policy().slug)


@bp.get("/w/<workspace_slug>/p/<policy_slug>/versions/<int:version>")
@requires(Permission.READ)
def bundle(version: int) -> Any:
    """Show one version: contents, signature, digests, approvals."""
    found = queries.find_bundle(db.session, policy(), version)
    return render_template("releases/bundle.html", page=bundle_page(db.session, found, actor(), _settings()))


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


def _refused_form(form: PublishForm) -> Any:
    """Show the releases again, with what was typed and what is wrong with it."""
    page = queries.releases_page(db.session, policy(), actor(), before=None, after=None)
    return render_template("releases/policy.html", page=page, form=form), 422


def _move(channel: Channel, version: int) -> ReleaseKind:
    """Going to a lower version is a roll-back, whatever the button said."""
    is_back = channel.bundle is not None and version < channel.bundle.version
    return ReleaseKind.ROLL_BACK if is_back else ReleaseKind.PROMOTE


def _to_releases(slug: str, status: int = 303) -> Any:
    url = url_for("releases.policy_releases", workspace_slug=workspace().slug, policy_slug=slug)
    return redirect(url, status)


def _bundle_url(version: int) -> str:
    return url_for(
        "releases.bundle", workspace_slug=workspace().slug, policy_slug=policy().slug, version=version
    )
