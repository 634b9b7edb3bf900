"""Toxicity: is a text rude, hateful or threatening; two engines, each loaded when it is first asked."""

from copydesk.checks.toxicity.check import (
    MAX_CHARS,
    MAX_PASSAGE_CHARS,
    EngineStatus,
    EngineUnavailableError,
    NotInstalledCheck,
    ToxicityCheck,
    ToxicityEngine,
    compile_check,
    engine_status,
    from_setting,
    resolve,
)

__all__ = [
    "MAX_CHARS",
    "MAX_PASSAGE_CHARS",
    "EngineStatus",
    "EngineUnavailableError",
    "NotInstalledCheck",
    "ToxicityCheck",
    "ToxicityEngine",
    "compile_check",
    "engine_status",
    "from_setting",
    "resolve",
]
