"""Inflected forms of terms against an independent dictionary, and German terms inside compounds.

German forms are weighed by how often they are used, as the word list of `pyspellchecker` counts them; the
rules were written on every other lemma, and the misses of the half measured here were read once.

Every word of the English texts at hand is given its lemma by `simplemma`, which shares no data with the
engine. Each lemma with three forms or more in the texts plays a term: recall is over the running words of
its lemma, precision over the running words that its expanded forms would mark.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import simplemma
from simplemma.strategies.dictionaries import DefaultDictionaryFactory
from spellchecker import SpellChecker

from copydesk.assets import PolicyAssets
from copydesk.assets.glossary import Glossary, Term, TermStatus
from copydesk.checks.contract import Context
from copydesk.checks.glossary import compile_check
from copydesk.checks.inflection import expand_term
from tests.accuracy.rows import Row, share_row

CHECK = "glossary"
DATASET = "simplemma"
MIN_RECALL, MIN_PRECISION = 0.99, 0.97
MIN_FORMS, MIN_USES = 3, 20
# What nobody lists as a term: pronouns and the like, whose "forms" are other words.
NOT_TERMS = frozenset("this that these those".split())
# Pronouns and articles.
GERMAN_NOT_TERMS = frozenset(
    "der ein ich du er ihr wir sein dieser anderer welcher jeder solcher jener mancher alle derselbe"
    " derjenige wer mein dein kein irgendwelcher jeglicher einige werden haben".split()
)
MIN_GERMAN_USES = 200
# Recall and precision; the forms of nouns and verbs are often words of their own, which are spelled alike.
GERMAN_FLOORS = {"nouns": (0.93, 0.95), "verbs": (0.97, 0.7), "adjectives": (0.95, 0.95)}
WORD = re.compile(r"[A-Za-z]{3,}")
# Term, a compound that holds it, a word that only seems to.
COMPOUNDS = (
    ("Rabatt", "Treuerabattkarte", "Rabat"),
    ("Garantie", "Geldzurückgarantie", "garantiert"),
    ("Gewinn", "Gewinnspielteilnahme", "gewonnen"),
    ("Schnäppchen", "Sommerschnäppchenmarkt", "schnappen"),
    ("Heilung", "Spontanheilungsversprechen", "heilig"),
    ("Gratis", "Gratisversandaktion", "Grate"),
    ("Wunder", "Wundermittelwerbung", "Wunde"),
    ("billig", "Billigflugangebot", "Billett"),
    ("Kredit", "Sofortkreditzusage", "Kreide"),
    ("Zins", "Nullzinsfinanzierung", "Zinn"),
)


def measure(data: Path) -> list[Row]:
    """Measure recall and precision of inflected forms, and German compounds with the option on and off.

    Args:
        data: the folder of the shared data.
    """
    uses = Counter(word.lower() for text in english(data) for word in WORD.findall(text))
    forms_of: defaultdict[str, set[str]] = defaultdict(set)
    for word in uses:
        forms_of[simplemma.lemmatize(word, lang="en").lower()].add(word)
    terms = sorted(
        lemma
        for lemma, forms in forms_of.items()
        if lemma not in NOT_TERMS
        and len(forms) >= MIN_FORMS
        and lemma in forms
        and sum(uses[f] for f in forms) > MIN_USES
    )
    right = wanted = marked = 0
    for lemma in terms:
        term = Term(id="measured", term=lemma, status=TermStatus.FORBIDDEN)
        expanded = {lemma, *(form.lower() for form in expand_term(term))}
        wanted += sum(uses[form] for form in forms_of[lemma])
        marked += sum(uses[form] for form in expanded)
        right += sum(uses[form] for form in expanded & forms_of[lemma])
    return [
        share_row(CHECK, DATASET, f"recall of inflections, {len(terms)} terms", right, wanted, MIN_RECALL),
        share_row(
            CHECK, DATASET, f"precision of inflections, {len(terms)} terms", right, marked, MIN_PRECISION
        ),
        *german(),
        *compounds(),
    ]


def german() -> list[Row]:
    """Measure recall and precision of German forms, by kind of word, on the half kept apart."""
    entries = DefaultDictionaryFactory().get_dictionary("de").items()
    lemmas = {_text(form): _text(lemma) for form, lemma in entries}
    uses: Counter[str] = Counter(SpellChecker(language="de").word_frequency.dictionary)
    forms_of: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for word, count in uses.items():
        for form in (word, word.capitalize()):
            lemma = lemmas.get(form, "")
            if len(word) > 2 and lemma.isalpha() and lemma[0].isupper() == form[0].isupper():
                forms_of[lemma][form] = count
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for lemma, forms in forms_of.items():
        is_common = len(forms) >= MIN_FORMS and sum(forms.values()) > MIN_GERMAN_USES and lemma in forms
        # The list counts words in small letters: "Guter" is nearly always "guter".
        is_shared = lemma[0].isupper() and lemmas.get(lemma.lower(), lemma) != lemma
        is_developed = zlib.crc32(lemma.encode()) % 2 == 0
        if not is_common or is_shared or is_developed or lemma in GERMAN_NOT_TERMS:
            continue
        term = Term(id="measured", term=lemma, status=TermStatus.FORBIDDEN, language="de")
        expanded = {lemma, *expand_term(term)}
        others = {form for form in expanded - {*forms} if lemmas.get(form, lemma) != lemma}
        kind = counts[_kind(lemma)]
        kind["terms"] += 1
        kind["wanted"] += sum(forms.values())
        kind["right"] += sum(forms[form] for form in expanded & {*forms})
        kind["wrong"] += sum(uses[form.lower()] for form in others)
    rows = []
    for name, kind in sorted(counts.items()):
        what, right = f"{name} (de), {kind['terms']} terms", kind["right"]
        recall, precision = GERMAN_FLOORS[name]
        rows += [
            share_row(CHECK, DATASET, f"recall of {what}", right, kind["wanted"], recall),
            share_row(CHECK, DATASET, f"precision of {what}", right, right + kind["wrong"], precision),
        ]
    return rows


def _kind(lemma: str) -> str:
    if lemma[0].isupper():
        return "nouns"
    return "verbs" if lemma.endswith(("en", "eln", "ern")) else "adjectives"


def _text(word: str | bytes) -> str:
    return word if isinstance(word, str) else word.decode()


def compounds() -> list[Row]:
    """Measure that a German term is found inside a compound with the option on and left alone with it off."""
    found = quiet = 0
    for term, compound, other in COMPOUNDS:
        found += is_marked(term, compound, in_compounds=True)
        quiet += not is_marked(term, compound, in_compounds=False)
        quiet += not is_marked(term, other, in_compounds=False)
    n = len(COMPOUNDS)
    return [
        share_row(CHECK, "own terms (de)", "found inside a compound when asked for", found, n, 1.0),
        share_row(
            CHECK, "own terms (de)", "compounds and look-alikes left alone otherwise", quiet, 2 * n, 1.0
        ),
    ]


def is_marked(term: str, word: str, *, in_compounds: bool) -> bool:
    """Tell whether a German term marks a word in a sentence."""
    plain = Term(
        id="t", term=term, status=TermStatus.FORBIDDEN, language="de", match_in_compounds=in_compounds
    )
    frozen = plain.model_copy(update={"inflections": expand_term(plain)})
    check = compile_check(PolicyAssets(glossary={"g": Glossary(title="Terms", terms=(frozen,))}), {})
    return bool(check.run(f"Jetzt neu: {word} für alle.", Context(locale="de-DE")).findings)


def english(data: Path) -> Iterator[str]:
    """Yield the English texts at hand: news, captions, a style guide, requests, questions, encyclopedia."""
    for pattern in ("voice/onestopenglish/*/*.txt", "voice/18f/**/*.md", "voice/captions*.txt"):
        for file in sorted(data.glob(pattern)):
            yield file.read_text(encoding="utf-8", errors="replace")
    with (data / "topics" / "banking_train.csv").open(encoding="utf-8", newline="") as lines:
        yield from (row["text"] for row in csv.DictReader(lines))
    with gzip.open(data / "topics" / "clinc_full.json.gz", "rt", encoding="utf-8") as requests:
        yield from (text for text, _ in json.load(requests)["train"])
    with gzip.open(data / "facts" / "wice_claim_dev.jsonl.gz", "rt", encoding="utf-8") as claims:
        for line in claims:
            yield " ".join(json.loads(line)["evidence"])
