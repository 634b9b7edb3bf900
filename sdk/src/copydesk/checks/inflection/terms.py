"""Word forms of terms, expanded when a revision is saved and frozen in it.

The runtime never inflects: it matches the frozen forms an editor has seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from copydesk.assets.glossary import Term, TermStatus
from copydesk.checks.inflection.german import german_forms, german_phrase_forms

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
# Words that end phrasal verbs and the nouns made of them ("log in", "sign-up").
_PARTICLES: Final = frozenset("up in out off on down over away back through around along by together".split())
# Words after which the rest of a noun phrase does not change ("point of sale").
_LINKS: Final = frozenset("of in on at for to with by without from up".split())
_VERB_PREFIXES: Final = (
    "un",
    "re",
    "up",
    "over",
    "under",
    "out",
    "de",
    "dis",
    "mis",
    "co",
    "pre",
    "cross",
    "down",
)
_ONE_SYLLABLE: Final = re.compile("[b-df-hj-np-tv-z]{1,3}[aeiou][b-df-hj-np-tv-z]{1,2}e?")
_SIBILANT: Final = ("s", "x", "z", "ch", "sh")


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
    if language == "en" and len(words) > 1:
        return _english_phrase(base, words, head, term.part_of_speech)
    if language == "en":
        found = _english(head.group(), term.part_of_speech)
    elif language == "de" and head is words[-1]:
        return _german(base, words, term.part_of_speech)
    elif language == "de":
        found = german_forms(head.group(), term.part_of_speech)
    else:
        found = set()
    return _put(base, head, found)


def _put(base: str, word: re.Match[str], forms: Iterable[str]) -> set[str]:
    return {base[: word.start()] + form + base[word.end() :] for form in forms}


def _english_phrase(
    base: str, words: Sequence[re.Match[str]], head: re.Match[str], part_of_speech: str
) -> set[str]:
    """Inflect a phrase at its head, and where that may be another word, there too.

    "sign up" may be a verb and a noun, and the plural of "point of sale" or "mother-in-law" is at the front.
    """
    is_particle = words[-1].group().lower() in _PARTICLES
    found: set[str] = set()
    if part_of_speech in {"", "noun"} and is_particle:
        found |= _put(base, head, {plural(head.group())})
    else:
        found |= _put(base, head, _english(head.group(), part_of_speech or "noun"))
    if not part_of_speech and is_particle and len(words) == 2:
        found |= _put(base, words[0], _english(words[0].group(), "verb"))
    inner = next((n for n, word in enumerate(words[1:-1], 1) if word.group().lower() in _LINKS), None)
    if inner is not None and part_of_speech in {"", "noun"}:
        found |= _put(base, words[inner - 1], _english(words[inner - 1].group(), "noun"))
    return found


def _english(word: str, part_of_speech: str) -> set[str]:
    import lemminflect

    low = word.lower()
    forms: set[str] = set()
    known = _flatten(lemminflect.getAllInflections(low).values()) - {low}
    for tag in _UNIVERSAL.get(part_of_speech) or _ALL:
        found = lemminflect.getAllInflections(low, upos=tag)
        if not found and (part_of_speech or not known) and tag in {"NOUN", "VERB"}:
            # A word the dictionary lacks ("touchpoint") is inflected by its rules for new words.
            found = lemminflect.getAllInflectionsOOV(low, upos=tag)
        forms |= _flatten(found.values())
    if not part_of_speech and not known:
        forms = {plural(low)} | _new_verb(low)
    forms -= {low, *_NOT_MEANT.get(low, ())}
    return {_like(word, form) for form in forms}


def _new_verb(word: str) -> set[str]:
    """Return the verb forms of a word that the dictionary lacks, where it looks like a verb.

    That is a known verb behind a prefix ("unsubscribe", "upsell"), or one short syllable ("blog", "vlog").
    """
    import lemminflect

    for prefix in _VERB_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) > 2:
            found = lemminflect.getAllInflections(word.removeprefix(prefix), upos="VERB")
            if found:
                return {prefix + form for form in _flatten(found.values())}
    if _ONE_SYLLABLE.fullmatch(word):
        return _flatten(lemminflect.getAllInflectionsOOV(word, upos="VERB").values())
    return set()


def _flatten(groups: Iterable[tuple[str, ...]]) -> set[str]:
    return {form for group in groups for form in group}


def _like(word: str, form: str) -> str:
    if form.startswith(word.lower()):
        # BOGOF becomes BOGOFs, as people write the plural of an acronym, and iPhone iPhones.
        return word + form[len(word) :]
    if len(word) > 1 and word.isupper():
        return form.upper()
    return form[:1].upper() + form[1:] if word[:1].isupper() else form


def _german(base: str, words: Sequence[re.Match[str]], part_of_speech: str) -> set[str]:
    between = [base[left.end() : right.start()] for left, right in pairwise(words)]
    found = german_phrase_forms([word.group() for word in words], part_of_speech)
    start = base[: words[0].start()]
    return {
        start + "".join(a + b for a, b in zip(form, [*between, ""], strict=True)) + base[words[-1].end() :]
        for form in found
    }
