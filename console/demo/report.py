"""Which rules, terms, topics and facts of a policy its golden cases never touch (`make demo-report`).

An item is used twice over: a case has to hit it, and a case has to come close without hitting it. Only fixed
texts count for findings, since what a model writes differs from run to run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import Fact, FactStatus
from copydesk.assets.glossary import Term, TermStatus
from copydesk.checks.contract import Context, Outcome
from copydesk.checks.locales import is_english
from copydesk.checks.matching import PhraseMatcher
from copydesk.checks.registry import NO_HEADS
from copydesk.checks.text import fold
from copydesk.policy import CompiledPolicy

CHECKS = ("glossary", "style_rules", "forbidden_topics", "facts")


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Rule ids (`<asset>/<id>`) that no case hits, that no near-miss misses, and checks that did not run."""

    unused_by_hit: tuple[str, ...]
    unused_by_near_miss: tuple[str, ...]
    not_run: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether everything is used both ways and every check ran."""
        return not (self.unused_by_hit or self.unused_by_near_miss or self.not_run)

    def text(self) -> str:
        """Return the report in lines; one sentence where nothing is missing."""
        if self.is_complete:
            return "Every rule, term, topic and fact is hit by a case and missed by a near-miss."
        parts = (
            ("hit by no case", self.unused_by_hit),
            ("missed by no near-miss", self.unused_by_near_miss),
            ("checks that did not run", self.not_run),
        )
        return "\n".join(f"{heading}: {', '.join(ids)}" for heading, ids in parts if ids)


@dataclass(frozen=True, slots=True)
class FixedText:
    """A case with a text of its own, and what the policy found in it."""

    text: str
    folded: str
    context: Context
    found: frozenset[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One rule, term, topic or fact, with how to tell a hit and a near-miss of it."""

    rule_id: str
    hits: Callable[[FixedText], bool]
    comes_close: Callable[[FixedText], bool]
    fact_id: str | None = None


def usage(
    assets: PolicyAssets, cases: Iterable[Mapping[str, Any]], heads: Mapping[str, bytes] = NO_HEADS
) -> UsageReport:
    """List what the cases of a golden set leave unused.

    Args:
        assets: the policy's content.
        cases: golden cases as JSON objects; those without `text` count for the facts they must mention.
        heads: trained weights by file name; missing ones are trained.
    """
    cases = tuple(cases)
    policy = CompiledPolicy.compile(assets, heads, only=CHECKS)
    facts = CompiledPolicy.compile(assets, only=("facts",))
    texts, not_run = _judged(policy, cases)
    mentioned = {fact_id for case in cases for fact_id in case.get("must_mention", ())}
    items = tuple(_items(assets, facts))
    return UsageReport(
        unused_by_hit=tuple(
            item.rule_id for item in items if item.fact_id not in mentioned and not any(map(item.hits, texts))
        ),
        unused_by_near_miss=tuple(item.rule_id for item in items if not any(map(item.comes_close, texts))),
        not_run=not_run,
    )


def case_context(case: Mapping[str, Any]) -> Context:
    """Return what is known about a case's text when it is checked, without facts it must mention."""
    return Context(
        prompt=case["prompt"],
        audience=case.get("audience"),
        channel=case.get("channel"),
        locale=case.get("locale"),
        segment=case.get("segment"),
        variables=case.get("variables", {}),
    )


def _judged(
    policy: CompiledPolicy, cases: tuple[Mapping[str, Any], ...]
) -> tuple[tuple[FixedText, ...], tuple[str, ...]]:
    texts, not_run = [], set()
    for case in cases:
        if case.get("text") is None:
            continue
        context = case_context(case)
        verdict = policy.check(case["text"], context)
        not_run |= {
            f"{result.check}: {result.reason}"
            for result in verdict.results
            # German texts: the checks without a German model say so, and people read them.
            if result.outcome is Outcome.NOT_RUN and is_english(context.locale)
        }
        found = frozenset(finding.rule_id for finding in verdict.findings)
        texts.append(FixedText(case["text"], _squeezed(case["text"]), context, found))
    return tuple(texts), tuple(sorted(not_run))


def _items(assets: PolicyAssets, facts: CompiledPolicy) -> Iterator[Item]:
    for name, guide in sorted(assets.style_guide.items()):
        for rule in guide.rules:
            yield _example_item(f"{name}/{rule.id}", rule.scope.covers, rule.good)
    for name, glossary in sorted(assets.glossary.items()):
        for term in glossary.terms:
            yield _term_item(f"{name}/{term.id}", term)
    for name, topics in sorted(assets.forbidden_topics.items()):
        for topic in topics.topics:
            yield _example_item(f"{name}/{topic.id}", topic.scope.covers, topic.near_misses)
    for name, sheet in sorted(assets.fact_sheet.items()):
        for fact in sheet.facts:
            yield _fact_item(f"{name}/{fact.id}", fact, facts)


def _example_item(rule_id: str, covers: Callable[[Context], bool], examples: Iterable[str]) -> Item:
    """Hit by a finding; a near-miss holds an example of what is fine, in scope, without a finding."""
    near = tuple(_squeezed(example) for example in examples)
    return Item(
        rule_id,
        hits=lambda fixed: rule_id in fixed.found,
        comes_close=lambda fixed: (
            rule_id not in fixed.found
            and covers(fixed.context)
            and any(example in fixed.folded for example in near)
        ),
    )


def _term_item(rule_id: str, term: Term) -> Item:
    if term.status is not TermStatus.ALLOWED:
        return _example_item(rule_id, term.scope.covers, [term.example_good] if term.example_good else [])
    matcher = PhraseMatcher([term.term])

    def is_used(fixed: FixedText) -> bool:
        # An allowed term cannot be wrong: it is hit and left alone at once by a text that uses it.
        return rule_id not in fixed.found and bool(matcher.find(fold(fixed.text)))

    return Item(rule_id, hits=is_used, comes_close=is_used)


def _fact_item(rule_id: str, fact: Fact, facts: CompiledPolicy) -> Item:
    matcher = PhraseMatcher([fact.subject, *fact.subject_aliases])
    may_be_claimed = fact.status is FactStatus.VERIFIED

    def speaks_of_it(fixed: FixedText) -> bool:
        return fact.scope.covers(fixed.context) and bool(matcher.find(fold(fixed.text)))

    def states_it(fixed: FixedText) -> bool:
        if not may_be_claimed:
            return rule_id in fixed.found
        # A text states a fact when asking it to mention the fact adds no finding.
        plain = facts.check(fixed.text, fixed.context)
        asked = facts.check(fixed.text, replace(fixed.context, must_mention=(fact.id,)))
        return len(asked.findings) == len(plain.findings)

    return Item(
        rule_id,
        hits=lambda fixed: speaks_of_it(fixed) and states_it(fixed),
        comes_close=lambda fixed: speaks_of_it(fixed) and not states_it(fixed),
        fact_id=fact.id if may_be_claimed else None,
    )


def _squeezed(text: str) -> str:
    return " ".join(text.split())
