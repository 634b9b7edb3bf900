"""The facts of a policy made ready for matching: their subjects, attributes and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copydesk.assets.fact_sheet import Enumeration, Fact, FactSheet, FactStatus, TextValue
from copydesk.checks.contract import Context
from copydesk.checks.facts.mentions import Lexicon, fold, lexicon, spellings
from copydesk.checks.facts.values import value_key


@dataclass(frozen=True, slots=True)
class CompiledFact:
    """A fact with the keys of its subject and of its (subject, attribute) pair.

    `right` and `wrong` are the typed readings of an enumeration's values and other answers.
    """

    index: int
    asset: str
    fact: Fact
    subject: int
    slot: int
    right: frozenset[Any]
    wrong: frozenset[Any]

    @property
    def rule_id(self) -> str:
        """`<asset>/<fact id>`, as findings name it."""
        return f"{self.asset}/{self.fact.id}"

    def standing(self, context: Context) -> str:
        """Return `good`, `unverified`, `retired`, `expired` or `early` on the day of the context."""
        if self.fact.status is not FactStatus.VERIFIED:
            return str(self.fact.status)
        if context.today is None:
            return "good"
        if self.fact.valid_to is not None and self.fact.valid_to < context.today:
            return "expired"
        return (
            "early" if self.fact.valid_from is not None and self.fact.valid_from > context.today else "good"
        )


@dataclass(frozen=True, slots=True)
class CompiledSheets:
    """All fact sheets of a policy; lexicon keys are subject, slot and fact numbers.

    Value keys are `2 * fact index` for a right value and `2 * fact index + 1` for a known wrong one.
    `own_attribute` are slots whose attribute has two words or more and belongs to one subject only: naming
    the attribute is then enough. `name_parts` maps the capitalised words of names to subjects.
    """

    facts: tuple[CompiledFact, ...]
    subjects: Lexicon
    attributes: Lexicon
    values: Lexicon
    guarded: Lexicon
    guarded_assets: tuple[str, ...]
    licences: Mapping[str, tuple[CompiledFact, ...]]
    by_subject: Mapping[int, tuple[CompiledFact, ...]]
    own_attribute: frozenset[int]
    subject_names: tuple[str, ...]
    name_parts: Mapping[str, frozenset[str]]


def compile_sheets(sheets: Mapping[str, FactSheet]) -> CompiledSheets:
    """Compile fact sheets into lexicons and tables.

    Args:
        sheets: asset name to content.
    """
    subject_ids: dict[str, int] = {}
    slot_ids: dict[tuple[int, str], int] = {}
    facts: list[CompiledFact] = []
    for asset, fact in _all(sheets):
        subject = subject_ids.setdefault(fold(fact.subject), len(subject_ids))
        slot = slot_ids.setdefault((subject, fold(fact.attribute)), len(slot_ids))
        right, wrong = _typed_answers(fact)
        facts.append(CompiledFact(len(facts), asset, fact, subject, slot, right, wrong))
    guarded = [(word, index) for index, sheet in enumerate(sheets.values()) for word in sheet.guarded_claims]
    slots = [(form, c.slot) for c in facts for form in (c.fact.attribute, *c.fact.attribute_aliases)]
    names = [(form, c.subject) for c in facts for form in (c.fact.subject, *c.fact.subject_aliases)]
    return CompiledSheets(
        facts=tuple(facts),
        subjects=lexicon(names),
        attributes=lexicon(slots),
        values=lexicon(pair for c in facts for pair in _answers(c)),
        guarded=lexicon(guarded),
        guarded_assets=tuple(sheets),
        licences=_licences(facts),
        by_subject={s: tuple(c for c in facts if c.subject == s) for s in subject_ids.values()},
        own_attribute=_own(slots, facts),
        subject_names=tuple(c.fact.subject for c in facts),
        name_parts=_name_parts(name for name, _ in names),
    )


def _all(sheets: Mapping[str, FactSheet]) -> Iterator[tuple[str, Fact]]:
    for asset, sheet in sorted(sheets.items()):
        for fact in sheet.facts:
            yield asset, fact


def _typed_answers(fact: Fact) -> tuple[frozenset[Any], frozenset[Any]]:
    if not isinstance(fact.value, Enumeration):
        return frozenset(), frozenset()
    locale = fact.scope.locales[0] if fact.scope.locales else None
    right = {key for value in fact.value.values if (key := value_key(value, locale))}
    wrong = {key for value in fact.value.others if (key := value_key(value, locale))}
    return frozenset(right), frozenset(wrong - right)


def _answers(compiled: CompiledFact) -> Iterator[tuple[str, int]]:
    value = compiled.fact.value
    if isinstance(value, TextValue):
        yield value.text, 2 * compiled.index
    if isinstance(value, Enumeration):
        right = set().union(*(spellings(word) for word in value.values))
        yield from ((word, 2 * compiled.index) for word in value.values)
        yield from ((word, 2 * compiled.index + 1) for word in value.others if not spellings(word) & right)


def _licences(facts: list[CompiledFact]) -> dict[str, tuple[CompiledFact, ...]]:
    found: dict[str, list[CompiledFact]] = {}
    for compiled in facts:
        for word in compiled.fact.claim_words:
            for form in spellings(word):
                found.setdefault(form, []).append(compiled)
    return {word: tuple(licensed) for word, licensed in found.items()}


def _own(slots: list[tuple[str, int]], facts: list[CompiledFact]) -> frozenset[int]:
    subject_of = {c.slot: c.subject for c in facts}
    owners: dict[str, set[int]] = {}
    for form, slot in slots:
        owners.setdefault(fold(form), set()).add(subject_of[slot])
    return frozenset(s for form, s in slots if len(form.split()) > 1 and len(owners[fold(form)]) == 1)


def _name_parts(names: Iterator[str]) -> dict[str, frozenset[str]]:
    """Map each capitalised, letter-only word of a many-worded name to the full names that hold it."""
    found: dict[str, set[str]] = {}
    for name in names:
        words = name.split()
        if len([word for word in words if word[:1].isupper()]) > 1:
            for word in words:
                if word.isalpha() and word[0].isupper() and len(word) > 3:
                    found.setdefault(word, set()).add(name)
    return {word: frozenset(full) for word, full in found.items()}
