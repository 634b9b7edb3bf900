"""Fact sheets of one tent, and what the facts check finds with them."""

from __future__ import annotations

from typing import Any

from copydesk.assets import PolicyAssets
from copydesk.assets.fact_sheet import FactSheet
from copydesk.checks.contract import Context, Finding
from copydesk.checks.facts import FactsCheck, compile_check


def check_of(*facts: dict[str, Any], guarded: tuple[str, ...] = (), **settings: str) -> FactsCheck:
    sheet = {"title": "Sheet", "facts": list(facts), "guarded_claims": list(guarded), **settings}
    return compile_check(PolicyAssets(fact_sheet={"sheet": FactSheet.model_validate(sheet)}), {})


def fact(id_: str, attribute: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id_, "subject": "Tarn Tent", "attribute": attribute, "value": value, **more}


COST = {"type": "money", "minor": 29950, "currency": "GBP"}
PRICE = fact("price", "price", COST, attribute_aliases=["costs"])
GUARANTEE = fact("guarantee", "guarantee", {"type": "duration", "number": "2", "unit": "year"})
TIME = fact(
    "time", "delivery time", {"type": "duration", "number": "2", "number_max": "4", "unit": "working_day"}
)


def only(check: FactsCheck, text: str, **context: Any) -> Finding:
    (finding,) = check.run(text, Context(**context)).findings
    return finding
