"""From a prompt and a golden case to the exact request, and the cache key of what it makes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.generation.masking import Masker, masked_messages
from copydesk.assets.prompt import Prompt
from copydesk.canonical import digest
from copydesk.checks.contract import EMPTY
from copydesk.rendering import render


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One request to a model; `key` is the digest of all that decides the text.

    `masked` holds the values that the model does not see, by what stands for each; no part of the key.
    """

    messages: tuple[Mapping[str, str], ...]
    parameters: Mapping[str, Any]
    key: str
    masked: Mapping[str, str] = field(default_factory=dict)


def make_request(
    prompt: Prompt,
    *,
    case_key: str,
    variables: Mapping[str, Any],
    locale: str | None,
    repeat_index: int,
    served_model: str | None = None,
    masker: Masker | None = None,
) -> GenerationRequest:
    """Render a prompt for one case.

    Args:
        case_key: id of the golden case; with seed policy `per_case` it moves the seed.
        repeat_index: 0 for the first sample of the case; every repeat is its own cache entry.
        served_model: model to ask when the pinned one is not what the provider serves; None: the pinned one.
        masker: keeps personal values from the model; None: it sees all.

    Raises:
        VariableError, TemplateError: the variables do not fit, or the template fails on them.
    """
    chosen = locale or "en-GB"
    if masker is None:
        said, masked = render(prompt, variables, chosen).messages, EMPTY
    else:
        said, masked = masked_messages(masker, prompt, variables, chosen)
    pin = prompt.model
    parameters: dict[str, Any] = {
        "model": served_model or pin.model,
        "temperature": pin.temperature,
        "top_p": pin.top_p,
        "max_tokens": pin.max_tokens,
    }
    if pin.seed_policy != "none":
        moved = _case_offset(case_key) if pin.seed_policy == "per_case" else 0
        parameters["seed"] = (pin.seed + moved + repeat_index) % 2**31
    messages = tuple({"role": str(m.role), "content": m.content} for m in said)
    key = digest({"parameters": parameters, "messages": list(messages), "repeat": repeat_index})
    return GenerationRequest(messages, parameters, key, masked)


def call_parameters(request: GenerationRequest) -> dict[str, Any]:
    """Return the parameters as the provider takes them: decimals, kept as text for the digest, as numbers."""
    numbers = {name: float(request.parameters[name]) for name in ("temperature", "top_p")}
    return {**request.parameters, **numbers}


def _case_offset(case_key: str) -> int:
    return int.from_bytes(hashlib.sha256(case_key.encode()).digest()[:4], "big")
