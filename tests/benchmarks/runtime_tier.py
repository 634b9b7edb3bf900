"""The runtime tier of the demo policy over texts of 1 KB."""

from __future__ import annotations

import time
from collections.abc import Iterator

from console.demo.content import load_demo
from copydesk.checks.contract import Context
from copydesk.policy import CompiledPolicy
from tests.benchmarks.rows import LOOPS, REFERENCE_S, Row, calibrate, timed

RUNTIME = ("limits", "glossary", "style_rules", "personal_data", "facts", "inclusive_language", "injection")
TEXT_CHARS, ROUNDS = 1024, 20


def measure() -> Iterator[Row]:
    """Yield median and 99th percentile of one check of a text, and the ratio to the calibration loop."""
    demo = load_demo()
    policy = CompiledPolicy.compile(demo.policy_assets(), only=RUNTIME)
    texts = _texts()
    context = Context(locale="en-GB")
    for text in texts:
        policy.check_runtime(text, context)
    before, taken = calibrate(), []
    for _ in range(ROUNDS):
        for text in texts:
            started = time.perf_counter()
            policy.check_runtime(text, context)
            taken.append((time.perf_counter() - started) * 1e6)
    slowness = (before + calibrate()) / 2 / REFERENCE_S
    taken.sort()
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    yield timed("runtime tier, 1 KB text, p50", p50, "µs", 1000.0, slowness)
    yield timed("runtime tier, 1 KB text, p99", p99, "µs", 3000.0, slowness)
    yield Row("runtime tier p50 / calibration loop", p50 / (before * 1e6), "ratio", note=f"{LOOPS} additions")


def _texts() -> list[str]:
    """Return the demo's own copy, cut to texts of 1 KB."""
    demo = load_demo()
    guide = next(iter(demo.policy_assets().style_guide.values()))
    whole = "\n\n".join([*guide.voice.on_brand, *guide.voice.off_brand])
    return [whole[at : at + TEXT_CHARS] for at in range(0, len(whole) - TEXT_CHARS, TEXT_CHARS)][:50]
