"""Reads of a workspace's settings and of what this console runs with."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.config import Settings
from console.generation.masking import is_masking
from console.keys.operations import public_keys
from console.permissions import Actor, Permission
from console.settings.pages import EngineRow, KeyRow, ModelView, PolicySetting, PriceRow, SettingsPage
from copydesk.assets import Kind
from copydesk.checks.encoder import encoder_status
from copydesk.checks.toxicity import engine_status
from models import (
    Asset,
    GateSetting,
    Membership,
    Policy,
    PolicyAsset,
    Revision,
    ServiceToken,
    Workspace,
)

MAX_NAMED_VARIABLES = 40
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def settings_page(session: Session, workspace: Workspace, by: Actor, settings: Settings) -> SettingsPage:
    """Read the settings of a workspace."""
    members = select(func.count(Membership.user_id.distinct())).where(Membership.workspace_id == workspace.id)
    tokens = select(func.count(ServiceToken.id)).where(
        ServiceToken.workspace_id == workspace.id, ServiceToken.revoked_at.is_(None)
    )
    return SettingsPage(
        policies=_policies(session, workspace.id),
        required_roles=tuple(workspace.required_roles),
        model=_model(session, workspace.id, settings),
        engines=_engines(),
        masks=is_masking(workspace),
        prices=price_rows(workspace),
        keys=tuple(
            KeyRow(key.key_id, key.public_pem, key.created_at, key.retired_at) for key in public_keys(session)
        ),
        member_count=session.scalar(members) or 0,
        token_count=session.scalar(tokens) or 0,
        may_manage=by.may(Permission.MANAGE_SETTINGS),
        may_edit=by.may(Permission.EDIT),
    )


def price_rows(workspace: Workspace) -> tuple[PriceRow, ...]:
    """Return the prices somebody entered, by model."""
    prices = workspace.settings.get("prices", {})
    return tuple(
        PriceRow(model, int(price["prompt"]), int(price["completion"]), str(price["currency"]))
        for model, price in sorted(prices.items())
    )


def models_in_use(session: Session, workspace_id: int, settings: Settings) -> tuple[str, ...]:
    """Return the models that prompts pin and the one this console asks, without doubles."""
    return tuple(dict.fromkeys([settings.model, *_pins(session, workspace_id)[0]]))


def _policies(session: Session, workspace_id: int) -> tuple[PolicySetting, ...]:
    assets = select(PolicyAsset.policy_id, func.count().label("n")).group_by(PolicyAsset.policy_id).subquery()
    gates = (
        select(GateSetting.policy_id, func.max(GateSetting.number).label("n"))
        .group_by(GateSetting.policy_id)
        .subquery()
    )
    statement = (
        select(Policy.slug, Policy.name, func.coalesce(assets.c.n, 0), func.coalesce(gates.c.n, 0))
        .outerjoin(assets, assets.c.policy_id == Policy.id)
        .outerjoin(gates, gates.c.policy_id == Policy.id)
        .where(Policy.workspace_id == workspace_id)
        .order_by(Policy.name)
    )
    return tuple(PolicySetting(*row) for row in session.execute(statement))


def _model(session: Session, workspace_id: int, settings: Settings) -> ModelView:
    pinned, variables, personal = _pins(session, workspace_id)
    address = settings.openai_base_url or ("https://api.openai.com/v1" if settings.openai_api_key else "")
    # Only the host: an address may carry a name and a password.
    host = urlsplit(address).hostname or ""
    place = "none" if not host else "embedded" if host in _LOOPBACK else "provider"
    return ModelView(place, host, settings.model, pinned, variables, personal)


def _pins(session: Session, workspace_id: int) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return models, variables and personal variables of the newest revision of every prompt."""
    statement = (
        select(Revision.content)
        .join(Asset, (Asset.id == Revision.asset_id) & (Asset.last_revision_number == Revision.number))
        .where(Asset.workspace_id == workspace_id, Asset.kind == Kind.PROMPT, Asset.archived_at.is_(None))
        .order_by(Asset.name)
    )
    models: dict[str, None] = {}
    variables: set[str] = set()
    personal: set[str] = set()
    for content in session.scalars(statement):
        if name := content.get("model", {}).get("model"):
            models[name] = None
        declared = content.get("variables", ())
        variables |= {str(variable["name"]) for variable in declared}
        personal |= {str(variable["name"]) for variable in declared if variable.get("is_personal")}
    named, of_people = (tuple(sorted(names)[:MAX_NAMED_VARIABLES]) for names in (variables, personal))
    return tuple(models), named, of_people


def _engines() -> tuple[EngineRow, ...]:
    encoder = encoder_status()
    rows = [
        EngineRow(
            _("Sentence embeddings: forbidden topics, brand voice"),
            encoder.engine,
            encoder.engine_version,
            encoder.is_available,
            encoder.reason or "",
        )
    ]
    rows += [
        EngineRow(_("Toxicity"), status.name, status.version or "", status.available, status.reason or "")
        for status in engine_status()
    ]
    return tuple(rows)
