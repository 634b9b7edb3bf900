"""What a bundle is made of, all of it decided before it is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from copydesk.approval import Approval, WaiverFact


@dataclass(frozen=True, slots=True)
class Source:
    """One pinned revision: `sha256` is the digest of its canonical content."""

    kind: str
    name: str
    revision: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """Return the source as it stands in a bundle."""
        return {"kind": self.kind, "name": self.name, "revision": self.revision, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The run that was looked at; `unmet_conditions` are ids of gate conditions with any outcome but met.

    `baseline_digest` is the digest of the candidate it was compared with, None: nothing was in production.
    """

    digest: str
    candidate_digest: str
    golden_digest: str
    is_complete: bool
    unmet_conditions: tuple[str, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    baseline_digest: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the run as it stands in a bundle."""
        return {
            "baseline_digest": self.baseline_digest,
            "digest": self.digest,
            "candidate_digest": self.candidate_digest,
            "golden_digest": self.golden_digest,
            "is_complete": self.is_complete,
            "unmet_conditions": sorted(self.unmet_conditions),
            "summary": dict(self.summary),
        }


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """Which engine judges for a check, where, and what happens when it can't."""

    check: str
    engine: str
    engine_version: str
    weights_sha256: str | None = None
    enforced_at: str = "runtime"
    on_not_run: str = "review"

    def to_json(self) -> dict[str, Any]:
        """Return the engine as it stands in a bundle."""
        return {
            "check": self.check,
            "engine": self.engine,
            "engine_version": self.engine_version,
            "weights_sha256": self.weights_sha256,
            "enforced_at": self.enforced_at,
            "on_not_run": self.on_not_run,
        }


@dataclass(frozen=True, slots=True)
class BundleInputs:
    """Everything that goes into one bundle; the same inputs give the same bytes.

    `assets` is `{kind: {name: content}}` as JSON data; `heads` maps `<check>/<asset>/<id>.f32` to trained
    little-endian float32; `gate` is the gate's settings as JSON data; `authors` are ids of all who may not
    approve; `built_by` holds ids (`releaser`, `submitter`); `approved_at` is the last approval's time and the
    only time inside; `production_digest` is the digest of the candidate that was in production at publishing.
    """

    workspace: str
    policy: str
    version: int
    assets: Mapping[str, Mapping[str, Any]]
    sources: tuple[Source, ...]
    candidate_digest: str
    golden_digest: str
    evidence_digest: str
    run: RunRecord
    gate: Mapping[str, Any]
    required_roles: tuple[str, ...]
    approvals: tuple[Approval, ...]
    authors: frozenset[str]
    waivers: tuple[WaiverFact, ...]
    engines: tuple[EngineEntry, ...]
    approved_at: datetime
    built_by: Mapping[str, str]
    heads: Mapping[str, bytes] = field(default_factory=dict)
    changelog: str = ""
    production_digest: str | None = None
