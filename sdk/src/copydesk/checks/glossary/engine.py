"""Glossary: words that must not be used, words to avoid, and preferred words written the wrong way."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from copydesk.assets import PolicyAssets
from copydesk.assets.glossary import CaseRule, Term, TermStatus
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
from copydesk.checks.findings import make_finding
from copydesk.checks.glossary.disguise import DisguiseMatcher
from copydesk.checks.glossary.inline_markup import as_read
from copydesk.checks.ignored import Ignored, ignored
from copydesk.checks.inflection import plural
from copydesk.checks.matching import ENGINE, ENGINE_VERSION, Cover, Hit, PhraseMatcher, match_case
from copydesk.checks.text import Folded, fold

NAME = "glossary"
_PASSED = CheckResult(NAME, Outcome.PASS)
_WITHOUT_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_IS_ADDRESS = re.compile(r"[./@:(){}<>=$\\_]")
_UNWANTED = frozenset({TermStatus.DEPRECATED, TermStatus.FORBIDDEN})


class _Role(IntEnum):
    """What a form says when it is found; the smaller wins where two terms claim the same words."""

    FORBIDDEN = 0
    DEPRECATED = 1
    WRONG_VARIANT = 2
    PERMITTED = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    """One form of one term of one list."""

    list_name: str
    term: Term
    form: str
    role: _Role

    @property
    def rule_id(self) -> str:
        return f"{self.list_name}/{self.term.id}"


@dataclass(frozen=True, slots=True)
class _Match:
    entry: _Entry
    span: Span
    is_disguised: bool = False
    is_miswritten: bool = False  # the right word with capitals where they do not belong, or without


class GlossaryCheck:
    """Finds unwanted terms in any inflection and disguise, and preferred ones written otherwise."""

    name = NAME
    cost = Cost.RUNTIME
    deterministic = True
    reads = frozenset({"glossary", "prompt"})

    def __init__(self, assets: PolicyAssets) -> None:
        """Build one automaton over all forms of all terms of the policy's glossaries."""
        self.engine = EngineInfo(NAME, ENGINE, ENGINE_VERSION)
        named = sorted(assets.glossary.items())
        self._formats = {name: prompt.output.format for name, prompt in assets.prompt.items()}
        self._entries = tuple(
            entry
            for list_name, content in named
            for term in content.terms
            for entry in _entries(list_name, term)
        )
        self._matcher = PhraseMatcher(
            [entry.form for entry in self._entries],
            in_compounds=[n for n, entry in enumerate(self._entries) if entry.term.match_in_compounds],
        )
        # Forms that say nothing by themselves: permitted ones, in any case or as they are written here.
        self._silent = tuple(
            entry.role is _Role.PERMITTED and (entry.form if entry.term.case_rule is CaseRule.EXACT else True)
            for entry in self._entries
        )
        self._disguises = DisguiseMatcher(
            [
                (number, entry.form, entry.term.language)
                for number, entry in enumerate(self._entries)
                if entry.role is _Role.FORBIDDEN and entry.term.match_disguised
            ]
        )

    def run(self, text: str, context: Context) -> CheckResult:
        """Check one text; terms out of the context's scope neither match nor protect."""
        found = self._plain_matches(text, context)
        matches = _choose(found)
        disguised = self._disguises.find(text, context.locale)
        if not matches and not disguised:
            return _PASSED
        # Code, addresses and the like are no copy: what stands there neither matches nor protects.
        outside = ignored(text, self._formats.get(context.prompt or "", "text"))
        if outside is not None:
            matches = _choose([(hit, match) for hit, match in found if not _is_ignored(match, outside)])
        matches += self._disguised_matches(disguised, context, matches, outside)
        if not matches:
            return _PASSED
        matches.sort(key=lambda match: (match.span.start, match.span.end))
        findings = tuple(_finding(text, group) for group in _by_place(matches))
        return CheckResult(NAME, outcome_of(findings), findings)

    def _plain_matches(self, text: str, context: Context) -> list[tuple[Hit, _Match]]:
        folded = fold(text)
        hits = self._matcher.find(folded)
        found: list[tuple[Hit, _Match]] = []
        if not all(self._is_silent(text, folded, hit) for hit in hits):
            found = self._located(text, context, hits, folded)
        read = as_read(text)
        return found if read is None else found + self._read_matches(text, context, read, found)

    def _read_matches(
        self, text: str, context: Context, read: Folded, found: list[tuple[Hit, _Match]]
    ) -> list[tuple[Hit, _Match]]:
        """Return what is found in the text as it is read, where it was not found as it is written."""
        folded = fold(read.text)
        seen = {(hit.phrase, match.span.start, match.span.end) for hit, match in found}
        further = self._located(text, context, self._matcher.find(folded), folded, read)
        return [
            (hit, match)
            for hit, match in further
            if (hit.phrase, match.span.start, match.span.end) not in seen
        ]

    def _located(
        self, text: str, context: Context, hits: list[Hit], folded: Folded, read: Folded | None = None
    ) -> list[tuple[Hit, _Match]]:
        """Return hits with their places in the text, where the term's scope and case rule let them stand."""
        found: list[tuple[Hit, _Match]] = []
        for hit in hits:
            entry = self._entries[hit.phrase]
            if not entry.term.scope.covers(context):
                continue
            span = folded.span(hit.start, hit.end)
            written = text[span.start : span.end]
            if read is not None:
                written = read.text[span.start : span.end]
                span = read.span(span.start, span.end)
            is_other_case = entry.term.case_rule is CaseRule.EXACT and not _same_case(written, entry.form)
            if is_other_case and entry.term.status in _UNWANTED:
                continue
            is_miswritten = (
                is_other_case
                and entry.role is _Role.PERMITTED
                and not _case_is_layout(text, span, entry.form)
            )
            place = Hit(hit.phrase, span.start, span.end)
            found.append((place, _Match(entry, span, is_miswritten=is_miswritten)))
        return found

    def _is_silent(self, text: str, folded: Folded, hit: Hit) -> bool:
        form = self._silent[hit.phrase]
        if not isinstance(form, str):
            return form
        span = folded.span(hit.start, hit.end)
        return text[span.start : span.end] == form

    def _disguised_matches(
        self,
        disguised: list[tuple[int, Span]],
        context: Context,
        plain: list[_Match],
        outside: Ignored | None,
    ) -> list[_Match]:
        found: list[_Match] = []
        taken = sorted({(match.span.start, match.span.end) for match in plain})
        last_end = 0
        for number, span in sorted(disguised, key=lambda item: (item[1].start, -item[1].end, item[0])):
            entry = self._entries[number]
            if span.start >= last_end and entry.term.scope.covers(context) and _is_free(span, taken):
                match = _Match(entry, span, is_disguised=True)
                if outside is None or not _is_ignored(match, outside):
                    last_end = span.end
                    found.append(match)
        return found


def compile_check(assets: PolicyAssets, heads: Mapping[str, bytes]) -> GlossaryCheck:  # noqa: ARG001 - contract
    """Compile the check from the glossaries of a policy; it has no trained heads."""
    return GlossaryCheck(assets)


def _entries(list_name: str, term: Term) -> Iterable[_Entry]:
    if term.status in _UNWANTED:
        role = _Role.FORBIDDEN if term.status is TermStatus.FORBIDDEN else _Role.DEPRECATED
        forms = [(form, role) for form in (term.term, *term.variants, *term.inflections)]
    else:
        of_variants = _Role.WRONG_VARIANT if term.status is TermStatus.PREFERRED else _Role.PERMITTED
        forms = [(form, _Role.PERMITTED) for form in (term.term, *term.inflections)]
        forms += [(form, of_variants) for form in term.variants]
    roles = dict(reversed(forms))
    for form, role in tuple(roles.items()):
        for spelled in _spelled_out(form, term.language):
            roles.setdefault(spelled, role)
    for form, role in roles.items():
        yield _Entry(list_name, term, form, role)


def _spelled_out(form: str, language: str) -> Iterable[str]:
    """Yield a form as it is written without ß ("GRÖSSE"), and in German without umlauts too ("Groesse")."""
    plain = form.replace("ß", "ss")
    yield plain
    if language.partition("-")[0] == "de":
        yield plain.translate(_WITHOUT_UMLAUTS)


def _choose(found: list[tuple[Hit, _Match]]) -> list[_Match]:
    """Drop what a longer permitted term covers, then choose leftmost-longest among the rest."""
    unwanted = [item for item in found if item[1].entry.role is not _Role.PERMITTED or item[1].is_miswritten]
    if not unwanted:
        return []
    permitted = Cover(hit for hit, match in found if match.entry.role is _Role.PERMITTED)
    open_hits = [(hit, match) for hit, match in unwanted if not permitted.covers(hit)]
    open_hits.sort(key=lambda item: (item[0].start, -item[0].end, item[1].entry.role, item[1].entry.rule_id))
    chosen: list[_Match] = []
    last_start = last_end = -1
    for hit, match in open_hits:
        is_same_place = (hit.start, hit.end) == (last_start, last_end)
        if hit.start >= last_end or is_same_place:
            chosen.append(match)
            last_start, last_end = hit.start, hit.end
    return chosen


def _by_place(matches: list[_Match]) -> list[list[_Match]]:
    """Group matches of the same words; the first of a group is the one that is reported."""
    groups: dict[tuple[int, int], list[_Match]] = {}
    for match in matches:
        groups.setdefault((match.span.start, match.span.end), []).append(match)
    return list(groups.values())


def _finding(text: str, group: list[_Match]) -> Finding:
    match = group[0]
    entry, term = match.entry, match.entry.term
    written = text[match.span.start : match.span.end]
    suggestion = _suggestion(match, written)
    evidence: dict[str, Any] = {"list": entry.list_name, "term": term.term, "status": term.status.value}
    if match.is_disguised:
        evidence["disguised"] = True
    also = sorted({other.entry.rule_id for other in group[1:]} - {entry.rule_id})
    if also:
        evidence["also_in"] = also
    return make_finding(
        NAME,
        entry.rule_id,
        _severity(entry),
        _message(match, written, suggestion),
        match.span.start,
        match.span.end,
        suggestion,
        evidence,
    )


def _severity(entry: _Entry) -> Severity:
    default = Severity.ERROR if entry.role is _Role.FORBIDDEN else Severity.WARNING
    return entry.term.severity or default


def _suggestion(match: _Match, written: str) -> str | None:
    entry, term = match.entry, match.entry.term
    if term.status not in _UNWANTED:
        return term.term if term.case_rule is CaseRule.EXACT else match_case(written, term.term)
    if not term.use_instead:
        return None
    instead = term.use_instead
    is_plural = term.part_of_speech == "noun" and entry.form in {
        plural(term.term),
        *map(plural, term.variants),
    }
    if is_plural and term.language.split("-")[0] == "en":
        instead = plural(instead)
    return match_case(written, instead)


def _message(match: _Match, written: str, suggestion: str | None) -> str:
    term = match.entry.term
    shown = f"“{written[:80]}”"
    if match.is_miswritten:
        return f"{shown} is written “{term.term}”."
    if term.status not in _UNWANTED:
        return f"Write “{term.term}” instead of {shown}."
    verdict = "must not be used" if term.status is TermStatus.FORBIDDEN else "should be avoided"
    what = f"{shown}, a disguised “{term.term}”," if match.is_disguised else shown
    message = f"{what} {verdict}"
    if suggestion:
        message += f"; use “{suggestion}”"
    why = " ".join(term.why.split())
    return f"{message}. {why}" if why else f"{message}."


def _same_case(written: str, form: str) -> bool:
    return written == form or fold_keeping_case(written) == fold_keeping_case(form)


def fold_keeping_case(words: str) -> str:
    """Return words with straight apostrophes and single spaces, capitals as they are."""
    return " ".join(words.replace("’", "'").split())


def _case_is_layout(text: str, span: Span, form: str) -> bool:
    """Tell whether capitals come from the place: a line in capitals, or a sentence that begins here."""
    written = text[span.start : span.end]
    if written == written.upper():
        begin = text.rfind("\n", 0, span.start) + 1
        stop = text.find("\n", span.end)
        rest = text[begin : span.start] + text[span.end : stop if stop >= 0 else len(text)]
        if any(char.isalpha() for char in rest) and rest == rest.upper():
            return True
    is_capital_added = form[:1].islower() and written == form[:1].upper() + form[1:]
    before = text[: span.start].rstrip(" \t\"'“‘(*_#>-")
    return is_capital_added and (not before or before[-1] in ".!?…:\n")


def _is_ignored(match: _Match, outside: Ignored) -> bool:
    """Tell whether a match lies in what is no copy; an unwanted address is found there too."""
    return outside.holds(match.span.start, match.span.end) and not _IS_ADDRESS.search(match.entry.form)


def _is_free(span: Span, taken: list[tuple[int, int]]) -> bool:
    """Tell whether a range touches none of the sorted, separate ranges taken."""
    place = bisect_left(taken, (span.end, 0))
    return place == 0 or taken[place - 1][1] <= span.start
