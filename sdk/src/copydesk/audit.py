"""Checking an exported audit log without the console: hash chain and signed checkpoints.

An export is JSON Lines. An entry's line is the entry (`seq`, `at`, `workspace_id`, `actor`, `action`,
`subject`, `before`, `after`, `previous_sha256`) with its `entry_sha256`; a checkpoint's line is
`{"checkpoint": JWS}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from copydesk.bundle.keys import Signer, Trust, sign_jws, verify_jws
from copydesk.canonical import canonical_bytes, digest
from copydesk.errors import ContentError, VerificationError

GENESIS_SHA256 = "0" * 64
CHECKPOINT_TYPE = "copydesk-audit-checkpoint"


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """One thing wrong with a log, at a line (from 1) or, for a checkpoint against the whole, None."""

    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What an export is worth; sound when `problems` is empty and `checkpoints` were checked."""

    entries: int
    checkpoints: int
    problems: tuple[AuditProblem, ...]


def sign_checkpoint(seq: int, entry_sha256: str, at: str, signer: Signer) -> str:
    """Return a signed statement that the chain had this head at this length.

    Args:
        seq: number of the last entry.
        entry_sha256: its hash.
        at: ISO 8601 time.
        signer: the console's.
    """
    payload = canonical_bytes({"seq": seq, "entry_sha256": entry_sha256, "at": at})
    return sign_jws(payload, signer, type_name=CHECKPOINT_TYPE)


def verify_checkpoint(token: str, trust: Trust) -> tuple[int, str]:
    """Return length and head hash that a checkpoint states.

    Raises:
        VerificationError: the signature does not hold or it says something else.
    """
    payload, _ = verify_jws(token, trust, type_name=CHECKPOINT_TYPE)
    try:
        data = json.loads(payload)
        return int(data["seq"]), str(data["entry_sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise VerificationError(f"the checkpoint can't be read: {error}") from error


def verify_export(lines: Iterable[str], trust: Trust | None) -> AuditVerdict:
    """Check every entry's hash, the chain, its numbering, and every checkpoint against it.

    Args:
        lines: of the export.
        trust: the keys that may have signed checkpoints; None checks the chain alone, which a cut tail or a
            wholly recomputed chain passes.
    """
    problems: list[AuditProblem] = []
    heads: dict[int, str] = {}
    stated: list[tuple[int, str]] = []
    previous, last_seq = GENESIS_SHA256, 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        data = _object(line)
        if data is None:
            problems.append(AuditProblem(number, "is not a JSON object"))
        elif "checkpoint" in data:
            problems += _read_checkpoint(number, data, trust, stated)
        else:
            problems += [AuditProblem(number, text) for text in _entry_problems(data, previous, last_seq)]
            last_seq = data["seq"] if type(data.get("seq")) is int else last_seq + 1
            previous = str(data.get("entry_sha256"))
            heads[last_seq] = previous
    problems += _checkpoint_problems(stated, heads, last_seq)
    return AuditVerdict(len(heads), len(stated), tuple(problems))


def _object(line: str) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _entry_problems(data: Mapping[str, Any], previous: str, last_seq: int) -> list[str]:
    problems = []
    seq = data.get("seq")
    if seq != last_seq + 1:
        problems.append(f"has number {seq!r}, expected {last_seq + 1}: entries were removed or reordered")
    if data.get("previous_sha256") != previous:
        problems.append("does not follow the entry before it: entries were changed, removed or reordered")
    content = {key: value for key, value in data.items() if key != "entry_sha256"}
    try:
        is_unchanged = digest(content) == data.get("entry_sha256")
    except ContentError:
        is_unchanged = False
    if not is_unchanged:
        problems.append("was changed: its hash is another")
    return problems


def _read_checkpoint(
    number: int, data: Mapping[str, Any], trust: Trust | None, stated: list[tuple[int, str]]
) -> list[AuditProblem]:
    if trust is None:
        return []
    try:
        stated.append(verify_checkpoint(str(data["checkpoint"]), trust))
    except VerificationError as error:
        return [AuditProblem(number, f"holds a checkpoint that does not verify: {error}")]
    return []


def _checkpoint_problems(
    stated: list[tuple[int, str]], heads: Mapping[int, str], last_seq: int
) -> list[AuditProblem]:
    problems = []
    for seq, sha256 in stated:
        if seq > last_seq:
            text = f"a checkpoint states {seq} entries, but there are {last_seq}: the tail was cut"
            problems.append(AuditProblem(None, text))
        elif seq > 0 and heads.get(seq) != sha256:
            text = f"entry {seq} is not the one a checkpoint states: the chain was recomputed"
            problems.append(AuditProblem(None, text))
    return problems
