"""Where style guides and glossaries do not agree on words. Pure: content in, values out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from flask_babel import gettext as _

from console.assets.term_conflicts import (
    UNWANTED,
    Conflict,
    ConflictSort,
    Place,
    Run,
    contexts,
    dead_replacement,
    place_of,
    rejecting,
    terms_by_rule,
)
from copydesk.assets import Kind, PolicyAssets
from copydesk.assets.base import Scope
from copydesk.assets.glossary import Term
from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import Finding
from copydesk.checks.registry import compile_check
from copydesk.checks.text import fold_term

_WORD_RULES = frozenset({RuleKind.EXISTENCE, RuleKind.SUBSTITUTION})


def with_style_rules(assets: PolicyAssets) -> Iterator[Conflict]:
    guides = {name: _word_rules(guide) for name, guide in assets.style_guide.items()}
    if not assets.glossary or not any(guide.rules for guide in guides.values()):
        return
    glossary = compile_check("glossary", assets).run
    style = compile_check("style_rules", replace(assets, style_guide=guides, prompt={}), in_console=True).run
    terms = terms_by_rule(assets)
    for asset, guide in sorted(guides.items()):
        for rule in guide.rules:
            place = Place(Kind.STYLE_GUIDE, asset, "rules", rule.id)
            for option in _options(rule):
                for other in rejecting(glossary, terms, option, contexts(assets, rule.scope)):
                    yield dead_replacement(option, place, other)
    for asset, term in terms.values():
        yield from _style_against_term(assets, style, asset, term)


def _word_rules(guide: StyleGuide) -> StyleGuide:
    rules = tuple(rule for rule in guide.rules if rule.kind in _WORD_RULES)
    return guide.model_copy(update={"rules": rules, "vocabulary_accept": (), "vocabulary_reject": ()})


def _options(rule: StyleRule) -> Iterator[str]:
    swap = rule.definition.get("swap")
    for option in swap.values() if isinstance(swap, Mapping) else ():
        # What refers to groups of the pattern ("$1") is only known once something is found.
        yield from (part for part in str(option).split("|") if part and "$" not in part)


def _objections(
    assets: PolicyAssets, style: Run, words: str, scope: Scope
) -> Iterator[tuple[Place, Finding]]:
    found = {
        finding.rule_id: finding
        for context in contexts(assets, scope)
        for finding in style(words, context).findings
    }
    for finding in found.values():
        name, _sign, key = finding.rule_id.partition("/")
        yield Place(Kind.STYLE_GUIDE, name, "rules", key), finding


def _style_against_term(assets: PolicyAssets, style: Run, asset: str, term: Term) -> Iterator[Conflict]:
    if term.use_instead and term.status in UNWANTED:
        for place, _finding in _objections(assets, style, term.use_instead, term.scope):
            yield _dead_end(term.use_instead, place_of(asset, term), place)
    for place, finding in _objections(assets, style, term.term, term.scope):
        if term.status not in UNWANTED:
            words = _(
                "The rule %(rule)s objects to “%(form)s”, which is to be written by %(term)s. "
                "Make it an exception of the rule, or change the term.",
                rule=place.label,
                form=term.term,
                term=place_of(asset, term).label,
            )
            sort, is_blocking = ConflictSort.CONTRADICTION, True
        else:
            sort, words, is_blocking = ConflictSort.DUPLICATE, _also_found(finding, place, asset, term), False
        yield Conflict(sort, term.term, place_of(asset, term), place, words, is_blocking)


def _dead_end(form: str, place: Place, rule: Place) -> Conflict:
    words = _(
        "%(place)s suggests “%(form)s”, which the rule %(rule)s objects to. "
        "Suggest something else, or make it an exception of the rule.",
        place=place.label,
        form=form,
        rule=rule.label,
    )
    return Conflict(ConflictSort.DEAD_REPLACEMENT, form, place, rule, words, is_blocking=True)


def _also_found(finding: Finding, place: Place, asset: str, term: Term) -> str:
    wanted, instead = finding.suggestion, term.use_instead
    names = {"form": term.term, "term": place_of(asset, term).label, "rule": place.label}
    if wanted and instead and fold_term(wanted) != fold_term(instead):
        return _(
            "“%(form)s” becomes “%(instead)s” by %(term)s and “%(wanted)s” by the rule %(rule)s. "
            "Keep one of them.",
            instead=instead,
            wanted=wanted,
            **names,
        )
    return _(
        "“%(form)s” is found twice: by %(term)s and by the rule %(rule)s. One of them is enough.", **names
    )


def with_vocabulary(assets: PolicyAssets) -> Iterator[Conflict]:
    terms = terms_by_rule(assets)
    by_form: defaultdict[str, list[tuple[str, Term]]] = defaultdict(list)
    for asset, term in terms.values():
        by_form[fold_term(term.term)].append((asset, term))
    for asset, guide in sorted(assets.style_guide.items()):
        lists = (
            ("vocabulary_accept", guide.vocabulary_accept),
            ("vocabulary_reject", guide.vocabulary_reject),
        )
        for list_name, words in lists:
            for word in words:
                for owner, term in by_form.get(fold_term(word), ()):
                    if (term.status in UNWANTED) == (list_name == "vocabulary_accept"):
                        yield _vocabulary_conflict(
                            Place(Kind.STYLE_GUIDE, asset, list_name), word, owner, term
                        )


def _vocabulary_conflict(place: Place, word: str, owner: str, term: Term) -> Conflict:
    if place.list_name == "vocabulary_accept":
        words = _(
            "“%(word)s” is an accepted word of %(guide)s, and not to be used by %(term)s. Keep one of them."
        )
    else:
        words = _(
            "“%(word)s” is a rejected word of %(guide)s, and to be written by %(term)s. Keep one of them."
        )
    other = place_of(owner, term)
    message = words % {"word": word, "guide": place.label, "term": other.label}
    return Conflict(ConflictSort.CONTRADICTION, word, place, other, message, is_blocking=True)
