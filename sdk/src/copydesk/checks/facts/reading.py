"""Reading one text: its amounts, and the subjects, attributes and values it mentions, by sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Final

from copydesk.checks.contract import Context
from copydesk.checks.facts.claim_words import claims_among
from copydesk.checks.facts.mentions import Mention, fold
from copydesk.checks.facts.sentences import MAX_SENTENCE_CHARS, sentence_bounds
from copydesk.checks.facts.sheet import CompiledSheets
from copydesk.checks.facts.values import amount_key, bound
from copydesk.checks.facts.vocabulary import SUBJECT
from copydesk.checks.numbers import Amount, AmountKind, amounts_at

# Between the days of a range; the fold makes a dash a space.
_DATE_TIE: Final = re.compile(
    r"(?:st|nd|rd|th|\.)? *(?:(?:to|until|till|through|and|bis|und)(?: the| zum)? *)?"
)
_PAIR: Final = re.compile(r"(\d+)\s?[-–]\s?(\d+)")
_START: Final = attrgetter("start")
NO_KEYS: Final[frozenset[int]] = frozenset()
# Longer variables are copy, not names.
MAX_NAME_CHARS: Final = 120


class Sentence:
    """One sentence: its range, the subjects it names, and what `Reading` has worked out about it."""

    __slots__ = ("amounts", "attributes", "carried", "end", "keys", "reachable", "start", "subjects")

    def __init__(self, start: int, end: int, subjects: list[Mention]) -> None:
        """Keep range and subjects; the rest is worked out when a claim asks for it."""
        self.start = start
        self.end = end
        self.subjects = subjects
        self.keys = _keys(subjects) if subjects else NO_KEYS
        self.attributes: list[Mention] | None = None
        self.amounts: list[Amount] | None = None
        self.carried: frozenset[int] | None = None
        self.reachable: frozenset[int] | None = None


class Line:
    """One line, in which sentences end at the latest: its range, with its line break, and its subjects."""

    __slots__ = ("bounds", "carried", "end", "start", "subjects")

    def __init__(self, start: int, end: int, subjects: list[Mention]) -> None:
        """Keep range and subjects; where its sentences begin is worked out when a claim asks for it."""
        self.start = start
        self.end = end
        self.subjects = subjects
        self.bounds: list[int] | None = None
        self.carried: frozenset[int] | None = None


# Holds no place: what a reading has looked at before it looked at any.
_NOWHERE: Final = Line(0, 0, [])
_NO_SENTENCE: Final = Sentence(0, 0, [])


class Reading:
    """Everything known about one text before a verdict on its claims."""

    def __init__(self, text: str, context: Context, sheets: CompiledSheets) -> None:
        """Look at a text once; what only claims need is worked out when `has_claims`."""
        self.text = text
        self.context = context
        self.sheets = sheets
        self.folded = fold(text)
        mentions, openings = sheets.vocabulary(context.locale).look(self.folded)
        subjects, values, self.guarded, self.names, self.own, claims = mentions
        amounts: tuple[Amount, ...] = ()
        # Where nothing says whom a number is about, and nothing else asks for numbers, none has to be read.
        if openings and (subjects or self.own or values or self.guarded or _asks_for_amounts(context)):
            amounts = amounts_at(text, openings, context.locale, with_weak=True)
        if claims:
            # A claim of nothing that the sheets know is nobody's to prove.
            is_known = subjects or context.variables
            claims = claims_among(text, self.folded, claims, self.guarded) if is_known else []
        self.claims = claims
        self.has_claims = bool(
            amounts or values or self.guarded or self.names or self.claims or context.must_mention
        )
        if self.has_claims:
            self._read(amounts, values, subjects)

    def _read(self, amounts: tuple[Amount, ...], values: list[Mention], subjects: list[Mention]) -> None:
        self.subjects = [s for s in subjects if not _within(s, values)] if values else subjects
        self.values = [v for v in values if not _within(v, subjects)] if values else []
        self.covered = self.sheets.covered(self.context)
        # An amount hides a sentence's end only where it has a full stop of its own ("5. Mai", "2 Mio. Euro").
        stops = self.text.find
        self._closed = [(a[0], a[1]) for a in amounts if stops(".", a[0], a[1]) >= 0]
        self._line, self._sentence = _NOWHERE, _NO_SENTENCE
        self._lines: dict[int, Line] = {}
        self._sentences: dict[int, Sentence] = {}
        self._first: frozenset[int] | None = None
        self._starts = [s.start for s in self.subjects]
        self.amounts = _outside(amounts, self.subjects) if self.subjects else list(amounts)
        # Where no range is given, the one number stands for both ends.
        if any(a.kind is AmountKind.QUANTITY or a.low is not a.high for a in self.amounts):
            self._retype()
        if self.sheets.has_numbers_in_names:
            self.amounts = [a for a in self.amounts if not self._is_in_a_name(a)]

    def _retype(self) -> None:
        """Take for bare numbers what only looks like a quantity or a range."""
        if self.sheets.has_units_as_names:
            self.amounts = [self._as_count(a) if a.kind is AmountKind.QUANTITY else a for a in self.amounts]
        if any(a.kind is AmountKind.NUMBER and a.low != a.high for a in self.amounts):
            self.amounts = [one for a in self.amounts for one in pair_of(self.text, a)]

    def line(self, place: int) -> Line:
        """Return the line that holds a place."""
        line = self._line
        if line.start <= place < line.end:
            return line
        start = self.text.rfind("\n", 0, place) + 1
        known = self._lines.get(start)
        if known is None:
            end = self.text.find("\n", place) + 1 or len(self.text) + 1
            known = self._lines[start] = Line(start, end, self._subjects_in(start, end))
        self._line = known
        return known

    def sentence(self, place: int) -> Sentence:
        """Return the sentence that holds a place."""
        last = self._sentence
        if last.start <= place < last.end:
            return last
        line = self.line(place)
        bounds = line.bounds
        if bounds is None:
            bounds = line.bounds = sentence_bounds(self.text, line.start, line.end, self._closed)
        index = bisect_right(bounds, place)
        start, end = bounds[index - 1], bounds[index]
        known = self._sentences.get(start)
        if known is None:
            subjects = self._subjects_in(start, end) if line.subjects else []
            known = self._sentences[start] = Sentence(start, end, subjects)
        self._sentence = known
        return known

    def reach(self, place: int) -> tuple[frozenset[int], list[Mention]]:
        """Return the subjects that a claim at a place could be about, and those that its sentence names."""
        line = self.line(place)
        if line.subjects or self.own:
            sentence = self.sentence(place)
            return self.reachable(sentence), sentence.subjects
        # Which sentence of the line it is makes no difference.
        if line.carried is None:
            line.carried = self._handed_on(line.start)
        return line.carried, line.subjects

    def _subjects_in(self, start: int, end: int) -> list[Mention]:
        starts = self._starts
        first = bisect_left(starts, start)
        return self.subjects[first : bisect_left(starts, end, first)]

    def attributes_of(self, sentence: Sentence) -> list[Mention]:
        """Return the attributes that a sentence names."""
        known = sentence.attributes
        if known is None:
            start, subjects = sentence.start, sentence.subjects
            known = self.sheets.attributes.find(self.folded[start : sentence.end], start)
            if subjects:
                known = [a for a in known if not _within(a, subjects)]
            sentence.attributes = known
        return known

    def amounts_of(self, sentence: Sentence) -> list[Amount]:
        """Return the amounts of a sentence."""
        known = sentence.amounts
        if known is None:
            first, last = self.position(sentence.start), self.position(sentence.end)
            known = sentence.amounts = self.amounts[first:last]
        return known

    def position(self, place: int) -> int:
        """Return the index of the first amount that begins at a place or behind it."""
        return bisect_left(self.amounts, place, key=_START)

    def is_tied_date(self, amount: Amount) -> bool:
        """Tell whether an amount is a day of a range ("11–13 July", "from 3 May until 5 May")."""
        return self.tied_from(amount) is not None

    def tied_from(self, amount: Amount) -> int | None:
        """Return where the range begins that an amount is a day of, None where it is none."""
        if amount.kind is not AmountKind.DATE:
            return None
        around = self.amounts_of(self.sentence(amount.start))
        pairs = (
            (amount, a) if amount.start < a.start else (a, amount)
            for a in around
            if a.date and a is not amount
        )
        ties = (first for first, last in pairs if _DATE_TIE.fullmatch(self.folded, first.end, last.start))
        return min((first.start for first in ties), default=None)

    def holds_one_of(self, forms: Sequence[str], place: int) -> bool:
        """Tell whether the sentence that holds a place has one of some folded forms, inside of words too."""
        line, folded = self.line(place), self.folded
        if line.bounds is None:
            # Most lines have none of them: where their sentences begin does not matter then.
            first, last = place - MAX_SENTENCE_CHARS - 1, place + MAX_SENTENCE_CHARS + 1
            around = folded[max(line.start, first) : min(line.end, last)]
            if not any(map(around.__contains__, forms)):
                return False
        sentence = self.sentence(place)
        return any(map(folded[sentence.start : sentence.end].__contains__, forms))

    def attributes_near(self, place: int) -> list[Mention]:
        """Return the attributes named in the sentence that holds a place."""
        return self.attributes_of(self.sentence(place))

    def carried(self, sentence: Sentence) -> frozenset[int]:
        """Return the subjects that an earlier sentence, or the variables, hand on to one."""
        known = sentence.carried
        if known is None:
            known = sentence.carried = self._handed_on(sentence.start)
        return known

    def reachable(self, sentence: Sentence) -> frozenset[int]:
        """Return the subjects that a claim in a sentence could be about."""
        known = sentence.reachable
        if known is None:
            known = self.carried(sentence)
            if sentence.keys:
                known = known | sentence.keys
            if self.own:
                known = known.union(self._owners(sentence.start, sentence.end))
            sentence.reachable = known
        return known

    def _is_in_a_name(self, amount: Amount) -> bool:
        """Tell whether an amount is part of an attribute's name ("three-point line")."""
        if amount.kind is not AmountKind.NUMBER:
            return False
        sentence = self.sentence(amount.start)
        attributes = self.attributes_of(sentence) if self.reachable(sentence) else ()
        return any(a.start <= amount.start < a.end for a in attributes)

    def _as_count(self, amount: Amount) -> Amount:
        """Take a quantity whose unit is an attribute's name in the sheet ("4-6 FT") for a bare number."""
        behind, end = amount.number_end, amount.end
        if not self.sheets.attributes.occurs_in(self.folded[behind:end]):
            return amount
        if not any(behind <= a.start and a.end == end for a in self.attributes_near(amount.start)):
            return amount
        return amount._replace(kind=AmountKind.NUMBER, unit="", end=amount.number_end)

    def _handed_on(self, start: int) -> frozenset[int]:
        """Return the subjects that what stands before a place, or the variables, hand on to it."""
        at = bisect_left(self._starts, start)
        if at:
            last = self.subjects[at - 1]
            return last.keys if len(self.line(last.start).subjects) == 1 else self.sentence(last.start).keys
        if self._first is None:
            self._first = self._first_handed_on()
        return self._first

    def _owners(self, start: int, end: int) -> Iterator[int]:
        """Yield the subjects whose own attributes a range names."""
        subject_of_slot = self.covered.subject_of_slot
        first = bisect_left(self.own, start, key=_START)
        for mention in self.own[first : bisect_left(self.own, end, first, key=_START)]:
            yield from (s for key in mention.keys if (s := subject_of_slot.get(key)) is not None)

    def _first_handed_on(self) -> frozenset[int]:
        """Return the subjects that the text's first sentence is about unless it says so itself."""
        if self.context.variables and (from_variables := frozenset(self._subjects_of_variables())):
            return from_variables
        named = _keys(self.subjects)
        # "It is a quiet place. It is called The Mill."
        return named if len(named) == 1 else frozenset()

    def _subjects_of_variables(self) -> Iterator[int]:
        for value in self.context.variables.values():
            if isinstance(value, str) and len(value) <= MAX_NAME_CHARS:
                folded = fold(value)
                for mention in self.sheets.vocabulary(self.context.locale).look(folded).mentions[SUBJECT]:
                    if (mention.start, mention.end) == (0, len(folded)):
                        yield from mention.keys

    def key(self, amount: Amount) -> tuple[Any, ...]:
        """Return the typed reading of an amount with its "less than" or "over"."""
        return amount_key(amount, self.relation(amount))

    def relation(self, amount: Amount) -> str:
        """Return `below`/`above` unless those words belong to a fact's attribute ("orders over")."""
        relation = bound(self.folded, amount)
        if relation and any(0 <= amount.start - a.end <= 1 for a in self.attributes_near(amount.start)):
            return ""
        return relation


def _keys(mentions: Sequence[Mention]) -> frozenset[int]:
    """Return all that some mentions stand for."""
    return mentions[0].keys if len(mentions) == 1 else NO_KEYS.union(*[m.keys for m in mentions])


def _asks_for_amounts(context: Context) -> bool:
    """Tell whether a context can make a number a claim of its own: by a subject handed in, or asked for."""
    return bool(context.variables or context.must_mention)


def _outside(amounts: Iterable[Amount], subjects: list[Mention]) -> list[Amount]:
    """Return the amounts that begin in no subject's name; both are in order."""
    found = []
    at, count = 0, len(subjects)
    for amount in amounts:
        start = amount.start
        while at < count and subjects[at].end <= start:
            at += 1
        if at == count or start < subjects[at].start:
            found.append(amount)
    return found


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


def _within(mention: Mention, others: Sequence[Mention]) -> bool:
    """Tell whether a longer one of some mentions, in order and apart from each other, covers this one."""
    start, end, _ = mention
    at = bisect_right(others, start, key=_START) - 1
    return at >= 0 and end <= others[at].end and others[at].end - others[at].start > end - start
