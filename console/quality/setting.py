"""Writing a chosen threshold into the draft of the asset that holds it, to be saved as any other change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.assets.editing import base_token, save_item, working_copy
from console.assets.items import NoSuchItemError, find_item
from console.assets.projection import SHAPES
from console.errors import ConflictError
from console.permissions import Actor, Permission
from console.quality.errors import TooFewTextsError
from console.quality.scoring import BLOCK
from console.quality.thresholds import Choice, lowest_rate
from copydesk.assets import Kind
from copydesk.assets.limits import CheckSetting
from models import Asset, PolicyAsset

THRESHOLD_FIELDS: Mapping[str, str] = {"review": "review_threshold", "block": "block_threshold"}


def holder_of(session: Session, policy_id: int, check: str, level: str) -> Asset | None:
    """Return the asset whose draft takes a threshold: the list of the topic, or the limits that win.

    None where the policy has no limits yet.
    """
    kind = Kind.FORBIDDEN_TOPICS if check == "forbidden_topics" else Kind.LIMITS
    statement = (
        select(Asset)
        .join(PolicyAsset, PolicyAsset.asset_id == Asset.id)
        .where(PolicyAsset.policy_id == policy_id, Asset.kind == kind, Asset.archived_at.is_(None))
        .order_by(Asset.name)
    )
    found = session.scalars(statement).all()
    if kind == Kind.FORBIDDEN_TOPICS:
        return next((asset for asset in found if asset.name == level.partition("/")[0]), None)
    naming = [asset for asset in found if _names(session, asset, check)]
    # As PolicyAssets.setting reads them: the last by name that names the check wins.
    candidates = naming or found
    return candidates[-1] if candidates else None


def _names(session: Session, asset: Asset, check: str) -> bool:
    content = working_copy(session, asset).content
    return any(setting.get("check") == check for setting in content.get("checks", ()))


def put_threshold(
    session: Session, policy_id: int, check: str, level: str, choice: Choice, *, by: Actor
) -> Asset:
    """Put a threshold into the draft of the asset that holds it.

    Raises:
        ForbiddenError: only an editor may.
        TooFewTextsError: the approved copy can't show the chosen rate.
        ConflictError: the policy has no asset that could hold it, or review would stand above block.
    """
    by.require(Permission.EDIT)
    if not choice.is_shown:
        raise TooFewTextsError(too_few(choice))
    asset = holder_of(session, policy_id, check, level)
    if asset is None:
        raise ConflictError("This policy has no limits to keep the threshold in. Create them first.")
    if check == "forbidden_topics":
        return _put(session, asset, "topics", level.partition("/")[2], _with_rate(choice), by=by)
    return _put(session, asset, "checks", check, _with_threshold(check, level, choice), by=by)


def too_few(choice: Choice) -> str:
    """Say how many approved texts a rate needs, how many there are, and what they can show."""
    n, lowest = choice.flagged.n, lowest_rate(choice.flagged.n)
    shown = f" They can show {lowest * 100:.1f} % at best." if lowest is not None and n else ""
    return (
        f"Too few approved texts: {n} have a score, and {float(choice.rate) * 100:g} % needs"
        f" {choice.needed}.{shown}"
    )


def _with_rate(choice: Choice) -> Any:
    return lambda item: {**item, "max_background_false_positive_rate": choice.rate}


def _with_threshold(check: str, level: str, choice: Choice) -> Any:
    def change(item: Mapping[str, Any]) -> dict[str, Any]:
        setting = {
            **CheckSetting.model_validate({"check": check}).to_json(),
            **item,
            THRESHOLD_FIELDS[level]: choice.threshold,
        }
        review, block = setting.get("review_threshold"), setting.get("block_threshold")
        if review is not None and block is not None and float(review) > float(block):
            lower = "Choose a lower rate" if level == BLOCK else "Set the block threshold anew too"
            raise ConflictError(
                f"The review threshold {review} would stand above the block threshold {block}. {lower}."
            )
        return setting

    return change


def _put(session: Session, asset: Asset, list_name: str, key: str, change: Any, *, by: Actor) -> Asset:
    spec = next(found for found in SHAPES[asset.kind].lists if found.name == list_name)
    try:
        before: dict[str, Any] | None = find_item(working_copy(session, asset).content, spec, key)
    except NoSuchItemError:
        before = None
    save_item(
        session,
        asset,
        spec,
        change(before or {}),
        replaces=key if before is not None else None,
        base=_base_of(session, asset, before),
        by=by,
    )
    return asset


def _base_of(session: Session, asset: Asset, piece: Mapping[str, Any] | None) -> str:
    return base_token(working_copy(session, asset).lock, piece)
