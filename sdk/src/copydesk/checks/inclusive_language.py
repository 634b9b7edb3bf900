"""Inclusive language: phrases that can exclude people, each with considerate alternatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from copydesk.assets import PolicyAssets
from copydesk.assets.glossary import TermStatus
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    Span,
    outcome_of,
)
from copydesk.checks.ignored import ignored
from copydesk.checks.inflection import plural
from copydesk.checks.locales import is_english
from copydesk.checks.matching import ENGINE, ENGINE_VERSION, Cover, Hit, PhraseMatcher, match_case
from copydesk.checks.text import Folded, fold, fold_term

NAME = "inclusive_language"
RULES_VERSION = "2"


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One phrase of the rule file; `unless` are words whose presence makes the text name everybody."""

    text: str
    use: tuple[str, ...]
    topic: str
    why: str
    unless: tuple[str, ...]
    is_often_harmless: bool


class InclusiveLanguageCheck:
    """Finds the phrases of the rule file, except inside terms the policy itself permits."""

    name = NAME
    cost = Cost.RUNTIME
    deterministic = True
    reads = frozenset({"glossary", "style_guide"})

    def __init__(self, assets: PolicyAssets) -> None:
        """Build one automaton over the rule file's phrases, the words they yield to, and permitted terms."""
        self.engine = EngineInfo(NAME, f"{ENGINE}+rules", f"{ENGINE_VERSION}+{RULES_VERSION}")
        self._phrases = _phrases()
        self._permitted_from = len(self._phrases)
        permitted = _permitted_terms(assets)
        counterparts = sorted({word for phrase in self._phrases for word in phrase.unless})
        self._counterparts_from = self._permitted_from + len(permitted)
        self._counterparts = tuple(counterparts)
        self._matcher = PhraseMatcher([*(phrase.text for phrase in self._phrases), *permitted, *counterparts])

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one English text; for texts of other languages there are no rules, which is no pass."""
        if not is_english(context.locale):
            reason = f"there are no rules for the locale {context.locale}, only for English"
            return CheckResult(NAME, Outcome.NOT_RUN, (), reason)
        folded = fold(text)
        found: list[Hit] = []
        permitted: list[Hit] = []
        present: set[str] = set()
        for hit in self._matcher.find(folded):
            if hit.phrase < self._permitted_from:
                found.append(hit)
            elif hit.phrase < self._counterparts_from:
                permitted.append(hit)
            else:
                present.add(self._counterparts[hit.phrase - self._counterparts_from])
        if not found:
            return CheckResult(NAME, outcome_of(()))
        outside = ignored(text, "markdown")
        if outside is not None:
            found = [hit for hit in found if not outside.holds(*_place(folded, hit))]
        chosen = self._choose(found, permitted, present)
        findings = tuple(self._finding(text, folded.span(hit.start, hit.end), hit.phrase) for hit in chosen)
        return CheckResult(NAME, outcome_of(findings), findings)

    def _choose(self, found: list[Hit], permitted: list[Hit], present: set[str]) -> list[Hit]:
        exact = {(hit.start, hit.end) for hit in permitted}
        cover = Cover(permitted)
        wanted = [
            hit
            for hit in found
            if present.isdisjoint(self._phrases[hit.phrase].unless)
            and (hit.start, hit.end) not in exact
            and not cover.covers(hit)
        ]
        wanted.sort(key=lambda hit: (hit.start, -hit.end, hit.phrase))
        chosen: list[Hit] = []
        for hit in wanted:
            if not chosen or hit.start >= chosen[-1].end:
                chosen.append(hit)
        return chosen

    def _finding(self, text: str, span: Span, number: int) -> Finding:
        phrase = self._phrases[number]
        written = text[span.start : span.end]
        options = [match_case(written, option) for option in phrase.use]
        shown = ", ".join(f"“{option}”" for option in options)
        return Finding(
            check=NAME,
            rule_id=f"{phrase.topic}/{fold_term(phrase.text).replace(' ', '-')}",
            severity=Severity.INFO if phrase.is_often_harmless else Severity.WARNING,
            message=f"“{written}”: {phrase.why[0].lower()}{phrase.why[1:].rstrip('.')}; consider {shown}.",
            span=span,
            suggestion=options[0],
            evidence={"topic": phrase.topic, "alternatives": options, "phrase": phrase.text},
        )


def _place(folded: Folded, hit: Hit) -> tuple[int, int]:
    span = folded.span(hit.start, hit.end)
    return span.start, span.end


def compile_check(
    assets: PolicyAssets,
    heads: Mapping[str, bytes],  # noqa: ARG001 - the contract of all checks
) -> InclusiveLanguageCheck:
    """Compile the check from the rule file and the terms a policy permits; it has no trained heads."""
    return InclusiveLanguageCheck(assets)


@cache
def _phrases() -> tuple[_Phrase, ...]:
    source = files("copydesk.checks").joinpath("data", "inclusive_language.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    return tuple(
        _Phrase(
            text=str(text),
            use=tuple(map(str, rule["use"])),
            topic=rule["topic"],
            why=data["why"][rule["topic"]],
            unless=tuple(rule.get("unless", ())),
            is_often_harmless=rule.get("often_harmless", False),
        )
        for rule in data["rules"]
        for text in _written(rule["phrases"])
    )


def _written(phrases: Sequence[object]) -> tuple[str, ...]:
    """Return phrases as they are and with hyphens between their words: "sanity check", "sanity-check"."""
    plain = [str(phrase) for phrase in phrases]
    return tuple(dict.fromkeys([*plain, *(phrase.replace(" ", "-") for phrase in plain)]))


def _permitted_terms(assets: PolicyAssets) -> list[str]:
    """Return what the policy itself lets people write: permitted glossary terms and accepted vocabulary."""
    permitted = {
        form
        for glossary in assets.glossary.values()
        for term in glossary.terms
        if term.status in {TermStatus.PREFERRED, TermStatus.ALLOWED}
        for form in (term.term, plural(term.term), *term.inflections)
    }
    for guide in assets.style_guide.values():
        permitted.update(guide.vocabulary_accept)
    return sorted(permitted)
