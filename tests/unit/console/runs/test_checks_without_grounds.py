"""A check whose list is empty passes every text: no run, review or page shows that as a pass rate."""

from __future__ import annotations

import pytest

from console.assets.grounds import checks_without_grounds
from copydesk.assets import Kind
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.policies import STRICT_GATE, propose, write_policy
from tests.unit.console.runs.test_scores import said

FLOORS = STRICT_GATE | {"floors": [{"check": "facts", "rate": "0.95"}, {"check": "glossary", "rate": "0.95"}]}
FACT = {
    "id": "price",
    "subject": "tent",
    "attribute": "price",
    "value": {"type": "money", "minor": 4900, "currency": "GBP"},
}
LACKING = "The fact sheets hold no fact, so every text passes."


def _write(world: World, *facts: object) -> None:
    write_policy(world, gate=FLOORS)
    add_asset(world, Kind.FACT_SHEET, {"title": "Prices", "facts": list(facts)}, name="prices")
    add_asset(world, Kind.LIMITS, {"title": "Facts", "checks": [{"check": "facts"}]}, name="facts")


def test_a_run_and_its_review_show_no_rate_of_a_check_without_anything_to_go_by(world: World) -> None:
    _write(world)
    proposal = propose(world)
    client = world.client("legal")
    for page in (f"/w/acme/runs/{proposal.run_id}", f"/w/acme/reviews/{proposal.review_id}"):
        words = said(client.get(page).text)
        assert f"Facts {LACKING} none none 95.0% Says nothing" in words
        assert f"1 of 1 pass; 95 % is asked. {LACKING}" in words
        assert "Newly failing – No other version is in production to compare with" in words
        assert "100.0%" in words.partition("Glossary ahocorasick")[2][:60]


def test_a_run_shows_the_rate_of_a_check_that_has_a_fact_to_go_by(world: World) -> None:
    _write(world, FACT)
    words = said(world.client("legal").get(f"/w/acme/runs/{propose(world).run_id}").text)
    assert "Says nothing" not in words
    assert "welcome, " not in words
    assert LACKING not in words


def test_the_page_of_a_check_says_that_it_has_nothing_to_go_by(world: World) -> None:
    _write(world)
    client = world.client("editor")
    assert LACKING in said(client.get("/w/acme/p/mail/checks/facts").text)
    assert "every text passes" not in said(client.get("/w/acme/p/mail/checks/glossary").text)
    assert "every text passes" not in said(client.get("/w/acme/p/mail/checks/personal_data").text)


@pytest.mark.parametrize(
    ("kind", "content", "check"),
    [
        ("glossary", {"terms": [{}]}, "glossary"),
        ("style_guide", {"rules": [{}]}, "style_rules"),
        ("style_guide", {"vocabulary_reject": ["x"]}, "style_rules"),
        ("forbidden_topics", {"topics": [{}]}, "forbidden_topics"),
        ("fact_sheet", {"guarded_claims": ["best"]}, "facts"),
        ("style_guide", {"tones": [{}]}, "brand_voice"),
        ("style_guide", {"voice": {"on_brand": ["a " * 99] * 49, "off_brand": ["b " * 100] * 50}}, ""),
        (
            "style_guide",
            {"voice": {"on_brand": ["a " * 100] * 50, "off_brand": ["b " * 100] * 50}},
            "brand_voice",
        ),
    ],
)
def test_each_check_goes_by_its_own_list(kind: str, content: dict[str, object], check: str) -> None:
    everything = set(checks_without_grounds({}))
    assert set(checks_without_grounds({kind: {"one": content}})) == everything - {check}
