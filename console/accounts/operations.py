"""Signing in, people, workspaces, roles and single-use links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from console.accounts import passwords
from console.accounts.errors import EmailTakenError, LastAdminError, LinkError, SignInError
from console.accounts.passwords import CheckedPassword
from console.audit.operations import record
from console.clock import now
from console.errors import ConflictError, InvalidError, NotFoundError
from console.permissions import SYSTEM, Actor, Permission
from copydesk.errors import Problem
from models import Membership, PersonLink, PersonLinkKind, Role, User, Workspace

# An address is proved by the mail that reaches it; this refuses what can be none.
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LINK_LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(hours=2)
MAX_RESET_LINKS = 3  # within RESET_LIFETIME
DEFAULT_REQUIRED_ROLES = (Role.LEGAL, Role.BRAND_REVIEWER)


def fitting_hash(session: Session, *, email: str, password: str, address: str) -> str:
    """Return the hash that the password fits, empty when there is none; changes nothing.

    Argon2 takes a tenth of a second: browsers are checked here, before the transaction that others wait for.

    Raises:
        ThrottledError: too many failures for this account or address.
    """
    passwords.refuse_throttled(session, email=email, address=address, now=now())
    user = find_user(session, email)
    kept = user.password_hash if user else ""
    return kept if passwords.verify_password(password, kept) else ""


def sign_in(session: Session, *, email: str, password: str, address: str, fits: str | None = None) -> User:
    """Check e-mail and password; the attempt is counted and audited either way.

    The caller commits even when this raises, so that failures stay counted.

    Args:
        fits: what `fitting_hash` returned for this password; None checks it now.

    Raises:
        ThrottledError: too many failures for this account or address.
        SignInError: wrong e-mail or password, or an account that was switched off.
    """
    passwords.refuse_throttled(session, email=email, address=address, now=now())
    user = find_user(session, email)
    kept = user.password_hash if user else ""
    is_right = passwords.verify_password(password, kept) if fits is None else bool(kept) and fits == kept
    if user is None or not is_right or not user.is_active:
        passwords.note_failure(session, email=email, address=address, now=now())
        record(session, "sign_in.failed", by=SYSTEM, subject=("user", user.id if user else "unknown"))
        raise SignInError
    passwords.forget_failures(session, email=email, address=address)
    user.last_sign_in_at = now()
    record(session, "user.signed_in", by=as_self(user), subject=("user", user.id))
    return user


def sign_out(session: Session, user: User) -> None:
    """Record that the person signed out."""
    record(session, "user.signed_out", by=as_self(user), subject=("user", user.id))


def check_change(user: User, *, current: str, new: str) -> CheckedPassword:
    """Check a password change and hash the new password; changes nothing.

    Raises:
        InvalidError: the current password is wrong or the new one too weak.
    """
    if not passwords.verify_password(current, user.password_hash):
        raise InvalidError([Problem("current", "This is not your present password.")])
    return CheckedPassword(fits=user.password_hash, new=_fit_hash(new, user.email, "new"))


def change_password(session: Session, user: User, checked: CheckedPassword) -> None:
    """Set a new password and end all other sessions of the person.

    Args:
        checked: what `check_change` returned.

    Raises:
        InvalidError: the password was changed meanwhile.
    """
    if checked.fits != user.password_hash:
        raise InvalidError([Problem("current", "This is not your present password.")])
    _set_password(user, checked.new)
    _end_reset_links(session, user)
    record(session, "user.password_changed", by=as_self(user), subject=("user", user.id))


def create_user(session: Session, *, email: str, name: str, password: str | None, by: Actor) -> User:
    """Add a person; without a password they need a link to set one.

    Raises:
        EmailTakenError: the address has an account.
        InvalidError: no whole address, or a password that is too weak.
    """
    email = email.strip().lower()
    if not EMAIL.fullmatch(email):
        raise InvalidError([Problem("email", f"{email!r} is no whole e-mail address.")])
    if find_user(session, email) is not None:
        raise EmailTakenError
    user = User(email=email, name=name.strip(), password_hash="", created_at=now(), session_epoch=0)
    if password is not None:
        _set_password(user, _fit_hash(password, email))
    return _keep_user(session, user, by)


def _keep_user(session: Session, user: User, by: Actor) -> User:
    session.add(user)
    session.flush()
    record(session, "user.created", by=by, subject=("user", user.id))
    return user


def create_workspace(session: Session, *, slug: str, name: str, by: Actor) -> Workspace:
    """Open a workspace with the default approval rule: one legal and one brand reviewer.

    Raises:
        InvalidError: a slug that does not fit into addresses.
        ConflictError: the slug is taken.
    """
    if not SLUG.fullmatch(slug):
        text = (
            f"{slug!r} does not fit into addresses; use small letters, digits and hyphens, like order-mails."
        )
        raise InvalidError([Problem("workspace", text)])
    if session.scalar(select(Workspace.id).where(Workspace.slug == slug)) is not None:
        raise ConflictError(f"There is a workspace {slug!r} already.")
    required = [str(role) for role in DEFAULT_REQUIRED_ROLES]
    workspace = Workspace(slug=slug, name=name, required_roles=required, settings={}, created_at=now())
    session.add(workspace)
    session.flush()
    after = {"slug": slug, "required_roles": required}
    record(
        session,
        "workspace.created",
        by=by,
        subject=("workspace", workspace.id),
        after=after,
        workspace_id=workspace.id,
    )
    return workspace


def set_roles(session: Session, workspace: Workspace, user: User, roles: Sequence[str], *, by: Actor) -> None:
    """Give a person exactly these roles in a workspace; none removes them from it.

    Raises:
        InvalidError: an unknown role.
        LastAdminError: the workspace would have no admin.
    """
    by.require(Permission.MANAGE_PEOPLE)
    wanted = {_role(role) for role in roles}
    held = {m.role: m for m in _memberships(session, workspace.id, user.id)}
    if Role.ADMIN in held and Role.ADMIN not in wanted and _admin_count(session, workspace.id) == 1:
        raise LastAdminError
    for role, membership in held.items():
        if role not in wanted:
            session.delete(membership)
    for role in sorted(wanted - set(held)):
        session.add(Membership(workspace_id=workspace.id, user_id=user.id, role=role, created_at=now()))
    session.flush()
    record(
        session,
        "membership.changed",
        by=by,
        subject=("user", user.id),
        workspace_id=workspace.id,
        before={"roles": sorted(held)},
        after={"roles": sorted(wanted)},
    )


def invite(session: Session, workspace: Workspace, *, email: str, roles: Sequence[str], by: Actor) -> str:
    """Make a single-use link that opens an account with these roles; returns its secret, shown once.

    Raises:
        InvalidError: an unknown role, or none.
    """
    by.require(Permission.MANAGE_PEOPLE)
    wanted = sorted(_role(role) for role in roles)
    if not wanted:
        raise InvalidError([Problem("roles", "Choose at least one role.")])
    link, secret = _link(PersonLinkKind.INVITATION, email, LINK_LIFETIME)
    link.workspace_id, link.roles, link.created_by_id = workspace.id, wanted, by.user_id
    session.add(link)
    session.flush()
    record(
        session,
        "invitation.created",
        by=by,
        subject=("person_link", link.id),
        after={"roles": wanted},
        workspace_id=workspace.id,
    )
    return secret


def make_reset_link(session: Session, user: User, *, by: Actor) -> str:
    """Make a single-use link that sets a new password; returns its secret."""
    link, secret = _link(PersonLinkKind.RESET, user.email, RESET_LIFETIME)
    link.user_id, link.created_by_id = user.id, by.user_id
    session.add(link)
    session.flush()
    record(session, "password_reset.created", by=by, subject=("user", user.id))
    return secret


def find_link(session: Session, secret: str) -> PersonLink:
    """Return the unused, unexpired link of a secret.

    Raises:
        LinkError: there is none.
    """
    sha256 = passwords.secret_sha256(secret)
    link = session.scalar(select(PersonLink).where(PersonLink.secret_sha256 == sha256))
    if link is None or link.used_at is not None or link.expires_at <= now():
        raise LinkError
    return link


def may_send_reset(session: Session, user: User) -> bool:
    """Tell whether another reset link may be mailed: nobody's mailbox is filled by strangers."""
    statement = select(func.count()).where(
        PersonLink.user_id == user.id,
        PersonLink.kind == PersonLinkKind.RESET,
        PersonLink.created_at > now() - RESET_LIFETIME,
    )
    return (session.scalar(statement) or 0) < MAX_RESET_LINKS


def check_link_password(
    session: Session, link: PersonLink, *, password: str, address: str
) -> CheckedPassword:
    """Check the password given with a link, or hash it where it will be a new one; changes nothing.

    Raises:
        InvalidError: a new password that is too weak.
        ThrottledError: too many failures for the invited account or this address.
    """
    if link.kind != PersonLinkKind.RESET and find_user(session, link.email) is not None:
        fits = fitting_hash(session, email=link.email, password=password, address=address)
        return CheckedPassword(fits=fits)
    return CheckedPassword(new=_fit_hash(password, link.email))


def use_link(session: Session, secret: str, checked: CheckedPassword, *, name: str, address: str) -> User:
    """Set the password a link is for; an invitation also opens the account and gives its roles.

    The caller commits after a SignInError: an invitation must not serve to guess a password unthrottled.

    Args:
        checked: what `check_link_password` returned.

    Raises:
        LinkError: the link is gone.
        SignInError, ThrottledError: an invited account exists and the password is not its own.
    """
    link = find_link(session, secret)
    user = session.get(User, link.user_id) if link.user_id else find_user(session, link.email)
    if user is None and link.kind == PersonLinkKind.INVITATION and checked.new:
        user = User(email=link.email, name=name.strip(), password_hash="", created_at=now(), session_epoch=0)
        _set_password(user, checked.new)
        user.last_sign_in_at = now()  # the link lets them in at once
        _keep_user(session, user, SYSTEM)
    elif user is not None and link.kind == PersonLinkKind.RESET:
        _set_password(user, checked.new)
        _end_reset_links(session, user)
        record(session, "user.password_changed", by=as_self(user), subject=("user", user.id))
    else:  # an account that was there, or that somebody opened since the password was checked
        user = sign_in(session, email=link.email, password="", address=address, fits=checked.fits)
    link.used_at = now()
    if link.workspace_id is not None:
        workspace = session.get_one(Workspace, link.workspace_id)
        held = [m.role for m in _memberships(session, workspace.id, user.id)]
        set_roles(session, workspace, user, [*held, *link.roles], by=SYSTEM)
    session.flush()
    return user


def change_preferences(session: Session, user: User, *, name: str, theme: str, shortcuts: bool) -> None:
    """Change what only concerns the person: name, theme, single-key shortcuts."""
    user.name, user.theme, user.single_key_shortcuts = name.strip(), theme, shortcuts
    record(session, "user.preferences_changed", by=as_self(user), subject=("user", user.id))


def find_user(session: Session, email: str) -> User | None:
    """Return the person with this e-mail address."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def member(session: Session, workspace_id: int, user_id: int) -> User:
    """Return a member of the workspace.

    Raises:
        NotFoundError: nobody of this id is a member.
    """
    statement = (
        select(User).join(Membership).where(Membership.workspace_id == workspace_id, User.id == user_id)
    )
    user = session.scalars(statement).unique().first()
    if user is None:
        raise NotFoundError("There is no such member in this workspace.")
    return user


def as_self(user: User) -> Actor:
    """Return the actor for what a person does to their own account, outside of any workspace."""
    return Actor(kind="user", user_id=user.id, workspace_id=None)


def _memberships(session: Session, workspace_id: int, user_id: int) -> Sequence[Membership]:
    statement = select(Membership).where(
        Membership.workspace_id == workspace_id, Membership.user_id == user_id
    )
    return session.scalars(statement).all()


def _admin_count(session: Session, workspace_id: int) -> int:
    statement = (
        select(func.count())
        .select_from(Membership)
        .where(Membership.workspace_id == workspace_id, Membership.role == Role.ADMIN)
    )
    return session.scalar(statement) or 0


def _role(role: str) -> str:
    try:
        return str(Role(role))
    except ValueError:
        raise InvalidError([Problem("roles", f"{role!r} is not a role.")]) from None


def _fit_hash(password: str, email: str, field: str = "password") -> str:
    problem = passwords.password_problem(password, email=email)
    if problem:
        raise InvalidError([Problem(field, problem)])
    return passwords.hash_password(password)


def _set_password(user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    user.session_epoch += 1


def _end_reset_links(session: Session, user: User) -> None:
    # Whoever holds an older link must not be able to take the new password away again.
    statement = update(PersonLink).where(
        PersonLink.user_id == user.id, PersonLink.kind == PersonLinkKind.RESET, PersonLink.used_at.is_(None)
    )
    session.execute(statement.values(used_at=now()))


def _link(kind: PersonLinkKind, email: str, lifetime: timedelta) -> tuple[PersonLink, str]:
    secret = passwords.new_secret("ckl")
    at: datetime = now()
    link = PersonLink(
        kind=kind,
        secret_sha256=passwords.secret_sha256(secret),
        email=email.strip().lower(),
        roles=[],
        created_at=at,
        expires_at=at + lifetime,
    )
    return link, secret
