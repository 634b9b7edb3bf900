"""Days in assets: new content holds only those of the calendar, stored content stays readable."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.assets import parse, parse_assets
from copydesk.checks.contract import Context, Outcome
from copydesk.errors import ContentError
from copydesk.policy import CompiledPolicy
from tests.factories.facts import PRICE, fact

IMPOSSIBLE = fact("sale-end", "end", {"type": "date", "date": "2026-02-31"})
RULE = {"id": "no-very", "title": "No very", "kind": "existence", "definition": {"tokens": ["very"]}}


def _sheet(**more: Any) -> dict[str, Any]:
    return {"title": "Prices", "facts": [{**PRICE, **more}]}


def _guide(**more: Any) -> dict[str, Any]:
    return {"title": "Style", "rules": [{**RULE, **more}]}


@pytest.mark.parametrize(
    ("kind", "content", "path"),
    [
        ("fact_sheet", {"title": "Prices", "facts": [IMPOSSIBLE]}, "facts.0.value.date.date"),
        ("fact_sheet", _sheet(valid_from="2026-13-45"), "facts.0.valid_from"),
        ("fact_sheet", _sheet(valid_to="2025-02-29"), "facts.0.valid_to"),
        ("fact_sheet", _sheet(valid_from="0000-01-01"), "facts.0.valid_from"),
        ("fact_sheet", _sheet(valid_from="2026-05-02", valid_to="2026-05-01"), "facts.0.valid_to"),
        ("style_guide", _guide(effective_from="2026-06-31"), "rules.0.effective_from"),
        (
            "style_guide",
            _guide(effective_from="2026-05-02", effective_to="2026-05-01"),
            "rules.0.effective_to",
        ),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field_and_read_again_where_they_were_stored(
    kind: str, content: dict[str, Any], path: str
) -> None:
    with pytest.raises(ContentError) as refused:
        parse(kind, content)
    (problem,) = refused.value.problems
    assert problem.path == path
    assert "write" in problem.message
    assets = parse_assets({kind: {"own": content}})
    kept = getattr(assets, kind)["own"].to_json()
    assert kept == parse(kind, content, as_stored=True).to_json()


@pytest.mark.parametrize("days", [("2026-05-01", "2026-05-01"), ("2024-02-29", None), (None, "2026-12-31")])
def test_days_that_can_be_are_kept(days: tuple[str | None, str | None]) -> None:
    content = parse("fact_sheet", _sheet(valid_from=days[0], valid_to=days[1])).to_json()
    assert (content["facts"][0]["valid_from"], content["facts"][0]["valid_to"]) == days


def test_a_stored_day_that_cannot_be_keeps_the_check_from_running_and_names_its_fact() -> None:
    assets = parse_assets({"fact_sheet": {"prices": {"title": "Prices", "facts": [PRICE, IMPOSSIBLE]}}})
    (result,) = (
        CompiledPolicy.compile(assets, only=["facts"]).check("The Tarn Tent costs £1.", Context()).results
    )
    assert result.outcome is Outcome.NOT_RUN
    assert "prices/sale-end" in (result.reason or "")
    assert "2026-02-31" in (result.reason or "")


def test_a_stored_time_in_force_that_cannot_be_keeps_the_check_running() -> None:
    stored = _sheet(valid_from="2026-13-45", valid_to="2026-01-01")
    policy = CompiledPolicy.compile(parse_assets({"fact_sheet": {"prices": stored}}), only=["facts"])
    (result,) = policy.check("The Tarn Tent costs £1.", Context(today="2026-06-01")).results
    assert result.outcome is not Outcome.NOT_RUN
