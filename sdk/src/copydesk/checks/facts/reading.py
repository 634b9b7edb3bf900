"""Reading one text: its amounts, and the subjects, attributes and values it mentions, by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from copydesk.checks.contract import Context
from copydesk.checks.facts.mentions import Mention, fold
from copydesk.checks.facts.sentences import Sentences
from copydesk.checks.facts.sheet import CompiledSheets
from copydesk.checks.facts.values import amount_key, bound
from copydesk.checks.facts.vocabulary import GUARDED, NAME, OWN, SUBJECT, VALUE
from copydesk.checks.numbers import Amount, AmountKind, amounts_at

_PAIR: Final = re.compile(r"(\d+)\s?[-–]\s?(\d+)")
# Longer variables are copy, not names.
MAX_NAME_CHARS: Final = 120


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
        openings = self._sighting.openings
        amounts = amounts_at(text, openings, context.locale, with_weak=True) if openings else ()
        values = self._sighting.mentions(VALUE)
        self.has_claims = bool(amounts or values or self.guarded or self.names or context.must_mention)
        if self.has_claims:
            self._read(amounts, values)

    def _read(self, amounts: tuple[Amount, ...], values: list[Mention]) -> None:
        subjects = self._sighting.mentions(SUBJECT)
        self.subjects = [s for s in subjects if not _within(s, values)] if values else subjects
        self.values = [v for v in values if not _within(v, subjects)] if values else []
        outside = [a for a in amounts if not any(s.start <= a.start < s.end for s in self.subjects)]
        self.covered = self.sheets.covered(self.context)
        # An amount hides a sentence's end only where it has a full stop of its own ("5. Mai", "2 Mio. Euro").
        closed = [(a.start, a.end) for a in amounts if "." in self.text[a.start : a.end]]
        self.sentences = Sentences(self.text, self._sighting.ends, closed)
        self._attributes_in: dict[int, list[Mention]] = {}
        self._reachable_in: dict[int, frozenset[int]] = {}
        if self.sheets.has_units_as_names:
            outside = [self._as_count(a) for a in outside]
        self.amounts = [part for a in outside for part in pair_of(self.text, a)]
        if self.sheets.has_numbers_in_names:
            self.amounts = [a for a in self.amounts if not self._is_in_a_name(a)]

    def _is_in_a_name(self, amount: Amount) -> bool:
        """Tell whether an amount is part of an attribute's name ("three-point line")."""
        if amount.kind is not AmountKind.NUMBER or not self.reachable(amount.start):
            return False
        return any(a.start <= amount.start < a.end for a in self.attributes_near(amount.start))

    def _as_count(self, amount: Amount) -> Amount:
        """Take a quantity whose unit is an attribute's name in the sheet ("4-6 FT") for a bare number."""
        if amount.kind is not AmountKind.QUANTITY or not any(
            amount.number_end <= a.start and a.end == amount.end for a in self.attributes_near(amount.start)
        ):
            return amount
        return amount._replace(kind=AmountKind.NUMBER, unit="", end=amount.number_end)

    def _first_handed_on(self) -> frozenset[int]:
        """Return the subjects that the text's first sentence is about unless it says so itself."""
        from_variables = frozenset(self._subjects_of_variables())
        if from_variables:
            return from_variables
        named = frozenset().union(*(m.keys for m in self.subjects))
        # "It is a quiet place. It is called The Mill."
        return named if len(named) == 1 else frozenset()

    def carried(self, place: int) -> frozenset[int]:
        """Return the subjects that an earlier sentence, or the variables, hand on to a place."""
        start, _ = self.sentences.range(place)
        before = next((s for s in reversed(self.subjects) if s.start < start), None)
        if before is None:
            return self._first_handed_on()
        return frozenset().union(*(m.keys for m in self.subjects_near(before.start)))

    def _subjects_of_variables(self) -> Iterator[int]:
        for value in self.context.variables.values():
            if isinstance(value, str) and len(value) <= MAX_NAME_CHARS:
                folded = fold(value)
                for mention in self.sheets.vocabulary(self.context.locale).look(folded).mentions(SUBJECT):
                    if (mention.start, mention.end) == (0, len(folded)):
                        yield from mention.keys

    def subjects_near(self, place: int) -> list[Mention]:
        """Return the subjects named in the sentence that holds a place."""
        start, end = self.sentences.range(place)
        return [s for s in self.subjects if start <= s.start < end]

    def attributes_near(self, place: int) -> list[Mention]:
        """Return the attributes named in the sentence that holds a place."""
        start, end = self.sentences.range(place)
        known = self._attributes_in.get(start)
        if known is None:
            found = self.sheets.attributes.find(self.folded[start:end])
            moved = [Mention(m.start + start, m.end + start, m.keys) for m in found]
            known = self._attributes_in[start] = [a for a in moved if not _within(a, self.subjects)]
        return known

    def reachable(self, place: int) -> frozenset[int]:
        """Return the subjects that a claim at a place could be about."""
        start, end = self.sentences.range(place)
        known = self._reachable_in.get(start)
        if known is None:
            keys = [s.keys for s in self.subjects if start <= s.start < end]
            slots = {key for mention in self._sighting.mentions(OWN, start, end) for key in mention.keys}
            implied = [s for slot in slots if (s := self.covered.subject_of_slot.get(slot)) is not None]
            known = self._reachable_in[start] = self.carried(place).union(implied, *keys)
        return known

    def sentence_start(self, place: int) -> int:
        """Return where the sentence that holds a place begins."""
        return self.sentences.range(place)[0]

    def key(self, amount: Amount) -> tuple[Any, ...]:
        """Return the typed reading of an amount with its "less than" or "over"."""
        return amount_key(amount, self.relation(amount))

    def relation(self, amount: Amount) -> str:
        """Return `below`/`above` unless those words belong to a fact's attribute ("orders over")."""
        relation = bound(self.folded, amount)
        if relation and any(0 <= amount.start - a.end <= 1 for a in self.attributes_near(amount.start)):
            return ""
        return relation


def pair_of(text: str, amount: Amount) -> tuple[Amount, ...]:
    """Take a bare range of digits for two numbers: "17-36" is a score as often as a range."""
    if amount.kind is not AmountKind.NUMBER or amount.low == amount.high:
        return (amount,)
    parts = _PAIR.fullmatch(text, amount.start, amount.end)
    if parts is None:
        return (amount,)
    return tuple(
        Amount(*parts.span(n), amount.kind, value, value, "", *parts.span(n))
        for n, value in ((1, amount.low), (2, amount.high))
    )


def _within(mention: Mention, others: Iterable[Mention]) -> bool:
    """Tell whether a longer mention covers this one."""
    return any(
        o.start <= mention.start and mention.end <= o.end and o.end - o.start > mention.end - mention.start
        for o in others
    )
