"""What a bare number counts: the noun or attribute right behind it, or the attribute before it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from copydesk.checks.facts.mentions import Mention, fold_word
from copydesk.checks.facts.reading import Reading
from copydesk.checks.numbers import Amount
from copydesk.checks.numbers.words import ALL_NUMERALS

# Between the two numbers of a pair: "113-107", "7-of-14", "3 for 5".
_PAIR: Final = re.compile(r"\s*(?:[-–/]|(?:-|\s)(?:of|for|von|zu|aus)(?:-|\s))\s*")
_PAIR_CHARS: Final = 16
_AFTER: Final = re.compile(r"[ ']?([^\W\d_]+)")
_LINK: Final = re.compile(
    r" (?:in|of|during|on|at|im|in der|bei|an)(?: (?:the|a|an|his|her|its|their|our|dem|der|den))? "
)
# What leads up to a subject's name: "of the Tarn", "für den Alpin".
_LEAD: Final = re.compile(
    r"(?: (?:of|for|at|in|on|with|von|für|bei|im|am|vom|zum))?"
    r"(?: (?:the|a|an|our|your|der|die|das|des|dem|den|unser|unsere|unseren))? $"
)
_FILLERS: Final = frozenset("of more total full von mehr ganze".split())
_STOPS: Final = frozenset(
    """and but with while in on at as for to from by after before than their his her its our your the a an
    last straight und aber mit in auf bei für nach vor als der die das den ihre seine unsere""".split()
)
_MAX_NOUN_WORDS: Final = 3
_MAX_WORDS_BEFORE: Final = 3


class Count(NamedTuple):
    """The words behind a number up to the next clause, and the slots whose attribute stands at it."""

    nouns: tuple[str, ...]
    slots: frozenset[int]

    def fits_unit(self, unit: str) -> bool:
        """Tell whether a unit ("shop", "field goal") is what is counted."""
        if not self.nouns:
            return False
        wanted = fold_word(unit)
        words = wanted.count(" ") + 1
        if words > 1:
            return any(_is_form(" ".join(self.nouns[n : n + words]), wanted) for n in (0, 1))
        return len(unit) > 1 and any(_is_form(noun, wanted) for noun in self.nouns)


def _is_form(word: str, unit: str) -> bool:
    return abs(len(word) - len(unit)) <= 2 and word.startswith(unit[:-1])


def count_of(reading: Reading, amount: Amount) -> Count:
    """Return what a bare number counts; both numbers of a pair count what stands behind the pair."""
    start, end = pair_range(reading, amount)
    attributes = reading.attributes_near(amount.start)
    nouns, until = _words_after(reading.folded, end)
    behind = [a for a in attributes if end <= a.start < until]
    if not nouns and (link := _LINK.match(reading.folded, end)):
        # "29-18 in the first quarter"
        behind = behind or [a for a in attributes if a.start == link.end()]
    if not behind:
        behind = [a for a in attributes if _labels(reading, a, start)]
    return Count(nouns, frozenset().union(*(a.keys for a in behind)))


def nouns_behind(reading: Reading, amount: Amount) -> tuple[str, ...]:
    """Return the words behind a number, or behind its pair, up to the next clause."""
    return _words_after(reading.folded, pair_range(reading, amount)[1])[0]


def partner(reading: Reading, amount: Amount) -> Amount | None:
    """Return the other number of a pair ("113-107", "7-of-14"), None where an amount stands alone."""
    amounts, text = reading.amounts, reading.text
    if len(amounts) == 1:
        return None
    start, end = amount.start, amount.end
    at = reading.position(start)
    if at + 1 < len(amounts):
        behind = amounts[at + 1]
        if behind.start - end <= _PAIR_CHARS and _PAIR.fullmatch(text, end, behind.start):
            return behind
    if at:
        before = amounts[at - 1]
        if start - before.end <= _PAIR_CHARS and _PAIR.fullmatch(text, before.end, start):
            return before
    return None


def pair_range(reading: Reading, amount: Amount) -> tuple[int, int]:
    """Return the range of the pair that an amount belongs to, or its own."""
    other = partner(reading, amount) or amount
    return min(amount.start, other.start), max(amount.end, other.end)


def _words_after(folded: str, end: int) -> tuple[tuple[str, ...], int]:
    """Return up to three words after a number in the same clause, and where they end."""
    words: list[str] = []
    until = end
    while len(words) < _MAX_NOUN_WORDS and (match := _AFTER.match(folded, until)):
        word = match.group(1)
        if word in _STOPS or word in ALL_NUMERALS:
            break
        until = match.end()
        if word not in _FILLERS:
            words.append(word)
    return tuple(words), until


def _between(reading: Reading, start: int, end: int) -> str:
    """Return what stands between two places, without the subjects' names ("the capacity of the Tarn is")."""
    text = reading.folded[start:end]
    for subject in reversed(reading.sentence(end).subjects):
        if start <= subject.start and subject.end <= end:
            before = _LEAD.sub("", text[: subject.start - start])
            text = f"{before}{text[subject.end - start :]}"
    return text


def _labels(reading: Reading, attribute: Mention, start: int) -> bool:
    """Tell whether an attribute before a number names it: "a rating of 4", but not "12 points and 4"."""
    between = _between(reading, attribute.end, start) if attribute.end <= start else ","
    words = between.split()
    if len(words) > _MAX_WORDS_BEFORE or not _STOPS.isdisjoint(words[:-1]) or "and" in words:
        return False
    if any(mark in between for mark in ",;("):
        return False
    return not any(
        0 <= attribute.start - other.end <= 1
        for other in reading.amounts_of(reading.sentence(attribute.start))
    )
