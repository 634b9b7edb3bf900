"""Word forms of terms, expanded when a revision is saved and frozen in it.

The runtime never inflects: it matches the frozen forms an editor has seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from copydesk.assets.glossary import Term, TermStatus

_UNIVERSAL: Final = {"noun": ("NOUN",), "verb": ("VERB",), "adjective": ("ADJ",), "adverb": ("ADV",)}
_ALL: Final = ("NOUN", "VERB", "ADJ")
# Forms in the dictionary that nobody means by the term: "would" for "will", "worst" for "wrong".
_NOT_MEANT: Final = {
    "can": {"could"},
    "may": {"might"},
    "shall": {"should"},
    "will": {"would"},
    "wrong": {"worse", "worst"},
}
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SIBILANT: Final = ("s", "x", "z", "ch", "sh")
_GERMAN_ADJECTIVE: Final = (
    "e",
    "en",
    "er",
    "es",
    "em",
    "ere",
    "eren",
    "erer",
    "eres",
    "erem",
    "ste",
    "sten",
    "stes",
)


def expand_term(term: Term) -> tuple[str, ...]:
    """Return the inflected forms of a term, without the term itself, sorted.

    A phrase is inflected at its head: the last word, or the first when it is a verb. The variants of a
    deprecated or forbidden term are inflected like the term; those of a preferred one are wrong spellings
    and stay as they are written. Names, terms that do not inflect and languages without rules have no forms.

    Args:
        term: the term as edited; its `inflections` are not read.

    Raises:
        ModuleNotFoundError: `lemminflect` is not installed (only the console has it).
    """
    if not term.inflect or term.part_of_speech in {"name", "phrase"}:
        return ()
    is_unwanted = term.status in {TermStatus.DEPRECATED, TermStatus.FORBIDDEN}
    bases = (term.term, *term.variants) if is_unwanted else (term.term,)
    forms: set[str] = set()
    for base in bases:
        forms |= _phrase_forms(base, term)
    return tuple(sorted(forms - set(bases)))


def plural(noun: str) -> str:
    """Return the regular English plural of a noun or of a phrase that ends with one."""
    low = noun.lower()
    if low.endswith("y") and low[-2:-1] not in set("aeiou"):
        return noun[:-1] + "ies"
    return noun + ("es" if low.endswith(_SIBILANT) else "s")


def _phrase_forms(base: str, term: Term) -> set[str]:
    words = list(_WORD.finditer(base))
    if not words:
        return set()
    head = words[0] if term.part_of_speech == "verb" else words[-1]
    # "C++" and the like: what ends with a symbol or a digit has no word to inflect.
    if term.part_of_speech != "verb" and head.end() != len(base):
        return set()
    language = term.language.split("-")[0]
    if language == "en":
        found = _english(head.group(), term.part_of_speech, is_phrase=len(words) > 1)
    elif language == "de":
        found = _german(head.group(), term.part_of_speech)
    else:
        found = set()
    return {base[: head.start()] + form + base[head.end() :] for form in found}


def _english(word: str, part_of_speech: str, *, is_phrase: bool) -> set[str]:
    import lemminflect

    wanted = _UNIVERSAL.get(part_of_speech) or (("NOUN",) if is_phrase else _ALL)
    known = lemminflect.getAllInflections(word.lower())
    forms: set[str] = set()
    for tag in wanted:
        found = lemminflect.getAllInflections(word.lower(), upos=tag)
        if not found and (part_of_speech or not known) and tag in {"NOUN", "VERB"}:
            # A word the dictionary lacks ("touchpoint") is inflected by its rules for new words.
            found = lemminflect.getAllInflectionsOOV(word.lower(), upos=tag)
        forms |= _flatten(found.values())
    if not part_of_speech and not known:
        forms = {plural(word.lower())}
    forms -= {word.lower(), *_NOT_MEANT.get(word.lower(), ())}
    return {_like(word, form) for form in forms}


def _flatten(groups: Iterable[tuple[str, ...]]) -> set[str]:
    return {form for group in groups for form in group}


def _like(word: str, form: str) -> str:
    if len(word) > 1 and word.isupper():
        # BOGOF becomes BOGOFs, as people write the plural of an acronym.
        return word + form[len(word) :] if form.startswith(word.lower()) else form.upper()
    return form[:1].upper() + form[1:] if word[:1].isupper() else form


def _german(word: str, part_of_speech: str) -> set[str]:
    """Apply German suffix rules: declension of nouns and adjectives, conjugation of regular verbs."""
    if part_of_speech == "verb" and word.endswith("n"):
        return _german_verb(word)
    if part_of_speech == "adjective" or (not part_of_speech and word[:1].islower()):
        stem = word[:-1] if word.endswith("e") else word
        return {stem + ending for ending in _GERMAN_ADJECTIVE}
    if part_of_speech in {"", "noun"}:
        return _german_noun(word)
    return set()


def _german_verb(word: str) -> set[str]:
    stem = word[:-2] if word.endswith("en") else word[:-1]
    link = "e" if stem.endswith(("t", "d")) else ""
    endings = ("e", f"{link}st", f"{link}t", f"{link}te", f"{link}ten", f"{link}test", f"{link}tet", "end")
    return {stem + ending for ending in endings} | {f"ge{stem}{link}t"}


def _german_noun(word: str) -> set[str]:
    if word.endswith("e"):
        return {word + "n"}
    if word.endswith(("ung", "heit", "keit", "schaft", "ion", "tät")):
        return {word + "en"}
    if word.endswith("in"):
        return {word + "nen"}
    if word.endswith(("er", "el", "en")):
        return {word + "s", word + "n"} if not word.endswith("en") else {word + "s"}
    if word.endswith(("a", "i", "o", "u")):
        return {word + "s"}
    return {word + ending for ending in ("e", "es", "s", "en")}
