"""When a word that is an answer of a slot says something else: of another measure, or of another place."""

from __future__ import annotations

import re
from typing import Final

from copydesk.assets.fact_sheet import Money
from copydesk.checks.facts.mentions import Mention, fold
from copydesk.checks.facts.phrases import is_denied
from copydesk.checks.facts.reading import Reading
from copydesk.checks.facts.sheet import CompiledFact

_BREAK: Final = re.compile(r"[,;:.!?()]| (?:and|but|while|because|with|und|aber|während|weil|mit) ")
_WORD: Final = re.compile(r"[^\W\d_]+")
_TOKEN: Final = re.compile(r"[^\W_]+")
# Words that speak of what was named before.
_REFERRING: Final = frozenset(
    """it its they their them this these here he his she her both er sie es ihn ihm seine sein ihre ihr
    dieser diese dieses hier beide""".split()
)
# How sentences begin that bring up something new.
_INTRODUCING: Final = ("there is", "there are", "there were", "there s ", "we also", "we do ", "most of",
                       "some of", "others ", "es gibt", "wir haben auch", "wir bieten auch")  # fmt: skip
# "South of the river" and "far from the centre" name a place to say that it is another one.
_ELSEWHERE: Final = re.compile(
    r"(?:(?:north|south|east|west|outside|out|short|instead) of|(?:far|away|different) from|outside|unlike"
    r"|(?:rather|other) than(?: for| in| at)?|anstatt|anstelle von|statt"
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
# Who, when and from what sum on something is free: conditions that no single price knows.
_CONDITIONS: Final = frozenset(
    """above after before between code during evenings first for from if members member mondays month next
    only over plus premium pro saturdays spend subscribers subscription sundays till today tomorrow tonight
    under until week weekdays weekend weekends when while within
    ab abends am bei bis code erste ersten falls für heute im innerhalb mitglieder montags nach nur
    sofern sonntags über unter vor wenn wochenende zwischen während""".split()
)
_COPULAS: Final = frozenset("is are was were be become remains stays ist sind war waren bleibt".split())
_BESIDE_WORDS: Final = 4
_STEM_CHARS: Final = 4


def is_elsewhere(reading: Reading, mention: Mention) -> bool:
    """Tell whether a mention is only named to say where or what something is not."""
    before = reading.folded[max(reading.sentence(mention.start).start, mention.start - 32) : mention.start]
    return _ELSEWHERE.search(before) is not None


def is_about_others(reading: Reading, mention: Mention) -> bool:
    """Tell whether a sentence that names no subject brings up something else than the last one spoken of.

    "Prefer cotton?" and "We have leather ones too" say nothing of the wool jacket before; "Is it wool?" does.
    """
    sentence, folded = reading.sentence(mention.start), reading.folded
    if not reading.subjects or reading.subjects[0].start > sentence.start:
        return False  # what leads up to the one name of a text is about it
    if refers(reading, sentence.start, mention.start):
        return False
    before = _TOKEN.findall(folded, sentence.start, mention.start)
    whole = folded[sentence.start : sentence.end].rstrip(" )\"”'")
    return " ".join(before[:3]).startswith(_INTRODUCING) or whole.endswith("?")


def is_free_for_some(reading: Reading, mention: Mention) -> bool:
    """Tell whether a clause says for whom, when or from what sum on something costs nothing."""
    start, end = _clause(reading, mention)
    folded, opening = reading.folded, reading.sentence(mention.start).start
    around = _TOKEN.findall(folded, start, mention.start) + _TOKEN.findall(folded, mention.end, end)
    # "For members, delivery is free."
    return not _CONDITIONS.isdisjoint([*around, *_TOKEN.findall(folded, opening, mention.start)[:1]])


def is_said_free(reading: Reading, compiled: CompiledFact, place: int) -> bool:
    """Tell whether a sentence says that what a price is of costs nothing ("free from £50 on")."""
    if not isinstance(compiled.fact.value, Money):
        return False
    sentence = reading.sentence(place)
    return any(
        compiled.index in {k // 2 for k in m.keys} and sentence.start <= m.start < sentence.end
        for m in reading.values
    )


def refers(reading: Reading, start: int, end: int) -> bool:
    """Tell whether a range of the text has a word that speaks of what was named before."""
    return not _REFERRING.isdisjoint(_TOKEN.findall(reading.folded, start, end))


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
    if behind and behind[0] in _MEASURES and not (behind[0] == "end" and _names_a_place(reading, mention)):
        return not _is_own(behind[0], own)
    before = _WORD.findall(reading.folded[start : mention.start])
    if before and before[-1] in _MEASURES:
        return not _is_own(before[-1], own)
    if names_attribute(reading, mention, compiled):
        return False
    if not before or before[-1] not in _COPULAS:
        return False
    return any(word in _MEASURES and not _is_own(word, own) for word in before)


def _names_a_place(reading: Reading, mention: Mention) -> bool:
    """Tell whether an "end" behind a word is one of a town ("the north end"), not of a scale ("high end")."""
    return reading.folded[: mention.start].endswith(("in the ", "on the ", "at the "))


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


def is_right_beside(reading: Reading, compiled: CompiledFact, mention: Mention) -> bool:
    """Tell whether the slot's right answer is given right there ("reasonably priced at under £20")."""
    said = [m for m in reading.values if 2 * compiled.index in m.keys and m.start != mention.start]
    said = [m for m in said if not is_denied(reading, m.start)]
    typed = [a for a in reading.amounts if reading.key(a) in compiled.right]
    ranges = [(m.start, m.end) for m in said] + [(a.start, a.end) for a in typed]
    if any(is_beside(reading, start, end, mention) for start, end in ranges):
        return True
    # A word that nothing ties to the attribute, where the attribute is answered rightly elsewhere.
    return not names_attribute(reading, mention, compiled) and (
        bool(typed) or any(names_attribute(reading, m, compiled) for m in said)
    )


def _clause(reading: Reading, mention: Mention) -> tuple[int, int]:
    """Return the range between the clause marks around a mention."""
    folded, opening = reading.folded, reading.sentence(mention.start).start
    start = max((m.end() for m in _BREAK.finditer(folded, opening, mention.start)), default=opening)
    after = _BREAK.search(folded, mention.end)
    return start, after.start() if after else len(folded)
