"""Pages of accounts: sign-in, one's own account, links; members and tokens of a workspace."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required, login_user, logout_user
from wtforms.fields.choices import SelectChoice

from console.accounts import operations, pages, queries, tokens
from console.accounts.errors import SignInError, ThrottledError
from console.accounts.forms import (
    ForgottenForm,
    InviteForm,
    LinkForm,
    PasswordForm,
    ProfileForm,
    RolesForm,
    SignInForm,
    TokenForm,
)
from console.clock import now
from console.config import Settings
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.notices.mail import deliver_link
from console.notices.resets import ask_for_reset
from console.permissions import Permission
from console.web.access import actor, looking_up, requires, workspace
from console.web.forms import put_problems
from models import TokenPurpose, User

bp = Blueprint("accounts", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings


def _local_target(target: str | None) -> str:
    """Return where to go after sign-in: only ever a path of this console."""
    try:
        parts = urlsplit(target or "")
    except ValueError:  # "//[" looks like an IPv6 address and is none
        return url_for("accounts.workspaces")
    is_local = bool(target) and not parts.netloc and not parts.scheme and str(target).startswith("/")
    if is_local and not str(target).startswith(("//", "/\\")):
        return str(target)
    return url_for("accounts.workspaces")


@bp.get("/sign-in")
def sign_in() -> Any:
    """Show the sign-in form."""
    if current_user.is_authenticated:
        return redirect(url_for("accounts.workspaces"))
    return render_template(
        "accounts/sign_in.html",
        form=SignInForm(next=request.args.get("next", "")),
        page=pages.sign_in_page(_settings(), request, db.session),
    )


@bp.post("/sign-in")
def sign_in_post() -> Any:
    """Sign a person in."""
    form = SignInForm()
    status, headers = 422, {}
    if form.validate_on_submit():
        try:
            given = {
                "email": str(form.email.data),
                "password": str(form.password.data),
                "address": request.remote_addr or "",
            }
            with db.read() as session:
                pages.refuse_remote_demo(_settings(), request, given["email"], session)
                fits = operations.fitting_hash(session, **given)
            user = operations.sign_in(db.session, **given, fits=fits)
            login_user(user)
            return redirect(_local_target(form.next.data), 303)
        except (SignInError, ThrottledError) as error:
            form.form_errors.append(str(error))
            status, headers = error.status, error.headers
        finally:
            db.session.commit()  # a failed attempt is counted and audited too
    page = pages.sign_in_page(_settings(), request, db.session)
    return render_template("accounts/sign_in.html", form=form, page=page), status, headers


@bp.post("/sign-out")
@login_required
def sign_out() -> Any:
    """Sign the person out."""
    operations.sign_out(db.session, current_user)
    db.session.commit()
    logout_user()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/workspaces")
@login_required
def workspaces() -> Any:
    """Show the workspaces of the person; with only one, go there."""
    found = queries.workspaces_of(db.session, current_user.id)
    if len(found) == 1:
        return redirect(url_for("inbox.index", workspace_slug=found[0].slug))
    return render_template("accounts/workspaces.html", page=pages.WorkspacesPage(tuple(found)))


@bp.route("/account", methods=["GET", "POST"])
@login_required
def profile() -> Any:
    """Show and change name and preferences."""
    form = ProfileForm(obj=current_user, shortcuts=current_user.single_key_shortcuts)
    if form.validate_on_submit():
        operations.change_preferences(
            db.session,
            _myself(),
            name=str(form.name.data),
            theme=form.theme.data,
            shortcuts=bool(form.shortcuts.data),
        )
        db.session.commit()
        flash(_("Saved."), "pass")
        return redirect(url_for("accounts.profile"), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/profile.html", form=form, password_form=PasswordForm()), status


@bp.post("/account/password")
@login_required
def change_password() -> Any:
    """Set a new password; this session goes on, all others end."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            checked = operations.check_change(
                current_user, current=str(form.current.data), new=str(form.new.data)
            )
            user = _myself()
            operations.change_password(db.session, user, checked)
            db.session.commit()
            login_user(user)
            flash(_("Password changed. Other sessions have ended."), "pass")
            return redirect(url_for("accounts.profile"), 303)
        except InvalidError as error:
            db.session.rollback()
            put_problems(form, error)
    profile_form = ProfileForm(formdata=None, obj=current_user, shortcuts=current_user.single_key_shortcuts)
    return render_template("accounts/profile.html", form=profile_form, password_form=form), 422


@bp.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> Any:
    """Send a reset link; says the same whether or not there is an account."""
    form = ForgottenForm()
    if form.validate_on_submit():
        address = request.remote_addr or ""
        ask_for_reset(db.session, email=str(form.email.data), address=address, at=now())
        db.session.commit()
        return render_template("accounts/forgotten_sent.html")
    return render_template("accounts/forgotten.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/links/<secret>", methods=["GET", "POST"])
def use_link(secret: str) -> Any:
    """Open an account from an invitation, or set a new password."""
    form = LinkForm()
    status, headers = 422 if form.is_submitted() else 200, {}
    with looking_up() as session:
        link = operations.find_link(session, secret)
        has_account = operations.find_user(session, link.email) is not None
    if form.validate_on_submit():
        try:
            login_user(_use_link(secret, form))
            return redirect(url_for("accounts.workspaces"), 303)
        except InvalidError as error:
            db.session.rollback()
            put_problems(form, error)
        except (SignInError, ThrottledError) as error:
            db.session.commit()  # counted, as on the sign-in page
            form.form_errors.append(str(error))
            status, headers = error.status, error.headers
    page = pages.LinkPage(email=link.email, is_invitation=link.kind == "invitation", has_account=has_account)
    return render_template("accounts/link.html", form=form, page=page), status, headers


def _use_link(secret: str, form: LinkForm) -> User:
    address = request.remote_addr or ""
    with (
        db.read() as session
    ):  # argon2 takes a tenth of a second: not in the transaction that others wait for
        link = operations.find_link(session, secret)
        pages.refuse_remote_demo(_settings(), request, link.email, session)
        checked = operations.check_link_password(
            session, link, password=str(form.password.data), address=address
        )
    name = form.name.data or link.email.split("@")[0]
    user = operations.use_link(db.session, secret, checked, name=name, address=address)
    db.session.commit()
    return user


def _myself() -> User:
    """Return the signed-in person in the request's session, to be changed."""
    return db.session.get_one(User, current_user.id)


@bp.get("/w/<workspace_slug>/members")
@requires(Permission.READ)
def members() -> Any:
    """Show who is in the workspace, as what."""
    page = queries.members_page(db.session, workspace(), can_manage=actor().may(Permission.MANAGE_PEOPLE))
    return render_template("accounts/members.html", page=page, form=InviteForm())


@bp.post("/w/<workspace_slug>/members")
@requires(Permission.MANAGE_PEOPLE)
def invite() -> Any:
    """Invite somebody; the link is mailed, or shown once where there is no mail."""
    form = InviteForm()
    link_url = None
    status = 422
    if form.validate_on_submit():
        secret = operations.invite(
            db.session, workspace(), email=str(form.email.data), roles=form.roles.data or [], by=actor()
        )
        db.session.commit()
        url = _settings().public_url + url_for("accounts.use_link", secret=secret)
        is_sent = deliver_link(
            _settings(),
            to=str(form.email.data),
            subject=_("Invitation to %(name)s", name=workspace().name),
            url=url,
        )
        flash(
            _("Invitation sent to %(email)s.", email=form.email.data)
            if is_sent
            else _("Invitation made. Hand over the link below; it works once, for seven days."),
            "pass",
        )
        link_url, form, status = (None if is_sent else url), InviteForm(formdata=None), 200
    page = queries.members_page(db.session, workspace(), can_manage=True, link_url=link_url)
    return render_template("accounts/members.html", page=page, form=form), status


@bp.route("/w/<workspace_slug>/members/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit_member(user_id: int) -> Any:
    """Change the roles of a member, or remove them by leaving none."""
    user = operations.member(db.session, workspace().id, user_id)
    form = RolesForm(roles=sorted(queries.roles(db.session, workspace().id, user_id)))
    if form.validate_on_submit():
        operations.set_roles(db.session, workspace(), user, form.roles.data or [], by=actor())
        db.session.commit()
        flash(_("Roles of %(name)s saved.", name=user.name), "pass")
        return redirect(url_for("accounts.members", workspace_slug=workspace().slug), 303)
    page = pages.MemberPage(user.name, user.email, user.id)
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/member.html", form=form, page=page), status


@bp.get("/w/<workspace_slug>/tokens")
@requires(Permission.READ)
def list_tokens() -> Any:
    """Show the tokens of the workspace's programs."""
    page = queries.tokens_page(db.session, workspace(), actor())
    return render_template(
        "accounts/tokens.html",
        page=page,
        form=_token_form(TokenPurpose.RUNTIME),
        api_form=_token_form(TokenPurpose.API),
    )


@bp.post("/w/<workspace_slug>/tokens/<purpose>")
@requires(Permission.READ)
def create_token(purpose: str) -> Any:
    """Make a token and show its secret once."""
    if purpose not in set(TokenPurpose):
        raise NotFoundError("There is no such kind of token.")
    kind = TokenPurpose(purpose)
    form = _token_form(kind)
    secret, status = None, 422
    if form.validate_on_submit():
        day = form.expires_on.data
        try:
            _token, secret = tokens.create_token(
                db.session,
                workspace().id,
                purpose=kind,
                name=str(form.name.data),
                scopes=form.scopes.data or [],
                policies=form.policies.data or [],
                channels=form.channels.data or [],
                expires_at=datetime.combine(day, time.max, UTC).replace(microsecond=0) if day else None,
                by=actor(),
            )
            db.session.commit()
            form, status = _token_form(kind, empty=True), 200
        except InvalidError as error:
            db.session.rollback()
            put_problems(form, error)
    page = queries.tokens_page(db.session, workspace(), actor(), secret=secret)
    other = _token_form(
        TokenPurpose.API if kind is TokenPurpose.RUNTIME else TokenPurpose.RUNTIME, empty=True
    )
    runtime, api = (form, other) if kind is TokenPurpose.RUNTIME else (other, form)
    return render_template("accounts/tokens.html", page=page, form=runtime, api_form=api), status


@bp.post("/w/<workspace_slug>/tokens/<int:token_id>/revoke")
@requires(Permission.READ)
def revoke_token(token_id: int) -> Any:
    """Revoke a token."""
    token = tokens.revoke_token(db.session, workspace().id, token_id, by=actor())
    db.session.commit()
    flash(_("Token %(name)s revoked.", name=token.name), "pass")
    return redirect(url_for("accounts.list_tokens", workspace_slug=workspace().slug), 303)


def _token_form(purpose: TokenPurpose, *, empty: bool = False) -> TokenForm:
    form = TokenForm(formdata=None, prefix=f"{purpose}-") if empty else TokenForm(prefix=f"{purpose}-")
    labels = {"read": _("Read"), "report": _("Report what it does"), "write": _("Change drafts, start runs")}
    form.scopes.choices = [SelectChoice(scope, labels[scope]) for scope in tokens.SCOPES[purpose]]
    form.policies.choices = [
        SelectChoice(p.slug, p.name) for p in queries.policies(db.session, workspace().id)
    ]
    form.channels.choices = [
        SelectChoice(name, name) for name in queries.channel_names(db.session, workspace().id)
    ]
    return form
