"""A bounded run of the fuzzer on parsers and matchers; `make soak` runs every target for longer."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import SEEDS, TARGETS

ROOT = Path(__file__).resolve().parents[2]
# The ones that read what strangers write; each costs seconds of start-up.
IN_EVERY_RUN = ("checks", "vale_rule", "bundle", "template", "golden_file")
RUNS, SOAK_RUNS = 1_000, 200_000
SOAK_SECONDS = 60

needs_fuzzer = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is built for Linux on x86-64 only"
)


def _fuzz(target: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", target, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_a_target_holds_on_its_seeds_and_on_nothing(target: str) -> None:
    for data in (*SEEDS.get(target, ()), b"", b"\x00", b"\xff\xfe\x00\xd8", b"[" * 3000, b"a" * 4096):
        TARGETS[target](data)


@needs_fuzzer
@pytest.mark.parametrize("target", IN_EVERY_RUN)
def test_no_input_brings_a_parser_or_matcher_down(target: str) -> None:
    ended = _fuzz(target, "--runs", str(RUNS))
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert f"Done {RUNS}" in ended.stderr


@needs_fuzzer
@pytest.mark.soak
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_no_input_brings_a_parser_or_matcher_down_for_long(target: str, is_soak: bool) -> None:
    if not is_soak:
        pytest.skip("minutes of fuzzing: make soak")
    ended = _fuzz(target, "--runs", str(SOAK_RUNS), "--seconds", str(SOAK_SECONDS))
    assert ended.returncode == 0, ended.stderr[-4000:]
