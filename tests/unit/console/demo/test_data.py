"""The demo company's files: they fit the schemas, hold what the tour shows, and pass their own policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import product

import pytest

from console.demo import report
from console.demo.content import Demo, load_demo
from console.golden.content import parse_golden
from console.permissions import Role
from copydesk.assets import PolicyAssets, parse
from copydesk.assets.glossary import TermStatus
from copydesk.canonical import canonical_bytes
from copydesk.checks.contract import Context, Outcome
from copydesk.checks.forbidden_topics import train_heads
from copydesk.checks.style_rules import check_examples, rule_problems
from copydesk.policy import CompiledPolicy
from copydesk.rendering import render, render_fallback, template_problems
from copydesk.variables import default_problems


@pytest.fixture(scope="module")
def demo() -> Demo:
    return load_demo()


@pytest.fixture(scope="module")
def assets(demo: Demo) -> PolicyAssets:
    return demo.policy_assets()


@pytest.fixture(scope="module")
def heads(assets: PolicyAssets) -> Mapping[str, bytes]:
    return train_heads(assets)


@pytest.fixture(scope="module")
def policy(assets: PolicyAssets, heads: Mapping[str, bytes]) -> CompiledPolicy:
    checks = ("limits", *report.CHECKS, "personal_data", "inclusive_language")
    return CompiledPolicy.compile(assets, heads, only=checks)


def test_every_asset_fits_its_schema_and_is_complete_canonical_json(demo: Demo) -> None:
    for asset in (*demo.assets, *demo.change.assets):
        assert parse(asset.kind, asset.content).to_json() == asset.content
        assert canonical_bytes(asset.content)


def test_all_seven_kinds_are_there_with_the_promised_depth(assets: PolicyAssets) -> None:
    guide = assets.style_guide["house-style"]
    assert len(guide.rules) >= 25
    assert len({rule.kind for rule in guide.rules}) >= 7
    assert len(guide.voice.on_brand) >= 50
    assert len(guide.voice.off_brand) >= 50
    assert all(len(text.split()) >= 100 for text in (*guide.voice.on_brand, *guide.voice.off_brand))
    terms = assets.glossary["house-glossary"].terms
    assert len(terms) >= 60
    assert {term.status for term in terms} == set(TermStatus)
    assert all("de" in term.equivalents for term in terms)
    assert len(assets.prompt) == 4
    topics = assets.forbidden_topics["stay-away-from"].topics
    assert len(topics) >= 8
    for topic in topics:
        assert topic.definition
        assert topic.block_terms
        assert min(len(topic.positives), len(topic.near_misses)) >= 10
    assert len(assets.fact_sheet["price-and-promise"].facts) >= 40


def test_users_cover_every_role_of_the_life_cycle(demo: Demo) -> None:
    held = Counter(role for user in demo.users for role in user.roles)
    assert held == {"editor": 2, "legal": 1, "brand_reviewer": 1, "releaser": 1, "admin": 1, "auditor": 1}
    assert set(held) <= {role.value for role in Role}
    assert all(user.email.endswith(".example") for user in demo.users)
    assert demo.change.author_email in {user.email for user in demo.users if "editor" in user.roles}


def test_every_style_rule_is_sound_and_its_examples_hold(assets: PolicyAssets) -> None:
    guide = assets.style_guide["house-style"]
    for rule in guide.rules:
        assert rule_problems(rule, guide) == [], rule.id
        assert rule.good, rule.id
        assert rule.bad, rule.id
        broken = [example for example in check_examples(rule, guide) if not example.holds]
        assert broken == [], rule.id


def test_every_prompt_and_fallback_renders(demo: Demo, assets: PolicyAssets) -> None:
    for name, prompt in assets.prompt.items():
        assert default_problems(prompt) == [], name
        for block in prompt.blocks:
            assert template_problems(block.text, prompt.variables) == [], (name, block.id)
    for case in demo.golden_set.cases:
        rendered = render(assets.prompt[case["prompt"]], case["variables"], case["locale"])
        assert rendered.messages[-1].role == "user", case["id"]
        assert "{{" not in rendered.messages[-1].content


def test_approved_copy_exists_for_every_prompt_audience_and_locale(demo: Demo, assets: PolicyAssets) -> None:
    written = {
        (item.prompt, item.audience, item.locale) for item in assets.fallbacks["approved-copy"].fallbacks
    }
    audiences = [audience.id for audience in demo.company.audiences]
    assert written == set(product(assets.prompt, audiences, demo.company.locales))


def test_approved_copy_passes_the_policy(demo: Demo, assets: PolicyAssets, policy: CompiledPolicy) -> None:
    variables = {case["prompt"]: case["variables"] for case in demo.golden_set.cases}
    sets = list(assets.fallbacks.values())
    blamed = []
    for item in assets.fallbacks["approved-copy"].fallbacks:
        prompt = assets.prompt[item.prompt]
        text = render_fallback(
            sets, item.prompt, prompt, variables[item.prompt], audience=item.audience, locale=item.locale
        )
        context = Context(item.prompt, item.audience, prompt.channel, item.locale)
        verdict = policy.check(text, context)
        blamed += [(item.prompt, item.audience, item.locale, result.check, result.reason, result.findings)
                   for result in verdict.results if result.outcome is not Outcome.PASS
                   and not (item.locale == "de-DE" and "only for English" in str(result.reason)
                            and not result.findings)]  # fmt: skip
    assert blamed == []


def test_the_golden_set_covers_all_audiences_segments_and_generated_locales(
    demo: Demo, assets: PolicyAssets
) -> None:
    cases = parse_golden(
        {"title": demo.golden_set.title, "cases": [dict(case) for case in demo.golden_set.cases]}
    ).cases
    generated = [case for case in cases if case.text is None]
    assert len(generated) >= 60
    assert {case.prompt for case in generated} == set(assets.prompt)
    assert {case.audience for case in generated} == {audience.id for audience in demo.company.audiences}
    assert {case.segment for case in generated} == {segment.id for segment in demo.company.segments}
    assert {case.locale for case in generated} == {"en-GB", "en-US"}
    known = {fact.id for fact in assets.fact_sheet["price-and-promise"].facts}
    assert {fact_id for case in cases for fact_id in case.must_mention} <= known


def test_fixed_texts_come_out_as_their_cases_expect(demo: Demo, policy: CompiledPolicy) -> None:
    surprises = []
    for case in demo.golden_set.cases:
        if case["text"] is None:
            continue
        verdict = policy.check(case["text"], report.case_context(case))
        expected = case["expect"].get("outcome")
        if (verdict.outcome is Outcome.FAIL) != (expected == "fail"):
            surprises.append((case["id"], verdict.outcome, verdict.findings))
    assert surprises == []


def test_every_rule_term_topic_and_fact_is_hit_and_nearly_hit(
    demo: Demo, assets: PolicyAssets, heads: Mapping[str, bytes]
) -> None:
    found = report.usage(assets, demo.golden_set.cases, heads)
    assert found.not_run == ()
    assert found.unused_by_hit == ()
    assert found.unused_by_near_miss == ()


def test_the_report_names_what_no_case_touches(
    assets: PolicyAssets, demo: Demo, heads: Mapping[str, bytes]
) -> None:
    without = [case for case in demo.golden_set.cases if case["text"] is None]
    found = report.usage(assets, without, heads)
    assert "house-style/hype" in found.unused_by_hit
    assert "house-style/hype" in found.unused_by_near_miss
    assert "price-and-promise/mardale-price-uk" not in found.unused_by_hit
    assert not found.is_complete


def test_the_waiting_change_touches_two_assets_and_nothing_else(demo: Demo) -> None:
    before = demo.contents()
    changed = {(asset.kind, asset.name) for asset in demo.change.assets}
    assert changed == {("glossary", "house-glossary"), ("style_guide", "house-style")}
    for asset in demo.change.assets:
        assert asset.content != before[asset.kind][asset.name]
    terms = demo.changed_policy_assets().glossary["house-glossary"].terms
    assert len(terms) == len(demo.policy_assets().glossary["house-glossary"].terms) + 2
    assert {term.id: term.status for term in terms}["lightweight"] is TermStatus.FORBIDDEN


def test_examples_hold_in_the_waiting_change_too(demo: Demo) -> None:
    guide = demo.changed_policy_assets().style_guide["house-style"]
    for rule in guide.rules:
        assert all(example.holds for example in check_examples(rule, guide)), rule.id
