"""Forbidden terms: found in every disguise, and never in clean copy (word forms: inflections.py)."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from copydesk.assets import PolicyAssets
from copydesk.assets.glossary import Glossary, Term, TermStatus
from copydesk.checks.contract import Context
from copydesk.checks.glossary import GlossaryCheck, compile_check
from copydesk.checks.inflection import expand_term
from tests.accuracy.personal_data import clean_texts
from tests.accuracy.rows import Row, share_row

CHECK = "glossary"
SEED = 3
TERMS = (
    *(
        "outlet",
        "bargain",
        "basement",
        "knock",
        "giveaway",
        "freebie",
        "miracle",
        "foolproof",
        "waterproofing",
    ),
    *(
        "liquidation",
        "clearance",
        "doorbuster",
        "superfood",
        "detoxifying",
        "chemical",
        "organic",
        "unbeatable",
    ),
    *(
        "unrivalled",
        "revolutionary",
        "gamechanger",
        "bestseller",
        "flagship",
        "moonshot",
        "synergy",
        "disrupt",
    ),
    *("leverage", "ecosystem", "frictionless", "turnkey", "holistic", "snake", "rockbottom", "steal"),
    *("free gift", "cheap deal", "bargain basement", "money back", "last chance", "act now"),
)
SPACED_FLOOR = 0.9
_CYRILLIC = str.maketrans("aeocpxyis", "аеосрхуіѕ")
_GREEK = str.maketrans("aoviup", "αονιυρ")
_ACCENTS = str.maketrans("aeiou", "áéïöü")
_LEET = str.maketrans("aeiost", "431057")
_SYMBOLS = str.maketrans("ais", "@!$")
DISGUISES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "full-width letters": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "mathematical letters": lambda t: "".join(
        chr(0x1D5EE + ord(c) - 97) if "a" <= c <= "z" else c for c in t
    ),
    "zero-width spaces": lambda t: t[:2] + "\u200b" + t[2:4] + "\u200b" + t[4:],
    "soft hyphen": lambda t: t[:3] + "\u00ad" + t[3:],
    "Cyrillic letters": lambda t: t.translate(_CYRILLIC),
    "Greek letters": lambda t: t.translate(_GREEK),
    "strike-through": lambda t: "".join(c if c == " " else c + "\u0336" for c in t),
    "accents": lambda t: t.translate(_ACCENTS),
    "digits": lambda t: t.translate(_LEET),
    "symbols": lambda t: t.translate(_SYMBOLS),
    "spaced letters": lambda t: " ".join(t.replace(" ", "")),
    "dots": lambda t: ".".join(t.replace(" ", "")),
    "hyphen inside": lambda t: t.replace(" ", "-") if " " in t else t[:3] + "-" + t[3:],
    "no-break spaces": lambda t: t.replace(" ", "\u00a0\u00a0"),
    "line break": lambda t: t.replace(" ", "\n"),
}


def measure(data: Path) -> list[Row]:
    """Disguise every term in every way, and look for any of them in clean copy.

    Args:
        data: the folder of the shared data.
    """
    clean = clean_texts(data)
    together = " ".join(clean).lower()
    terms = [term for term in TERMS if term not in together]
    check = glossary_of(terms)
    rows = []
    carriers = ("Please buy {} today, only here.", "{}: only this week!", "We call it “{}”.")
    dice = random.Random(SEED)
    total = found = 0
    for name, disguise in DISGUISES.items():
        cases = [(term, disguise(term)) for term in terms if disguise(term) != term]
        hits = sum(is_found(check, term, form, dice.choice(carriers)) for term, form in cases)
        floor = SPACED_FLOOR if name == "spaced letters" else 1.0
        rows.append(share_row(CHECK, "own terms", f"recall {name}", hits, len(cases), floor))
        total, found = total + len(cases), found + hits
    quiet = sum(not check.run(text, Context()).findings for text in clean)
    return [
        share_row(CHECK, "own terms", "recall of disguises", found, total, 0.99),
        *rows,
        share_row(CHECK, "clean copy", "texts left alone", quiet, len(clean), 1.0),
    ]


def glossary_of(terms: list[str]) -> GlossaryCheck:
    """Return a check that forbids the terms, disguised and inflected too."""
    content = Glossary(title="Measured", terms=tuple(_frozen(n, term) for n, term in enumerate(terms)))
    return compile_check(PolicyAssets(glossary={"measured": content}), {})


def is_found(check: GlossaryCheck, term: str, form: str, carrier: str) -> bool:
    """Tell whether a form of a term is found where it stands in a sentence."""
    text = carrier.format(form)
    start = text.index(form)
    findings = check.run(text, Context()).findings
    return any(
        f.span is not None and f.span.start < start + len(form) and start < f.span.end for f in findings
    )


def _term(number: int, term: str) -> Term:
    return Term(id=f"t{number}", term=term, status=TermStatus.FORBIDDEN, match_disguised=True)


def _frozen(number: int, term: str) -> Term:
    bare = _term(number, term)
    return bare.model_copy(update={"inflections": expand_term(bare)})
