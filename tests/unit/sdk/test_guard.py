"""Guarding: a bad text never comes out, and the result says why."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk import Generated, Guarded, Policy
from copydesk.bundle import EngineEntry, build, sign, verify
from copydesk.checks.contract import Outcome
from copydesk.errors import NoFallbackError, UnknownPromptError, VariableError
from tests.factories import bundles

ADA = {"first_name": "Ada"}
FALLBACK = "Welcome back, Ada. Good to see you."


def policy_of(content: dict[str, Any] | None = None, **changes: Any) -> Policy:
    return Policy.from_bundle(verify(bundles.bundle(5, content, **changes), bundles.trust()))


POLICY = policy_of()


class Script:
    """Answers one scripted reply per call and remembers what it was called with."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.calls: list[tuple[list[dict[str, str]], dict[str, Any]]] = []

    def __call__(self, messages: list[dict[str, str]], arguments: dict[str, Any]) -> Any:
        self.calls.append((messages, arguments))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def guard(*replies: Any, policy: Policy = POLICY) -> tuple[Guarded, Script]:
    script = Script(*replies)
    return policy.guard("welcome", variables=ADA, generate=script), script


def test_a_good_text_comes_out_as_generated() -> None:
    guarded, script = guard("Good to see you, Ada.")
    assert (guarded.text, guarded.source, guarded.reason) == ("Good to see you, Ada.", "generated", None)
    assert guarded.version == 5
    assert script.calls[0][0][1] == {"role": "user", "content": "Welcome Ada back."}
    assert script.calls[0][1] == {
        "model": "small-model",
        "temperature": 0.3,
        "top_p": 1.0,
        "max_tokens": 200,
        "seed": 7,
    }


def test_a_blocked_text_is_retried_with_another_seed() -> None:
    guarded, script = guard("So cheap!", "Fine.")
    assert (guarded.text, guarded.source) == ("Fine.", "retried")
    assert "retried because glossary" in str(guarded.reason)
    assert [call[1]["seed"] for call in script.calls] == [7, 8]


def test_a_text_blocked_each_time_is_replaced_by_approved_copy() -> None:
    guarded, _ = guard("So cheap!", "Still cheap!")
    assert (guarded.text, guarded.source) == (FALLBACK, "fallback")
    assert len(guarded.attempts) == 2
    assert [finding.rule_id for finding in guarded.findings] == ["house/banned"]
    assert guarded.verdict is not None
    assert guarded.verdict.is_blocked


@pytest.mark.parametrize("reply", [TimeoutError("too slow"), None, 3, Generated(None)])  # type: ignore[arg-type]
def test_a_generate_that_fails_gives_approved_copy(reply: Any) -> None:
    guarded, script = guard(reply)
    assert (guarded.text, guarded.source) == (FALLBACK, "fallback")
    assert "generate" in str(guarded.reason)
    assert len(script.calls) == 1


def test_another_model_is_a_warning_unless_the_prompt_blocks_it() -> None:
    guarded, _ = guard(Generated("Fine.", "small-model-2"))
    assert guarded.findings == ()
    guarded, _ = guard(Generated("Fine.", "cheaper-model"))
    assert guarded.text == "Fine."
    assert [(f.check, f.severity) for f in guarded.findings] == [("model", "warning")]
    content = bundles.assets()
    content["prompt"]["welcome"]["model"]["on_other_model"] = "block"
    guarded, _ = guard(*[Generated("Fine.", "cheaper-model")] * 2, policy=policy_of(content))
    assert guarded.source == "fallback"
    assert "cheaper-model" in str(guarded.reason)


def test_without_approved_copy_a_blocked_text_is_an_error_never_an_answer() -> None:
    content = bundles.assets(fallbacks={"copy": {"title": "Copy", "fallbacks": []}})
    with pytest.raises(NoFallbackError):
        guard("cheap", "cheap", policy=policy_of(content))


def test_a_call_that_is_wrong_says_so_before_anything_is_generated() -> None:
    script = Script()
    with pytest.raises(UnknownPromptError, match="known: welcome"):
        POLICY.guard("welcom", variables=ADA, generate=script)
    with pytest.raises(VariableError, match="first_name: is missing"):
        POLICY.guard("welcome", generate=script)
    assert script.calls == []


def test_a_text_made_elsewhere_is_guarded_too() -> None:
    assert POLICY.guard_text("Fine.", prompt="welcome", variables=ADA).text == "Fine."
    assert POLICY.guard_text("cheap", prompt="welcome", variables=ADA).text == FALLBACK


def engines(entry: EngineEntry, content: dict[str, Any] | None = None) -> Policy:
    """Return a policy whose bundle wants this engine; the digests are made with it."""
    made = bundles.inputs(1, content, engines=(entry,))
    return Policy.from_bundle(verify(sign(build(made), bundles.signer()), bundles.trust()))


@pytest.mark.parametrize(
    ("on_not_run", "outcome"), [("block", Outcome.FAIL), ("review", Outcome.WARN), ("allow", Outcome.PASS)]
)
def test_a_check_whose_engine_is_another_is_not_run_and_counts_as_declared(
    on_not_run: str, outcome: Outcome
) -> None:
    policy = engines(EngineEntry("glossary", "another-engine", "9", None, "runtime", on_not_run))
    verdict = policy.check("So cheap!", prompt="welcome")
    (result,) = verdict.results
    assert result.outcome is Outcome.NOT_RUN
    assert "another-engine" in str(result.reason)
    assert verdict.outcome is outcome
    assert policy.missing_engines == ("glossary",)


def test_a_check_this_client_has_never_heard_of_is_not_run() -> None:
    policy = engines(EngineEntry("sarcasm", "irony", "1", None, "runtime", "block"))
    assert policy.check("Fine.").is_blocked
    assert policy.guard_text("Fine.", prompt="welcome", variables=ADA).is_fallback


def test_counts_tell_what_happened() -> None:
    policy = policy_of()
    guard("So cheap!", Generated("Fine.", "small-model"), policy=policy)
    guard(TimeoutError(), policy=policy)
    seen = policy.telemetry.snapshot()
    assert seen.sources == {"retried": 1, "fallback": 1}
    assert seen.outcomes == {"fail": 1, "pass": 1}
    assert seen.checks == {("glossary", "fail"): 1, ("glossary", "pass"): 1}
    assert seen.models == {"small-model": 1}
    # The retried text counts for no version: a golden run has none.
    assert seen.first_checks == {policy.version: {("glossary", "fail"): 1}}
    assert seen.p50_us is not None
    assert seen.p95_us is not None
    assert seen.p50_us <= seen.p95_us
