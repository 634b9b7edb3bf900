"""What a process counts about its own checks; numbers only, never a text."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from copydesk.checks.contract import Verdict

LATENCY_WINDOW = 2_048
MAX_MODEL_NAMES = 50
MAX_VERSIONS = 3
OTHER_MODELS = "other"


@dataclass(frozen=True, slots=True)
class TelemetrySnapshot:
    """Counts since `since`; latencies (µs) are over the last 2 048 checked texts, None before the first.

    `checks` counts results by (check, outcome), `sources` what guard handed out (generated, retried,
    fallback), `models` texts by the model that made them. `first_checks` counts, for the last versions that
    were in force, what their checks said of texts as they came first: no retries, before waivers. A golden
    run measures the same, so the console can compare the two.
    """

    since: datetime
    outcomes: Mapping[str, int]
    checks: Mapping[tuple[str, str], int]
    sources: Mapping[str, int]
    models: Mapping[str, int]
    p50_us: int | None
    p95_us: int | None
    first_checks: Mapping[int, Mapping[tuple[str, str], int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the counts as they stand in an instance report."""
        return {
            "since": self.since.isoformat(),
            "outcomes": dict(sorted(self.outcomes.items())),
            "checks": _listed(self.checks),
            "versions": [
                {"version": version, "checks": _listed(counts)}
                for version, counts in sorted(self.first_checks.items())
            ],
            "sources": dict(sorted(self.sources.items())),
            "fallbacks": self.sources.get("fallback", 0),
            "models": dict(sorted(self.models.items())),
            "p50_us": self.p50_us,
            "p95_us": self.p95_us,
        }


def _listed(counts: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    return [
        {"check": check, "outcome": outcome, "count": count}
        for (check, outcome), count in sorted(counts.items())
    ]


@dataclass(slots=True)
class Telemetry:
    """Thread-safe counters of one process; they only rise, so a lost report loses nothing."""

    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    _outcomes: Counter[str] = field(default_factory=Counter)
    _checks: Counter[tuple[str, str]] = field(default_factory=Counter)
    _sources: Counter[str] = field(default_factory=Counter)
    _models: Counter[str] = field(default_factory=Counter)
    _latencies_us: deque[int] = field(default_factory=lambda: deque(maxlen=LATENCY_WINDOW))
    _first_checks: dict[int, Counter[tuple[str, str]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count_verdict(self, verdict: Verdict, latency_us: int) -> None:
        """Count one checked text and how long it took."""
        with self._lock:
            self._outcomes[verdict.outcome.value] += 1
            for result in verdict.results:
                self._checks[result.check, result.outcome.value] += 1
            self._latencies_us.append(latency_us)

    def count_first(self, version: int, verdict: Verdict) -> None:
        """Count what the checks of a version say of a text that is no retry, before waivers."""
        with self._lock:
            if version not in self._first_checks:
                while len(self._first_checks) >= MAX_VERSIONS:
                    del self._first_checks[next(iter(self._first_checks))]  # the one that came first
                self._first_checks[version] = Counter()
            self._first_checks[version].update((r.check, r.outcome.value) for r in verdict.results)

    def count_guarded(self, source: str, model: str | None) -> None:
        """Count what guard handed out and which model had made the text."""
        with self._lock:
            self._sources[source] += 1
            if model is not None:
                is_known = model in self._models or len(self._models) < MAX_MODEL_NAMES
                self._models[model if is_known else OTHER_MODELS] += 1

    def snapshot(self) -> TelemetrySnapshot:
        """Return all counts at this moment."""
        with self._lock:
            ordered = sorted(self._latencies_us)
            return TelemetrySnapshot(
                since=self.since,
                outcomes=dict(self._outcomes),
                checks=dict(self._checks),
                sources=dict(self._sources),
                models=dict(self._models),
                p50_us=_quantile(ordered, 50),
                p95_us=_quantile(ordered, 95),
                first_checks={version: dict(counts) for version, counts in self._first_checks.items()},
            )


def _quantile(ordered: list[int], percent: int) -> int | None:
    """Return the nearest-rank percentile of sorted numbers."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
