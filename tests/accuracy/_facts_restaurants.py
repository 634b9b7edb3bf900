"""Wrong slot values found in restaurant texts: the fact sheet of a text is changed in one slot at a time."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import FactSheet
from copydesk.checks.contract import Context
from copydesk.checks.facts import FactsCheck, compile_check

EVERY = 4
_SLOT = re.compile(r"(\w[\w ]*)\[([^\]]*)\]")
_CHILD = ("family", "families", "kid", "kids", "child", "children")
_YES = [
    *(f"{word} friendly" for word in _CHILD),
    *(f"friendly {word}" for word in _CHILD),
    "kids are welcome",
    *(
        f"{gap} {word}"
        for gap in (
            "suitable for",
            "good for",
            "great for",
            "friendly for",
            "friendly to",
            "welcomes",
            "perfect for",
            "caters to",
            "bring your",
            "allows",
        )
        for word in _CHILD
    ),
    "families are welcome",
    "children are welcome",
    "whole family",
    "family restaurant",
    "family place",
]
_NO = [
    "adult",
    "adults",
    "adults only",
    "no for families",
    "no kids",
    "no children",
    "no families",
    *(
        f"{gap} {word}"
        for gap in (
            "not allow",
            "don't bring your",
            "not cater to",
            "not cater for",
            "unfriendly to",
            "not for",
            "not welcome",
            "not suitable for",
        )
        for word in _CHILD
    ),
]
# What a domain's editor would list once: the words each value goes by. Values of one tuple mean the same.
WORDS: dict[str, list[tuple[set[str], list[str]]]] = {
    "food": [({name}, [name]) for name in ("Chinese", "Japanese", "French", "Indian", "Italian", "Fast food")]
    + [({"English"}, ["English", "British"])],
    "area": [
        ({"riverside"}, ["riverside", "river side", "river", "waterside"]),
        (
            {"city centre"},
            ["city centre", "centre", "centre of the city", "central", "centrally", "inner city"],
        ),
    ],
    "familyFriendly": [({"yes"}, _YES), ({"no"}, _NO)],
    "customer rating": [
        (
            {"low", "1 out of 5"},
            ["low", "1 out of 5", "poor", "poorly", "one star", "1 star", "lowest", "bad"],
        ),
        (
            {"average", "3 out of 5"},
            ["average", "3 out of 5", "three star", "3 star", "decent", "averagely", "mediocre"],
        ),
        (
            {"high", "5 out of 5"},
            [
                "high",
                "5 out of 5",
                "highly",
                "five star",
                "5 star",
                "excellent",
                "highest",
                "perfect",
                "well rated",
            ],
        ),
    ],
    "priceRange": [
        (
            {"cheap", "less than £20"},
            [
                "cheap",
                "cheaply",
                "low",
                "lower",
                "less than £20",
                "under £20",
                "inexpensive",
                "affordable",
                "below £20",
                "below average",
                "low cost",
                "low price",
            ],
        ),
        (
            {"moderate", "£20-25"},
            [
                "moderate",
                "moderately",
                "average",
                "£20-25",
                "mid",
                "medium",
                "reasonable",
                "reasonably",
                "mid range",
            ],
        ),
        (
            {"high", "more than £30"},
            [
                "high",
                "higher",
                "expensive",
                "more than £30",
                "over £30",
                "above £30",
                "pricey",
                "costly",
                "above average",
                "high end",
            ],
        ),
    ],
}
ATTRIBUTES = {
    "food": ["cuisine", "dishes", "meals"],
    "area": ["located"],
    "familyFriendly": [],
    "customer rating": [
        "rating",
        "ratings",
        "rated",
        "customer ratings",
        "reviews",
        "reviewed",
        "rates",
        "customers",
        "score",
        "customer review",
        "customer reviews",
        "quality",
    ],
    "priceRange": [
        "price range",
        "price",
        "prices",
        "priced",
        "pricing",
        "cost",
        "costs",
        "spend",
        "meal",
        "cheap eats",
    ],
    "near": ["near", "close to", "next to"],
}


def read_all(path: Path) -> list[tuple[list[tuple[str, str]], str]]:
    """Return the slots and the text of every row."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [(_SLOT.findall(row["mr"]), row["ref"]) for row in csv.DictReader(lines)]


def chosen(
    rows: list[tuple[list[tuple[str, str]], str]],
) -> list[tuple[list[tuple[str, str]], str]]:
    """Return every fourth row that names its restaurant and has each slot once."""
    rows = [row for row in rows if len({slot for slot, _ in row[0]}) == len(row[0])]
    return [row for row in rows if any(slot == "name" for slot, _ in row[0])][::EVERY]


def variants(slots: list[tuple[str, str]], near: list[str]) -> Iterator[tuple[list[tuple[str, str]], str]]:
    """Give the slots with one value exchanged for another of its kind, and which slot it is."""
    for index, (slot, value) in enumerate(slots):
        if slot in WORDS:
            others = [sorted(names)[0] for names, _ in WORDS[slot] if value not in names]
        else:
            others = [name for name in near if name != value] if slot == "near" else []
        if others:
            wrong = others[(index + len(value)) % len(others)]
            yield [*slots[:index], (slot, wrong), *slots[index + 1 :]], slot


def compiled(slots: tuple[tuple[str, str], ...], near: list[str]) -> FactsCheck:
    """Return the check of a fact sheet with these slots."""
    name = next(value for slot, value in slots if slot == "name")
    facts = [fact(name, slot, value, near) for slot, value in slots if slot in WORDS or slot == "near"]
    sheet = FactSheet.model_validate({"title": name, "facts": facts})
    return compile_check(PolicyAssets(fact_sheet={"e2e": sheet}), {})


def fact(name: str, slot: str, value: str, near: list[str]) -> dict[str, Any]:
    """Return one slot as a fact whose other answers are those of every other value."""
    if slot == "near":
        right, wrong = [value], [other for other in near if other != value]
    else:
        right = next(words for names, words in WORDS[slot] if value in names)
        wrong = [word for names, words in WORDS[slot] if value not in names for word in words]
    aliases = [name.removeprefix("The ")] if name.startswith("The ") else []
    return {
        "id": slot.lower().replace(" ", "-"),
        "subject": name,
        "subject_aliases": aliases,
        "attribute": slot,
        "attribute_aliases": ATTRIBUTES[slot],
        "value": {"type": "enum", "values": right, "others": wrong},
    }


def contradicted(check: FactsCheck, text: str) -> set[str]:
    """Return the slots that the check says the text gets wrong."""
    findings = check.run(text, Context(locale="en-GB")).findings
    return {str(f.evidence["attribute"]) for f in findings if f.evidence.get("verdict") == "contradicted"}
