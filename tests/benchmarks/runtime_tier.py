"""The runtime tier over texts of 1 KB: the whole, its terms, its style rules beside one pattern per rule.

The style rules are those of five published styles from ../shared/data/vale/styles, without that folder the
demo's own. Compilation is measured first, before anything in this process has compiled a pattern.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import regex

from console.config import ROOT
from console.demo.content import load_demo
from copydesk import vale
from copydesk.assets import PolicyAssets
from copydesk.assets.glossary import Glossary, Term, TermStatus
from copydesk.assets.style_guide import RuleKind, StyleGuide, StyleRule
from copydesk.checks.contract import Context
from copydesk.checks.registry import compile_check
from copydesk.policy import CompiledPolicy
from tests.benchmarks.rows import LOOPS, REFERENCE_S, Row, at_least, calibrate, timed

# What the bar names; the demo policy also runs the two below.
TIER = ("limits", "glossary", "style_rules", "personal_data", "facts")
RUNTIME = (*TIER, "inclusive_language", "injection")
TEXT_CHARS, ROUNDS = 1024, 20
STYLES = ROOT.parent / "shared" / "data" / "vale" / "styles"
ARTICLES = ROOT.parent / "shared" / "data" / "voice" / "onestopenglish"
UNSEEN, TURNS = 300, 5
STYLE_NAMES = ("Google", "Microsoft", "write-good", "proselint", "alex")
MATCHING_KINDS = frozenset({RuleKind.EXISTENCE, RuleKind.SUBSTITUTION})
CONTEXT = Context(locale="en-GB")
TERMS, MANY_TERMS = 1_000, 20_000


@dataclass(frozen=True, slots=True)
class _Turn:
    """Times of each text in µs, how slow the machine was, and its calibration loop before in seconds."""

    by_text: list[list[float]]
    slowness: float
    before_s: float


def measure() -> Iterator[Row]:
    """Yield compile time, median and 99th percentile of one check of a text, and what they consist of."""
    demo = load_demo().policy_assets()
    yield _compilation(demo)
    texts = _texts()
    rules, source = _style_rules(demo)
    guide = StyleGuide(title="Imported", rules=rules)
    assets = replace(demo, style_guide={"imported": guide}, glossary=_with_terms(demo, TERMS))
    tier = CompiledPolicy.compile(assets, only=TIER)
    many = compile_check("glossary", PolicyAssets(glossary=_with_terms(demo, MANY_TERMS)))
    of_tier, of_terms = _quietest(
        texts, lambda text: tier.check_runtime(text, CONTEXT), lambda text: many.run(text, CONTEXT)
    )
    taken, turns = _all(of_tier), f"quietest of {TURNS} turns"
    name = f"runtime tier, {len(rules)} rules, {TERMS} terms, 1 KB"
    yield timed(f"{name}, p50, {turns}", _p50(taken), "µs", 250.0, of_tier.slowness)
    yield timed(f"{name}, p99, {turns}", _p99(taken), "µs", 600.0, of_tier.slowness)
    best, note = sorted(map(min, of_tier.by_text)), "no bar; without what else runs"
    yield Row(f"{name}, each text's best of {ROUNDS}, p50", _p50(best), "µs", note=note)
    yield Row(f"{name}, each text's best of {ROUNDS}, p99", _p99(best), "µs", note=note)
    yield _unseen(tier)
    for check in tier.checks:
        taken, slowness, _ = _timings(lambda text, check=check: check.run(text, CONTEXT), texts)  # type: ignore[misc]
        yield Row(f"  of which {check.name}, p50", _p50(taken), "µs", note=_reference(_p50(taken), slowness))
    whole = CompiledPolicy.compile(demo, only=RUNTIME)
    taken, slowness, before = _timings(lambda text: whole.check_runtime(text, CONTEXT), texts)
    note = f"the demo's own rules; {_reference(_p50(taken), slowness)}"
    yield Row("runtime tier of the demo policy, p50", _p50(taken), "µs", note=note)
    yield Row(
        "runtime tier p50 / calibration loop",
        _p50(taken) / (before * 1e6),
        "ratio",
        note=f"{LOOPS} additions",
    )
    name = f"{MANY_TERMS} terms, 1 KB text, p50, {turns}"
    yield timed(name, _p50(_all(of_terms)), "µs", 30.0, of_terms.slowness)
    yield _against_one_pattern_per_rule(rules, source, texts)


def _compilation(demo: PolicyAssets) -> Row:
    for name in RUNTIME:
        importlib.import_module(f"copydesk.checks.{name}")
    before = calibrate()
    started = time.process_time()
    CompiledPolicy.compile(demo, only=RUNTIME)
    taken_ms = (time.process_time() - started) * 1e3
    slowness = (before + calibrate()) / 2 / REFERENCE_S
    return timed("compile the runtime tier of the demo policy", taken_ms, "ms", 200.0, slowness)


def _style_rules(demo: PolicyAssets) -> tuple[tuple[StyleRule, ...], str]:
    """Return the rules that match words or patterns, and where they come from."""
    if STYLES.is_dir():
        files = [file for name in STYLE_NAMES for file in vale.read_folder(STYLES / name)]
        rules, source = vale.import_rules(files).rules, "imported rules"
    else:
        rules, source = next(iter(demo.style_guide.values())).rules, "rules of the demo"
    return tuple(rule for rule in rules if rule.kind in MATCHING_KINDS), source


def _with_terms(demo: PolicyAssets, count: int) -> dict[str, Glossary]:
    """Return the demo's glossary with made-up words beside its own, every tenth of them forbidden."""
    own = next(iter(demo.glossary.values())).terms
    parts = (
        "ba",
        "cor",
        "di",
        "fel",
        "gan",
        "hu",
        "jel",
        "kom",
        "lu",
        "mar",
        "nes",
        "po",
        "qui",
        "ran",
        "su",
    )
    made = ("".join(word) for word in product(parts, repeat=4))
    terms = [
        Term(
            id=f"made-{number}",
            term=word,
            status=TermStatus.FORBIDDEN if number % 10 == 0 else TermStatus.DEPRECATED,
        )
        for number, word in zip(range(count - len(own)), made, strict=False)
    ]
    return {"house": Glossary(title="House", terms=(*own, *terms))}


def _unseen(tier: CompiledPolicy) -> Row:
    """Return the median time of news articles seen for the first time, after as many others.

    Automata of patterns build a state when a text first needs it, which texts timed again and again hide.
    """
    name = f"runtime tier, {UNSEEN} news articles of 1 KB, each seen once, p50"
    whole = "\n\n".join(file.read_text("utf-8", "replace") for file in sorted(ARTICLES.rglob("*.txt")))
    texts = [whole[at : at + TEXT_CHARS] for at in range(0, len(whole) - TEXT_CHARS, TEXT_CHARS)]
    texts = texts[:: max(1, len(texts) // (2 * UNSEEN))][: 2 * UNSEEN]
    if not texts:
        return Row(name, None, "µs", note="no articles; they are in ../shared")
    for text in texts[:UNSEEN]:
        tier.check_runtime(text, CONTEXT)
    taken, slowness, _ = _timings(
        lambda text: tier.check_runtime(text, CONTEXT), texts[UNSEEN:], 1, warm=False
    )
    return Row(name, _p50(taken), "µs", note=f"no bar; {_reference(_p50(taken), slowness)}")


def _against_one_pattern_per_rule(rules: Sequence[StyleRule], source: str, texts: Sequence[str]) -> Row:
    check = compile_check(
        "style_rules", PolicyAssets(style_guide={"a": StyleGuide(title="A", rules=tuple(rules))})
    )
    patterns = [pattern for rule in rules if (pattern := _own_pattern(rule)) is not None]
    ours, slowness, _ = _timings(lambda text: check.run(text, CONTEXT), texts)
    theirs, _, _ = _timings(
        lambda text: [list(pattern.finditer(text)) for pattern in patterns], texts, rounds=2
    )
    note = (
        f"{len(patterns)} {source}: {_p50(theirs):.0f} µs one by one, {_p50(ours):.0f} µs together "
        f"({_reference(_p50(ours), slowness)})"
    )
    return at_least("style rules against one pattern per rule", _p50(theirs) / _p50(ours), 40.0, note)


def _own_pattern(rule: StyleRule) -> Any:
    """Return one rule as one regular expression, written as Vale writes it."""
    data = rule.definition
    tokens = data.get("tokens") or list(data.get("swap") or ())
    tokens = [str(token) for token in tokens if str(token).strip()]
    body = "|".join(tokens)
    written = (f"(?:{body})" if data.get("nonword") else rf"\b(?:{body})\b") if tokens else ""
    raw = data.get("raw") or ""
    written = (raw if isinstance(raw, str) else "".join(map(str, raw))) + written
    flags = regex.MULTILINE | (regex.IGNORECASE if data.get("ignorecase") is True else 0)
    try:
        return regex.compile(written, flags)
    except regex.error:
        return None


def _timings(
    run: Callable[[str], object], texts: Sequence[str], rounds: int = ROUNDS, *, warm: bool = True
) -> tuple[list[float], float, float]:
    """Return the sorted times in µs, the slowness against the reference, the calibration loop in seconds."""
    turn = _turn(run, texts, rounds, warm=warm)
    return _all(turn), turn.slowness, turn.before_s


def _quietest(texts: Sequence[str], *runs: Callable[[str], object]) -> list[_Turn]:
    """Return each one's quietest turn; they take turns, since a machine is loud for seconds at a time.

    What else the machine does only ever adds, so the quietest turn says most of us.
    """
    turns = [[_turn(run, texts) for run in runs] for _ in range(TURNS)]
    return [min(own, key=lambda turn: _p50(_all(turn))) for own in zip(*turns, strict=True)]


def _all(turn: _Turn) -> list[float]:
    return sorted(each for times in turn.by_text for each in times)


def _turn(
    run: Callable[[str], object], texts: Sequence[str], rounds: int = ROUNDS, *, warm: bool = True
) -> _Turn:
    for text in texts if warm else ():
        run(text)
    before = calibrate()
    taken: list[list[float]] = [[] for _ in texts]
    for _ in range(rounds):
        for text, times in zip(texts, taken, strict=True):
            started = time.perf_counter()
            run(text)
            times.append((time.perf_counter() - started) * 1e6)
    return _Turn(taken, (before + calibrate()) / 2 / REFERENCE_S, before)


def _p50(taken: Sequence[float]) -> float:
    return taken[len(taken) // 2]


def _p99(taken: Sequence[float]) -> float:
    return taken[len(taken) * 99 // 100]


def _reference(measured: float, slowness: float) -> str:
    return f"{measured / slowness:.3g} µs on the reference machine"


def _texts() -> list[str]:
    """Return the demo's own copy, cut to texts of 1 KB."""
    demo = load_demo()
    guide = next(iter(demo.policy_assets().style_guide.values()))
    whole = "\n\n".join([*guide.voice.on_brand, *guide.voice.off_brand])
    return [whole[at : at + TEXT_CHARS] for at in range(0, len(whole) - TEXT_CHARS, TEXT_CHARS)][:50]
