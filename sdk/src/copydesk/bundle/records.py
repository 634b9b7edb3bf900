"""Reading `meta/release.json`: who approved what, on which evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copydesk.approval import Approval, WaiverFact
from copydesk.bundle.inputs import EngineEntry, RunRecord, Source
from copydesk.canonical import LONE_SURROGATE
from copydesk.errors import BundleError


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """What a bundle says of its own making; see `BundleInputs` for the fields."""

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
    built_by: Mapping[str, Any]
    changelog: str
    production_digest: str | None = None


def read_release(data: Mapping[str, Any]) -> ReleaseRecord:
    """Read a release record; keys added by later minor versions are ignored.

    Raises:
        BundleError: a field is missing or of the wrong type.
    """
    try:
        return ReleaseRecord(
            sources=tuple(_source(item) for item in _list(data["sources"])),
            candidate_digest=_text(data["candidate_digest"]),
            golden_digest=_text(data["golden_digest"]),
            evidence_digest=_text(data["evidence_digest"]),
            run=_run(data["run"]),
            gate=dict(data["gate"]),
            required_roles=tuple(_text(role) for role in _list(data["required_roles"])),
            approvals=tuple(_approval(item) for item in _list(data["approvals"])),
            authors=frozenset(_text(author) for author in _list(data["authors"])),
            waivers=tuple(_waiver(item) for item in _list(data["waivers"])),
            engines=tuple(_engine(item) for item in _list(data["engines"])),
            approved_at=_time(data["approved_at"]),
            built_by=dict(data["built_by"]),
            changelog=_text(data["changelog"]),
            production_digest=_text_or_none(data.get("production_digest")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BundleError(f"meta/release.json can't be read: {type(error).__name__}: {error}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {type(value).__name__}")
    if LONE_SURROGATE.search(value):
        raise ValueError("half of a character (a lone surrogate) in a text")
    return value


def _list(value: Any) -> list[Any]:
    # A text can be walked through as well, letter by letter.
    if not isinstance(value, list):
        raise TypeError(f"a list expected, not {type(value).__name__}")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _time(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(f"the time {value!r} has no zone")
    return moment


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false expected, not {type(value).__name__}")
    return value


def _one_of(value: Any, *allowed: str) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
    return _text(value)


def _source(item: Mapping[str, Any]) -> Source:
    revision = item["revision"]
    if isinstance(revision, bool) or not isinstance(revision, int):
        raise TypeError("a revision is a whole number")
    return Source(_text(item["kind"]), _text(item["name"]), revision, _text(item["sha256"]))


def _run(item: Mapping[str, Any]) -> RunRecord:
    return RunRecord(
        digest=_text(item["digest"]),
        candidate_digest=_text(item["candidate_digest"]),
        golden_digest=_text(item["golden_digest"]),
        is_complete=_bool(item["is_complete"]),
        unmet_conditions=tuple(_text(condition) for condition in _list(item["unmet_conditions"])),
        summary=dict(item["summary"]),
        # Bundles of the first consoles do not say what their run was compared with.
        baseline_digest=_text_or_none(item.get("baseline_digest")),
    )


def _approval(item: Mapping[str, Any]) -> Approval:
    return Approval(
        user=_text(item["user"]),
        role=_text(item["role"]),
        candidate_digest=_text(item["candidate_digest"]),
        golden_digest=_text(item["golden_digest"]),
        run_digest=_text(item["run_digest"]),
        evidence_digest=_text(item["evidence_digest"]),
        at=_time(item["at"]),
    )


def _waiver(item: Mapping[str, Any]) -> WaiverFact:
    return WaiverFact(
        id=_text(item["id"]),
        condition=_text(item["condition"]),
        signer=_text(item["signer"]),
        expires_at=_time(item["expires_at"]),
        case_keys=tuple(_text(key) for key in _list(item["case_keys"])),
        reason=_text(item["reason"]),
    )


def _engine(item: Mapping[str, Any]) -> EngineEntry:
    return EngineEntry(
        check=_text(item["check"]),
        engine=_text(item["engine"]),
        engine_version=_text(item["engine_version"]),
        weights_sha256=_text_or_none(item["weights_sha256"]),
        enforced_at=_one_of(item["enforced_at"], "runtime", "console"),
        on_not_run=_one_of(item["on_not_run"], "block", "review", "allow"),
    )
