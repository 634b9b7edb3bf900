"""The main menu and what the layout shows of the person and the place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from console.extensions import db
from console.permissions import Permission
from console.web.components import MenuItem, NavGroup, NavItem, SwitchItem
from models import Membership, Notice, Policy, Workspace


def register_navigation(app: Flask) -> None:
    """Give every template the menu, the switches of workspace and policy, and the theme."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    if not getattr(current_user, "is_authenticated", False):
        return {"nav": (), "theme": None, "workspace": None, "policy": None}
    theme = current_user.theme if current_user.theme in {"light", "dark"} else None
    base = {
        "theme": theme,
        "shortcuts": current_user.single_key_shortcuts,
        "account_items": _account_items(),
        "sign_out_url": url_for("accounts.sign_out"),
        "workspaces": _workspaces(),
        "workspace": g.get("workspace"),
        "policy": g.get("policy"),
        "policies": _policies(),
        "nav": (),
    }
    if "workspace" in g:
        base["nav"] = _groups()
        base["may_open"] = g.actor.may(Permission.EDIT)
        base["may_invite"] = g.actor.may(Permission.MANAGE_PEOPLE)
        base["role_label"] = ", ".join(sorted(role.replace("_", " ") for role in g.actor.roles))
    return base


def _account_items() -> tuple[MenuItem, ...]:
    return (MenuItem(_("Your account"), url_for("accounts.profile"), icon="settings"),)


def _workspaces() -> tuple[SwitchItem, ...]:
    mine = select(Membership.workspace_id).where(Membership.user_id == current_user.id)
    found = db.session.scalars(select(Workspace).where(Workspace.id.in_(mine)).order_by(Workspace.name)).all()
    here = g.get("workspace")
    return tuple(
        SwitchItem(
            w.name, url_for("inbox.index", workspace_slug=w.slug), here is not None and w.id == here.id
        )
        for w in found
    )


def _policies() -> tuple[SwitchItem, ...]:
    here = g.get("policy")
    if here is None:
        return ()
    return tuple(SwitchItem(p.name, _same_page(p.slug), p.id == here.id) for p in policies_of(g.workspace.id))


def _same_page(policy_slug: str) -> str:
    arguments = {**(request.view_args or {}), "policy_slug": policy_slug}
    arguments.pop("version", None)
    endpoint = "releases.policy_releases" if "version" in (request.view_args or {}) else str(request.endpoint)
    return url_for(endpoint, **{"workspace_slug": g.workspace.slug, **arguments})


def _item(
    label: str, icon: str, endpoint: str, *, count: int | None = None, due: bool = False, **args: Any
) -> NavItem:
    url = url_for(endpoint, workspace_slug=g.workspace.slug, **args)
    # The inbox is the root of all other pages, so only its own address counts for it.
    is_below = endpoint != "inbox.index" and request.path.startswith(url.rstrip("/") + "/")
    is_current = request.path == url or is_below
    return NavItem(label, icon, url, count, is_current, due)


def _groups() -> tuple[NavGroup, ...]:
    assets = (
        ("style_guide", _("Style guides"), "book-open"),
        ("glossary", _("Glossary"), "languages"),
        ("prompt", _("Prompts"), "message-square-text"),
        ("forbidden_topics", _("Forbidden topics"), "ban"),
        ("fact_sheet", _("Fact sheets"), "badge-check"),
        ("fallbacks", _("Fallbacks"), "life-buoy"),
        ("limits", _("Limits and checks"), "ruler"),
    )
    unread = db.session.scalar(
        select(func.count())
        .select_from(Notice)
        .where(
            Notice.user_id == current_user.id, Notice.workspace_id == g.workspace.id, Notice.read_at.is_(None)
        )
    )
    groups = [
        NavGroup(
            None, (_item(_("My work"), "inbox", "inbox.index", count=unread or None, due=bool(unread)),)
        ),
        NavGroup(
            _("Rules"), tuple(_item(label, icon, "assets.index", kind=kind) for kind, label, icon in assets)
        ),
        NavGroup(
            _("Proof"),
            (
                _item(_("Golden sets"), "list-checks", "golden.index"),
                _item(_("Candidates and runs"), "flask-conical", "runs.index"),
                _item(_("Reviews"), "signature", "reviews.index"),
                _checks_item(),
            ),
        ),
        NavGroup(_("Delivery"), tuple(_delivery())),
    ]
    return tuple(groups)


def _checks_item() -> NavItem:
    item = _item(_("Checks"), "shield-check", "quality.index")
    # Checks are a policy's, so most of their pages stand below the policy's address.
    is_current = str(request.endpoint).startswith("quality.")
    return replace(item, current=item.current or is_current)


def _delivery() -> list[NavItem]:
    items = [_item(_("Releases"), "package", "releases.index"), _item(_("Services"), "server", "fleet.index")]
    if g.actor.may(Permission.READ_AUDIT):
        items.append(_item(_("Audit trail"), "scroll-text", "audit.index"))
    items.append(_item(_("Settings"), "settings", "settings.index"))
    return items


def policies_of(workspace_id: int) -> tuple[Policy, ...]:
    """Return the policies of a workspace by name."""
    return tuple(
        db.session.scalars(select(Policy).where(Policy.workspace_id == workspace_id).order_by(Policy.name))
    )
