"""Findings while somebody types: the policy with this draft in it, judged by the checks of runs and runtime.

Compiling is what costs, so each check is compiled once per content of the kinds it reads and kept. Topics are
judged by their block terms alone: training their examples takes too long to follow typing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from console.assets.items import digest_of
from copydesk.assets import Kind, PolicyAssets, parse
from copydesk.checks.contract import Check, CheckResult, Context, Finding, Outcome
from copydesk.checks.registry import compile_check
from copydesk.errors import ContentError, Problem

Contents = Mapping[str, Mapping[str, Any]]
MAX_COMPILED = 64
MAX_SAMPLE_CHARS = 20_000

# Checks fast enough to follow typing, and the kinds each is compiled from (`Check.reads`, plus its setting).
LIVE_CHECKS: Mapping[str, frozenset[str]] = {
    "limits": frozenset({Kind.LIMITS, Kind.PROMPT}),
    "glossary": frozenset({Kind.LIMITS, Kind.GLOSSARY}),
    "style_rules": frozenset({Kind.LIMITS, Kind.STYLE_GUIDE, Kind.PROMPT}),
    "forbidden_topics": frozenset({Kind.LIMITS, Kind.FORBIDDEN_TOPICS}),
    "personal_data": frozenset({Kind.LIMITS, Kind.FACT_SHEET, Kind.FALLBACKS, Kind.PROMPT}),
    "facts": frozenset({Kind.LIMITS, Kind.FACT_SHEET}),
    "inclusive_language": frozenset(Kind),
    "injection": frozenset({Kind.LIMITS}),
}
CHECK_OF_KIND: Mapping[str, str] = {
    Kind.GLOSSARY: "glossary",
    Kind.STYLE_GUIDE: "style_rules",
    Kind.FORBIDDEN_TOPICS: "forbidden_topics",
    Kind.FACT_SHEET: "facts",
    Kind.LIMITS: "limits",
}

_compiled: OrderedDict[tuple[str, str], Check] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What the checks say of a sample, or why they could not be asked."""

    findings: tuple[Finding, ...]
    not_run: tuple[CheckResult, ...] = ()
    problems: tuple[Problem, ...] = ()


def check_sample(
    contents: Contents, text: str, context: Context, *, only: frozenset[str] | None = None
) -> LiveResult:
    """Judge a text by the policy of these contents.

    Args:
        contents: `{kind: {name: content}}`; content that does not fit is answered with its problems.
        text: the sample, at most MAX_SAMPLE_CHARS are read.
        context: what is known about the text.
        only: names of checks, None for all live ones.
    """
    try:
        assets = read_assets(contents)
    except ContentError as error:
        return LiveResult((), problems=error.problems)
    sample = text[:MAX_SAMPLE_CHARS]
    results = [
        _compile(name, reads, contents, assets).run(sample, context)
        for name, reads in LIVE_CHECKS.items()
        if (only is None or name in only) and assets.setting(name).enabled
    ]
    findings = sorted(
        (finding for result in results for finding in result.findings),
        key=lambda f: (-f.severity.rank, f.span.start if f.span else -1, f.rule_id),
    )
    return LiveResult(tuple(findings), tuple(r for r in results if r.outcome is Outcome.NOT_RUN))


def read_assets(contents: Contents) -> PolicyAssets:
    """Return typed content.

    Raises:
        ContentError: content that does not fit, with its places.
    """
    parsed: dict[str, Any] = {
        kind: {name: parse(kind, data) for name, data in named.items()} for kind, named in contents.items()
    }
    return PolicyAssets(**parsed)


def _compile(name: str, reads: frozenset[str], contents: Contents, assets: PolicyAssets) -> Check:
    key = (name, digest_of({kind: contents.get(kind, {}) for kind in sorted(reads)}))
    with _lock:
        found = _compiled.get(key)
        if found is not None:
            _compiled.move_to_end(key)
            return found
    check = compile_check(name, _without_examples(assets) if name == "forbidden_topics" else assets)
    with _lock:
        _compiled[key] = check
        while len(_compiled) > MAX_COMPILED:
            _compiled.popitem(last=False)
    return check


def _without_examples(assets: PolicyAssets) -> PolicyAssets:
    lists = {
        name: content.model_copy(
            update={
                "topics": tuple(
                    topic.model_copy(update={"positives": (), "near_misses": ()}) for topic in content.topics
                ),
                "background": (),
            }
        )
        for name, content in assets.forbidden_topics.items()
    }
    return replace(assets, forbidden_topics=lists)
