"""Cases of a golden set as text that people compare: one passage per case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from console.assets.diff import DiffSection, diff_passages
from console.assets.projection import Passage, describe, items_of

Json = Mapping[str, Any]
FIELDS: Mapping[str, Any] = {
    "title": _l("Title"),
    "prompt": _l("Prompt"),
    "audience": _l("Audience"),
    "channel": _l("Channel"),
    "locale": _l("Locale"),
    "segment": _l("Segment"),
    "must_mention": _l("Must mention"),
    "notes": _l("Notes"),
    "tags": _l("Tag"),
}
OUTCOMES: Mapping[str, Any] = {"pass": _l("pass"), "warn": _l("warn"), "fail": _l("fail")}


def passages(content: Json) -> tuple[Passage, ...]:
    """Return the content of a golden set, which need not be valid, as passages: its head, then each case."""
    head = Passage("head", _("Title"), (str(content.get("title") or ""),))
    cases = (
        Passage(f"cases:{case.get('id', '')}", str(case.get("title") or case.get("id", "")), case_lines(case))
        for case in items_of(content, "cases")
    )
    return (head, *cases)


def compare(old: Json, new: Json) -> tuple[DiffSection, ...]:
    """Compare two contents case by case; `{}` stands for one that does not exist yet."""
    return diff_passages(passages(old) if old else (), passages(new) if new else ())


def compare_cases(old: Json | None, new: Json) -> tuple[DiffSection, ...]:
    """Compare two texts of one case; None stands for one that was taken out."""
    return compare({"cases": [old]} if old else {}, {"cases": [new]})


def case_lines(case: Json) -> tuple[str, ...]:
    """Return what a case says, a paragraph per value that is there."""
    lines = []
    for name, words in FIELDS.items():
        value = case.get(name)
        values = value if isinstance(value, list | tuple) else [value]
        lines += [f"{words}: {part}" for item in values if item for part in describe(item).splitlines()]
    variables = case.get("variables")
    if isinstance(variables, Mapping):
        lines += [f"{_('Variable')} {name}: {describe(value)}" for name, value in sorted(variables.items())]
    lines += expectation_lines(case.get("expect"))
    if case.get("text"):
        lines += [line for line in str(case["text"]).splitlines() if line.strip()]
    return tuple(lines)


def expectation_lines(expect: Any) -> list[str]:
    """Return what a case expects, in words; nothing expected by name means: it must not fail."""
    if not isinstance(expect, Mapping):
        return []
    lines = [f"{_('Expected')}: {outcome_words(expect['outcome'])}"] if expect.get("outcome") else []
    checks = expect.get("checks")
    if isinstance(checks, Mapping):
        lines += [
            f"{_('Expected of')} {str(name).replace('_', ' ')}: {outcome_words(value)}"
            for name, value in sorted(checks.items())
        ]
    return lines


def outcome_words(outcome: Any) -> str:
    """Return an expected outcome in words."""
    return str(OUTCOMES.get(str(outcome), outcome))
