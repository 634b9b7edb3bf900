"""Rules that services do without: the console judges by those it can, and whoever signs reads of all."""

from __future__ import annotations

from typing import Any

from copydesk.assets import Kind
from models import Run
from tests.factories.assets import add_asset
from tests.factories.console import World
from tests.factories.policies import propose, write_policy
from tests.unit.console.runs.test_scores import said

TWICE = {"id": "twice", "title": "No word twice", "kind": "existence", "severity": "error"}
NOUNS = {
    "id": "nouns",
    "title": "No rows of nouns",
    "kind": "sequence",
    "definition": {"tokens": [{"tag": "NN"}]},
}
CHEAP = {"id": "mean", "title": "Not mean", "kind": "existence", "definition": {"tokens": ["mean"]}}


def write_rules(world: World, *rules: dict[str, Any]) -> None:
    write_policy(world, ("Welcome back.", "Welcome back back."))
    add_asset(world, Kind.STYLE_GUIDE, {"title": "House", "rules": list(rules)}, name="style")
    add_asset(world, Kind.LIMITS, {"title": "Rules", "checks": [{"check": "style_rules"}]}, name="rules")


def test_runs_and_reviews_name_the_rules_that_services_do_without(world: World) -> None:
    pattern = {**TWICE, "definition": {"tokens": [r"(\w+) \1"]}}
    write_rules(world, pattern, NOUNS, CHEAP)
    proposal = propose(world)
    with world.session() as session:
        run = session.get_one(Run, proposal.run_id)
        assert (run.summary or {})["passed"] == 1, "the console judges by the pattern"
    client = world.client("legal")
    for page in (f"/w/acme/runs/{proposal.run_id}", f"/w/acme/reviews/{proposal.review_id}"):
        words = said(client.get(page).text)
        assert "2 rules are not enforced at runtime: No rows of nouns style/nouns : judged nowhere" in words
        assert "No word twice style/twice : this run was judged by it" in words
        assert "Not mean" not in words.split("2 rules are not enforced")[1].split("Gate")[0]


def test_a_run_says_nothing_of_rules_that_are_all_enforced(world: World) -> None:
    write_rules(world, CHEAP)
    proposal = propose(world)
    assert "enforced at runtime" not in world.client("legal").get(f"/w/acme/runs/{proposal.run_id}").text
