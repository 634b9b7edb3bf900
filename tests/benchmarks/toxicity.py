"""The toxicity engines: the embedded one in its own process, Detoxify beside the package's own calls.

`python -m tests.benchmarks.toxicity` is that process: texts come in as JSON, what it took goes out as JSON.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from console.config import ROOT
from tests.benchmarks.rows import REFERENCE_S, Row, at_least, calibrate, timed

MAX_TEXT_MS, MAX_LOAD_S, MAX_RESIDENT_MB = 1.3, 0.3, 120.0
LEAST_GAIN_ONE_BY_ONE, LEAST_GAIN_LIST, MAX_DIFFERENCE = 1.5, 3.4, 1e-5
LONG_CHARS, ROUNDS = 1024, 5
HEAVY = ("torch", "sklearn", "transformers", "detoxify")


@dataclass(frozen=True, slots=True)
class Alone:
    """What the embedded engine took in a fresh process, as processor time per text.

    `listed_ms` is that of a line among all lines, handed over as one list, as runs and the check itself do
    (a text is scored with its sentences); the others are medians of texts handed over one by one.
    `slowness` is how many times slower than the reference machine this one was.
    """

    load_s: float
    listed_ms: float
    line_ms: float
    page_ms: float
    resident_mb: float
    heavy_modules: tuple[str, ...]
    slowness: float


def measure() -> Iterator[Row]:
    """Yield the rows of both engines; Detoxify's without figures where it is not installed."""
    yield from _embedded_rows()
    if all(importlib.util.find_spec(name) for name in ("torch", "detoxify")):
        yield from _detoxify_rows()
    else:
        yield Row("Detoxify adapter", None, "ratio", note="not installed; `make detoxify` adds it")


def _embedded_rows() -> Iterator[Row]:
    lines, pages = copy()
    answer = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.toxicity"], input=json.dumps([lines, pages]),
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    found = Alone(**json.loads(answer.stdout))
    chars = median(map(len, lines))
    line = f"a line of copy of {chars:.0f} chars"
    yield timed(f"embedded toxicity, {line}, of a list of {len(lines)}", found.listed_ms, "ms", MAX_TEXT_MS,
                found.slowness)  # fmt: skip
    yield Row(f"embedded toxicity, {line}, alone", found.line_ms, "ms", note="no bar")
    yield Row("embedded toxicity, 1 KB text", found.page_ms, "ms", note="no bar; about 220 word pieces")
    yield timed("embedded toxicity, load", found.load_s, "s", MAX_LOAD_S, found.slowness)
    resident = found.resident_mb
    yield Row("embedded toxicity, memory of the process", resident, "MB", MAX_RESIDENT_MB,
              resident <= MAX_RESIDENT_MB)  # fmt: skip
    heavy = found.heavy_modules
    yield Row("embedded toxicity, torch or scikit-learn imported", len(heavy), "modules", 0, not heavy,
              ", ".join(heavy))  # fmt: skip


def copy() -> tuple[list[str], list[str]]:
    """Return the demo's own copy, all different: single lines, and texts of about 1 KB."""
    from console.demo.content import load_demo
    from copydesk.checks.text import sentences

    guide = next(iter(load_demo().policy_assets().style_guide.values()))
    texts = [*guide.voice.on_brand, *guide.voice.off_brand]
    lines = [text[span.start : span.end] for text in texts for span in sentences(text)]
    whole = "\n\n".join(texts)
    pages = [whole[at : at + LONG_CHARS] for at in range(0, len(whole) - LONG_CHARS, LONG_CHARS)]
    return list(dict.fromkeys(lines)), pages[:20]


def alone(lines: Sequence[str], pages: Sequence[str]) -> Alone:
    """Load the embedded engine in this process, score texts one by one and lines as a list.

    Args:
        lines: short texts, all different.
        pages: texts of about 1 KB, all different.
    """
    before, started = calibrate(), time.process_time()
    import copydesk_toxicity

    engine = copydesk_toxicity.load()
    load_s = time.process_time() - started
    engine.scores(["warm up"])
    line_ms, page_ms = _each_ms(engine.scores, lines), _each_ms(engine.scores, pages)
    import psutil

    resident_mb = psutil.Process().memory_info().rss / 1e6
    # An engine remembers what it scored last, so each round has one of its own.
    fresh = [copydesk_toxicity.load() for _ in range(ROUNDS)]
    return Alone(
        load_s=load_s,
        listed_ms=median(_whole_ms(engine.scores, lines) for engine in fresh) / len(lines),
        line_ms=line_ms,
        page_ms=page_ms,
        resident_mb=resident_mb,
        heavy_modules=tuple(name for name in HEAVY if name in sys.modules),
        slowness=(before + calibrate()) / 2 / REFERENCE_S,
    )


def _each_ms(score: Callable[[list[str]], Any], texts: Sequence[str]) -> float:
    taken = []
    for text in texts:
        started = time.process_time()
        score([text])
        taken.append((time.process_time() - started) * 1e3)
    return median(taken)


def _whole_ms(score: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    score(["warm up"])
    started = time.process_time()
    score(texts)
    return (time.process_time() - started) * 1e3


def _detoxify_rows() -> Iterator[Row]:
    """One thread, fp32: the adapter, `predict` text by text, and `predict` of the list, in turns."""
    import torch
    from detoxify import Detoxify

    from copydesk.checks.toxicity import detoxify_engine
    from tests.factories.detoxify import write_checkpoint

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        engine = detoxify_engine.load(write_checkpoint(Path(folder)))
    package = Detoxify.__new__(Detoxify)  # its constructor would ask the hub
    package.model, package.tokenizer = engine._model, engine._tokenizer
    package.class_names, package.device = list(engine.labels), "cpu"
    texts = mixed_lengths()
    taken: dict[str, list[float]] = {"adapter": [], "one by one": [], "list": []}
    for _ in range(ROUNDS):
        adapted = _timed(taken["adapter"], lambda: engine.scores(texts))
        singly = _timed(taken["one by one"], lambda: [package.predict(text) for text in texts])
        _timed(taken["list"], lambda: package.predict(texts))
    least = {name: min(times) for name, times in taken.items()}
    note = f"{len(texts)} texts, {least['adapter'] / len(texts) * 1e3:.2f} ms each"
    yield at_least("Detoxify adapter against predict one by one", least["one by one"] / least["adapter"],
                   LEAST_GAIN_ONE_BY_ONE, note)  # fmt: skip
    yield at_least("Detoxify adapter against predict of the list", least["list"] / least["adapter"],
                   LEAST_GAIN_LIST, note)  # fmt: skip
    difference = max(abs(a[label] - b[label]) for a, b in zip(adapted, singly, strict=True) for label in a)
    yield Row("Detoxify adapter, largest difference of a score", difference, "", MAX_DIFFERENCE,
              difference <= MAX_DIFFERENCE)  # fmt: skip


def mixed_lengths() -> list[str]:
    """Return texts as a service sends them: mostly lines, some paragraphs, a few of half a page.

    None is longer than a window of the adapter, so that all three ways read the same words.
    """
    lines, pages = copy()
    paragraphs = [page[:320] for page in pages[:10]]
    return [*lines[:80], *paragraphs, *(page[:700] for page in pages[10:14])]


def _timed(taken: list[float], work: Callable[[], Any]) -> Any:
    started = time.process_time()
    result = work()
    taken.append(time.process_time() - started)
    return result


if __name__ == "__main__":
    json.dump(asdict(alone(*json.load(sys.stdin))), sys.stdout)
