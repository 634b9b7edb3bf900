"""Inflected forms of terms against an independent dictionary, and German terms inside compounds.

Every word of the English texts at hand is given its lemma by `simplemma`, which shares no data with the
engine. Each lemma with three forms or more in the texts plays a term: recall is over the running words of
its lemma, precision over the running words that its expanded forms would mark.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import simplemma

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
        *compounds(),
    ]


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
