"""Superlatives and guarantees that everybody knows, in English and German, and where they may be claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from copydesk.checks.facts.mentions import Mention

# "The most comfortable": what ranks is said behind it.
MOST: Final = "the most"
# Words that rank what they stand at; they claim something in some places only.
_ENGLISH: Final = """leading best finest greatest lightest warmest fastest quickest toughest strongest safest
    sturdiest cheapest driest softest smoothest smallest thinnest slimmest largest biggest
    tallest deepest widest longest simplest easiest cleanest freshest purest healthiest tastiest
    quietest brightest sharpest clearest coolest smartest cleverest oldest richest hardest
    lowest highest greenest gentlest kindest friendliest comfiest cosiest coziest roomiest""".split()
_GERMAN: Final = """führend best leichtest wärmst schnellst robustest stärkst sicherst stabilst günstigst
    billigst
    preiswertest weichst kleinst dünnst flachst größt tiefst breitest längst einfachst sauberst
    frischest reinst gesündest leckerst leisest hellst schärfst klarst modernst ältest härtest
    niedrigst höchst sparsamst nachhaltigst bequemst gemütlichst geräumigst haltbarst
    langlebigst zuverlässigst beliebtest meistverkauft""".split()
# A hit grows the others by itself ("leichteste" finds "leichtesten" and "leichtestes").
_ENDINGS: Final = ("e", "er", "em")


def _declined(*stems: str) -> tuple[str, ...]:
    return tuple(stem + ending for stem in stems for ending in ("", *_ENDINGS))


# What is always a claim, by what it claims: a fact that licenses one form licenses the others.
_ENGLISH_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "guarantee": ("guarantee", "guaranteed", "guaranteeing"),
    "proven": (
        "clinically proven", "clinically tested", "clinically shown", "scientifically proven",
        "scientifically tested", "medically proven", "dermatologically tested", "dermatologist tested",
    ),
    "first": (
        "number one", "no. 1", "no 1", "number 1", "#1", "world's first", "world first", "second to none",
        "test winner",
    ),
    "leading": (
        "world's leading", "world leading", "market leading", "industry leading", "class leading",
        "market leader", "world market leader", "world class",
    ),
    "unmatched": (
        "unbeatable", "unbeaten", "unrivalled", "unrivaled", "unmatched", "unsurpassed", "unparalleled",
        "unequalled", "unequaled", "best selling", "bestseller", "best seller",
    ),
    "risk": ("risk free", "completely safe", "100% safe", "100 % safe", "foolproof", "fail safe"),
    "award": ("award winning",),
}  # fmt: skip
_GERMAN_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "guarantee": ("garantie", "garantiere", "garantiert", *_declined("garantiert")[1:]),
    "proven": _declined(
        "klinisch getestet", "klinisch erprobt", "klinisch bewiesen", "klinisch belegt", "klinisch geprüft",
        "klinisch nachgewiesen", "wissenschaftlich bewiesen", "wissenschaftlich belegt",
        "wissenschaftlich erwiesen", "wissenschaftlich nachgewiesen", "dermatologisch getestet",
        "medizinisch bewiesen",
    ),
    "first": ("nummer eins", "nummer 1", "nr. 1", "testsieger"),
    "leading": (
        "marktführer", "weltmarktführer",
        *_declined("marktführend", "weltweit führend", "branchenführend", "europaweit führend"),
    ),
    "unmatched": _declined(
        "unübertroffen", "unschlagbar", "unerreicht", "konkurrenzlos", "weltbest", "unvergleichlich"
    ),
    "risk": _declined("risikofrei", "völlig sicher", "100 % sicher"),
    "award": _declined("preisgekrönt"),
}  # fmt: skip
# What may be claimed of a subject that an earlier sentence named; the others need its name beside them.
_CARRIED: Final = frozenset({"guarantee", "proven", "risk"})
MOST_KEY, SUPERLATIVE_KEY, _FIRST_KEY = range(3)
_KEYS: Final = {group: _FIRST_KEY + number for number, group in enumerate(_ENGLISH_GROUPS)}
CARRIED_KEYS: Final = frozenset(_KEYS[group] for group in _CARRIED)
_ENGLISH_FORMS: Final[tuple[tuple[str, int], ...]] = (
    (MOST, MOST_KEY),
    *((word, SUPERLATIVE_KEY) for word in _ENGLISH),
    *((form, _KEYS[group]) for group, forms in _ENGLISH_GROUPS.items() for form in forms),
)
_GERMAN_FORMS: Final[tuple[tuple[str, int], ...]] = (
    *((stem + ending, SUPERLATIVE_KEY) for stem in _GERMAN for ending in _ENDINGS),
    *((form, _KEYS[group]) for group, forms in _GERMAN_GROUPS.items() for form in forms),
)
KEY_OF: Final = dict(_ENGLISH_FORMS + _GERMAN_FORMS)
COPULAS: Final = frozenset(
    """is are was were be been become becomes remain remains stays named voted makes made it's that's
    they're ist sind war waren bleibt bleiben wird wurde gehört zählt""".split()
)
# Before a superlative these say that it ranks what it stands at ("the lightest", "unser leichtestes").
DETERMINERS: Final = frozenset(
    "the our my its their der die das den dem unser unsere unserer unseres unseren unserem".split()
)
_WINDOW_CHARS: Final = 48
_WINDOW_WORDS: Final = 5


def common_claims_of(language: str) -> tuple[tuple[str, int], ...]:
    """Return the forms that are looked for in a language, each with the key of what it claims."""
    return _ENGLISH_FORMS + _GERMAN_FORMS if language == "de" else _ENGLISH_FORMS


def claims_among(
    text: str, folded: str, mentions: Sequence[Mention], guarded: Sequence[Mention]
) -> list[Mention]:
    """Return the words that may claim something where they stand, by a look at what is right before them.

    Args:
        text: the text as written.
        folded: its fold.
        mentions: where `common_claims_of` its language stand in it.
        guarded: where the words of the sheets' own lists stand, which are judged by those.
    """
    places = {m.start for m in guarded}
    return [
        m
        for m in mentions
        if m.start not in places and (min(m.keys) > SUPERLATIVE_KEY or _opens(text, folded, m.start))
    ]


def _opens(text: str, folded: str, place: int) -> bool:
    """Tell whether a clause begins, or a verb says what something is, right before a superlative."""
    begin = max(0, place - _WINDOW_CHARS)
    before = folded[begin:place].split()
    if before and (before[-1] in DETERMINERS or before[-1].endswith(("'s", "s'"))):
        before.pop()
    if not before or not before[-1][-1].isalnum() or not COPULAS.isdisjoint(before[-_WINDOW_WORDS:]):
        return True
    at = text.rfind("\n", begin, place)
    return at >= 0 and len(text[at:place].split()) <= 1
