"""Changing the settings of a workspace."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from console.assets.operations import create_policy
from console.audit.operations import record
from console.errors import InvalidError
from console.generation.masking import SETTING, is_masking
from console.permissions import ROLE_PERMISSIONS, Actor, Permission
from console.releases.operations import open_channels
from console.reviews.operations import follow_required_roles
from copydesk.errors import Problem
from models import Policy, Role, Workspace

DECIDING_ROLES = tuple(role for role in Role if Permission.DECIDE in ROLE_PERMISSIONS[role])
MAX_PRICE = 1_000_000_000
_CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217


def set_required_roles(session: Session, workspace: Workspace, roles: Collection[str], *, by: Actor) -> None:
    """Say whose approvals a candidate of this workspace needs: one of each role.

    Open reviews need the new roles too and approved ones open again; what is published stays published.

    Raises:
        ForbiddenError: only an admin may.
        InvalidError: no role, or one that does not decide.
    """
    by.require(Permission.MANAGE_SETTINGS)
    chosen = [str(role) for role in DECIDING_ROLES if role in set(roles)]
    if not chosen or len(chosen) != len(set(roles)):
        raise InvalidError([Problem("roles", "Choose at least one role that decides.")])
    before = list(workspace.required_roles)
    if before == chosen:
        return
    workspace.required_roles = chosen
    session.flush()
    record(
        session,
        "workspace.required_roles_changed",
        by=by,
        subject=("workspace", workspace.id),
        before={"required_roles": before},
        after={"required_roles": chosen},
    )
    follow_required_roles(session, workspace, by=by)


def set_prices(
    session: Session, workspace: Workspace, prices: Mapping[str, Mapping[str, Any]], *, by: Actor
) -> None:
    """Set what models cost; runs show costs of these models from then on.

    Args:
        prices: model to `{"prompt", "completion", "currency"}`; whole minor units per million tokens.

    Raises:
        ForbiddenError: only an admin may.
        InvalidError: an amount or a currency that is none; the path is `<model>.<field>`.
    """
    by.require(Permission.MANAGE_SETTINGS)
    problems = []
    for model, price in prices.items():
        for name in ("prompt", "completion"):
            amount = price.get(name)
            if type(amount) is not int or not 0 <= amount <= MAX_PRICE:
                problems.append(Problem(f"{model}.{name}", f"Give a whole number from 0 to {MAX_PRICE:_}."))
        if not _CURRENCY.fullmatch(str(price.get("currency", ""))):
            problems.append(Problem(f"{model}.currency", "Give the three letters of a currency, like EUR."))
    if problems:
        raise InvalidError(problems)
    before = workspace.settings.get("prices", {})
    after = {model: dict(price) for model, price in prices.items()}
    if before == after:
        return
    workspace.settings = {**workspace.settings, "prices": after}
    session.flush()
    subject = ("workspace", workspace.id)
    record(session, "workspace.prices_changed", by=by, subject=subject, before=before, after=after)


def set_masking(session: Session, workspace: Workspace, is_on: bool, *, by: Actor) -> None:
    """Say whether personal data is masked before a model is called and in stored samples, from now on.

    Raises:
        ForbiddenError: only an admin may.
    """
    by.require(Permission.MANAGE_SETTINGS)
    before = is_masking(workspace)
    if before == is_on:
        return
    workspace.settings = {**workspace.settings, SETTING: is_on}
    session.flush()
    record(
        session,
        "workspace.masking_changed",
        by=by,
        subject=("workspace", workspace.id),
        before={SETTING: before},
        after={SETTING: is_on},
    )


def add_policy(session: Session, workspace: Workspace, *, slug: str, name: str, by: Actor) -> Policy:
    """Open a policy with its channels, empty.

    Raises:
        ForbiddenError: only an editor may.
        InvalidError: a slug that is no identifier.
        ConflictError: the slug is taken.
    """
    policy = create_policy(session, workspace.id, slug=slug, name=name, by=by)
    open_channels(session, policy)
    return policy
