"""Recorded generations: what the pinned model said for the demo's cases, under a live run's keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from console.demo.content import DATA
from console.generation import cache
from console.generation.provider import Generated, Provider
from console.generation.requests import GenerationRequest, call_parameters, make_request
from console.golden.content import GoldenCase
from copydesk.assets import PolicyAssets

PATH = DATA / "recorded.jsonl"


def load(session: Session, path: Path = PATH) -> int:
    """Put the recorded generations into the cache; returns how many there are."""
    if not path.exists():
        return 0
    count = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        request = GenerationRequest((), entry["parameters"], entry["key"])
        made = Generated(
            entry["text"],
            entry["model"],
            entry["latency_ms"],
            entry["prompt_tokens"],
            entry["completion_tokens"],
        )
        cache.keep(session, request, made, recorded_on=entry["recorded_on"])
        count += 1
    return count


def record_one(
    provider: Provider, assets: PolicyAssets, case: GoldenCase, *, recorded_on: str
) -> dict[str, Any]:
    """Ask the model for one case and return its line of the file."""
    request = request_for(assets, case)
    made = provider.generate(request.messages, call_parameters(request))
    return {
        "case": case.id,
        "key": request.key,
        "parameters": dict(request.parameters),
        "model": made.model or request.parameters["model"],
        "text": made.text,
        "latency_ms": made.latency_ms,
        "prompt_tokens": made.prompt_tokens,
        "completion_tokens": made.completion_tokens,
        "recorded_on": recorded_on,
    }


def request_for(assets: PolicyAssets, case: GoldenCase) -> GenerationRequest:
    """Return the request a run makes for the first sample of a case."""
    return make_request(
        assets.prompt[case.prompt],
        case_key=case.id,
        variables=case.variables,
        locale=case.locale,
        repeat_index=0,
    )
