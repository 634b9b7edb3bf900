"""Which fact an amount or a mentioned value speaks of: the nearest subject, attribute and clause decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from copydesk.assets.fact_sheet import Quantity
from copydesk.checks.facts.mentions import Mention, fold_word
from copydesk.checks.facts.reading import Reading
from copydesk.checks.facts.sheet import CompiledFact
from copydesk.checks.facts.values import is_comparable
from copydesk.checks.numbers import Amount, AmountKind

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


class Binder:
    """Binds the claims of one reading to facts."""

    def __init__(self, reading: Reading) -> None:
        """Keep the reading."""
        self._reading = reading
        self._text = reading.folded

    def candidates(self, amount: Amount) -> list[CompiledFact]:
        """Return the facts an amount could state by its type and the subjects in reach."""
        by_kind, kind = self._reading.covered.by_kind, amount.kind
        return [
            compiled
            for subject in self._reading.reachable(amount.start)
            for compiled in by_kind.get((subject, kind), ())
            if self._is_comparable(compiled, amount)
        ]

    def _is_comparable(self, compiled: CompiledFact, amount: Amount) -> bool:
        if compiled.right or compiled.wrong:
            return any(k[:2] == (amount.kind, amount.unit) for k in compiled.right | compiled.wrong)
        noun_fits = amount.kind is AmountKind.NUMBER and self._noun_fits(compiled, amount)
        return is_comparable(compiled.fact.value, amount, noun_fits)

    def bind_amount(self, amount: Amount, candidates: Iterable[CompiledFact]) -> list[Binding]:
        """Bind an amount to those of its candidates that it could speak of, the closest first."""
        found = [self._bind(compiled, amount.start, amount.end) for compiled in candidates]
        return self._settle([b for b in found if b is not None], amount.start)

    def bind_value(self, mention: Mention) -> list[Binding]:
        """Return the facts a mentioned enum or text value could speak of, the closest first."""
        facts = [
            self._reading.sheets.facts[k // 2]
            for k in sorted(mention.keys)
            if k // 2 in self._reading.covered.indexes
        ]
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
        in_sentence = self._reading.subjects_near(start)
        own = [m for m in in_sentence if compiled.subject in m.keys]
        named = [a for a in self._reading.attributes_near(start) if compiled.slot in a.keys]
        carried = False
        if own:
            nearest = min(own, key=lambda m: self._gap(m.start, m.end, start, end))
            cost = self._gap(nearest.start, nearest.end, start, end)
            cost += 20 * self._between(in_sentence, nearest, start, end)
            linked = self._is_linked(nearest, start, end)
        elif compiled.subject in self._reading.carried(start):
            cost, carried = CARRIED_COST + 20 * bool(in_sentence), True
            opening = self._reading.sentence_start(start)
            linked = self._is_linked(Mention(opening, opening, frozenset()), start, end)
        elif named and compiled.slot in self._reading.sheets.own_attribute:
            cost, linked, carried = CARRIED_COST, False, True
        else:
            return None
        if not named:
            return Binding(compiled, cost + (2 if linked else NO_ATTRIBUTE_COST), linked, carried, False)
        distance = min(self._attribute_gap(a, start, end) for a in named)
        return Binding(compiled, cost + distance, distance <= FAR_ATTRIBUTE_WORDS, carried, True)

    def _attribute_gap(self, mention: Mention, start: int, end: int) -> int:
        gap = self._gap(mention.start, mention.end, start, end)
        for other in self._reading.amounts:
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
        between = self._text[one_end:start] if one_end <= start else self._text[end:one_start]
        words = between.split()
        return (
            len(words) + 2 * sum(between.count(mark) for mark in ",;:") + 2 * sum(w in _JOINTS for w in words)
        )

    def _is_linked(self, subject: Mention, start: int, end: int) -> bool:
        between = self._text[subject.end : start] if subject.end <= start else self._text[end : subject.start]
        if subject.end > start and between.strip():
            return False  # an amount before its subject has to stand right at it: "our £99 Ridge Jacket"
        return all(word in _LINKS for word in _WORD.findall(between))

    def _is_cued(self, place: int) -> bool:
        before = _WORD.findall(self._text[max(self._reading.sentence_start(place), place - 40) : place])
        return any(word in _CUES for word in before[-3:])

    def is_denied(self, place: int) -> bool:
        """Tell whether one of the two words before a place denies it ("not wool")."""
        before = _WORD.findall(self._text[max(self._reading.sentence_start(place), place - 30) : place])
        tail = before[-2:]
        return any(word in _DENIALS or word.endswith("n't") for word in tail) and "only" not in tail

    def _noun_fits(self, compiled: CompiledFact, amount: Amount) -> bool:
        if amount.kind is not AmountKind.NUMBER or not isinstance(compiled.fact.value, Quantity):
            return False
        unit = compiled.fact.value.unit
        after = _WORD.findall(self._text[amount.end : amount.end + 40])[:3]
        if any(word.startswith(fold_word(unit)[:-1]) for word in after) and len(unit) > 1:
            return True
        near = [a for a in self._reading.attributes_near(amount.start) if compiled.slot in a.keys]
        return any(self._gap(a.start, a.end, amount.start, amount.end) <= 3 for a in near)
