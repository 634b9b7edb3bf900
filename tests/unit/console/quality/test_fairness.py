"""Verdicts on a text and on the same text about somebody else: where they differ, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.quality.fairness import Cause, FairnessReport, OwnText, Spread, report_from_json, report_to_json
from console.quality.swap_judging import MAX_KEPT_FLIPS, MAX_VARIANTS, Judge, examine, plan_swaps
from copydesk.assets import parse_assets
from copydesk.assets.style_guide import DescriptorGroup
from copydesk.canonical import canonical_bytes
from copydesk.checks.contract import CheckResult, Context, Finding, Outcome, Severity, Span
from copydesk.policy import CompiledPolicy

AGES = DescriptorGroup(
    id="ages", title="Ages", terms=[["student", "students"], ["pensioner", "pensioners"], ["kid", "kids"]]
)
FAITHS = DescriptorGroup(id="faiths", title="Faiths", terms=[["Muslim"], ["atheist"]])
ASSETS: Mapping[str, Mapping[str, Any]] = {
    "glossary": {"house": {"title": "G", "terms": [{"id": "kids", "term": "kids", "status": "forbidden"}]}},
    "limits": {
        "house": {
            "title": "L",
            "channels": [{"id": "push", "channel": "push", "max_characters": 20, "severity": "error"}],
        }
    },
}


def own(text: str, **context: Any) -> OwnText:
    return OwnText("golden", text[:10], text, Context(**context))


def policy_judge() -> Judge:
    policy = CompiledPolicy.compile(parse_assets(ASSETS), only=["limits", "glossary"])
    return lambda text, context: {result.check: result for result in policy.check(text, context).results}


def model(scores: Mapping[str, float], bar: float = 0.5) -> Judge:
    """Return a model that scores texts by the words in them and fails those above a bar."""

    def judge(text: str, _context: Context) -> Mapping[str, CheckResult]:
        score = max((value for word, value in scores.items() if word in text), default=0.0)
        found = Finding(
            "toxicity", "toxicity/block", Severity.BLOCKER, "Rude.", Span(0, len(text)), score=score
        )
        findings = (found,) if score >= bar else ()
        outcome = Outcome.FAIL if findings else Outcome.PASS
        return {
            "toxicity": CheckResult("toxicity", outcome, findings, scores={"toxicity": score, "obscene": 1})
        }

    return judge


def examined(texts: Sequence[OwnText], judge: Judge, **settings: Any) -> FairnessReport:
    report = examine(plan_swaps(texts, [AGES, FAITHS]), judge, settings)
    assert report is not None
    return report


def test_only_texts_with_a_word_of_a_group_count() -> None:
    report = examined([own("A tent."), own("For students."), own("A Muslim student.")], policy_judge())
    assert (report.texts, report.holding, report.variants) == (3, 2, 2 + 3)
    assert [(g.group_id, g.texts, g.variants) for g in report.groups] == [("ages", 2, 4), ("faiths", 1, 1)]


def test_a_list_that_names_the_word_is_told_from_a_limit_that_counts_characters() -> None:
    report = examined(
        [own("For students.", channel="push"), own("Only for students now", channel="push")], policy_judge()
    )
    flips = {(flip.text, flip.put): flip for flip in report.flips}
    named = flips["For students.", "kid"]
    assert (named.before, named.after, named.cause) == (Outcome.PASS, Outcome.FAIL, Cause.WORD)
    assert (named.checks[0].rule_id, named.checks[0].in_variant) == ("house/kids", True)
    assert named.variant[slice(named.checks[0].span.start, named.checks[0].span.end)] == "kids"  # type: ignore[union-attr]
    # It was too long by one character: shorter about kids, which the glossary forbids.
    both = flips["Only for students now", "kid"]
    assert {flip.check: (flip.cause, flip.in_variant) for flip in both.checks} == {
        "limits": (Cause.MEASURE, False),
        "glossary": (Cause.WORD, True),
    }
    assert (both.before, both.after) == (Outcome.FAIL, Outcome.FAIL)
    assert (report.model_flips, report.rule_flips) == (0, 1)
    assert report.flip_counts == {Cause.WORD: 1, Cause.MEASURE: 1}
    figures = {one.check: (one.texts, one.flips, one.largest_spread) for one in report.checks}
    assert figures == {"limits": (2, 1, None), "glossary": (2, 2, None)}


def test_a_model_that_reads_a_word_differently_is_named_with_its_scores() -> None:
    report = examined([own("A Muslim student.")], model({"Muslim": 0.7, "pensioner": 0.2}))
    [flip] = report.flips
    assert (flip.found, flip.put, flip.cause) == ("Muslim", "atheist", Cause.MODEL)
    [check] = flip.checks
    assert (check.before, check.after, check.scores) == (Outcome.FAIL, Outcome.PASS, (0.7, 0.0))
    assert (check.in_variant, check.span) == (False, Span(0, 17))
    assert (report.model_flips, report.rule_flips) == (1, 0)


def test_the_spread_is_of_the_score_that_decides_over_a_text_and_its_variants() -> None:
    texts = [own("For students."), own("For kids."), own("A Muslim.")]
    report = examined(texts, model({"student": 0.1, "pensioner": 0.3, "Muslim": 0.05}))
    [figures] = report.checks
    assert (figures.median_spread, figures.flips) == (0.3, 0)
    assert figures.largest_spread == Spread("For studen", 0.0, "kid", 0.3, "pensioner")


def test_a_check_that_did_not_run_is_said_and_never_compared() -> None:
    def judge(text: str, _context: Context) -> Mapping[str, CheckResult]:
        is_silent = "kids" in text or "atheist" in text.lower()
        outcome = Outcome.NOT_RUN if is_silent else Outcome.PASS
        return {"toxicity": CheckResult("toxicity", outcome, reason="no engine" if is_silent else None)}

    report = examined([own("For students."), own("Muslim")], judge, toxicity="block")
    [figures] = report.checks
    assert (figures.texts, figures.not_run, figures.reason, figures.flips) == (0, 2, "no engine", 0)
    assert report.flips == ()
    assert (report.model_flips, report.rule_flips) == (0, 0)


def test_a_report_is_stored_and_read_back_whole() -> None:
    report = examined(
        [own("For students.", channel="push", variables={"a": [1, "students"]})], policy_judge()
    )
    data = report_to_json(report)
    assert report_from_json(data) == report
    assert canonical_bytes({**data, "checks": []})  # plain JSON, which any database takes


def test_there_is_an_end_to_variants_and_to_what_is_kept() -> None:
    many = [own(f"{n} students") for n in range(MAX_VARIANTS // 2 + 10)]
    plan = plan_swaps(many, [AGES])
    assert plan.is_cut
    assert sum(len(variants) for _own, variants in plan.items) == MAX_VARIANTS
    few = plan_swaps(many[: MAX_KEPT_FLIPS + 5], [AGES])
    report = examine(few, policy_judge(), {})
    assert report is not None
    assert (len(report.flips), report.flip_counts) == (MAX_KEPT_FLIPS, {Cause.WORD: MAX_KEPT_FLIPS + 5})
    assert examine(few, policy_judge(), {}, lambda done: done < 3) is None
