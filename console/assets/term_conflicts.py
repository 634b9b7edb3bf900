"""What the terms of glossaries say of the same words, where they do not agree. Pure: content in, values out.

A contradiction asks a writer for two things at once; duplicates and differences of case are worth a look, but
harm nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from flask_babel import gettext as _

from copydesk.assets import Kind, PolicyAssets
from copydesk.assets.base import Scope, locale_matches
from copydesk.assets.glossary import CaseRule, Glossary, Term, TermStatus
from copydesk.checks.contract import CheckResult, Context
from copydesk.checks.registry import compile_check
from copydesk.checks.text import fold_term

MAX_PAIRS_PER_FORM = 10
UNWANTED = frozenset({TermStatus.DEPRECATED, TermStatus.FORBIDDEN})
Run = Callable[[str, Context], CheckResult]


class ConflictSort(StrEnum):
    """What two places have against each other."""

    CONTRADICTION = "contradiction"
    DEAD_REPLACEMENT = "dead_replacement"  # what is suggested must not be written either
    INFLECTION = "inflection"  # only a word form of one collides with the other
    CASE = "case"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of an asset: `list_name` is `terms`, `rules` or a list of words of the head (then no key)."""

    kind: str
    asset: str
    list_name: str
    key: str = ""

    @property
    def label(self) -> str:
        """How people read the place, as in findings."""
        return f"{self.asset}/{self.key}" if self.key else self.asset


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two places that do not agree on a form; `is_blocking`: no revision may bring it in."""

    sort: ConflictSort
    form: str
    first: Place
    second: Place
    message: str
    is_blocking: bool = False


class _Role(StrEnum):
    WRITE = "write"
    REPLACE = "replace"
    AVOID = "avoid"


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a term says of one form."""

    asset: str
    term: Term
    form: str
    role: _Role
    is_inflection: bool

    @property
    def place(self) -> Place:
        return place_of(self.asset, self.term)

    @property
    def is_exact(self) -> bool:
        return self.term.case_rule is CaseRule.EXACT


def place_of(asset: str, term: Term) -> Place:
    return Place(Kind.GLOSSARY, asset, "terms", term.id)


def between_terms(glossaries: Mapping[str, Glossary]) -> Iterator[Conflict]:
    by_form: defaultdict[str, dict[tuple[str, str, _Role], _Claim]] = defaultdict(dict)
    for asset, glossary in sorted(glossaries.items()):
        for term in glossary.terms:
            for claim in _claims(asset, term):
                by_form[fold_term(claim.form)].setdefault((asset, term.id, claim.role), claim)
    found: defaultdict[frozenset[Place], list[Conflict]] = defaultdict(list)
    for claims in by_form.values():
        for conflict in _within_form(list(claims.values())):
            found[frozenset((conflict.first, conflict.second))].append(conflict)
    for of_pair in found.values():
        plain = [conflict for conflict in of_pair if conflict.sort is not ConflictSort.INFLECTION]
        yield from plain or of_pair[:1]  # that plurals collide too need not be said again


def _within_form(claims: list[_Claim]) -> Iterator[Conflict]:
    for count, (one, other) in enumerate(combinations(claims, 2)):
        if count >= MAX_PAIRS_PER_FORM:
            return
        if one.place != other.place and scopes_overlap(one.term.scope, other.term.scope):
            yield from _of_pair(one, other)


def _claims(asset: str, term: Term) -> Iterator[_Claim]:
    is_unwanted = term.status in UNWANTED
    main = _Role.AVOID if is_unwanted else _Role.WRITE
    of_variants = _Role.REPLACE if term.status is TermStatus.PREFERRED else main
    yield _Claim(asset, term, term.term, main, is_inflection=False)
    for form in term.variants:
        yield _Claim(asset, term, form, of_variants, is_inflection=False)
    for form in term.inflections:
        yield _Claim(asset, term, form, main, is_inflection=True)


def _of_pair(one: _Claim, other: _Claim) -> Iterator[Conflict]:
    if one.is_exact and other.is_exact and one.form != other.form:
        if one.role is other.role is _Role.WRITE and not (one.is_inflection or other.is_inflection):
            yield _conflict(ConflictSort.CASE, one, other, _case_words(one, other))
        return
    roles = {one.role, other.role}
    if _Role.WRITE in roles and len(roles) == 2:
        write, against = (one, other) if one.role is _Role.WRITE else (other, one)
        if one.is_inflection or other.is_inflection:
            words = _inflection_words(write, against)
            yield _conflict(ConflictSort.INFLECTION, write, against, words)
        else:
            words = _contradiction_words(write, against)
            yield _conflict(ConflictSort.CONTRADICTION, write, against, words, is_blocking=True)
    elif not (one.is_inflection or other.is_inflection):
        is_case = roles == {_Role.WRITE} and one.form != other.form and (one.is_exact or other.is_exact)
        sort = ConflictSort.CASE if is_case else ConflictSort.DUPLICATE
        yield _conflict(
            sort, one, other, _case_words(one, other) if is_case else _duplicate_words(one, other)
        )


def _conflict(
    sort: ConflictSort, one: _Claim, other: _Claim, message: str, *, is_blocking: bool = False
) -> Conflict:
    return Conflict(sort, one.form, one.place, other.place, message, is_blocking)


def _contradiction_words(write: _Claim, against: _Claim) -> str:
    return _(
        "“%(form)s” is to be written by %(write)s, and %(verdict)s by %(against)s. "
        "Change one of them, or let them apply to different audiences, channels or locales.",
        form=write.form,
        write=write.place.label,
        verdict=_verdict(against),
        against=against.place.label,
    )


def _inflection_words(write: _Claim, against: _Claim) -> str:
    return _(
        "“%(form)s” is a word form: to be written by %(write)s, and %(verdict)s by %(against)s. "
        "Switch word forms off for one of them, or name its part of speech.",
        form=write.form,
        write=write.place.label,
        verdict=_verdict(against),
        against=against.place.label,
    )


def _verdict(claim: _Claim) -> str:
    if claim.role is _Role.REPLACE:
        return _("replaced by “%(term)s”", term=claim.term.term)
    return _("forbidden") if claim.term.status is TermStatus.FORBIDDEN else _("deprecated")


def _case_words(one: _Claim, other: _Claim) -> str:
    return _(
        "Written “%(one)s” by %(first)s and “%(other)s” by %(second)s. Keep one spelling.",
        one=one.form,
        first=one.place.label,
        other=other.form,
        second=other.place.label,
    )


def _duplicate_words(one: _Claim, other: _Claim) -> str:
    if one.role is other.role is _Role.REPLACE:
        return _(
            "“%(form)s” is replaced by “%(one)s” in %(first)s and by “%(other)s” in %(second)s. "
            "Keep one of them.",
            form=one.form,
            one=one.term.term,
            first=one.place.label,
            other=other.term.term,
            second=other.place.label,
        )
    return _(
        "“%(form)s” stands twice: in %(first)s and in %(second)s. Take one of them out.",
        form=one.form,
        first=one.place.label,
        second=other.place.label,
    )


def scopes_overlap(one: Scope, other: Scope) -> bool:
    """Tell whether some text is in both scopes."""
    pairs = (
        (one.audiences, other.audiences),
        (one.channels, other.channels),
        (one.prompts, other.prompts),
    )
    if any(a and b and not set(a) & set(b) for a, b in pairs):
        return False
    return not (one.locales and other.locales) or any(
        locale_matches((a,), b) or locale_matches((b,), a) for a in one.locales for b in other.locales
    )


def dead_replacements(assets: PolicyAssets) -> Iterator[Conflict]:
    run = compile_check("glossary", assets).run
    terms = terms_by_rule(assets)
    for asset, glossary in sorted(assets.glossary.items()):
        for term in glossary.terms:
            if term.use_instead and term.status in UNWANTED:
                place = place_of(asset, term)
                for other in rejecting(run, terms, term.use_instead, contexts(assets, term.scope)):
                    yield dead_replacement(term.use_instead, place, other)


def dead_replacement(form: str, place: Place, other: _Claim) -> Conflict:
    words = _(
        "%(place)s suggests “%(form)s”, which is %(verdict)s by %(other)s. Suggest something else.",
        place=place.label,
        form=form,
        verdict=_verdict(other),
        other=other.place.label,
    )
    return Conflict(ConflictSort.DEAD_REPLACEMENT, form, place, other.place, words, is_blocking=True)


def rejecting(
    run: Run, terms: Mapping[str, tuple[str, Term]], text: str, contexts: Iterable[Context]
) -> Iterator[_Claim]:
    """Yield the terms that do not let a text through."""
    for finding in {f.rule_id: f for context in contexts for f in run(text, context).findings}.values():
        found = terms.get(finding.rule_id)
        if found is None:
            continue
        asset, term = found
        quote = text[finding.span.start : finding.span.end] if finding.span else text
        if term.status in UNWANTED:
            yield _Claim(asset, term, quote, _Role.AVOID, is_inflection=False)
        elif fold_term(quote) != fold_term(term.term):  # not merely another case of the right word
            yield _Claim(asset, term, quote, _Role.REPLACE, is_inflection=False)


def terms_by_rule(assets: PolicyAssets) -> dict[str, tuple[str, Term]]:
    return {
        f"{asset}/{term.id}": (asset, term)
        for asset, glossary in assets.glossary.items()
        for term in glossary.terms
    }


def contexts(assets: PolicyAssets, scope: Scope) -> Sequence[Context]:
    """Return a context per locale that matters: texts of one country never meet terms of another."""
    named = {loc for glossary in assets.glossary.values() for t in glossary.terms for loc in t.scope.locales}
    named |= {loc for guide in assets.style_guide.values() for r in guide.rules for loc in r.scope.locales}
    locales = [locale for locale in sorted(named) if locale_matches(scope.locales, locale)]
    first = [(names or (None,))[0] for names in (scope.audiences, scope.channels, scope.prompts)]
    return [
        Context(audience=first[0], channel=first[1], prompt=first[2], locale=locale)
        for locale in locales or scope.locales[:1] or (None,)
    ]
