"""What the checks of a policy go by: one that has nothing to go by finds nothing, and every text passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copydesk.assets import Kind
from copydesk.assets.style_guide import VoiceExamples
from copydesk.checks.brand_voice.training import why_untrained

Contents = Mapping[str, Mapping[str, Mapping[str, Any]]]

# The lists of content that a check takes all its rules from; the checks that are not here bring their own.
_LISTS: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "glossary": (Kind.GLOSSARY, ("terms",)),
    "style_rules": (Kind.STYLE_GUIDE, ("rules", "vocabulary_reject")),
    "forbidden_topics": (Kind.FORBIDDEN_TOPICS, ("topics",)),
    "facts": (Kind.FACT_SHEET, ("facts", "guarded_claims")),
    "brand_voice": (Kind.STYLE_GUIDE, ("tones",)),
}


def has_grounds(check: str, contents: Contents) -> bool:
    """Tell whether a policy holds anything that a check could go by.

    Args:
        contents: the policy's content as `{kind: {name: content}}`.
    """
    if check not in _LISTS:
        return True
    kind, lists = _LISTS[check]
    held = contents.get(kind, {}).values()
    if any(content.get(name) for content in held for name in lists):
        return True
    return check == "brand_voice" and any(_has_voice(guide) for guide in held)


def checks_without_grounds(contents: Contents) -> tuple[str, ...]:
    """Return the checks that a policy gives nothing to go by."""
    return tuple(check for check in _LISTS if not has_grounds(check, contents))


def _has_voice(guide: Mapping[str, Any]) -> bool:
    return why_untrained(VoiceExamples.model_validate(guide.get("voice", {}))) is None
