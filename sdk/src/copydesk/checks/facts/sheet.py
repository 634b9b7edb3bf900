"""The facts of a policy made ready for matching: their subjects, attributes and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from copydesk.assets.fact_sheet import (
    DateValue,
    Enumeration,
    Fact,
    FactSheet,
    FactStatus,
    Money,
    Quantity,
    TextValue,
)
from copydesk.checks.contract import Context
from copydesk.checks.facts.claim_words import common_claims_of
from copydesk.checks.facts.free import free_forms
from copydesk.checks.facts.mentions import fold, fold_word, lexicon, spellings
from copydesk.checks.facts.values import Comparer, amount_key, is_comparable, value_key
from copydesk.checks.facts.vocabulary import CLAIM, GUARDED, NAME, OWN, SUBJECT, VALUE, Vocabulary
from copydesk.checks.numbers import Amount, AmountKind
from copydesk.checks.numbers.grammar import language_of, openers
from copydesk.checks.numbers.words import ALL_NUMERALS, UNIT_NAMES

# The kinds of amount that can state a value of each type; enumerations have the kinds of their answers.
_KINDS: Final[Mapping[str, frozenset[AmountKind]]] = {
    "money": frozenset({AmountKind.MONEY}),
    "percent": frozenset({AmountKind.PERCENT}),
    "duration": frozenset({AmountKind.DURATION, AmountKind.NUMBER}),
    "date": frozenset({AmountKind.DATE}),
    "quantity": frozenset({AmountKind.QUANTITY, AmountKind.DURATION, AmountKind.NUMBER}),
    "enum": frozenset(),
    "text": frozenset(),
}
# Contexts whose facts in scope are kept; a service has a handful.
_MIN_VERB_CHARS: Final = 4
_MAX_CONTEXTS: Final = 256
# Questions about facts whose answers are kept; texts name few subjects at a time.
_MAX_ASKED: Final = 4096
_Asked = tuple[frozenset[int], AmountKind, str]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFact:
    """A fact with the keys of its subject and of its (subject, attribute) pair.

    `right` and `wrong` are the typed readings of an enumeration's values and other answers, `kinds` the kinds
    of amount that could state the fact, `forms` the folded writings of its attribute.
    """

    index: int
    asset: str
    fact: Fact
    subject: int
    slot: int
    right: frozenset[Any]
    wrong: frozenset[Any]
    kinds: frozenset[AmountKind]
    forms: frozenset[str]
    comparer: Comparer

    def agrees(self, amount: Amount, relation: str) -> bool:
        """Tell whether an amount that could state the fact says the same as it does."""
        if self.right or self.wrong:
            return amount_key(amount, relation) in self.right
        return self.comparer.agrees(amount, relation)

    @property
    def rule_id(self) -> str:
        """`<asset>/<fact id>`, as findings name it."""
        return f"{self.asset}/{self.fact.id}"

    @property
    def names(self) -> tuple[str, ...]:
        """The attribute and its aliases, as written."""
        return (self.fact.attribute, *self.fact.attribute_aliases)

    def is_comparable(self, kind: AmountKind, unit: str) -> bool:
        """Tell whether an amount of a kind and unit could state the fact."""
        if self.right or self.wrong:
            return any(key[:2] == (kind, unit) for key in self.right | self.wrong)
        return is_comparable(self.fact.value, kind, unit)

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


class Comparable(NamedTuple):
    """The facts that an amount could state, and what a bare number has to stand at to state one of them.

    That is an attribute, so that its sentence holds one of the `names`, or what one of the `quantities`
    counts: a word that begins with one of the `counted`.
    """

    facts: tuple[CompiledFact, ...]
    names: tuple[str, ...]
    quantities: tuple[CompiledFact, ...]
    counted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """The facts in scope for a context: by subject and kind of amount, and their numbers."""

    by_kind: Mapping[tuple[int, AmountKind], tuple[CompiledFact, ...]]
    indexes: frozenset[int]
    subject_of_slot: Mapping[int, int]
    _by_unit: dict[_Asked, Comparable] = field(default_factory=dict)

    def comparable(self, subjects: frozenset[int], kind: AmountKind, unit: str) -> Comparable:
        """Return the facts of subjects that an amount of a kind and unit could state, remembered.

        A bare number could state every fact that has a number; what it counts is for others to tell.
        """
        known = self._by_unit.get((subjects, kind, unit))
        if known is None:
            if len(self._by_unit) >= _MAX_ASKED:
                self._by_unit.clear()
            facts = [c for subject in sorted(subjects) for c in self.by_kind.get((subject, kind), ())]
            if kind is not AmountKind.NUMBER:
                facts = [c for c in facts if c.is_comparable(kind, unit)]
            known = self._by_unit[(subjects, kind, unit)] = _comparable(facts, kind)
        return known


class CompiledSheets:
    """All fact sheets of a policy; keys of the vocabulary are subject, slot and fact numbers.

    Value keys are `2 * fact index` for a right value and `2 * fact index + 1` for a known wrong one.
    `own_attribute` are slots whose attribute has two words or more and belongs to one subject only: naming
    the attribute is then enough. `name_parts` maps the capitalised words of names to full names. What
    depends on a language or a context is worked out when first asked for and kept.
    """

    def __init__(self, sheets: Mapping[str, FactSheet]) -> None:
        """Compile fact sheets.

        Args:
            sheets: asset name to content.

        Raises:
            ValueError: a fact's date is no day of the calendar, as older content may hold; names the fact.
        """
        self.facts = tuple(_compiled(sheets))
        _refuse_impossible_days(self.facts)
        self.guarded_assets = tuple(sheets)
        self.unverified = {name: sheet.unverified for name, sheet in sheets.items()}
        # The sheets that ask for a fact behind superlatives and guarantees of their subjects.
        self.asking = frozenset(name for name, sheet in sheets.items() if sheet.common_claims == "review")
        guarded = [(word, n) for n, sheet in enumerate(sheets.values()) for word in sheet.guarded_claims]
        slots = [(form, c.slot) for c in self.facts for form in _forms(c.fact)]
        names = [(form, c.subject) for c in self.facts for form in (c.fact.subject, *c.fact.subject_aliases)]
        self.name_parts = _name_parts(name for name, _ in names)
        self.licences = _licences(self.facts)
        self.by_subject = _by_subject(self.facts)
        self.attribute_names = _attribute_names(self.by_subject)
        own = _own(slots, self.facts)
        self.own_attribute = frozenset(slot for _, slot in own)
        self._pairs: dict[int, Sequence[tuple[str, int]]] = {
            SUBJECT: names,
            OWN: own,
            VALUE: [pair for c in self.facts for pair in _answers(c)],
            GUARDED: guarded,
            NAME: [(part, 0) for part in self.name_parts],
        }
        # Looked for in the sentences of claims alone: their words ("in", "from") are everywhere else too.
        self.attributes = lexicon(slots)
        # Most sheets have no attribute such as "3-point line" or "FT": nothing has to be asked then.
        self.has_numbers_in_names = any(_holds_number(form) for form, _ in slots)
        self.has_units_as_names = any(fold(form) in UNIT_NAMES for form, _ in slots)
        self.has_rules = bool(self.facts or guarded)
        self._vocabularies: dict[str, Vocabulary] = {}
        self._covered: dict[tuple[str | None, ...], Covered] = {}
        self.vocabulary(None)

    def vocabulary(self, locale: str | None) -> Vocabulary:
        """Return the vocabulary with the numerals of a locale's language."""
        language = language_of(locale)
        known = self._vocabularies.get(language)
        if known is None:
            claims = common_claims_of(language) if self.asking and self.facts else ()
            known = Vocabulary({**self._pairs, CLAIM: claims}, map(fold, openers(language)))
            self._vocabularies[language] = known
        return known

    def covered(self, context: Context) -> Covered:
        """Return the facts in scope for a context."""
        key = (context.audience, context.channel, context.locale, context.prompt)
        known = self._covered.get(key)
        if known is None:
            if len(self._covered) >= _MAX_CONTEXTS:
                self._covered.clear()
            facts = [c for c in self.facts if c.fact.scope.covers(context)]
            slots = {c.slot: c.subject for c in facts}
            known = Covered(_by_kind(facts), frozenset(c.index for c in facts), slots)
            self._covered[key] = known
        return known


def _refuse_impossible_days(facts: Iterable[CompiledFact]) -> None:
    for compiled in facts:
        if isinstance(compiled.fact.value, DateValue):
            written = compiled.fact.value.date
            try:
                date.fromisoformat(written)
            except ValueError:
                raise ValueError(
                    f"the fact {compiled.rule_id} says {written}, a day that no calendar has; mend it"
                ) from None


def _comparable(facts: Sequence[CompiledFact], kind: AmountKind) -> Comparable:
    if kind is not AmountKind.NUMBER:
        return Comparable(tuple(facts), (), (), ())
    quantities = [(c, c.fact.value) for c in facts if isinstance(c.fact.value, Quantity)]
    units = {fold_word(value.unit) for _, value in quantities}
    # As far as all forms of a noun are alike; of a unit of several words the first.
    heads = {unit.split()[0] if " " in unit else unit[:-1] for unit in units if len(unit) > 1}
    names: list[str] = []
    for form in sorted(frozenset().union(*(c.forms for c in facts))):
        if not names or not form.startswith(names[-1]):
            names.append(form)
    return Comparable(tuple(facts), tuple(names), tuple(c for c, _ in quantities), tuple(sorted(heads)))


def _forms(fact: Fact) -> Iterator[str]:
    """Yield the names of an attribute, and "open" with "opens": endings are only ever added when looking.

    What is counted ("points") has no such form: "a 30-point lead" is of another attribute.
    """
    is_counted = isinstance(fact.value, Quantity) and fold_word(fact.value.unit) not in UNIT_NAMES
    for name in (fact.attribute, *fact.attribute_aliases):
        yield name
        is_verb = " " not in name and len(name) > _MIN_VERB_CHARS and name[-1] == "s" and name[-2] not in "su"
        is_number = fold(name[:-1]) in ALL_NUMERALS  # "threes"
        if is_verb and not is_counted and not is_number:
            yield name[:-1]


def _holds_number(form: str) -> bool:
    return any(word[0].isdigit() or word in ALL_NUMERALS for word in fold(form).split())


def _by_subject(facts: Iterable[CompiledFact]) -> dict[int, tuple[CompiledFact, ...]]:
    found: dict[int, list[CompiledFact]] = {}
    for compiled in facts:
        found.setdefault(compiled.subject, []).append(compiled)
    return {subject: tuple(own) for subject, own in found.items()}


def _attribute_names(
    by_subject: Mapping[int, Iterable[CompiledFact]],
) -> dict[int, frozenset[str]]:
    return {subject: frozenset(fold(c.fact.attribute) for c in own) for subject, own in by_subject.items()}


def _compiled(sheets: Mapping[str, FactSheet]) -> Iterator[CompiledFact]:
    subject_ids: dict[str, int] = {}
    slot_ids: dict[tuple[int, str], int] = {}
    for index, (asset, fact) in enumerate(_all(sheets)):
        subject = subject_ids.setdefault(fold(fact.subject), len(subject_ids))
        slot = slot_ids.setdefault((subject, fold(fact.attribute)), len(slot_ids))
        right, wrong = _typed_answers(fact)
        kinds = frozenset(key[0] for key in right | wrong) or _KINDS[fact.value.type]
        forms = frozenset().union(*map(spellings, _forms(fact)))
        yield CompiledFact(index, asset, fact, subject, slot, right, wrong, kinds, forms, Comparer(fact))


def _by_kind(facts: Iterable[CompiledFact]) -> dict[tuple[int, AmountKind], tuple[CompiledFact, ...]]:
    found: dict[tuple[int, AmountKind], list[CompiledFact]] = {}
    for compiled in facts:
        for kind in compiled.kinds:
            found.setdefault((compiled.subject, kind), []).append(compiled)
    return {key: tuple(own) for key, own in found.items()}


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
    if isinstance(value, Money):
        yield from ((form, 2 * compiled.index + (value.minor > 0)) for form in free_forms(compiled.fact))
    if isinstance(value, Enumeration):
        right = set().union(*(spellings(word) for word in value.values))
        yield from ((word, 2 * compiled.index) for word in value.values)
        yield from ((word, 2 * compiled.index + 1) for word in value.others if not spellings(word) & right)


def _licences(facts: Iterable[CompiledFact]) -> dict[str, tuple[CompiledFact, ...]]:
    found: dict[str, list[CompiledFact]] = {}
    for compiled in facts:
        for word in compiled.fact.claim_words:
            for form in spellings(word):
                found.setdefault(form, []).append(compiled)
    return {word: tuple(licensed) for word, licensed in found.items()}


def _own(slots: list[tuple[str, int]], facts: Iterable[CompiledFact]) -> list[tuple[str, int]]:
    """Return the forms of two words or more that name an attribute of one subject only, with their slots.

    The slot's other, shorter forms ("lasts") say nothing about who is spoken of.
    """
    subject_of = {c.slot: c.subject for c in facts}
    owners: dict[str, set[int]] = {}
    for form, slot in slots:
        owners.setdefault(fold(form), set()).add(subject_of[slot])
    return [(form, slot) for form, slot in slots if len(form.split()) > 1 and len(owners[fold(form)]) == 1]


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
