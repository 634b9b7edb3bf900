"""Inclusive language: the phrases of a published list found, everyday copy and look-alikes left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from copydesk.assets import PolicyAssets
from copydesk.checks.contract import Context, Severity
from copydesk.checks.inclusive_language import InclusiveLanguageCheck, compile_check
from tests.accuracy.personal_data import clean_texts
from tests.accuracy.rows import Row, share_row

CHECK = "inclusive_language"
TOPICS = ("ablist", "race", "lgbtq", "suicide", "press")
# Left out on purpose: too many ordinary senses.
LEFT_OUT = frozenset({"add", "host", "hosts", "special", "mental", "bi", "nuts"})
CARRIERS = ("We wrote {} in the draft.", "The word {} stands here, on its own.")


def measure(data: Path) -> list[Row]:
    """Look for every phrase of the list, and for any in clean copy.

    Args:
        data: the folder of the shared data.
    """
    check = compile_check(PolicyAssets(), {})
    rows = []
    for topic in TOPICS:
        found = phrases(yaml.safe_load((data / "inclusive" / f"{topic}.yml").read_text(encoding="utf-8")))
        hits = sum(all(is_found(check, phrase, carrier) for carrier in CARRIERS) for phrase in found)
        rows.append(share_row(CHECK, f"inclusive/{topic}.yml", "phrases found", hits, len(found), None))
    clean = clean_texts(data)
    quiet = sum(not warned(check, text) for text in clean)
    return [*rows, share_row(CHECK, "clean copy", "texts left alone", quiet, len(clean), 0.995)]


def phrases(rules: list[dict[str, Any]]) -> list[str]:
    """Return what the rules of the kinds that the check takes over call inconsiderate."""
    found: set[str] = set()
    for rule in rules:
        if rule["type"] in {"basic", "simple"}:
            said = rule["inconsiderate"]
            found |= {said} if isinstance(said, str) else set(said)
    return sorted(found - LEFT_OUT)


def is_found(check: InclusiveLanguageCheck, phrase: str, carrier: str) -> bool:
    """Tell whether a phrase is marked where it stands in a sentence."""
    text = carrier.format(phrase)
    start = text.index(phrase)
    return any(
        finding.span and finding.span.start < start + len(phrase) and start < finding.span.end
        for finding in check.run(text, Context()).findings
    )


def warned(check: InclusiveLanguageCheck, text: str) -> bool:
    """Tell whether a text gets more than a remark."""
    return any(finding.severity is not Severity.INFO for finding in check.run(text, Context()).findings)
