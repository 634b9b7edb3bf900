"""What models cost, as a workspace's settings have it: minor units (cents) per million tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models import Workspace

TOKENS_PER_PRICE = 1_000_000


def prices_of(workspace: Workspace) -> Mapping[str, Any]:
    """Return the prices by model; empty where nobody entered any."""
    prices = workspace.settings.get("prices", {})
    return prices if isinstance(prices, dict) else {}


def cost_of(price: Any, prompt_tokens: int, completion_tokens: int) -> int | None:
    """Return a cost in millionths of a minor unit; None where there is no price."""
    if not isinstance(price, dict):
        return None
    # Prices are minor units per million tokens, so tokens x price are millionths of a minor unit.
    return prompt_tokens * int(price.get("prompt", 0)) + completion_tokens * int(price.get("completion", 0))
