"""When a word that is an answer of a slot says something else: of another measure, or of another place."""

from __future__ import annotations

import re
from typing import Final

from copydesk.checks.facts.mentions import Mention, fold
from copydesk.checks.facts.reading import Reading
from copydesk.checks.facts.sheet import CompiledFact

_BREAK: Final = re.compile(r"[,;:.!?()]| (?:and|but|while|because|with|und|aber|während|weil|mit) ")
_WORD: Final = re.compile(r"[^\W\d_]+")
# "South of the river" and "far from the centre" name a place to say that it is another one.
_ELSEWHERE: Final = re.compile(
    r"(?:(?:north|south|east|west|outside|out|short|instead) of|(?:far|away|different) from|outside|unlike"
    r"|(?:nördlich|südlich|östlich|westlich|außerhalb) (?:von|vom|der|des)|fernab|abseits)"
    r"(?: (?:the|a|an|der|des|dem))?\s*$"
)
# What copy commonly gives a grade to; a sheet need not know them all.
_MEASURES: Final = frozenset(
    """rating ratings rated review reviews reviewed score scores quality service staff price prices priced
    pricing cost costs weight size colour color length width height capacity speed taste atmosphere comfort
    end standard standards
    bewertung bewertungen bewertet qualität bedienung preis preise preislich kosten gewicht größe farbe länge
    breite höhe kapazität geschwindigkeit geschmack komfort""".split()
)
_RATERS: Final = frozenset("customer customers user guest guests kunden gäste".split())
_COPULAS: Final = frozenset("is are was were be become remains stays ist sind war waren bleibt".split())
_BESIDE_WORDS: Final = 4
_STEM_CHARS: Final = 4


def is_elsewhere(reading: Reading, mention: Mention) -> bool:
    """Tell whether a mention is only named to say where or what something is not."""
    before = reading.folded[max(reading.sentence(mention.start).start, mention.start - 32) : mention.start]
    return _ELSEWHERE.search(before) is not None


def speaks_of_another_measure(reading: Reading, mention: Mention, compiled: CompiledFact) -> bool:
    """Tell whether the clause gives a word to a measure that is not the fact's ("a higher rating").

    Args:
        reading: the text.
        mention: a word that is an answer of the fact's slot.
        compiled: the fact.
    """
    start, end = _clause(reading, mention)
    own = {word for name in compiled.names for word in _WORD.findall(fold(name))}
    behind = [word for word in _WORD.findall(reading.folded[mention.end : end])[:2] if word not in _RATERS]
    if behind and behind[0] in _MEASURES:
        return not _is_own(behind[0], own)
    before = _WORD.findall(reading.folded[start : mention.start])
    if before and before[-1] in _MEASURES:
        return not _is_own(before[-1], own)
    if names_attribute(reading, mention, compiled):
        return False
    if not before or before[-1] not in _COPULAS:
        return False
    return any(word in _MEASURES and not _is_own(word, own) for word in before)


def _is_own(word: str, own: set[str]) -> bool:
    """Tell whether a word belongs to the attribute's names, in another form too ("prices" for "price")."""
    return word in own or any(word[:_STEM_CHARS] == name[:_STEM_CHARS] for name in own)


def names_attribute(reading: Reading, mention: Mention, compiled: CompiledFact) -> bool:
    """Tell whether the clause of a mention names the fact's attribute."""
    start, end = _clause(reading, mention)
    attributes = reading.attributes_near(mention.start)
    return any(compiled.slot in a.keys and start <= a.start < end for a in attributes)


def is_beside(reading: Reading, start: int, end: int, mention: Mention) -> bool:
    """Tell whether a range stands right beside a mention, with a few words and no clause between them."""
    low, high = (end, mention.start) if end <= mention.start else (mention.end, start)
    between = reading.folded[low:high]
    return low <= high and len(between.split()) <= _BESIDE_WORDS and _BREAK.search(between) is None


def _clause(reading: Reading, mention: Mention) -> tuple[int, int]:
    """Return the range between the clause marks around a mention."""
    folded, opening = reading.folded, reading.sentence(mention.start).start
    start = max((m.end() for m in _BREAK.finditer(folded, opening, mention.start)), default=opening)
    after = _BREAK.search(folded, mention.end)
    return start, after.start() if after else len(folded)
