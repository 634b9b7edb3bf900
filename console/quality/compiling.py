"""One check of a policy compiled and kept, under a key of all that decides what it says."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copydesk
from console.assets.heads import TRAINERS, heads_of, kept_heads
from console.quality.state import PolicyState
from copydesk.assets import Kind, PolicyAssets, parse_assets
from copydesk.assets.limits import CheckSetting
from copydesk.canonical import digest
from copydesk.checks.brand_voice.training import why_untrained
from copydesk.checks.contract import EngineInfo
from copydesk.checks.encoder import encoder_status
from copydesk.checks.forbidden_topics.training import MIN_POSITIVES
from copydesk.checks.registry import CHECK_NAMES, UnavailableCheck
from copydesk.checks.toxicity import engine_status
from copydesk.policy import CompiledPolicy

MAX_KEPT = 48

# What each check is compiled from, its setting aside. Every check of the SDK has to be here: a test holds it.
CHECK_READS: Mapping[str, frozenset[str]] = {
    "limits": frozenset({Kind.LIMITS, Kind.PROMPT}),
    "glossary": frozenset({Kind.GLOSSARY, Kind.PROMPT}),
    "style_rules": frozenset({Kind.STYLE_GUIDE, Kind.PROMPT}),
    "forbidden_topics": frozenset({Kind.FORBIDDEN_TOPICS, Kind.FALLBACKS, Kind.STYLE_GUIDE}),
    "personal_data": frozenset({Kind.FACT_SHEET, Kind.FALLBACKS, Kind.PROMPT}),
    "facts": frozenset({Kind.FACT_SHEET}),
    "toxicity": frozenset(),
    "brand_voice": frozenset({Kind.STYLE_GUIDE}),
    "inclusive_language": frozenset({Kind.GLOSSARY, Kind.STYLE_GUIDE}),
    "injection": frozenset(),
}
# Milliseconds a text: asking about many is work for a job.
MODEL_CHECKS = frozenset({"toxicity", "brand_voice", "forbidden_topics"})

_kept: OrderedDict[str, CompiledCheck] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A policy compiled for one check; `input_sha256` is the key of what it says.

    `engine` is None where the check is switched off.
    """

    check: str
    policy: CompiledPolicy
    input_sha256: str
    engine: EngineInfo | None
    is_slow: bool


def input_sha256(check: str, state: PolicyState) -> str:
    """Return the digest of all that decides what a check says: content it reads, setting, engine.

    Args:
        check: one of `CHECK_NAMES`.
        state: the policy's content.
    """
    read = {kind: dict(state.digests.get(kind, {})) for kind in sorted(CHECK_READS[check])}
    return digest({"check": check, "read": read, "setting": _setting(check, state), "engine": _engine(check)})


def changed_checks(before: PolicyState, after: PolicyState) -> tuple[str, ...]:
    """Return the checks that a change of content may make say something else."""
    return tuple(c for c in CHECK_NAMES if input_sha256(c, before) != input_sha256(c, after))


def compiled(check: str, state: PolicyState, home: Path, *, may_train: bool) -> CompiledCheck | None:
    """Return a policy compiled for one check.

    Args:
        state: the policy's content.
        home: where trained heads are kept.
        may_train: train heads that are not there yet, which takes seconds: for jobs only.

    Returns:
        None where heads would have to be trained first and may not be.

    Raises:
        ContentError: content that an older console saved and this one does not understand.
    """
    key = input_sha256(check, state)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    assets = parse_assets(state.contents)
    heads: Mapping[str, bytes] = {}
    if _needs_heads(check, assets):
        found = heads_of(check, assets, home) if may_train else kept_heads(check, assets, home)
        if found is None:
            return None
        heads = found
    policy = CompiledPolicy.compile(assets, heads, only=[check])
    engine = policy.engines[0] if policy.engines else None
    made = CompiledCheck(check, policy, key, engine, check in MODEL_CHECKS)
    if not any(isinstance(one, UnavailableCheck) for one in policy.checks):
        with _lock:
            _kept[key] = made
            while len(_kept) > MAX_KEPT:
                _kept.popitem(last=False)
    return made


def _needs_heads(check: str, assets: PolicyAssets) -> bool:
    if check not in TRAINERS or not assets.setting(check).enabled:
        return False
    if check == "brand_voice":
        return any(why_untrained(guide.voice) is None for guide in assets.style_guide.values())
    topics = [topic for found in assets.forbidden_topics.values() for topic in found.topics]
    return encoder_status().is_available and any(len(t.positives) >= MIN_POSITIVES for t in topics)


def setting_of(check: str, state: PolicyState) -> CheckSetting:
    """Return how a check is set; as `PolicyAssets.setting`, from content that is not typed."""
    return CheckSetting.model_validate(_setting(check, state))


def _setting(check: str, state: PolicyState) -> dict[str, Any]:
    limits = state.contents.get(Kind.LIMITS, {})
    found = [s for name in sorted(limits) for s in limits[name].get("checks", ()) if s.get("check") == check]
    return dict(found[-1]) if found else {"check": check}


def _engine(check: str) -> list[Any]:
    if check == "toxicity":
        return [copydesk.__version__, [[s.name, s.available, s.version] for s in engine_status()]]
    if check in MODEL_CHECKS:
        status = encoder_status()
        return [copydesk.__version__, status.engine, status.engine_version, status.weights_sha256]
    return [copydesk.__version__]
