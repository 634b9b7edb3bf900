"""Which fact an amount or a mentioned value speaks of: the nearest subject, attribute and clause decide."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final

from copydesk.assets.fact_sheet import DateValue, Quantity
from copydesk.checks.facts.binding_words import (
    CLAUSE,
    CLAUSE_BREAK,
    JOINTS,
    LEADING,
    LED,
    LINKS,
    OWN_CLAUSE,
)
from copydesk.checks.facts.bound import Binding, Claim, Place
from copydesk.checks.facts.counts import Count, count_of, nouns_behind, partner
from copydesk.checks.facts.doubts import refers
from copydesk.checks.facts.mentions import Mention
from copydesk.checks.facts.phrases import WORD, is_cued, is_for_doing, is_way, is_what_it_is, measures_a_noun
from copydesk.checks.facts.reading import Reading, Sentence
from copydesk.checks.facts.sheet import Comparable, CompiledFact
from copydesk.checks.facts.values import is_of_another_scale
from copydesk.checks.numbers import Amount, AmountKind, PartialDate

OBJECT_COST: Final = 20
BRACKET_CHARS: Final = 12
_FROM: Final = re.compile(r"(?<!\w)(?:from|between|vom|von)(?: the)? $")
FROM_CHARS: Final = 16
CARRIED_COST: Final = 12
# A sentence that names a subject of its own rarely speaks of an earlier one, however far its numbers are.
PASSED_OVER_COST: Final = 80
NO_ATTRIBUTE_COST: Final = 15
OTHER_CLAIM_COST: Final = 20
FAR_ATTRIBUTE_WORDS: Final = 10


def _closeness(binding: Binding) -> tuple[int, int]:
    return (binding.cost, binding.compiled.index)


class Binder:
    """Binds the claims of one reading to facts."""

    def __init__(self, reading: Reading) -> None:
        """Keep the reading."""
        self._reading = reading
        self._text = reading.folded
        self._heads_in: dict[int, list[Mention]] = {}

    def candidates(self, amount: Amount, reachable: frozenset[int]) -> Sequence[CompiledFact]:
        """Return the facts an amount could state by its type and the subjects in reach."""
        found = self._reading.covered.comparable(reachable, amount.kind, amount.unit)
        if amount.kind is not AmountKind.NUMBER or not found.facts:
            return found.facts
        return self._counted(amount, found)

    def _reachable(self, amount: Amount) -> frozenset[int]:
        return self._reading.reachable(self._reading.sentence(amount.start))

    def _counted(self, amount: Amount, found: Comparable) -> list[CompiledFact]:
        """Return the facts that a bare number states by the noun or the attribute beside it."""
        if self._reading.holds_one_of(found.names, amount.start):
            count = count_of(self._reading, amount)
            return [
                c
                for c in found.facts
                if (c.slot in count.slots and (isinstance(c.fact.value, Quantity) or not count.nouns))
                or (isinstance(c.fact.value, Quantity) and count.fits_unit(c.fact.value.unit))
            ]
        if not found.quantities:
            return []
        nouns = nouns_behind(self._reading, amount)
        if not any(noun.startswith(found.counted) for noun in nouns):
            return []  # most numbers: nothing near them says that they count anything
        count = Count(nouns, frozenset())
        return [
            c
            for c in found.quantities
            if isinstance(c.fact.value, Quantity) and count.fits_unit(c.fact.value.unit)
        ]

    def is_known_number(self, amount: Amount) -> bool:
        """Tell whether a bare number that nothing names is a count of a subject in reach.

        A number that counts something of its own ("six players"), or is written in words, is none.
        """
        facts = self._counts_of(self._in_brackets(amount) or self._reachable(amount), amount)
        other = partner(self._reading, amount)
        if other is not None:
            return self._is_known_in_pair(amount, other, facts)
        if amount.in_words or count_of(self._reading, amount).nouns:
            return False
        return any(c.agrees(amount, "") for c in facts)

    def _counts_of(self, subjects: Iterable[int], amount: Amount) -> list[CompiledFact]:
        by_kind = self._reading.covered.by_kind
        found = (c for subject in subjects for c in by_kind.get((subject, amount.kind), ()))
        return [c for c in found if isinstance(c.fact.value, Quantity)]

    def _is_known_in_pair(self, amount: Amount, other: Amount, facts: list[CompiledFact]) -> bool:
        """Tell whether a number of a pair is known.

        Both have to be counts of one attribute, of one subject ("(32-18)" of its record) or of two that the
        text names ("46-32" of their rebounds); where they are not, either may still belong to an attribute
        that comes in pairs.
        """
        mine = [c for c in facts if c.agrees(amount, "")]
        theirs = [c for c in facts if c.agrees(other, "")]
        if any(m.slot == t.slot and m.index != t.index for m in mine for t in theirs):
            return True
        everyone = frozenset().union(*(m.keys for m in self._reading.subjects))
        rivals = self._counts_of(everyone, amount)
        for first, second in ((amount, other), (other, amount)):
            own = {(c.fact.attribute, c.subject) for c in facts if c.agrees(first, "")}
            if any(
                c.agrees(second, "") and (c.fact.attribute, s) in own
                for c in rivals
                for s in everyone - {c.subject}
            ):
                return True
        slots = [c.slot for c in facts]
        return any(slots.count(c.slot) > 1 for c in mine) and amount.low != other.low

    def _in_brackets(self, amount: Amount) -> frozenset[int]:
        """Return the subject that a number in brackets stands right behind: "the Hawks (5-2)"."""
        opening = self._text.rfind("(", max(0, amount.start - BRACKET_CHARS), amount.start)
        if opening < 0 or ")" in self._text[opening : amount.start]:
            return frozenset()
        return frozenset().union(*(m.keys for m in self._reading.subjects if 0 <= opening - m.end <= 1))

    def bind_amount(
        self, amount: Amount, candidates: Sequence[CompiledFact], agreeing: Iterable[CompiledFact]
    ) -> list[Binding]:
        """Bind an amount to those of its candidates that it could speak of, the closest first.

        Args:
            amount: what the text says.
            candidates: the facts it could state.
            agreeing: those of them that say the same.
        """
        possible = {c.subject for c in agreeing}
        opening = None
        if amount.date is not None:
            possible |= _subjects_amid(amount.date, candidates)
            opening = self._opening(amount)
        start = amount.start
        claim = Claim(start, amount.end, start if opening is None else opening, amount)
        return self._bound(candidates, claim, possible)

    def _opening(self, day: Amount) -> int | None:
        """Return where the range that a day belongs to begins with its "from", None where it is none."""
        opening = self._reading.tied_from(day)
        led = None if opening is None else _FROM.search(self._text, max(0, opening - FROM_CHARS), opening)
        return led.start() if led else opening

    def bind_value(self, mention: Mention) -> list[Binding]:
        """Return the facts a mentioned enum or text value could speak of, the closest first."""
        facts = [
            self._reading.sheets.facts[k // 2]
            for k in sorted(mention.keys)
            if k // 2 in self._reading.covered.indexes
        ]
        claim = Claim(mention.start, mention.end, mention.start, None)
        return self._bound(facts, claim, frozenset(c.subject for c in facts))

    def is_of_another(self, subject: int, start: int, end: int) -> bool:
        """Tell whether a claim is made of another subject that its sentence names, whatever is known of that.

        Args:
            subject: the subject that the claim was bound to.
            start, end: the claim's range.
        """
        sentence = self._reading.sentence(start)
        subjects = sentence.subjects
        if not subjects:
            return self._is_of_the_last(subject, sentence, start)
        own = [m for m in subjects if subject in m.keys]
        if len(own) == len(subjects):
            return False
        # "The coat from Ann's Shop costs £50", "At Ann's Shop it costs £50".
        heads = [
            m for m in self._heads(subjects) if not LED.search(self._text, max(0, m.start - 16), m.start)
        ]
        if not own:
            return bool(heads)
        nearest = min(own, key=lambda m: self._gap(m.start, m.end, start, end))
        # "Unlike the Nova in cotton, the Halo is of wool": what stands behind a name is said of it.
        rivals = subjects if nearest.start >= end else heads
        return self._between(rivals, nearest, start, end) > 0

    def _is_of_the_last(self, subject: int, sentence: Sentence, start: int) -> bool:
        """Tell whether a sentence without a name goes on about the last one, though that has no such fact.

        It does where it says so ("It takes ...") and where both are of a kind: where they share an attribute.
        A shop's own "express delivery" may be spoken of behind any of its goods.
        """
        carried = self._reading.carried(sentence)
        if not carried or subject in carried:
            return False
        if refers(self._reading, sentence.start, start):
            return True
        own = self._reading.sheets.attribute_names[subject]
        return any(not own.isdisjoint(self._reading.sheets.attribute_names[other]) for other in carried)

    def _bound(self, facts: Iterable[CompiledFact], claim: Claim, possible: Collection[int]) -> list[Binding]:
        start, end = claim.start, claim.end
        sentence = self._reading.sentence(start)
        places: dict[int, Place | None] = {}
        found = []
        for compiled in facts:
            subject = compiled.subject
            if subject not in places:
                places[subject] = self._place(subject, sentence, start, end)
            binding = self._bind(compiled, places[subject], sentence, claim)
            if binding is not None:
                found.append(binding)
        return self._settle(found, start, claim.kind, possible) if found else found

    def _settle(
        self, found: list[Binding], place: int, kind: AmountKind | None, possible: Collection[int]
    ) -> list[Binding]:
        is_cued_here = any(b.strong for b in found) and is_cued(self._reading, place, kind)
        if len(found) == 1:
            return [found[0]._replace(strong=False)] if is_cued_here else found
        rivals: dict[int, set[int]] = {}
        for binding in found:
            rivals.setdefault(binding.compiled.subject, set()).add(binding.compiled.slot)
        named = {b.compiled.subject for b in found if b.named and b.cost < OTHER_CLAIM_COST}
        settled = []
        for compiled, cost, strong, carried, is_named in found:
            # An attribute that is named beats one that is only understood.
            passed_over = not is_named and compiled.subject in named
            # Which of several slots is meant makes no difference where none of them says the same.
            alone = is_named or len(rivals[compiled.subject]) == 1 or compiled.subject not in possible
            dearer = cost + OTHER_CLAIM_COST if passed_over else cost
            settled.append(
                Binding(compiled, dearer, strong and alone and not is_cued_here, carried, is_named)
            )
        return sorted(settled, key=_closeness)

    def _place(self, subject: int, sentence: Sentence, start: int, end: int) -> Place | None:
        """Return what stands between a subject and a range of a sentence, None where it is out of reach."""
        in_sentence = sentence.subjects
        if subject in sentence.keys:
            own = [m for m in in_sentence if subject in m.keys]
            nearest = (
                own[0] if len(own) == 1 else min(own, key=lambda m: self._gap(m.start, m.end, start, end))
            )
            cost = self._gap(nearest.start, nearest.end, start, end)
            if len(in_sentence) > 1:
                heads = self._heads(in_sentence)
                cost += 20 * self._between(heads, nearest, start, end)
                cost += OBJECT_COST * (nearest not in heads and nearest.end <= start)
            return Place(cost, False, nearest.start, nearest.end)
        if subject in self._reading.carried(sentence):
            cost = CARRIED_COST + PASSED_OVER_COST * bool(in_sentence)
            return Place(cost, True, sentence.start, sentence.start)
        return None

    def _bind(
        self, compiled: CompiledFact, place: Place | None, sentence: Sentence, claim: Claim
    ) -> Binding | None:
        start, end, kind = claim.start, claim.end, claim.kind
        slot = compiled.slot
        named = [a for a in self._reading.attributes_of(sentence) if slot in a.keys]
        if not named:
            if place is None:
                return None
            linked = self._is_linked(place.start, place.end, claim.opening, end, kind)
            cost = place.cost + (2 if linked else NO_ATTRIBUTE_COST)
            is_sure = linked and (
                claim.amount is None or self._is_said_of_it(claim.amount, compiled, place.end)
            )
            return Binding(compiled, cost, is_sure, place.carried, False)
        distance = min([self._attribute_gap(a, sentence, start, end, compiled) for a in named])
        strong = distance <= FAR_ATTRIBUTE_WORDS
        if place is not None:
            # "The Mini costs £99, the Max £129": said once, of both.
            strong = strong or (
                kind is not None and self._is_linked(place.start, place.end, start, end, kind)
            )
            return Binding(compiled, place.cost + distance, strong, place.carried, True)
        if slot in self._reading.sheets.own_attribute:
            return Binding(compiled, CARRIED_COST + distance, strong, True, True)
        return None

    def _is_said_of_it(self, amount: Amount, compiled: CompiledFact, subject_end: int) -> bool:
        """Tell whether an amount that names no attribute could say something of the fact's subject itself."""
        if amount.kind is AmountKind.NUMBER or amount.kind is AmountKind.DATE:
            return True
        if amount.kind is AmountKind.MONEY and is_for_doing(self._reading, amount):
            return False
        if is_of_another_scale(compiled.fact.value, amount.unit) or is_way(self._reading, amount):
            return False
        return is_what_it_is(self._reading, amount, subject_end) or not measures_a_noun(
            self._reading, amount.end
        )

    def _attribute_gap(
        self, mention: Mention, sentence: Sentence, start: int, end: int, compiled: CompiledFact
    ) -> int:
        gap = self._gap(mention.start, mention.end, start, end)
        first, last = min(mention.end, end), max(mention.start, start)
        for other in self._reading.amounts_of(sentence):
            other_start, other_end = other[0], other[1]
            if other_start == start:
                continue
            if other_end <= mention.start and mention.start - other_end <= 1:
                # "5-year guarantee and 30 days": the attribute belongs to the number before it.
                return gap + 20
            # "From 10 to 80% in 28 minutes": what the fact can't be of is no rival.
            if first <= other_start and other_end <= last and other.kind in compiled.kinds:
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

    def _heads(self, subjects: list[Mention]) -> list[Mention]:
        """Return the subjects of a sentence that are no objects of what it says of another."""
        known = self._heads_in.get(subjects[0].start)
        if known is None:
            known = [m for m in subjects if not self._is_object(m, subjects)]
            self._heads_in[subjects[0].start] = known
        return known

    def _is_object(self, mention: Mention, subjects: list[Mention]) -> bool:
        """Tell whether a name is an object of what its clause says of another: "Ann led the Team with 9"."""
        earlier = [m for m in subjects if m.end <= mention.start and not m.keys & mention.keys]
        if not earlier:
            return False
        between = self._text[earlier[-1].end : mention.start]
        if CLAUSE.search(between):
            return False
        behind = WORD.search(self._text, mention.end, mention.end + 24)
        return behind is None or behind.group() not in OWN_CLAUSE

    def _gap(self, one_start: int, one_end: int, start: int, end: int) -> int:
        """Count the words between two places, with clauses counted dearer."""
        if one_end > start and one_start < end:
            return 0
        between = self._text[one_end:start] if one_end <= start else self._text[end:one_start]
        words = between.split()
        marks = between.count(",") + between.count(";") + between.count(":")
        joints = 0 if JOINTS.isdisjoint(words) else sum(word in JOINTS for word in words)
        return len(words) + 2 * (marks + joints)

    def _is_linked(
        self, subject_start: int, subject_end: int, start: int, end: int, kind: AmountKind | None
    ) -> bool:
        if subject_end <= start:
            return LINKS.issuperset(WORD.findall(self._text[subject_end:start]))
        between = self._text[end:subject_start].strip()
        # An amount before its subject has to stand right at it; a price may be led up to.
        if not between or kind is not AmountKind.MONEY:
            return not between
        return CLAUSE_BREAK.search(between) is None and LEADING.issuperset(WORD.findall(between))


def _subjects_amid(day: PartialDate, facts: Iterable[CompiledFact]) -> set[int]:
    """Return the subjects with days before and after a day: a festival's second day is its day too."""
    days: dict[int, list[date]] = {}
    for compiled in facts:
        if isinstance(compiled.fact.value, DateValue):
            days.setdefault(compiled.subject, []).append(date.fromisoformat(compiled.fact.value.date))
    return {subject for subject, own in days.items() if len(own) > 1 and day.lies_within(min(own), max(own))}
