"""Injected instructions: what a prompt's variables say to the model instead of to the reader.

Literal rules only. They stop the well-worn phrases; they are no protection, and no offline model is a better
one. Elsewhere: `rendering.template_problems` refuses free text from outside in system blocks when a prompt is
saved, and the filter `data` (`templating.delimited`) sets marks round a value where a template asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import re2

from copydesk.assets import PolicyAssets
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Severity,
    outcome_of,
)
from copydesk.checks.injection.encodings import decoded
from copydesk.checks.injection.rules import MESSAGES, RULES
from copydesk.checks.look_alikes import plain_word, unusual_words
from copydesk.checks.personal_data import mask_personal_data
from copydesk.checks.quick_look import QuickLook
from copydesk.checks.text import normalised

NAME = "injection"
RULES_VERSION: Final = "3"
MAX_QUOTE_CHARS = 160
# Deeper data than this is no variable of ours: rendering refuses it.
MAX_DEPTH = 8

# An emoji flag may spell its region in tag characters (UTS 51, emoji tag sequences); all others hide text.
_FLAG: Final = re2.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
_HIDDEN: Final = re2.compile("[\U000e0000-\U000e007f\u202d\u202e]+")
_DROPPED: Final = re2.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]+"
)
# Emphasis inside a phrase; digits and symbols among letters, that stand for letters.
_EMPHASIS: Final = str.maketrans("", "", "*`")
_LEET: Final = str.maketrans("013457@$", "oieastas")
_LEET_WORD: Final = re2.compile(r"[A-Za-z][013457@$]|[013457@$][A-Za-z]")
_SPELLED: Final = re2.compile(r"\b[A-Za-z](?:[ ._-][A-Za-z]){3,}\b")
# RE2's own eight megabytes are few for so many rules on hostile text.
SET_BYTES: Final = 64 << 20
# Each pattern with the rule it belongs to; the same for all policies, so compiled once.
_RULES: Final = tuple((rule, pattern) for rule, patterns in RULES.items() for pattern in patterns)


@cache
def _quick_look() -> QuickLook:
    return QuickLook((f"(?i){pattern}" for _, pattern in _RULES), max_mem_bytes=SET_BYTES)


@cache
def _pattern(number: int) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = SET_BYTES
    return re2.compile(_RULES[number][1], options)


class InjectionCheck:
    """Looks at the variables of the context, never at the text."""

    name = NAME
    cost = Cost.RUNTIME
    deterministic = True
    reads: frozenset[str] = frozenset()

    def __init__(self) -> None:
        """Name the engine; the quick look at all rules is built once, for the first variable seen."""
        self.engine = EngineInfo(NAME, "google-re2+rules", f"{version('google-re2')}+{RULES_VERSION}")

    def run(self, text: str, context: Context) -> CheckResult:  # noqa: ARG002 - only variables can inject
        """Check the variables of one call; findings have no span, their evidence names variable and quote."""
        findings = tuple(
            finding
            for name, value in sorted(context.variables.items())
            for part in _texts(value, MAX_DEPTH)
            for finding in self._findings(name, part)
        )
        return CheckResult(NAME, outcome_of(findings), findings)

    def _findings(self, variable: str, value: str) -> Iterator[Finding]:
        if len(value) < 4 and value.isascii():
            return
        safe = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
        if not safe.isascii():
            hidden = _HIDDEN.search(_FLAG.sub("", safe))
            if hidden:
                yield _finding("hidden_text", variable, ascii(hidden.group())[1:-1])
        plain = normalise(safe)
        look = _quick_look()
        reported: set[str] = set()
        for reading in (plain, *_other_readings(plain)):
            for number in look.at(reading):
                rule = _RULES[number][0]
                match = None if rule in reported else _pattern(number).search(reading)
                if match:
                    reported.add(rule)
                    yield _finding(rule, variable, " ".join(match.group().split()))


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> InjectionCheck:  # noqa: ARG001 - contract
    """Compile the check; its rules are its own and read no assets."""
    return InjectionCheck()


def normalise(value: str) -> str:
    """Return a variable's text as a model takes it: compatibility forms, nothing invisible, plain letters.

    Source: NFKC of Unicode UAX 15; look-alikes by the confusables of UTS 39.
    """
    if value.isascii():
        return value
    seen = normalised("NFKC", _DROPPED.sub("", value)).replace("’", "'")
    if seen.isascii():
        return seen
    parts: list[str] = []
    position = 0
    for start, end in unusual_words(seen):
        parts += (seen[position:start], plain_word(seen[start:end]))
        position = end
    return "".join((*parts, seen[position:]))


def _other_readings(plain: str) -> Iterator[str]:
    """Yield what else the text says: without emphasis, spelled words joined, digits as letters, decoded."""
    bare = plain.translate(_EMPHASIS) if "*" in plain or "`" in plain else plain
    if _SPELLED.search(bare):
        bare = str(_SPELLED.sub(lambda found: found.group()[::2], bare))
    if bare != plain:
        yield bare
    if _LEET_WORD.search(bare):
        yield bare.translate(_LEET)
    yield from decoded(plain)


def _finding(rule: str, variable: str, quote: str) -> Finding:
    return Finding(
        check=NAME,
        rule_id=rule,
        severity=Severity.ERROR,
        message=f"The variable “{variable}” {MESSAGES[rule]}.",
        evidence={"variable": variable, "quote": mask_personal_data(quote)[:MAX_QUOTE_CHARS]},
    )


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, depth - 1)
