"""Personal values found among generated sentences, and false alarms on look-alikes and on clean copy."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from copydesk.checks.personal_values import find_personal_values
from tests.accuracy.rows import Row, share_row

CHECK = "personal_data"
DATASET = "pii/cases.json"
FLOOR = 1.0
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
    ]


def is_found(case: dict[str, Any]) -> bool:
    """Tell whether the value of a case is found as its kind, covering every letter and digit of it."""
    start = case["text"].index(case["value"])
    places = [n for n, char in enumerate(case["value"], start) if char.isalnum()]
    return any(
        value.kind == KINDS[case["kind"]] and value.span.start <= places[0] and places[-1] < value.span.end
        for value in find_personal_values(case["text"])
    )


def clean_texts(data: Path) -> list[str]:
    """Return texts without personal data: marketing lines with trap words and questions to a bank."""
    lines = (data / "toxicity" / "clean_but_tricky.txt").read_text(encoding="utf-8").splitlines()
    with (data / "topics" / "banking_train.csv").open(encoding="utf-8", newline="") as file:
        questions = [row["text"] for row in csv.DictReader(file)]
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")] + questions
