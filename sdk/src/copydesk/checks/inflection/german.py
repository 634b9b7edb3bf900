"""Word forms of German: declension of nouns and adjectives, conjugation of verbs.

The rules go by how a word ends; what can't be told from that (umlauts, strong verbs) is listed in
`data/german_forms.yml` and found by the longest listed ending, so that Kaufvertrag is declined like Vertrag.
Where the gender is unknown all endings that fit are given: the wrong ones are no words of German.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from copydesk.checks.inflection.german_lists import ADJECTIVE_ENDINGS, HISSES, listed, listed_words, umlaut
from copydesk.checks.inflection.german_verbs import is_verb, verb_forms

# Nouns even where somebody wrote them small.
_NOUN_ENDINGS: Final = ("ung", "heit", "keit", "schaft", "tät", "ismus")
_FEMININE: Final = ("ung", "heit", "keit", "schaft", "ion", "tät", "ik", "ur", "anz", "enz", "ei", "frau")
_WEAK: Final = ("ent", "ant", "ist", "at", "oge", "graf", "graph", "nom", "soph")


def german_forms(word: str, part_of_speech: str) -> set[str]:
    """Return the forms of a German word, itself among them or not.

    Args:
        word: the word in its dictionary form, nouns with their capital.
        part_of_speech: `noun`, `verb`, `adjective`, or empty: told from how the word is written.
    """
    lower = word.lower()
    irregular = listed()["irregular"].get(lower)
    if irregular and part_of_speech not in {"adverb", "name", "phrase"}:
        found = {*irregular.split(), *({lower + "d"} if lower.endswith("n") else ())}
    else:
        found = _forms(lower, word, part_of_speech) - (listed_words("other_words") - {lower})
    return {_like(word, form) for form in found}


def _forms(lower: str, word: str, part_of_speech: str) -> set[str]:
    if part_of_speech == "noun" or (not part_of_speech and _is_noun(word)):
        return _noun(lower)
    if part_of_speech == "verb" or (not part_of_speech and is_verb(lower)):
        return verb_forms(lower)
    return _adjective(lower) if part_of_speech in {"", "adjective"} else set()


def german_phrase_forms(words: Sequence[str], part_of_speech: str) -> set[tuple[str, ...]]:
    """Return the forms of a phrase that ends with its head: adjectives before a noun are declined with it.

    Args:
        words: the words of the phrase, the last of them the head.
        part_of_speech: of the phrase, as for `german_forms`.
    """
    *before, head = words
    heads = {head, *german_forms(head, part_of_speech)}
    if part_of_speech not in {"", "noun"} or not _is_noun(head):
        return {(*before, form) for form in heads}
    choices = [
        [word[: -len(ending)] + other for other in ADJECTIVE_ENDINGS] if (ending := _ending(word)) else [word]
        for word in before
    ]
    return {(*chosen, form) for chosen in product(*choices) for form in heads}


def _ending(word: str) -> str:
    """Return the ending of a declined adjective, "" where a word is none."""
    if not word[:1].islower() or word in listed_words("other_words") or len(word) < 4:
        return ""
    return next((ending for ending in ("em", "en", "er", "es", "e") if word.endswith(ending)), "")


def _is_noun(word: str) -> bool:
    return word[:1].isupper() or (len(word) > 6 and word.endswith(_NOUN_ENDINGS))


def _like(word: str, form: str) -> str:
    if len(word) > 1 and word.isupper():
        return form.upper()
    return form[:1].upper() + form[1:] if word[:1].isupper() else form


def _class_of(noun: str) -> set[str]:
    """Return the lists whose words end this noun with the longest ending of all."""
    names = ("umlaut_e", "umlaut_only", "plural_er", "plain")
    for start in range(len(noun) - 1):
        found = {name for name in names if noun[start:] in listed_words(name)}
        if found:
            return found
    return set()


def _noun(word: str) -> set[str]:
    if word.endswith(("chen", "lein")):
        return {word + "s"}
    forms = _foreign_plurals(word) | _plurals_by_ending(word)
    if word.endswith("nis"):
        return {word + "se", word + "ses", word + "sen"}
    if word.endswith("ei"):
        # Bäckerei and Datei are feminine, Brei and Osterei are not.
        return forms | {word + ending for ending in ("en", "s", "e", "es", "er", "ern")}
    if word.endswith(_FEMININE) and not _class_of(word) - {"plain"}:
        return (
            forms
            | {word + "en"}
            | ({word + "s", word + "e", word + "es"} if word.endswith(("ur", "ik")) else set())
        )
    if word.endswith("in") and len(word) > 5:
        forms |= {word + "nen"}
    if word.endswith("e"):
        return forms | _weak_noun(word)
    if word.endswith(("er", "el", "en")) and not word.endswith(("ier", "iel", "eer", "eel")):
        forms |= {word + "s"} | (set() if word.endswith("en") else {word + "n"})
        if "umlaut_only" in _class_of(word):
            changed = umlaut(word[:-2]) + word[-2:]
            forms |= {changed, changed if changed.endswith("n") else changed + "n"}
        if word.endswith(_USED_AS_NOUN):
            forms |= {word[:-1], *(word[:-1] + ending for ending in "nms")}
        return forms
    if word.endswith(("a", "i", "o", "u", "y")) and not word.endswith(("au", "eu")):
        return forms | {word + "s"}
    return forms | _consonant_noun(word)


# Adjectives and participles used as nouns: ein Angestellter, der Angestellte.
_USED_AS_NOUN: Final = (
    "lter",
    "erter",
    "igter",
    "ierter",
    "eter",
    "ckter",
    "annter",
    "ener",
    "licher",
    "scher",
)


def _weak_noun(word: str) -> set[str]:
    forms = {word + "n", word + "s"}
    if word in listed_words("genitive_ns") or word.endswith("name"):
        forms.add(word + "ns")
    if word.endswith(("lte", "erte", "igte", "ene", "liche")) or (word.endswith("ende") and len(word) > 8):
        # Adjectives and participles used as nouns: der Angestellte, ein Angestellter.
        forms |= {word + "r", word + "m"}
    return forms


def _foreign_plurals(word: str) -> set[str]:
    """Return the plurals of words from Greek and Latin: Thema, Konto, Museum, Zyklus, Praxis, Motor."""
    forms: set[str] = set()
    if word.endswith(("a", "o")):
        forms |= {word[:-1] + "en"} | ({word + "ta"} if word.endswith("ma") else {word[:-1] + "i"} - {word})
    elif word.endswith(("um", "us", "sis", "xis", "os")) and len(word) > 4:
        forms |= {word[:-2] + "en", word + "s"} | ({word[:-2] + "a"} if word.endswith("um") else set())
        if word.endswith("us"):
            forms |= {word[:-2] + "i", word + "se", word + "sen", word + "ses", word[:-2] + "us"}
    elif word.endswith("or"):
        forms |= {word + "en", word + "s"}
    return forms


def _plurals_by_ending(word: str) -> set[str]:
    """Return the plurals that an ending of the whole word tells: Kürbisse, Feuerwehrleute, Bauten, Feiern."""
    if word.endswith(("is", "as", "os", "es")) and len(word) > 4:
        return {word + "se", word + "ses", word + "sen"}
    if word.endswith("mann") and len(word) > len("mann"):
        return {word[:-4] + "leute", word[:-4] + "leuten"}
    if word.endswith("bau"):
        return {word + "ten"}
    if word.endswith(("ier", "erl")):
        return {word + "n"}
    if word.endswith("schaft") and len(word) > len("schaft"):
        return {word + "en"}
    # Allergene, not Wagene: the short ones are declined like Wagen alone.
    return {word + "e", word + "en"} if word.endswith("gen") and len(word) > 7 else set()


def _consonant_noun(word: str) -> set[str]:
    classes = _class_of(word)
    has_hiss = word.endswith(HISSES)
    forms = {word + "es"} | (set() if has_hiss else {word + "s"})
    if word in listed_words("genitive_ns"):
        forms |= {word + "en", word + "ens"}
    if word.endswith(_WEAK):
        forms |= {word + "en"}
    if "plural_er" in classes:
        changed = umlaut(word)
        forms |= {word + "e", changed + "er", changed + "ern"}
    if "umlaut_e" in classes:
        changed = umlaut(word)
        forms |= {word + "e", changed + "e", changed + "en"}
    if word.endswith(("bank", "band", "wort", "land", "bund", "mund")):
        forms |= {word + "e", word + "en"}
    if not classes & {"plural_er", "umlaut_e"}:
        # A doubled s stands for ß after a short vowel only; both plurals are given.
        forms |= {word + "e", word + "en"}
    return forms


def _adjective(word: str) -> set[str]:
    stem = word[:-1] if word.endswith("e") else word
    stems = {stem}
    if stem.endswith(("el", "auer", "euer")):
        stems = {stem[:-2] + stem[-1]}
    forms = {one + ending for one in stems for ending in ADJECTIVE_ENDINGS}
    changed = umlaut(stem) if stem in listed_words("umlaut_adjectives") else None
    grades = (stem, *stems) if changed is None else (changed,)
    for grade in grades:
        forms |= {grade + "er", *(f"{grade}er{ending}" for ending in ADJECTIVE_ENDINGS)}
        for superlative in _superlatives(grade):
            forms |= {superlative, *(superlative + ending for ending in ADJECTIVE_ENDINGS)}
    return forms


def _superlatives(stem: str) -> tuple[str, ...]:
    if stem.endswith(("groß", "größ")):
        return (stem + "t",)
    if stem.endswith(("d", "t", "sch", *HISSES)):
        return (stem + "est", stem + "st") if stem.endswith(("d", "sch")) else (stem + "est",)
    return (stem + "st", stem + "est") if stem[-1:] in "aeiouäöü" else (stem + "st",)
