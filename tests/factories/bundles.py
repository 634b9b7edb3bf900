"""Small approved bundles for tests, signed with keys made on the spot."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from copydesk.approval import Approval, WaiverFact, candidate_digest, evidence_digest
from copydesk.bundle import BundleInputs, EngineEntry, LocalSigner, RunRecord, Source, Trust, build, sign
from copydesk.bundle.keys import generate_key_pem
from copydesk.canonical import digest

APPROVED_AT = datetime(2026, 11, 4, 9, 30, tzinfo=UTC)
GATE = {"floors": [{"check": "glossary", "floor": "0.95"}]}
ENGINES = (EngineEntry("glossary", "ahocorasick-rs", "1", None, "runtime", "block"),)
SIGNERS = {"legal": "7", "brand_reviewer": "8"}
# One fast check says enough about bundles and clients.
DISABLED = (
    "limits",
    "style_rules",
    "forbidden_topics",
    "personal_data",
    "facts",
    "toxicity",
    "brand_voice",
    "inclusive_language",
    "injection",
)


def signer(name: str = "console") -> LocalSigner:
    """Return the key of this name, the same during one test session."""
    return _made(name)


@functools.cache
def _made(name: str) -> LocalSigner:
    return LocalSigner.from_pem(generate_key_pem(name.encode()), name.encode())


def trust(*names: str) -> Trust:
    """Return trust in the keys of these names (default: the console's)."""
    return Trust.from_pem([signer(name).public_pem for name in names or ("console",)])


def assets(forbidden_term: str = "cheap", **changes: Any) -> dict[str, dict[str, Any]]:
    """Return a small policy: one prompt with fallback copy, one glossary term, one limit."""
    prompt = {
        "title": "Welcome back",
        "channel": "email",
        "variables": [
            {"name": "first_name"},
            {"name": "price", "type": "money", "required": False},
        ],
        "blocks": [
            {"id": "system", "role": "system", "text": "You write for an outdoor shop."},
            {"id": "task", "role": "user", "text": "Welcome {{ first_name }} back."},
        ],
        "model": {"model": "small-model", "allowed_alternates": ["small-model-2"]},
        "retries": 1,
    }
    term = {"id": "banned", "term": forbidden_term, "status": "forbidden"}
    fallback = {"prompt": "welcome", "text": "Welcome back, {{ first_name }}. Good to see you."}
    base: dict[str, dict[str, Any]] = {
        "prompt": {"welcome": prompt},
        "glossary": {"house": {"title": "House", "terms": [term]}},
        "fallbacks": {"copy": {"title": "Copy", "fallbacks": [fallback]}},
        "limits": {
            "channels": {
                "title": "Channels",
                "channels": [{"id": "email", "channel": "email", "max_characters": 500}],
                "checks": [{"check": check, "enabled": False} for check in DISABLED],
            }
        },
    }
    return base | changes


def inputs(
    version: int = 1,
    content: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    workspace: str = "acme",
    policy: str = "customer-email",
    waivers: tuple[WaiverFact, ...] = (),
    unmet: tuple[str, ...] = (),
    heads: Mapping[str, bytes] | None = None,
    engines: tuple[EngineEntry, ...] = ENGINES,
) -> BundleInputs:
    """Return consistent inputs of a bundle that two people approved."""
    chosen = content if content is not None else assets()
    sources = _sources(chosen)
    candidate = candidate_digest(source.to_json() for source in sources)
    approvals = _approvals(candidate, waivers, engines)
    signed = approvals[0]
    return BundleInputs(
        workspace=workspace,
        policy=policy,
        version=version,
        assets=chosen,
        sources=sources,
        candidate_digest=candidate,
        golden_digest=signed.golden_digest,
        evidence_digest=signed.evidence_digest,
        run=RunRecord(
            signed.run_digest, candidate, signed.golden_digest, True, unmet, {"cases": 60, "passed": 60}
        ),
        gate=GATE,
        required_roles=tuple(SIGNERS),
        approvals=approvals,
        authors=frozenset({"1", "2"}),
        waivers=waivers,
        engines=engines,
        approved_at=APPROVED_AT,
        built_by={"releaser": "9", "submitter": "1"},
        heads=heads or {},
        changelog=f"Version {version}",
    )


def _sources(content: Mapping[str, Mapping[str, Any]]) -> tuple[Source, ...]:
    return tuple(
        Source(kind, name, 3, digest(data))
        for kind, named in sorted(content.items())
        for name, data in named.items()
    )


def _approvals(
    candidate: str, waivers: tuple[WaiverFact, ...], engines: tuple[EngineEntry, ...]
) -> tuple[Approval, ...]:
    """Return the signatures of both roles on one piece of evidence."""
    golden, run = digest("golden"), digest(["run", candidate])
    evidence = evidence_digest(
        candidate=candidate,
        golden=golden,
        run=run,
        gate_sha256=digest(GATE),
        waivers=waivers,
        engines=[engine.to_json() for engine in engines],
    )
    return tuple(
        Approval(user, role, candidate, golden, run, evidence, APPROVED_AT) for role, user in SIGNERS.items()
    )


def bundle(
    version: int = 1,
    content: Mapping[str, Mapping[str, Any]] | None = None,
    key: str = "console",
    **changes: Any,
) -> bytes:
    """Return the signed bytes of an approved bundle; `changes` replace inputs after the digests were made."""
    made = inputs(version, content, workspace=changes.pop("workspace", "acme"))
    return sign(build(replace(made, **changes)), signer(key))
