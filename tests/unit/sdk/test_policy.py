"""A policy runs its enabled checks, and what cannot run is never a pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from copydesk.assets import PolicyAssets, parse_assets
from copydesk.checks.contract import (
    CheckResult,
    Context,
    Cost,
    EngineInfo,
    Finding,
    Outcome,
    Severity,
    Span,
    Verdict,
)
from copydesk.checks.registry import CHECK_NAMES
from copydesk.checks.wire import (
    engine_to_json,
    finding_from_json,
    finding_to_json,
    verdict_from_json,
    verdict_to_json,
)
from copydesk.policy import CompiledPolicy

GLOSSARY = {"house": {"title": "House", "terms": [{"id": "outlet", "term": "outlet", "status": "forbidden"}]}}


def policy_with(
    *settings: dict[str, Any], only: tuple[str, ...] = ("glossary", "injection")
) -> CompiledPolicy:
    assets = {"glossary": GLOSSARY, "limits": {"house": {"title": "House", "checks": list(settings)}}}
    return CompiledPolicy.compile(parse_assets(assets), only=only)


@dataclass
class BrokenCheck:
    """A check whose engine fails on every text."""

    name: str = "glossary"
    cost: Cost = Cost.RUNTIME
    deterministic: bool = True
    reads: frozenset[str] = frozenset()
    engine: EngineInfo = field(default_factory=lambda: EngineInfo("glossary", "broken", "1"))

    def run(self, text: str, context: Context) -> CheckResult:
        raise RuntimeError("the engine broke")


def test_every_enabled_check_gives_one_result_in_the_fixed_order() -> None:
    verdict = policy_with().check("fine")
    assert [result.check for result in verdict.results] == ["glossary", "injection"]
    assert verdict.outcome is Outcome.PASS


def test_a_disabled_check_gives_no_result() -> None:
    policy = policy_with({"check": "glossary", "enabled": False})
    assert [result.check for result in policy.check("outlet").results] == ["injection"]


def test_an_error_fails_the_text() -> None:
    verdict = policy_with().check("our outlet")
    assert verdict.outcome is Outcome.FAIL
    assert verdict.is_blocked
    assert verdict.findings[0].span == Span(4, 10)


@pytest.mark.parametrize(
    ("on_not_run", "outcome"),
    [("block", Outcome.FAIL), ("review", Outcome.WARN), ("allow", Outcome.PASS)],
)
def test_a_check_that_breaks_is_not_run_and_weighs_as_its_setting_says(
    on_not_run: str, outcome: Outcome
) -> None:
    settings = parse_assets(
        {"limits": {"l": {"title": "L", "checks": [{"check": "glossary", "on_not_run": on_not_run}]}}}
    )
    policy = CompiledPolicy(settings, (BrokenCheck(),), {"glossary": settings.setting("glossary").on_not_run})
    verdict = policy.check("anything")
    assert verdict.results[0].outcome is Outcome.NOT_RUN
    assert "the engine broke" in (verdict.results[0].reason or "")
    assert verdict.outcome is outcome


def test_not_run_does_not_hide_a_failure() -> None:
    working = policy_with().checks
    policy = CompiledPolicy(PolicyAssets(), (BrokenCheck(), *working), {"glossary": "allow"})
    assert policy.check("our outlet").outcome is Outcome.FAIL


def test_a_check_that_cannot_be_compiled_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    # None in sys.modules is how Python itself says "this module is not to be found".
    monkeypatch.setitem(sys.modules, "copydesk.checks.glossary", None)
    policy = policy_with(only=("glossary",))
    (result,) = policy.check("our outlet").results
    assert result.outcome is Outcome.NOT_RUN
    assert "copydesk.checks.glossary" in (result.reason or "")
    assert policy.engines[0].engine == "unavailable"


def test_a_check_enforced_in_the_console_is_left_out_at_runtime() -> None:
    assets = parse_assets(
        {"limits": {"l": {"title": "L", "checks": [{"check": "glossary", "enforced_at": "console"}]}}}
    )
    only = ("glossary", "injection")
    assert len(CompiledPolicy.compile(assets, only=only).checks) == 2
    (left,) = CompiledPolicy.compile(assets, only=only, enforced_at="runtime").checks
    assert left.name == "injection"


def test_an_unknown_check_is_named() -> None:
    with pytest.raises(ValueError, match="spelling"):
        CompiledPolicy.compile(PolicyAssets(), only=["spelling"])


def test_the_runtime_tier_runs_no_model() -> None:
    policy = CompiledPolicy.compile(PolicyAssets())
    assert {check.name for check in policy.checks} == set(CHECK_NAMES)
    costs = {check.name: check.cost for check in policy.checks}
    assert all(costs[result.check] is Cost.RUNTIME for result in policy.check_runtime("A fine day.").results)


def test_a_verdict_survives_the_wire() -> None:
    finding = Finding(
        "toxicity", "insult", Severity.WARNING, "Reads as an insult.", Span(0, 3), "you", 0.875,
        {"quote": "hey", "lists": ["a", "b"]},
    )  # fmt: skip
    verdict = Verdict(
        Outcome.WARN,
        (
            CheckResult("toxicity", Outcome.WARN, (finding,), scores={"insult": 0.875}),
            CheckResult("facts", Outcome.NOT_RUN, reason="no sheet"),
        ),
    )
    data = verdict_to_json(verdict)
    assert data["results"][0]["scores"] == {"insult": "0.875000"}
    assert verdict_from_json(data) == verdict
    assert finding_from_json(finding_to_json(finding)) == finding


def test_an_engine_is_json_without_floats() -> None:
    engine = policy_with().engines[0]
    assert engine_to_json(engine) == {
        "check": "glossary",
        "engine": "ahocorasick-rs",
        "engine_version": engine.engine_version,
        "weights_sha256": None,
    }
