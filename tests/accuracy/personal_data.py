"""Personal values found among generated sentences, and false alarms on look-alikes and on clean copy."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from copydesk.checks.personal_data import find_personal_values
from tests.accuracy._own_numbers import harmless, positives
from tests.accuracy.rows import Row, share_row

CHECK = "personal_data"
DATASET = "pii/cases.json"
FLOOR = 1.0
OWN_FLOOR = 0.99
LOCALES = ("en-GB", "en-IN", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL", "pl-PL")
# Person names are no part of the check: what a list of names would flag is mostly ordinary copy.
KINDS = {
    "EMAIL": "email",
    "PHONE": "phone",
    "CARD": "card",
    "SSN": "us_ssn",
    "IBAN": "iban",
    "IP": "ip_address",
}


def measure(data: Path) -> list[Row]:
    """Count the values found whole and of the right kind, and the texts flagged without reason.

    Args:
        data: the folder of the shared data.
    """
    cases = json.loads((data / "pii" / "cases.json").read_text(encoding="utf-8"))
    wanted = [case for case in cases["positive"] if case["kind"] in KINDS]
    per_kind = Counter(case["kind"] for case in wanted)
    found = Counter(case["kind"] for case in wanted if is_found(case))
    rows = [
        share_row(CHECK, DATASET, f"recall {KINDS[kind]}", found[kind], n, FLOOR)
        for kind, n in per_kind.items()
    ]
    hard = cases["hard_negative"]
    clean = clean_texts(data)
    quiet_hard = sum(not find_personal_values(text) for text in hard)
    quiet_clean = sum(not find_personal_values(text) for text in clean)
    return [
        share_row(CHECK, DATASET, "recall", found.total(), per_kind.total(), FLOOR),
        *rows,
        share_row(CHECK, DATASET, "look-alikes left alone", quiet_hard, len(hard), 1.0),
        share_row(CHECK, "clean copy", "texts left alone", quiet_clean, len(clean), 0.999),
        *own_rows(),
    ]


def own_rows() -> list[Row]:
    """Measure on values and look-alikes of many countries, each form in several copies."""
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for kind, value, text in positives():
        wanted[kind] += 1
        found[kind] += holds(text, value, kind)
    texts = list(harmless())
    quiet = [not find_personal_values(text) for text in texts]
    # Each country's own numbers are looked for besides: more can be mistaken for one of them.
    at_home = [not find_personal_values(text, locale) for locale in LOCALES for text in texts]
    return [
        *(
            share_row(CHECK, "own values, 25 countries", f"recall {kind}", found[kind], n, OWN_FLOOR)
            for kind, n in wanted.items()
        ),
        share_row(
            CHECK, "own values, 25 countries", "look-alikes left alone", sum(quiet), len(quiet), OWN_FLOOR
        ),
        share_row(
            CHECK,
            "own values, 25 countries",
            "look-alikes left alone, locale known",
            sum(at_home),
            len(at_home),
            OWN_FLOOR,
        ),
    ]


def is_found(case: dict[str, Any]) -> bool:
    """Tell whether the value of a case is found as its kind, covering every letter and digit of it."""
    return holds(case["text"], case["value"], KINDS[case["kind"]])


def holds(text: str, value: str, kind: str) -> bool:
    """Tell whether every letter and digit of a value is inside one value found of that kind."""
    start = text.index(value)
    places = [n for n, char in enumerate(value, start) if char.isalnum()]
    return any(
        found.kind == kind and found.span.start <= places[0] and places[-1] < found.span.end
        for found in find_personal_values(text)
    )


def clean_texts(data: Path) -> list[str]:
    """Return texts without personal data: marketing lines with trap words and questions to a bank."""
    lines = (data / "toxicity" / "clean_but_tricky.txt").read_text(encoding="utf-8").splitlines()
    with (data / "topics" / "banking_train.csv").open(encoding="utf-8", newline="") as file:
        questions = [row["text"] for row in csv.DictReader(file)]
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")] + questions
