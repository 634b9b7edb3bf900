"""Copydesk: fetch approved policies of generated content and enforce them in your own service."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from copydesk.active import Policy
    from copydesk.bundle import Trust
    from copydesk.checks.contract import Context, Finding, Outcome, Severity, Verdict
    from copydesk.client import Client, ClientState, ClientStatus
    from copydesk.guard import Generated, Guarded, TextSource
    from copydesk.rendering import Rendered
    from copydesk.scoring import RuleScore, rule_score, voice_match

__all__ = [
    "Client",
    "ClientState",
    "ClientStatus",
    "Context",
    "Finding",
    "Generated",
    "Guarded",
    "Outcome",
    "Policy",
    "Rendered",
    "RuleScore",
    "Severity",
    "TextSource",
    "Trust",
    "Verdict",
    "rule_score",
    "voice_match",
]

# Loaded on first use: `import copydesk` stays cheap, and the console can use one part without the others.
_HOMES = {
    "Client": "copydesk.client",
    "ClientState": "copydesk.client",
    "ClientStatus": "copydesk.client",
    "Context": "copydesk.checks.contract",
    "Finding": "copydesk.checks.contract",
    "Generated": "copydesk.guard",
    "Guarded": "copydesk.guard",
    "Outcome": "copydesk.checks.contract",
    "Policy": "copydesk.active",
    "Rendered": "copydesk.rendering",
    "RuleScore": "copydesk.scoring",
    "Severity": "copydesk.checks.contract",
    "TextSource": "copydesk.guard",
    "Trust": "copydesk.bundle",
    "Verdict": "copydesk.checks.contract",
    "rule_score": "copydesk.scoring",
    "voice_match": "copydesk.scoring",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
