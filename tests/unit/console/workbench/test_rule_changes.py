"""Asking the changed rules alone says what asking the whole guide does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from console.demo.content import load_demo
from console.quality.compiling import compiled
from console.quality.state import PolicyState
from console.runs.stored_samples import Samples, StoredSample
from console.workbench import judging
from console.workbench.impact import Impact, impact, judge_samples
from console.workbench.judging import touched_checks
from console.workbench.rule_changes import impact_of_rules, rule_change
from copydesk.checks.contract import Context

HOME = Path("/nowhere")
WORDS = ("tent", "rucksack", "weather", "utilize", "very", "in order to", "simply", "cheap", "walk", "guests")


def state_of(guide: dict[str, Any], kinds: tuple[str, ...] = ("prompt", "limits")) -> PolicyState:
    """Return the demo's policy with this style guide."""
    state = PolicyState(1, {}, {})
    for item in load_demo().assets:
        if item.kind in kinds:
            state = state.with_content(item.kind, item.name, dict(item.content))
    return state.with_content("style_guide", "house", guide)


def guide() -> dict[str, Any]:
    return dict(next(item.content for item in load_demo().assets if item.kind == "style_guide"))


def rule(word: str, severity: str) -> dict[str, Any]:
    return {
        "id": f"no-{word.replace(' ', '-')}",
        "title": f"No {word}",
        "kind": "existence",
        "severity": severity,
        "definition": {"tokens": [word], "ignorecase": True},
        "bad": [f"A {word}."],
        "good": ["Nothing."],
    }


def samples_of(texts: list[str]) -> Samples:
    context = Context(locale="en-GB")
    return Samples(
        tuple(
            StoredSample(number, 1, 1, f"c{number}", "Case", 0, text, context, {})
            for number, text in enumerate(texts)
        )
    )


def in_full(before: PolicyState, after: PolicyState, samples: Samples) -> Impact:
    sides = []
    for state in (before, after):
        made = compiled("style_rules", state, HOME, may_train=False)
        assert made is not None
        sides.append(judge_samples(made.policy, "style_rules", samples.items))
    return impact("style_rules", samples.items, *sides)


@settings(max_examples=25, deadline=None)
@given(
    texts=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(lambda words: " ".join(words) + "."),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    was=st.dictionaries(st.sampled_from(WORDS[:4]), st.sampled_from(["info", "warning", "error"])),
    becomes=st.dictionaries(st.sampled_from(WORDS[:4]), st.sampled_from(["info", "warning", "error"])),
    dropped=st.integers(0, 3),
)
def test_changed_rules_alone_find_the_same_flips_as_whole_guides(
    texts: list[str], was: dict[str, str], becomes: dict[str, str], dropped: int
) -> None:
    own = guide()["rules"]
    before = state_of({**guide(), "rules": [*own, *(rule(*pair) for pair in was.items())]})
    after = state_of({**guide(), "rules": [*own[dropped:], *(rule(*pair) for pair in becomes.items())]})
    change = rule_change(before, after)
    samples = samples_of(texts)
    if change is None:
        assert was == becomes
        assert dropped == 0
        return
    judging.forget()
    with Session() as session:
        found = impact_of_rules(session, change, before, samples, HOME)
    assert found == in_full(before, after, samples)


@pytest.mark.parametrize("part", ["vocabulary_reject", "tones"])
def test_guides_that_change_elsewhere_are_asked_in_full(part: str) -> None:
    changed = {**guide(), part: ["gizmo"] if part == "vocabulary_reject" else []}
    changed["rules"] = changed["rules"][1:]
    assert rule_change(state_of(guide()), state_of(changed)) is None


def test_checks_that_do_not_read_what_changed_are_not_asked() -> None:
    kinds = ("prompt", "limits", "fallbacks", "forbidden_topics", "glossary")
    changed = {**guide(), "rules": guide()["rules"][1:]}
    assert touched_checks(state_of(guide(), kinds), state_of(changed, kinds)) == ("style_rules",)
    prompt = next(item for item in load_demo().assets if item.kind == "prompt")
    text = [{**block, "text": "Write."} for block in prompt.content["blocks"]]
    before = state_of(guide(), kinds)
    for change, checks in (
        ({"blocks": text}, ()),
        ({"output": {"format": "text", "max_characters": 7}}, ("limits", "glossary", "style_rules")),
    ):
        after = before.with_content("prompt", prompt.name, {**prompt.content, **change})
        assert touched_checks(before, after) == checks
    voice = {**guide(), "voice": {}}
    assert "brand_voice" in touched_checks(state_of(guide(), kinds), state_of(voice, kinds))
