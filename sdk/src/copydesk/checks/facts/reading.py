"""Reading one text: its amounts, mentions and sentences, and which fact each amount or value speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from copydesk.assets.fact_sheet import Quantity
from copydesk.checks.contract import Context
from copydesk.checks.facts.mentions import Mention, fold, fold_word
from copydesk.checks.facts.sentences import Sentences
from copydesk.checks.facts.sheet import CompiledFact, CompiledSheets
from copydesk.checks.facts.values import amount_key, bound, is_comparable
from copydesk.checks.facts.vocabulary import ATTRIBUTE, GUARDED, NAME, SUBJECT, VALUE
from copydesk.checks.numbers import Amount, AmountKind, amounts_at

# Words that may stand between a subject and its value without changing what is said.
_LINKS: Final = frozenset(
    """a an and are arrives as at available be beträgt by can closes comes cost costs currently das der
    die ein eine end ends er es for from für gets gives has hat he hold holds im in is ist it its
    just kostet last lasts line made mit now of offers on only our out price priced rated runs sells
    she ships starts takes that the their they this to until up von was weighs which will with
    within you your yours""".split()
) - {"was", "from", "out", "up"}  # fmt: skip
# Words before an amount after which it is another number than the slot's value.
_CUES: Final = frozenset(
    """after another deposit extra formerly früher gutschein instead nach nicht not previously rrp save
    saves saving savings spare sparen spend statt voucher was were worth""".split()
)  # fmt: skip
_DENIALS: Final = frozenset(
    "not isn't no never non aren't without nicht kein keine keinen ohne nie neither nor".split()
)
_JOINTS: Final = frozenset("and but with while und aber mit".split())
_WORD: Final = re.compile(r"[^\s,;:.!?()\"]+")
# Longer variables are copy, not names.
MAX_NAME_CHARS: Final = 120
CARRIED_COST: Final = 12
NO_ATTRIBUTE_COST: Final = 15
OTHER_CLAIM_COST: Final = 20
FAR_ATTRIBUTE_WORDS: Final = 10


class Binding(NamedTuple):
    """An amount or value bound to a fact's slot; `strong` when subject and attribute are beyond doubt."""

    compiled: CompiledFact
    cost: int
    strong: bool
    carried: bool
    named: bool


class Reading:
    """Everything known about one text before a verdict on its claims."""

    def __init__(self, text: str, context: Context, sheets: CompiledSheets) -> None:
        """Look at a text once; what only claims need is worked out when `has_claims`."""
        self.text = text
        self.context = context
        self.sheets = sheets
        self.folded = fold(text)
        self._sighting = sheets.vocabulary(context.locale).look(self.folded)
        self.guarded = self._sighting.mentions(GUARDED)
        self.names = self._sighting.mentions(NAME)
        self.amounts: list[Amount] = []
        self.values: list[Mention] = []
        self.subjects: list[Mention] = []
        self.attributes: list[Mention] = []
        amounts = amounts_at(text, self._sighting.openings, context.locale) if self._sighting.openings else ()
        values = self._sighting.mentions(VALUE)
        self.has_claims = bool(amounts or values or self.guarded or self.names or context.must_mention)
        if self.has_claims:
            self._read(amounts, values)

    def _read(self, amounts: tuple[Amount, ...], values: list[Mention]) -> None:
        sighting = self._sighting
        subjects = sighting.mentions(SUBJECT)
        self.subjects = [s for s in subjects if not _within(s, values)] if values else subjects
        self.values = [v for v in values if not _within(v, subjects)] if values else []
        self.attributes = [a for a in sighting.mentions(ATTRIBUTE) if not _within(a, self.subjects)]
        self.amounts = [a for a in amounts if not any(s.start <= a.start < s.end for s in self.subjects)]
        self.covered = self.sheets.covered(self.context)
        self.in_scope = self.covered.indexes
        self.sentences = Sentences(self.text, [(a.start, a.end) for a in self.amounts])
        self._subjects_in = self._by_sentence(self.subjects)
        self._attributes_in = self._by_sentence(self.attributes)
        self._carried_to: dict[int, frozenset[int]] = {}
        self._handed_on = self._first_handed_on()

    def _by_sentence(self, mentions: Iterable[Mention]) -> dict[int, list[Mention]]:
        found: dict[int, list[Mention]] = {}
        for mention in mentions:
            found.setdefault(self.sentences.index(mention.start), []).append(mention)
        return found

    def _first_handed_on(self) -> frozenset[int]:
        """Return the subjects that the text's first sentence is about unless it says so itself."""
        from_variables = frozenset(self._subjects_of_variables())
        if from_variables:
            return from_variables
        named = frozenset().union(*(m.keys for m in self.subjects))
        # "It is a quiet place. It is called The Mill."
        return named if len(named) == 1 else frozenset()

    def _carried(self, sentence: int) -> frozenset[int]:
        """Return the subjects that an earlier sentence, or the variables, hand on to a sentence."""
        known = self._carried_to.get(sentence)
        if known is None:
            known = self._carried_to[sentence] = self._hand_on(sentence)
        return known

    def _hand_on(self, sentence: int) -> frozenset[int]:
        before = [number for number in self._subjects_in if number < sentence]
        if not before:
            return self._handed_on
        return frozenset().union(*(m.keys for m in self._subjects_in[max(before)]))

    def _subjects_of_variables(self) -> Iterator[int]:
        for value in self.context.variables.values():
            if isinstance(value, str) and len(value) <= MAX_NAME_CHARS:
                folded = fold(value)
                for mention in self.sheets.vocabulary(self.context.locale).look(folded).mentions(SUBJECT):
                    if (mention.start, mention.end) == (0, len(folded)):
                        yield from mention.keys

    def subjects_near(self, place: int) -> list[Mention]:
        """Return the subjects named in the sentence that holds a place."""
        return self._subjects_in.get(self.sentences.index(place), [])

    def _attributes_near(self, place: int) -> list[Mention]:
        return self._attributes_in.get(self.sentences.index(place), [])

    def key(self, amount: Amount) -> tuple[Any, ...]:
        """Return the typed reading of an amount with its "less than" or "over"."""
        return amount_key(amount, self.relation(amount))

    def relation(self, amount: Amount) -> str:
        """Return `below`/`above` unless those words belong to a fact's attribute ("orders over")."""
        if any(a.start < amount.start and 0 <= amount.start - a.end <= 1 for a in self.attributes):
            return ""
        return bound(self.text, amount)

    def bind_amount(self, amount: Amount) -> list[Binding]:
        """Return the facts an amount could speak of, the closest first."""
        found = []
        reachable = self._reachable(amount.start)
        by_subject = self.covered.by_subject
        for compiled in (c for subject in reachable for c in by_subject.get(subject, ())):
            fact = compiled.fact
            if compiled.right or compiled.wrong:
                fits = any(k[:2] == (amount.kind, amount.unit) for k in compiled.right | compiled.wrong)
            else:
                fits = is_comparable(fact.value, amount, self._noun_fits(compiled, amount))
            if fits and (binding := self._bind(compiled, amount.start, amount.end)) is not None:
                found.append(binding)
        return self._settle(found, amount.start)

    def _reachable(self, place: int) -> frozenset[int]:
        """Return the subjects that a claim at this place could be about."""
        sentence = self.sentences.index(place)
        keys = [s.keys for s in self._subjects_in.get(sentence, ())]
        implied = {
            self.covered.subject_of_slot[slot]
            for a in self._attributes_in.get(sentence, ())
            for slot in a.keys
            if slot in self.sheets.own_attribute and slot in self.covered.subject_of_slot
        }
        return self._carried(sentence).union(implied, *keys)

    def bind_value(self, mention: Mention) -> list[Binding]:
        """Return the facts a mentioned enum or text value could speak of, the closest first."""
        facts = [self.sheets.facts[k // 2] for k in sorted(mention.keys) if k // 2 in self.in_scope]
        bound_ = (self._bind(compiled, mention.start, mention.end) for compiled in facts)
        return self._settle([b for b in bound_ if b is not None], mention.start)

    def _settle(self, found: list[Binding], place: int) -> list[Binding]:
        rivals: dict[int, set[int]] = {}
        for binding in found:
            rivals.setdefault(binding.compiled.subject, set()).add(binding.compiled.slot)
        named = {b.compiled.subject for b in found if b.named and b.cost < OTHER_CLAIM_COST}
        settled = []
        for binding in found:
            # An attribute that is named beats one that is only understood.
            passed_over = not binding.named and binding.compiled.subject in named
            cost = binding.cost + (OTHER_CLAIM_COST if passed_over else 0)
            alone = len(rivals[binding.compiled.subject]) == 1
            doubt = self._is_cued(place) or not (binding.named or alone)
            strong = binding.strong and not doubt
            settled.append(Binding(binding.compiled, cost, strong, binding.carried, binding.named))
        return sorted(settled, key=lambda b: (b.cost, b.compiled.index))

    def _bind(self, compiled: CompiledFact, start: int, end: int) -> Binding | None:
        in_sentence = self.subjects_near(start)
        own = [m for m in in_sentence if compiled.subject in m.keys]
        named = [a for a in self._attributes_near(start) if compiled.slot in a.keys]
        carried = False
        if own:
            nearest = min(own, key=lambda m: self._gap(m.start, m.end, start, end))
            cost = self._gap(nearest.start, nearest.end, start, end)
            cost += 20 * self._between(in_sentence, nearest, start, end)
            linked = self._is_linked(nearest, start, end)
        elif compiled.subject in self._carried(self.sentences.index(start)):
            cost, carried = CARRIED_COST + 20 * bool(in_sentence), True
            opening = self._sentence_start(start)
            linked = self._is_linked(Mention(opening, opening, frozenset()), start, end)
        elif named and compiled.slot in self.sheets.own_attribute:
            cost, linked, carried = CARRIED_COST, False, True
        else:
            return None
        if not named:
            return Binding(compiled, cost + (2 if linked else NO_ATTRIBUTE_COST), linked, carried, False)
        distance = min(self._attribute_gap(a, start, end) for a in named)
        return Binding(compiled, cost + distance, distance <= FAR_ATTRIBUTE_WORDS, carried, True)

    def _sentence_start(self, place: int) -> int:
        return self.sentences.starts[self.sentences.index(place)]

    def _attribute_gap(self, mention: Mention, start: int, end: int) -> int:
        gap = self._gap(mention.start, mention.end, start, end)
        for other in self.amounts:
            if other.start == start:
                continue
            if other.end <= mention.start and mention.start - other.end <= 1:
                return (
                    gap + 20
                )  # "5-year guarantee and 30 days": the attribute belongs to the number before it
            if min(mention.end, end) <= other.start and other.end <= max(mention.start, start):
                gap += 6
        return gap

    def _between(self, subjects: list[Mention], own: Mention, start: int, end: int) -> int:
        """Count the other subjects that stand between, or that the amount stands right before."""
        low, high = (own.end, start) if own.end <= start else (end, own.start)
        crossed = sum(1 for m in subjects if low <= m.start and m.end <= high and not own.keys & m.keys)
        ahead = [m for m in subjects if m.start >= end and not own.keys & m.keys]
        adjacent = own.end <= start and any(self._gap(m.start, m.end, start, end) == 0 for m in ahead)
        after = [m for m in subjects if m.end <= start and not own.keys & m.keys] if own.start >= end else []
        tight = own.start >= end and self._gap(own.start, own.end, start, end) == 0
        return crossed + int(adjacent) + int(bool(after) and not tight)

    def _gap(self, one_start: int, one_end: int, start: int, end: int) -> int:
        """Count the words between two places, with clauses counted dearer."""
        if one_end > start and one_start < end:
            return 0
        between = self.folded[one_end:start] if one_end <= start else self.folded[end:one_start]
        words = between.split()
        return (
            len(words) + 2 * sum(between.count(mark) for mark in ",;:") + 2 * sum(w in _JOINTS for w in words)
        )

    def _is_linked(self, subject: Mention, start: int, end: int) -> bool:
        between = (
            self.folded[subject.end : start] if subject.end <= start else self.folded[end : subject.start]
        )
        if subject.end > start and between.strip():
            return False  # an amount before its subject has to stand right at it: "our £99 Ridge Jacket"
        return all(word in _LINKS for word in _WORD.findall(between))

    def _is_cued(self, place: int) -> bool:
        before = _WORD.findall(self.folded[max(self._sentence_start(place), place - 40) : place])
        return any(word in _CUES for word in before[-3:])

    def is_denied(self, place: int) -> bool:
        """Tell whether one of the two words before a place denies it ("not wool")."""
        before = _WORD.findall(self.folded[max(self._sentence_start(place), place - 30) : place])
        tail = before[-2:]
        return any(word in _DENIALS or word.endswith("n't") for word in tail) and "only" not in tail

    def _noun_fits(self, compiled: CompiledFact, amount: Amount) -> bool:
        if amount.kind is not AmountKind.NUMBER or not isinstance(compiled.fact.value, Quantity):
            return False
        unit = compiled.fact.value.unit
        after = _WORD.findall(self.folded[amount.end : amount.end + 40])[:3]
        if any(word.startswith(fold_word(unit)[:-1]) for word in after) and len(unit) > 1:
            return True
        near = [a for a in self._attributes_near(amount.start) if compiled.slot in a.keys]
        return any(self._gap(a.start, a.end, amount.start, amount.end) <= 3 for a in near)


def _within(mention: Mention, others: Iterable[Mention]) -> bool:
    """Tell whether a longer mention covers this one."""
    return any(
        o.start <= mention.start and mention.end <= o.end and o.end - o.start > mention.end - mention.start
        for o in others
    )
