"""What the German rules share: the listed words, endings, and the umlaut."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

_UMLAUTS: Final = {"a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü"}
ADJECTIVE_ENDINGS: Final = ("e", "en", "er", "es", "em")
HISSES: Final = ("s", "ß", "x", "z", "tsch")


@cache
def listed() -> dict[str, Any]:
    """Return `data/german_forms.yml`."""
    source = files("copydesk.checks").joinpath("data", "german_forms.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(source)
    return data


@cache
def listed_words(name: str) -> frozenset[str]:
    """Return the words of one of its lists."""
    return frozenset(listed()[name].split())


def umlaut(stem: str) -> str:
    """Return a stem with its last vowel changed: "haus" becomes "häus", "saal" becomes "säl"."""
    for index in range(len(stem) - 1, -1, -1):
        char = stem[index]
        if char in "aou":
            before = stem[index - 1 : index]
            if char == "u" and before == "a":
                return stem[: index - 1] + "äu" + stem[index + 1 :]
            if char == before and char in "ao":
                return stem[: index - 1] + _UMLAUTS[char] + stem[index + 1 :]
            return stem[:index] + _UMLAUTS[char] + stem[index + 1 :]
        if char in "eiäöüy":
            return stem
    return stem
