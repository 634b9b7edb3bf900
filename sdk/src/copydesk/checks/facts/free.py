"""What costs nothing by the text: "free delivery", "Der Versand ist kostenlos"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from copydesk.assets.fact_sheet import Fact
from copydesk.checks.facts.mentions import fold

# What a price itself is called is never said to be free.
_PRICES: Final = frozenset(
    """price prices priced pricing cost costs rate rates starts from preis preise preislich kosten kostet ab
    deposit""".split()
)
_FORMS: Final = (
    "free {}", "{} is free", "{} are free", "{} ist kostenlos", "{} ist gratis", "{} ist kostenfrei",
    *(f"{word}{ending} {{}}" for word in ("kostenlos", "kostenfrei") for ending in ("e", "er", "es", "en")),
)  # fmt: skip
_ENTRANCES: Final = frozenset({"admission", "entrance", "entry", "eintritt", "eintrittspreis"})
_FREE_ENTRANCE: Final = ("free to enter", "free to get in", "free to get into", "eintritt frei",
                         "freier eintritt", "freien eintritt", "freiem eintritt")  # fmt: skip


def free_forms(fact: Fact) -> Iterator[str]:
    """Yield how a text says that what a price is of costs nothing.

    Args:
        fact: a fact whose value is money.
    """
    subjects = {fold(name) for name in (fact.subject, *fact.subject_aliases)}
    for name in (fact.attribute, *fact.attribute_aliases):
        folded = fold(name)
        if folded not in subjects and _PRICES.isdisjoint(folded.split()):
            yield from (form.format(name) for form in _FORMS)
        if not _ENTRANCES.isdisjoint(folded.split()):
            yield from _FREE_ENTRANCE
