"""What a style guide's vocabulary stands for: rejected words, and how accepted ones are written."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import Severity
from copydesk.checks.style_rules.patterns import is_word

_LITERAL = {"ignorecase": True, "nonword": True, "vocab": False}


def vocabulary_rules(guide: StyleGuide) -> list[StyleRule]:
    """Return the rules that a guide's vocabulary stands for: rejected words, the case of accepted ones."""
    rules: list[StyleRule] = []
    if guide.vocabulary_reject:
        rules.append(
            StyleRule(
                id="vocabulary-reject",
                title="Rejected words",
                kind=RuleKind.EXISTENCE,
                severity=Severity.ERROR,
                message="Avoid using '%s'.",
                definition={"tokens": [escaped(word) for word in guide.vocabulary_reject], **_LITERAL},
            )
        )
    swap = _spellings(guide.vocabulary_accept)
    if swap:
        rules.append(
            StyleRule(
                id="vocabulary-accept",
                title="Case of accepted words",
                kind=RuleKind.SUBSTITUTION,
                severity=Severity.WARNING,
                message="Use '%s' instead of '%s'.",
                definition={"swap": swap, "action": {"name": "replace"}, "capitalize": False, **_LITERAL},
            )
        )
    return rules


def _spellings(accepted: Iterable[str]) -> dict[str, str]:
    """Return how accepted words are written, by what finds them in any case; small ones may be in any."""
    found: dict[str, list[str]] = {}
    for word in sorted(accepted):
        found.setdefault(word.lower(), []).append(word)
    return {
        escaped(words[0]): "|".join(word.replace("|", r"\|") for word in words)
        for small, words in found.items()
        if words != [small]
    }


def escaped(word: str) -> str:
    """Write a plain word as a pattern with boundaries where it begins and ends in a letter."""
    body = escaped_inside(word)
    left = r"\b" if is_word(word[0]) else ""
    right = r"\b" if is_word(word[-1]) else ""
    return left + body + right


def escaped_inside(word: str) -> str:
    """Write a plain word as a pattern without boundaries."""
    return "".join(char if char.isalnum() or char in " '’_" else "\\" + char for char in word)
