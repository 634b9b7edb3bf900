"""Findings while somebody types: the policy with this draft in it, judged by the checks of runs and runtime.

Compiling is what costs, so each check is compiled once per content of the kinds it reads and kept. Checks
that learn from examples or load a model are set up by a thread of their own: who types waits a moment for
them and is otherwise told that they are still learning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from flask_babel import gettext as _

from console.assets.heads import TRAINERS, heads_of
from console.assets.items import digest_of
from console.assets.sentence_counts import count_sentences
from console.assets.workshop import Key, Workshop
from copydesk.assets import Kind, PolicyAssets, parse
from copydesk.bounds import bounded
from copydesk.checks.contract import Check, CheckResult, Context, Finding, Outcome, Verdict
from copydesk.checks.encoder import EncoderError
from copydesk.checks.masking import mask_quotes
from copydesk.checks.registry import CHECK_NAMES, compile_check
from copydesk.errors import ContentError, Problem
from copydesk.policy import overall_outcome

Contents = Mapping[str, Mapping[str, Any]]
MAX_COMPILED = 64
MAX_SAMPLE_CHARS = 20_000
# Checks of the model tier take milliseconds per sentence.
MAX_MODEL_CHARS = 4_000
WAIT_S = 0.25

# The kinds each check is compiled from (`Check.reads`, plus its setting).
READS: Mapping[str, frozenset[str]] = {
    "limits": frozenset({Kind.LIMITS, Kind.PROMPT}),
    "glossary": frozenset({Kind.LIMITS, Kind.GLOSSARY, Kind.PROMPT}),
    "style_rules": frozenset({Kind.LIMITS, Kind.STYLE_GUIDE, Kind.PROMPT}),
    "forbidden_topics": frozenset({Kind.LIMITS, Kind.FORBIDDEN_TOPICS, Kind.FALLBACKS, Kind.STYLE_GUIDE}),
    "personal_data": frozenset({Kind.LIMITS, Kind.FACT_SHEET, Kind.FALLBACKS, Kind.PROMPT}),
    "facts": frozenset({Kind.LIMITS, Kind.FACT_SHEET}),
    "toxicity": frozenset({Kind.LIMITS}),
    "brand_voice": frozenset({Kind.LIMITS, Kind.STYLE_GUIDE}),
    "inclusive_language": frozenset(Kind),
    "injection": frozenset({Kind.LIMITS}),
}
FACTS = "facts"
SLOW = frozenset({"forbidden_topics", "toxicity", "brand_voice"})

_checks: Workshop[Check] = Workshop("live-checks", MAX_COMPILED)


class State(StrEnum):
    """How a check stands to a sample; `learning`: it is still being set up, ask again.

    `part`: it found nothing in the part that it read, which says nothing of the rest.
    """

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    NOT_RUN = "not_run"
    PART = "part"
    LEARNING = "learning"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class CheckState:
    """What one check says of a sample as a whole; `reason` explains what was not looked at."""

    check: str
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What the checks say of a sample, or why they could not be asked; `verdict` of those that answered.

    `found` counts what they found before `findings` were kept in bounds.
    """

    findings: tuple[Finding, ...]
    states: tuple[CheckState, ...] = ()
    problems: tuple[Problem, ...] = ()
    verdict: Verdict | None = None
    found: int = 0
    sentences: str = ""  # what the fact sheets make of them, counted


def check_sample(
    contents: Contents, text: str, context: Context, *, home: Path, wait_s: float | None = WAIT_S
) -> LiveResult:
    """Judge a text by the policy of these contents.

    Args:
        contents: `{kind: {name: content}}`; content that does not fit is answered with its problems.
        text: the sample; at most MAX_SAMPLE_CHARS are read, MAX_MODEL_CHARS by checks with a model.
        context: what is known about the text.
        home: folder of the console's data, where trained heads are kept.
        wait_s: how long to wait for checks that are being set up, in seconds; None: until they are.
    """
    try:
        assets = read_assets(contents)
    except ContentError as error:
        return LiveResult((), problems=error.problems)
    digests = {kind: digest_of(named) for kind, named in contents.items()}
    until = None if wait_s is None else monotonic() + wait_s
    findings: list[Finding] = []
    states: list[CheckState] = []
    results: list[CheckResult] = []
    found = 0
    for name in CHECK_NAMES:
        if not assets.setting(name).enabled:
            states.append(CheckState(name, State.OFF))
            continue
        key = (name, *(digests.get(kind, "") for kind in sorted(READS[name])))
        max_chars = MAX_MODEL_CHARS if name in SLOW else MAX_SAMPLE_CHARS
        result = _judge(name, key, assets, text[:max_chars], context, home, until)
        if result is not None:
            found += len(result.findings)
            result = bounded(result)
            results.append(result)
        states.append(_state(name, result, cut_at=max_chars if len(text) > max_chars else None))
        if result is None and name == "forbidden_topics":
            findings += _by_terms(key, assets).run(text[:MAX_SAMPLE_CHARS], context).findings
    found += len(findings)
    masked = mask_quotes(text, tuple(results))
    findings += [finding for result in masked for finding in result.findings]
    findings.sort(key=lambda f: (-f.severity.rank, f.span.start if f.span else -1, f.rule_id))
    sentences = _sentences(assets, digests, text[:MAX_SAMPLE_CHARS], context)
    return LiveResult(tuple(findings), tuple(states), (), _verdict(assets, masked), found, sentences)


def _sentences(assets: PolicyAssets, digests: Mapping[str, str], text: str, context: Context) -> str:
    if not assets.setting(FACTS).enabled:
        return ""
    key = (FACTS, *(digests.get(kind, "") for kind in sorted(READS[FACTS])))
    check = _checks.at_once(key, lambda: compile_check(FACTS, assets, in_console=True))
    return count_sentences(check, text, context)


def _verdict(assets: PolicyAssets, results: tuple[CheckResult, ...]) -> Verdict:
    on_not_run = {result.check: assets.setting(result.check).on_not_run for result in results}
    return Verdict(overall_outcome(results, on_not_run), results)


def read_assets(contents: Contents) -> PolicyAssets:
    """Return typed content.

    Raises:
        ContentError: content that does not fit, with its places.
    """
    parsed: dict[str, Any] = {
        kind: {name: parse(kind, data, as_stored=True) for name, data in named.items()}
        for kind, named in contents.items()
    }
    return PolicyAssets(**parsed)


def _judge(
    name: str, key: Key, assets: PolicyAssets, sample: str, context: Context, home: Path, until: float | None
) -> CheckResult | None:
    """Run a check; None while it is still being set up."""
    check: Check | None
    if name not in SLOW:
        check = _checks.at_once(key, lambda: compile_check(name, assets, in_console=True))
    else:
        left_s = None if until is None else max(0.0, until - monotonic())
        check = _checks.in_time(key, lambda: _learned(name, assets, home), left_s)
    return check.run(sample, context) if check else None


def _state(name: str, result: CheckResult | None, *, cut_at: int | None) -> CheckState:
    if result is None:
        return CheckState(name, State.LEARNING)
    cut = _("only the first %(number)s characters were read", number=cut_at) if cut_at else ""
    state = State.PART if cut and result.outcome is Outcome.PASS else State(result.outcome.value)
    return CheckState(name, state, "; ".join(filter(None, (result.reason, cut))))


def _by_terms(key: Key, assets: PolicyAssets) -> Check:
    """Return the topics without their examples: what can be said while these are being learned."""
    return _checks.at_once(
        ("terms", *key), lambda: compile_check("forbidden_topics", _without_examples(assets))
    )


def _learned(name: str, assets: PolicyAssets, home: Path) -> Check:
    try:
        heads = heads_of(name, assets, home, keep=False) if name in TRAINERS else {}
    except EncoderError:
        heads = {}  # the check itself says what is wrong with the encoder
    return compile_check(name, assets, heads)


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
