"""The figures of a complete run: pass rates, gate, latency, tokens, cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.generation.prices import cost_of, prices_of
from console.runs import queries
from console.runs.gate import CaseResult, Condition, GateResult, Share, case_changes, evaluate, share_of
from console.runs.scores import summarise_scores
from copydesk.checks.wire import decimal_text
from models import Run, Sample, Workspace

QUANTILES = (50, 95, 99)


def summarise(session: Session, run: Run) -> dict[str, Any]:
    """Compute the stored summary of a run whose samples are all there (JSON data without floats)."""
    results = queries.case_results(session, run.id)
    baseline = queries.case_results(session, run.baseline_run_id) if run.baseline_run_id else None
    setting = queries.gate_setting(session, run.policy_id)
    content = queries.gate_content(setting)
    gate = evaluate(content, results, baseline)
    prices = _prices(session, run)
    return {
        "passed": sum(result.passed for result in results),
        "total": len(results),
        "cases": len({result.case_key for result in results}),
        "checks": _by_check(results),
        "segments": _by_segment(results),
        "scores": summarise_scores(session, run.id, run.baseline_run_id),
        "newly_failing": _changed(results, baseline, "newly_failing"),
        "newly_passing": _changed(results, baseline, "newly_passing"),
        "gate_setting": setting.number if setting else 0,
        "gate_sha256": setting.sha256 if setting else None,
        "paired_alpha": content.paired_alpha,
        "gate": gate_json(gate),
        "generation": _generation(session, run.id, prices),
        "sources": _sources(session, run.id),
    }


def gate_json(gate: GateResult) -> dict[str, Any]:
    """Return a gate result as JSON data."""
    return {"is_met": gate.is_met, "conditions": [_condition_json(c) for c in gate.conditions]}


def _condition_json(condition: Condition) -> dict[str, Any]:
    def text(value: float | None) -> str | None:
        return None if value is None else decimal_text(value)

    return {
        "id": condition.id,
        "state": str(condition.state),
        "message": condition.message,
        "check": condition.check,
        "segment": condition.segment,
        "passed": condition.passed,
        "total": condition.total,
        "rate": text(condition.rate),
        "low": text(condition.low),
        "high": text(condition.high),
        "floor": text(condition.floor),
        "needed_cases": condition.needed_cases,
        "case_keys": list(condition.case_keys),
        "cases": condition.cases,
    }


def _by_check(results: Sequence[CaseResult]) -> dict[str, dict[str, Any]]:
    outcomes: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    not_run: Counter[str] = Counter()
    for result in results:
        for check, passed in result.passed_by_check.items():
            outcomes[check].append((result.case_key, passed))
        not_run.update(result.not_run)
    return {
        check: _figures(share_of(outcomes[check])) | {"not_run": not_run[check]}
        for check in sorted(outcomes.keys() | not_run.keys())
    }


def _figures(share: Share) -> dict[str, Any]:
    low, high = share.interval()
    return {
        "passed": share.passed,
        "total": share.total,
        "cases": share.cases,
        "low": decimal_text(low),
        "high": decimal_text(high),
    }


def _by_segment(results: Sequence[CaseResult]) -> dict[str, dict[str, Any]]:
    groups: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    for result in results:
        groups[result.segment or ""].append((result.case_key, result.passed))
    return {segment: _figures(share_of(group)) for segment, group in sorted(groups.items())}


def _changed(
    results: Sequence[CaseResult], baseline: Sequence[CaseResult] | None, change: str
) -> list[str] | None:
    """Return the cases that changed so against the baseline run (`case_changes`); None without one."""
    if baseline is None:
        return None
    before, after = (
        {(r.case_key, r.repeat_index): r.passed for r in samples} for samples in (baseline, results)
    )
    return sorted(case for case, found in case_changes(before, after).items() if found == change)


def _sources(session: Session, run_id: int) -> dict[str, int]:
    statement = select(Sample.source, func.count()).where(Sample.run_id == run_id).group_by(Sample.source)
    return dict(session.execute(statement).all())


def _generation(session: Session, run_id: int, prices: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return calls, latency quantiles (ms), tokens and cost per model; cached texts cost nothing again."""
    statement = select(
        Sample.model, Sample.source, Sample.latency_ms, Sample.prompt_tokens, Sample.completion_tokens
    ).where(Sample.run_id == run_id, Sample.model.is_not(None))
    groups: dict[str, list[Any]] = defaultdict(list)
    for sample in session.execute(statement):
        groups[sample.model].append(sample)
    return [_model_row(model, group, prices.get(model)) for model, group in sorted(groups.items())]


def _model_row(model: str, group: Sequence[Any], price: Any) -> dict[str, Any]:
    called = [s for s in group if s.source == "generated"]
    latencies = sorted(s.latency_ms or 0 for s in group)
    prompt_tokens = sum(s.prompt_tokens or 0 for s in called)
    completion_tokens = sum(s.completion_tokens or 0 for s in called)
    row: dict[str, Any] = {
        "model": model,
        "samples": len(group),
        "calls": len(called),
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "cost": _cost(price, prompt_tokens, completion_tokens),
    }
    for quantile in QUANTILES:
        # Nearest-rank quantile: the smallest value that at least q % do not exceed.
        rank = max(0, -(-quantile * len(latencies) // 100) - 1)
        row[f"p{quantile}_ms"] = latencies[rank] if latencies else None
    return row


def _cost(price: Any, prompt_tokens: int, completion_tokens: int) -> dict[str, Any] | None:
    """Return the cost in millionths of a currency unit; None where nobody entered a price."""
    millionths = cost_of(price, prompt_tokens, completion_tokens)
    if millionths is None:
        return None
    return {"micro": millionths // 100, "currency": str(price.get("currency", "USD"))}


def _prices(session: Session, run: Run) -> Mapping[str, Any]:
    return prices_of(session.get_one(Workspace, run.candidate.policy.workspace_id))
