"""One chunk of a run: generate what is missing, check it, write rows that can be written twice."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from typing import Any

from console.config import Settings
from console.database import Database
from console.errors import ConsoleError
from console.generation import cache
from console.generation.masking import Masker
from console.generation.provider import Generated, Provider, make_provider
from console.generation.requests import GenerationRequest, call_parameters, make_request
from console.golden.content import Expectation, GoldenCase
from console.judge.judging import ADVICE, JUDGES, Bench, Judge
from console.runs import samples
from console.runs.veils import Veil
from copydesk.assets import PolicyAssets
from copydesk.checks.contract import CheckResult, Context, Outcome, Verdict
from copydesk.checks.wire import decimal_text, finding_to_json
from copydesk.errors import CopydeskError
from copydesk.policy import CompiledPolicy, overall_outcome, weightier

# What a killed worker checks again at most, and how far progress lags behind.
FLUSH_ROWS, FLUSH_S = 500, 0.5


@dataclass(frozen=True, slots=True)
class Item:
    """One sample to make: a case and its repeat index."""

    case: GoldenCase
    repeat_index: int


@dataclass(frozen=True, slots=True)
class Made:
    """The text of one item and where it came from (`generated`, `cached`, `fixed`), or why there is none."""

    item: Item
    text: str | None
    source: str
    failure: str | None = None
    request: GenerationRequest | None = None
    generated: Generated | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What all chunks of a run share."""

    run_id: int
    assets: PolicyAssets
    policy: CompiledPolicy
    items: tuple[Item, ...]
    today: date
    bench: Bench | None = None
    masker: Masker | None = None


def run_chunk(
    plan: RunPlan, items: Sequence[Item], *, settings: Settings, database: Database, stop: threading.Event
) -> None:
    """Make, check and store every item; what is stored already is left alone.

    Each generated text goes into the cache at once, so a killed worker's successor repeats only what was in
    flight. `stop` ends the chunk between items.
    """
    batch: list[samples.SampleRow] = []
    flushed = time.monotonic()
    made = _make_all(plan, items, settings, database, stop)
    for row in _judge_all(plan, made, settings, stop):
        batch.append(row)
        if len(batch) >= FLUSH_ROWS or time.monotonic() - flushed > FLUSH_S:
            _flush(database, plan.run_id, batch)
            batch, flushed = [], time.monotonic()
    _flush(database, plan.run_id, batch)


def _flush(database: Database, run_id: int, batch: Sequence[samples.SampleRow]) -> None:
    if batch:
        with database.write() as session:
            samples.store(session, run_id, batch)


def _make_all(
    plan: RunPlan, items: Sequence[Item], settings: Settings, database: Database, stop: threading.Event
) -> Iterator[Made]:
    """Yield every item with its text: fixed and cached ones first, then the generated as they arrive."""
    pending: list[tuple[Item, GenerationRequest]] = []
    for item in items:
        if item.case.text is not None:
            yield Made(item, item.case.text, "fixed")
            continue
        try:
            pending.append((item, _request(plan.assets, item, plan.masker)))
        except (CopydeskError, KeyError) as error:
            yield Made(item, None, "failed", failure=_render_failure(plan.assets, item, error))
    with database.read() as session:
        known = {
            key: Generated(e.text, e.model, e.latency_ms, e.prompt_tokens, e.completion_tokens)
            for key, e in cache.find(session, [request.key for _, request in pending]).items()
        }
    missing = []
    for item, request in pending:
        if request.key in known:
            found = known[request.key]
            yield Made(item, found.text, "cached", request=request, generated=found)
        else:
            missing.append((item, request))
    if missing and not stop.is_set():
        yield from _generate(missing, settings, database, stop, plan.masker)


def _request(assets: PolicyAssets, item: Item, masker: Masker | None) -> GenerationRequest:
    prompt = assets.prompt[item.case.prompt]
    return make_request(
        prompt,
        case_key=item.case.id,
        variables=item.case.variables,
        locale=item.case.locale,
        repeat_index=item.repeat_index,
        masker=masker,
    )


def _render_failure(assets: PolicyAssets, item: Item, error: Exception) -> str:
    if item.case.prompt not in assets.prompt:
        return f"No text: the candidate has no prompt {item.case.prompt!r}."
    return f"No text: the prompt can't be rendered for this case: {error}"


def _generate(
    missing: Sequence[tuple[Item, GenerationRequest]],
    settings: Settings,
    database: Database,
    stop: threading.Event,
    masker: Masker | None,
) -> Iterator[Made]:
    try:
        provider = make_provider(settings)
    except ConsoleError as error:
        yield from (Made(item, None, "failed", failure=str(error), request=r) for item, r in missing)
        return
    todo = iter(missing)
    running: set[Future[Made]] = set()
    with ThreadPoolExecutor(settings.generation_concurrency, "generate") as pool:
        try:
            while True:
                while len(running) < settings.generation_concurrency and not stop.is_set():
                    entry = next(todo, None)
                    if entry is None:
                        break
                    running.add(pool.submit(_generate_one, provider, entry, database, stop, masker))
                if not running:
                    return
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    made = future.result()
                    if made.failure is None or not stop.is_set():
                        yield made
        finally:
            provider.close()


def _generate_one(
    provider: Provider,
    entry: tuple[Item, GenerationRequest],
    database: Database,
    stop: threading.Event,
    masker: Masker | None,
) -> Made:
    item, request = entry
    try:
        generated = provider.generate(request.messages, call_parameters(request), stop=stop)
    except ConsoleError as error:
        return Made(item, None, "failed", failure=str(error), request=request)
    if masker is None or masker.may_be_kept(generated.text, item.case.locale):
        with database.write() as session:
            cache.keep(session, request, generated)
    return Made(item, generated.text, "generated", request=request, generated=generated)


def context_of(case: GoldenCase, prompt_channel: str | None, today: date) -> Context:
    """Return what the checks know about a case's text; the channel defaults to the prompt's own."""
    return Context(
        prompt=case.prompt,
        audience=case.audience,
        channel=case.channel or prompt_channel,
        locale=case.locale,
        segment=case.segment,
        variables=case.variables,
        must_mention=case.must_mention,
        today=today.isoformat(),
    )


def _judge_all(
    plan: RunPlan, made: Iterator[Made], settings: Settings, stop: threading.Event
) -> Iterator[samples.SampleRow]:
    """Yield the checked samples; where a model judges too, several texts are with it at once."""
    if plan.bench is None:
        yield from (_judge(plan, one, None) for one in made)
        return
    try:
        provider = make_provider(settings)
    except ConsoleError:
        provider = None
    judge, waiting = plan.bench.sit(provider, stop), deque[Future[samples.SampleRow]]()
    try:
        with ThreadPoolExecutor(settings.generation_concurrency, "judge") as pool:
            for one in made:
                waiting.append(pool.submit(_judge, plan, one, judge))
                if len(waiting) > settings.generation_concurrency:
                    yield from _unless_stopped(waiting.popleft().result(), stop)
            while waiting:
                yield from _unless_stopped(waiting.popleft().result(), stop)
    finally:
        if provider is not None:
            provider.close()


def _unless_stopped(row: samples.SampleRow, stop: threading.Event) -> Iterator[samples.SampleRow]:
    # A judge that was interrupted has not spoken: whoever resumes the run asks it again.
    interrupted = any(v["check"] in JUDGES and v["outcome"] == "not_run" for v in row.verdicts)
    if not (interrupted and stop.is_set()):
        yield row


def _judge(plan: RunPlan, made: Made, judge: Judge | None) -> samples.SampleRow:
    case = made.item.case
    prompt = plan.assets.prompt.get(case.prompt)
    context = context_of(case, prompt.channel if prompt else None, plan.today)
    veil = Veil.over(plan.masker, prompt, case, made.request)
    text = veil.lifted(made.text)
    verdict = plan.policy.check(text, context) if text is not None else None
    shown = veil.hidden(text)
    opinion = judge.judge(shown, context) if judge is not None and shown is not None else None
    advice: tuple[Mapping[str, Any], ...] = ()
    if plan.bench is not None and plan.bench.counts and verdict is not None and opinion is not None:
        with_opinion = weightier(verdict.outcome, overall_outcome((opinion,), plan.policy.on_not_run))
        verdict = Verdict(with_opinion, (*verdict.results, opinion))
    elif opinion is not None:
        advice = ({**_verdict_row(opinion, case.expect, veil), "check": ADVICE, "passed": True},)
    return samples.SampleRow(
        case_key=case.id,
        repeat_index=made.item.repeat_index,
        text=shown,
        failure=veil.hidden(made.failure),
        outcome=str(verdict.outcome) if verdict else str(Outcome.FAIL),
        passed=verdict is not None and _as_expected(verdict, case.expect),
        context=context,
        source=made.source,
        cache_key=made.request.key if made.request else None,
        generated=made.generated,
        verdicts=(*_verdict_rows(plan, verdict, case.expect, veil), *advice),
    )


def _as_expected(verdict: Verdict, expect: Expectation) -> bool:
    """Tell whether a verdict is the one the case expects; with nothing expected, any but a fail."""
    by_check = {result.check: result for result in verdict.results}
    for check, wanted in expect.checks.items():
        if check not in by_check or str(by_check[check].outcome) != wanted:
            return False
    if expect.outcome is not None:
        return str(verdict.outcome) == expect.outcome
    if expect.checks:
        others = [r for r in verdict.results if r.check not in expect.checks]
        return all(result.outcome is not Outcome.FAIL for result in others)
    return verdict.outcome is not Outcome.FAIL


def check_passed(result: CheckResult, expect: Expectation) -> bool:
    """Tell whether one check said what the case expects of it."""
    wanted = expect.checks.get(result.check)  # type: ignore[call-overload]
    if wanted is not None:
        return str(result.outcome) == wanted
    if result.outcome is Outcome.NOT_RUN:
        return False
    # A case that is meant to fail leaves open which check finds it, unless it says so.
    return result.outcome is not Outcome.FAIL or (expect.outcome == "fail" and not expect.checks)


def _verdict_rows(
    plan: RunPlan, verdict: Verdict | None, expect: Expectation, veil: Veil
) -> tuple[Mapping[str, Any], ...]:
    if verdict is None:
        names = [check.name for check in plan.policy.checks]
        if plan.bench is not None and plan.bench.counts:
            names.append(plan.bench.check)
        return tuple(
            {
                "check": name,
                "outcome": "not_run",
                "passed": False,
                "reason": "There is no text to check.",
                "findings": [],
                "scores": {},
            }
            for name in names
        )
    return tuple(_verdict_row(result, expect, veil) for result in verdict.results)


def _verdict_row(result: CheckResult, expect: Expectation, veil: Veil) -> dict[str, Any]:
    result = veil.over_result(result)
    return {
        "check": result.check,
        "outcome": str(result.outcome),
        "passed": check_passed(result, expect),
        "reason": result.reason,
        "findings": [finding_to_json(finding) for finding in result.findings],
        "scores": {name: decimal_text(score) for name, score in result.scores.items()},
    }
