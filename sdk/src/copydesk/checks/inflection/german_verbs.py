"""Conjugation of German verbs: weak ones by rule, strong ones by the listed stems, prefixes before both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from copydesk.checks.inflection.german_lists import ADJECTIVE_ENDINGS, HISSES, listed, listed_words, umlaut

_NEVER_APART: Final = ("hinter", "wider", "miss")
# How a German syllable begins.
_SYLLABLE: Final = re.compile(
    r"(?:[bcdfghjklmnpqrstvwxz]|[bfgkp][lr]|[dt]r|kn|gn|p[fh]|pf[lr]|qu|sch[lmnrw]?|s[tp]r?|sk|zw|th)?[aeiouyäöü]"
)
_MAYBE_SEPARABLE: Final = frozenset({"über", "unter", "durch", "um", "wieder"})
# Strong stems with an inseparable prefix of their own, whose participle is listed whole.
_STARTS: Final = (
    *("befehl", "beginn", "empfehl", "gebär", "gedeih", "geling", "genes", "genieß", "gescheh", "gewinn"),
    *("missling", "verd", "verg", "verl"),
)
_ALSO_WEAK: Final = frozenset(
    (
        "schaff häng schleif weich back saug schreck wieg lösch hau salz spalt send wend gär melk scher web"
        " glimm klimm schind stieb"
    ).split()
)


@dataclass(frozen=True, slots=True)
class _Strong:
    """A strong verb: the stem of its infinitive, third person, past, and participle without "ge"."""

    stem: str
    third: str
    past: str
    participle: str


def is_verb(word: str) -> bool:
    """Tell whether a word in small letters looks like an infinitive."""
    if word in listed_words("not_verbs") or not word.endswith(("en", "eln", "ern", "tun")):
        return False
    return not _is_participle(word)


def _is_participle(word: str) -> bool:
    """Tell whether a word is the participle of a strong verb ("verboten", "gelogen")."""
    if any(word == stem + "en" for stem in _strong_verbs()):
        return False
    for strong in _strong_verbs().values():
        rest = word.removesuffix(strong.participle)
        if rest == word or strong.participle in {strong.stem + "en", "legen", "ziehen"}:
            continue
        if (
            rest in listed_words("inseparable")
            or rest.endswith("ge")
            or (not rest and strong.stem.startswith(_STARTS))
        ):
            return True
    return False


@cache
def _strong_verbs() -> dict[str, _Strong]:
    lines = (line.split() for line in listed()["strong"].splitlines())
    return {line[0]: _Strong(*line) for line in lines if line}


def verb_forms(word: str) -> set[str]:
    """Return the forms of a verb: finite, participles with their endings, the infinitive with zu."""
    if not word.endswith("n"):
        return set()
    forms: set[str] = set()
    for prefix, base in _readings(word):
        known = listed()["irregular"].get(base)
        finite, participles = _irregular(known) if known else _finite(base)
        forms |= {prefix + form for form in (*finite, *participles)}
        forms |= {prefix + form + ending for form in participles for ending in ADJECTIVE_ENDINGS}
        if prefix:
            forms |= {f"{prefix}zu{base}"}
        present = prefix + base + "d"
        forms |= {present, *(present + ending for ending in ADJECTIVE_ENDINGS)}
    return forms


def _readings(word: str) -> Iterable[tuple[str, str]]:
    """Return (separable prefix, verb behind it); "" where the verb has none, both where it may."""
    if word.startswith(_NEVER_APART) or any(word == strong + "en" for strong in _strong_verbs()):
        return [("", word)]
    for prefix in sorted(listed_words("separable"), key=len, reverse=True):
        base = word.removeprefix(prefix)
        if base != word and _is_base(base):
            return [(prefix, base), ("", word)] if prefix in _MAYBE_SEPARABLE else [(prefix, base)]
    return [("", word)]


def _is_base(rest: str) -> bool:
    """Tell whether what follows a prefix can be a verb of its own: "an-bieten", but not "her-rschen"."""
    if rest in listed()["irregular"] or any(rest == stem + "en" for stem in _strong_verbs()):
        return True
    return len(rest) > 4 and rest.endswith("n") and _SYLLABLE.match(rest) is not None


def _irregular(known: str) -> tuple[list[str], list[str]]:
    forms = known.split()
    participles = [form for form in forms if form.startswith("ge")]
    return [form for form in forms if form not in participles], participles


def _finite(word: str) -> tuple[set[str], set[str]]:
    """Return the finite forms and the participles of a verb without a separable prefix."""
    stem = word[:-2] if word.endswith("en") else word[:-1]
    prefix, strong = _strong(stem)
    if strong is not None:
        finite = {prefix + form for form in _strong_forms(strong)} | _weak_present(stem)
        is_closed = bool(prefix) or strong.stem.startswith(_STARTS)
        participle = prefix + strong.participle if is_closed else prefix + "ge" + strong.participle
        participles = {participle}
        if strong.past.endswith("te"):
            participles |= {p for p in _weak_participles(stem) if strong.stem in {"send", "wend"}}
        if strong.stem in _ALSO_WEAK:
            finite |= _weak_past(stem)
            participles |= _weak_participles(stem)
        return finite, participles
    return _weak_present(stem) | _weak_past(stem), _weak_participles(stem)


def _strong(stem: str) -> tuple[str, _Strong | None]:
    """Return (inseparable prefix, the strong verb behind it)."""
    verbs = _strong_verbs()
    if stem in listed_words("weak"):
        return "", None
    if stem in verbs:
        return "", verbs[stem]
    for prefix in listed_words("inseparable"):
        rest = stem.removeprefix(prefix)
        if rest == stem:
            continue
        # "missversteh" has two of them.
        inner, strong = ("", verbs[rest]) if rest in verbs else _strong(rest) if len(rest) > 5 else ("", None)
        if strong is not None:
            return prefix + inner, strong
    return "", None


def _strong_forms(verb: _Strong) -> set[str]:
    past, third = verb.past, verb.third
    forms = {third, _second_person(third, verb.stem)}
    if past.endswith("te"):
        forms |= {past, past + "n", past + "st", past + "t"}
        wish = {"brachte": "brächte", "dachte": "dächte"}.get(past, verb.stem + "te")
        return forms | {wish, wish + "n", wish + "st", wish + "t"}
    link = "e" if past.endswith(("d", "t")) else ""
    forms |= {past, past + "en", f"{past}{link}t"} - ({past + "t"} if past.endswith(HISSES) else set())
    forms |= {past + "est"} if past.endswith(HISSES) else {past + "st", past + "est"}
    for wish in {umlaut(past), "stünd" if past == "stand" else umlaut(past)}:
        forms |= {wish + ending for ending in ("e", "en", "est", "et")}
    vowel = third[:-1] if third.endswith("t") else third
    if vowel != verb.stem and ("i" in vowel):
        forms |= {vowel, vowel + "e"} if verb.stem == "seh" else {vowel}  # the command: nimm, gib, siehe
    return forms


def _second_person(third: str, stem: str) -> str:
    bare = third[:-1] if third.endswith("t") and not (third.endswith("tt") and stem.endswith("t")) else third
    if third in {"hält", "rät", "brät", "gilt", "tritt", "ficht", "flicht", "schilt", "birst"}:
        bare = third
    if bare.endswith(HISSES):
        return bare + "t"
    return bare + "st"


def _weak_present(stem: str) -> set[str]:
    link = _link(stem)
    forms = {stem + "e", stem + "est", stem + "et", f"{stem}{link}t", stem}
    forms.add(f"{stem}t" if stem.endswith(HISSES) else f"{stem}{link}st")
    if stem.endswith("tsch"):
        forms.add(stem + "st")
    if stem.endswith("el"):
        forms |= {stem[:-2] + "le", stem + "n"}
    elif stem.endswith("er") and not stem.endswith("ier"):
        forms |= {stem[:-2] + "re", stem + "n"}
    return forms


def _weak_past(stem: str) -> set[str]:
    link = _link(stem)
    return {f"{stem}{link}te{ending}" for ending in ("", "n", "st", "t")}


def _weak_participles(stem: str) -> set[str]:
    ending = f"{stem}{_link(stem)}t"
    if stem.endswith("ier") and len(stem) > 5 and not stem.endswith("schmier"):
        return {ending}
    closed = tuple(prefix for prefix in listed_words("inseparable") if prefix not in _MAYBE_SEPARABLE)
    prefix = next(
        (
            p
            for p in sorted(listed_words("inseparable"), key=len, reverse=True)
            # No syllable begins as "be-tteln" would have it.
            if stem.startswith(p) and (p != "be" or _SYLLABLE.match(stem, len(p)))
        ),
        None,
    )
    if prefix and len(stem) - len(prefix) > 2:
        return {ending} if prefix in closed and len(stem) - len(prefix) > 3 else {ending, "ge" + ending}
    return {"ge" + ending}


def _link(stem: str) -> str:
    """Return the "e" that makes some endings speakable: arbeitet, rechnet, atmet; lernt, wohnt."""
    if stem.endswith(("t", "d")):
        return "e"
    is_cluster = len(stem) > 2 and stem[-1] in "mn" and stem[-2] not in "aeiouäöüylrhmn"
    return "e" if is_cluster or stem.endswith(("chn", "chm")) else ""
