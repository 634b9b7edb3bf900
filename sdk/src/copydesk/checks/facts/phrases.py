"""What the words around a claim make of it: denied, another number than the slot's, only relative."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from copydesk.checks.facts.mentions import fold
from copydesk.checks.facts.reading import Reading, Sentence
from copydesk.checks.numbers import Amount, AmountKind
from copydesk.checks.numbers.words import UNIT_NAMES

WORD: Final = re.compile(r"[^\s,;:.!?()\"|*#]+")
# Words before an amount after which it is another number than the slot's value; after a past tense a price
# is an old one, while a year or a size still stands.
_CUES: Final = frozenset(
    """after another deposit extra formerly früher gutschein instead nach nicht not previously rrp save
    saved saves saving savings gespart spare sparen spend statt voucher worth""".split()
)  # fmt: skip
_LONG: Final = (AmountKind.DURATION, AmountKind.QUANTITY)
_PAST: Final = frozenset("was were war waren".split())
# Words before a number that only count it off ("step 3", "version 14", "Kapitel 2").
_LABELS: Final = frozenset(
    """step chapter page section version edition part volume figure table no number nr question tip day week
    level gate line platform room floor phase stage round season episode type model grade class unit article
    schritt kapitel seite abschnitt teil band bild tabelle nummer frage tipp tag woche stufe gleis linie
    zimmer etage phase runde staffel folge typ modell klasse artikel""".split()
)
# "7 in 10 customers", "one of 12": a share, and neither number counts anything by itself.
_SHARE_BEFORE: Final = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)) (?:in|of|out of)(?: every)? $"
)
# "2 x 500 ml", "20 x 30 cm": a part of a product or one of several sides.
_TIMES_BEFORE: Final = re.compile(r"\d[^\W\d_]{0,2} ?[x×] ?$")
_TIMES_BEHIND: Final = re.compile(r" ?[x×] ?\d")
_SHARE_BEHIND: Final = re.compile(r" (?:in|out of)(?: every)? (?:\d|five\b|ten\b|four\b|three\b|two\b)")
# After an amount these are no noun that it measures ("costs £129 today", "for 30 days from delivery").
_NO_NOUNS: Final = frozenset(
    """a about after again all already also always an and annually apiece are as at away back because
    before but by can daily each ever every extra flat for from has if in instead into is it later
    left long made max maximum min minimum monthly more near net now off old on once online only or
    out over per plus right rather she so than that the then these they this to today tomorrow
    tonight total until was we when where which while with within worldwide yearly you your yours
    aber ab alle als alt am an auf aus bei bis das dass dem den der des die durch ein eine einen
    entfernt er es für hat heute ihr im in inklusive ist je jetzt lang lieferbar mit nach netto noch
    nur oder pro sie sind und uns unter vom von vor weil wenn wie wir zu zum zur""".split()
)
_TO_DO: Final = re.compile(r" to (?!get in|get into|enter|visit|see|join|buy|own|attend|book)[a-z]+")
_IS_A: Final = re.compile(r"(?: is|'s| are| ist| sind|, which is) (?:an?|our|eine?n?|unsere?) ")
# A price before these is one of something that belongs to the thing or is taken off.
_NO_THING: Final = re.compile(
    r" (?:voucher|saving|discount|deposit|coupon|bill|note|upgrade|extra|supplement|surcharge|off"
    r"|gutschein|rabatt|aufpreis|zuschlag|pfand|anzahlung)"
)
_NEXT_WORD: Final = re.compile(r"[ '](?:[\W_]*)([^\W\d_]+)")


_DENIALS: Final = frozenset(
    "not isn't no never non aren't without nicht kein keine keinen ohne nie neither nor".split()
)
_PREFIXES: Final = frozenset({"non", "un"})
# Words that stand between a denial and what it denies.
_PASSED: Final = frozenset(
    """a an as be been being called considered regarded seen exactly however necessarily particularly quite
    really so that the very als besonders sehr wirklich""".split()
)
DENIAL_CHARS: Final = 60
_CLAUSE_END: Final = re.compile(r"[,;:.!?()]")
_SUMMARIES: Final = frozenset(
    """average averages averaged averaging combined combining totalling combine mean median typically
    durchschnitt durchschnittlich insgesamt zusammen""".split()
)
_RELATIVE: Final = frozenset(
    """last past next final coming previous following remaining letzten letzte nächsten nächste vergangenen
    kommenden folgenden""".split()
)
_RATES: Final = frozenset("per average pro durchschnitt total altogether insgesamt zusammen".split())
# "£41 a month", "/Monat": a price of another thing where the price itself is not one of a stretch of time.
_TIME_RATE: Final = re.compile(
    r"(?:\s?/\s?|,? (?:a|an|per|each|every|pro|im|jeden|jede) )(?P<time>week|month|year|woche|monat|jahr)"
    r"|,? (?P<adverb>week|month|year|wöch|monat|jähr)(?:ly|lich|entlich)"
)
_TIME_STEMS: Final = {"wöch": "woche", "jähr": "jahr"}
# "At £34 per head", "pro Person": how a price is given; of a count it makes another number.
_PERSONAL_RATE: Final = re.compile(
    r",? (?:per|pro) (?:person|head|adult|child|guest|ticket|seat|piece"
    r"|kopf|kind|gast|erwachsenen?|stück|platz)\b"
)
# "£10 off your next brunch", "20 % Rabatt", "£5 more": the difference, not the price.
_DIFFERENCE: Final = re.compile(
    r" (?:off|discount|cashback|cheaper|more|less|voucher"
    r"|rabatt|nachlass|gutschein|günstiger|billiger|mehr|weniger|geschenkt)\b"
)
# "10 minutes from the station": how far it is, whatever else takes a time.
_TRAVEL: Final = re.compile(
    r" (?:away|from|entfernt|vom?|zum?|zu fuß|on foot|by (?:car|bus|train|tram|bike|foot)"
    r"|mit (?:dem|der) (?:auto|bus|bahn|zug|rad))\b"
)


def is_cued(reading: Reading, place: int, kind: AmountKind | None) -> bool:
    """Tell whether words before a place make it another number than the slot's ("save £20", "was £99")."""
    sentence = reading.sentence(place)
    before = list(WORD.finditer(reading.folded, max(sentence.start, place - 40), place))[-3:]
    cues = [m.start() for m in before if m.group() in _CUES]
    if cues and not _are_in_names(reading, sentence, cues):
        return True
    return kind is AmountKind.MONEY and not _PAST.isdisjoint(m.group() for m in before)


def _are_in_names(reading: Reading, sentence: Sentence, places: Iterable[int]) -> bool:
    """Tell whether all places are in names of subjects ("Notely Pro") or of attributes ("deposit")."""
    names = (*sentence.subjects, *reading.attributes_of(sentence))
    return all(any(name.start <= place < name.end for name in names) for place in places)


def is_relative(reading: Reading, amount: Amount) -> bool:
    """Tell whether a number only says how far from now, or counts off ("the next five", "step 3")."""
    before = WORD.findall(reading.folded[max(0, amount.start - 24) : amount.start])
    if not before:
        return False
    return before[-1] in _RELATIVE or (amount.kind is AmountKind.NUMBER and before[-1] in _LABELS)


def is_another_measure(reading: Reading, amount: Amount, names: Sequence[str]) -> bool:
    """Tell whether words at an amount make it an average, a sum, a share or a rate, not the slot's value.

    Words of a name that the sentence has ("per night", "average rating", "Notely Pro") make it nothing else.

    Args:
        reading: the text.
        amount: one of its amounts.
        names: the attribute's names.
    """
    if amount.kind is AmountKind.MONEY and _is_of_another_time(reading.folded, amount.end, names):
        return True
    if amount.kind in (AmountKind.MONEY, AmountKind.PERCENT):
        difference = _DIFFERENCE.match(reading.folded, amount.end)
        sentence = reading.sentence(amount.start)
        if difference and not _are_in_names(reading, sentence, (difference.start() + 1,)):
            return True
    sentence = reading.sentence(amount.start)
    opening, folded = sentence.start, reading.folded
    if _TIMES_BEFORE.search(folded, max(opening, amount.start - 8), amount.start):
        return True
    if _TIMES_BEHIND.match(folded, amount.end):
        return True
    if _SHARE_BEFORE.search(folded, max(opening, amount.start - 20), amount.start):
        return True
    if amount.kind is AmountKind.NUMBER and _SHARE_BEHIND.match(folded, amount.end):
        return True
    clause = _CLAUSE_END.search(folded, amount.end)
    end = clause.start() if clause else amount.end + 60
    before = list(WORD.finditer(folded, max(opening, amount.start - 60), amount.start))[-6:]
    behind = list(WORD.finditer(folded, amount.end, end))[:5]
    if amount.kind is AmountKind.MONEY and _PERSONAL_RATE.match(folded, amount.end):
        behind = []
    found = [m.start() for m in before if m.group() in _SUMMARIES]
    found += [m.start() for m in behind if m.group() in _RATES]
    return bool(found) and not _are_in_names(reading, sentence, found)


def _is_of_another_time(folded: str, end: int, names: Sequence[str]) -> bool:
    """Tell whether a price is one of a month or a day, while what the fact is called knows no such time."""
    match = _TIME_RATE.match(folded, end)
    if match is None:
        return False
    stem = match["time"] or _TIME_STEMS.get(match["adverb"], match["adverb"])
    return not any(stem in fold(name) for name in names)


def is_way(reading: Reading, amount: Amount) -> bool:
    """Tell whether a time or a length says how far a place is ("10 minutes from the station")."""
    return amount.kind in _LONG and _TRAVEL.match(reading.folded, amount.end) is not None


def measures_a_noun(reading: Reading, end: int) -> bool:
    """Tell whether an amount says something of a noun behind it ("a 10-minute walk", "a £5 voucher").

    A subject behind it ("our £99 Ridge Jacket") is what the amount is of.
    """
    sentence = reading.sentence(end - 1)
    match = _NEXT_WORD.match(reading.folded, end, sentence.end)
    if match is None or match.group(1) in _NO_NOUNS or "|" in match.group():
        return False
    place = match.start(1)
    return not any(m.start <= place < m.end for m in sentence.subjects)


def is_for_doing(reading: Reading, amount: Amount) -> bool:
    """Tell whether a price is one of doing something with a thing ("£5 to park"), not of the thing itself."""
    return _TO_DO.match(reading.folded, amount.end) is not None


def is_what_it_is(reading: Reading, amount: Amount, subject_end: int) -> bool:
    """Tell whether a sentence says what its subject is by an amount: "The Nova is a 1200-watt kettle".

    Lengths and times are left out: a thing has several, and "is a 5-minute walk" is none of them.
    """
    if amount.kind is AmountKind.DURATION or _NO_THING.match(reading.folded, amount.end):
        return False
    if amount.kind is AmountKind.QUANTITY and UNIT_NAMES.get(amount.unit, ("", "length"))[1] == "length":
        return False
    return (
        amount.start > subject_end and _IS_A.fullmatch(reading.folded, subject_end, amount.start) is not None
    )


def is_denied(reading: Reading, place: int) -> bool:
    """Tell whether the words before a place deny it: "not wool", "would not be considered cheap"."""
    opening = reading.sentence(place).start
    before = WORD.findall(reading.folded[max(opening, place - DENIAL_CHARS) : place])
    while len(before) > 2 and before[-1] in _PASSED:
        before.pop()
    tail = before[-2:]
    if any(_denies(word) for word in before[-8:-2]) and "without" in tail:
        return False  # "wouldn't be complete without a river view"
    if tail and tail[0] in _PREFIXES:
        tail = tail[1:]  # "a non family low priced place" denies the family alone
    return any(_denies(word) for word in tail) and "only" not in tail


def _denies(word: str) -> bool:
    return word in _DENIALS or word.endswith("n't")
