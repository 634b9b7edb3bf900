from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from copydesk.assets import PolicyAssets, parse_assets
from copydesk.checks import encoder as encoders
from copydesk.checks.contract import Context, Outcome, Severity
from copydesk.checks.forbidden_topics import compile_check, engine, topic_report, train_heads

RULES = Path(__file__).parents[3] / "rules" / "forbidden_topics.yml"


@pytest.fixture(scope="module")
def assets() -> PolicyAssets:
    return parse_assets(yaml.safe_load(RULES.read_text(encoding="utf-8"))["assets"])


def test_shipped_heads_judge_like_freshly_trained_ones(assets: PolicyAssets) -> None:
    heads = train_heads(assets)
    assert heads == train_heads(assets)
    shipped, fresh = compile_check(assets, heads), compile_check(assets, {})
    text = "A light bottle. It also cures high blood pressure."
    assert shipped.run(text, Context()) == fresh.run(text, Context())
    assert shipped.engine == fresh.engine


def test_the_action_sets_the_weight_of_what_examples_find(assets: PolicyAssets) -> None:
    check = compile_check(assets, {})
    review = check.run("The lamp is a therapy against depression.", Context()).findings[0]
    blocked = check.run("Put your savings into crypto today.", Context()).findings[0]
    assert (review.severity, blocked.severity) == (Severity.WARNING, Severity.ERROR)
    assert review.evidence["nearest_example"] in assets.forbidden_topics["house-topics"].topics[0].positives


def test_without_the_encoder_terms_still_block_and_the_rest_is_not_run(
    assets: PolicyAssets, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = encoders.EncoderStatus(False, "minilm-int8", "0", None, "the sentence encoder is not installed")
    monkeypatch.setattr(engine, "encoder_status", lambda: missing)
    check = compile_check(assets, {})
    clean = check.run("A light bottle.", Context())
    assert clean.outcome is Outcome.NOT_RUN
    assert clean.reason is not None
    assert "not installed" in clean.reason
    assert check.run("A miracle cure.", Context()).outcome is Outcome.FAIL


def test_a_damaged_head_is_not_run(assets: PolicyAssets) -> None:
    check = compile_check(assets, {"forbidden_topics/house-topics/politics.f32": b"broken"})
    assert check.run("A light bottle.", Context()).outcome is Outcome.NOT_RUN


def test_the_report_of_a_topic_keeps_its_false_positives_under_the_limit(assets: PolicyAssets) -> None:
    topics = assets.forbidden_topics["house-topics"]
    report = topic_report(topics.topics[0], topics.background)
    assert report.false_positive_rate <= float(topics.topics[0].max_background_false_positive_rate)
    assert report.recall >= 0.7
    assert report.problem is None
    bad = topics.topics[0].model_copy(update={"positives": topics.topics[2].near_misses, "near_misses": ()})
    assert topic_report(bad, topics.background).recall < report.recall
