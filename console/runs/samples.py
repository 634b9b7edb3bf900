"""Rows of samples and their verdicts: written so that writing twice is writing once."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Text, cast, insert, select
from sqlalchemy.orm import Session

from console.clock import now
from console.generation.provider import Generated
from copydesk.canonical import canonical_bytes, sha256_hex
from copydesk.checks.contract import Context
from models import CheckVerdict, Run, Sample

LOOKUP_BATCH = 500


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One checked sample on its way into the database."""

    case_key: str
    repeat_index: int
    text: str | None
    failure: str | None
    outcome: str
    passed: bool
    context: Context
    source: str
    cache_key: str | None
    generated: Generated | None
    verdicts: tuple[Mapping[str, Any], ...]


def store(session: Session, run_id: int, rows: Sequence[SampleRow]) -> int:
    """Store samples with their verdicts; those of a (case, repeat) that is there already are left alone.

    Returns:
        How many were new.
    """
    there = _stored(session, run_id, {row.case_key for row in rows})
    new = [row for row in rows if (row.case_key, row.repeat_index) not in there]
    if not new:
        return 0
    # Writers queue, so nobody stores the same key between the look above and these inserts. They go past the
    # ORM: as objects, thousands of rows would take longer than the checks that filled them.
    at, connection = now(), session.connection()
    connection.execute(insert(Sample), [_sample_values(run_id, row, at) for row in new])
    ids = _stored(session, run_id, {row.case_key for row in new})
    verdicts = [
        {"run_id": run_id, "sample_id": ids[row.case_key, row.repeat_index], **verdict}
        for row in new
        for verdict in row.verdicts
    ]
    if verdicts:
        connection.execute(insert(CheckVerdict), verdicts)
    return len(new)


def stored_keys(session: Session, run_id: int, case_keys: Collection[str]) -> Collection[tuple[str, int]]:
    """Return (case, repeat) of those samples of these cases that are stored."""
    return _stored(session, run_id, case_keys).keys()


def _stored(session: Session, run_id: int, case_keys: Collection[str]) -> dict[tuple[str, int], int]:
    """Return the ids of these cases' samples by (case, repeat)."""
    wanted, found = sorted(case_keys), dict[tuple[str, int], int]()
    for start in range(0, len(wanted), LOOKUP_BATCH):
        statement = select(Sample.case_key, Sample.repeat_index, Sample.id).where(
            Sample.run_id == run_id, Sample.case_key.in_(wanted[start : start + LOOKUP_BATCH])
        )
        found.update({(row[0], row[1]): row[2] for row in session.execute(statement)})
    return found


def _sample_values(run_id: int, row: SampleRow, at: datetime) -> dict[str, Any]:
    made = row.generated
    return {
        "run_id": run_id,
        "case_key": row.case_key,
        "repeat_index": row.repeat_index,
        "text": row.text,
        "failure": row.failure,
        "outcome": row.outcome,
        "passed": row.passed,
        "prompt": row.context.prompt or "",
        "audience": row.context.audience,
        "channel": row.context.channel,
        "locale": row.context.locale,
        "segment": row.context.segment,
        "source": row.source,
        "cache_key": row.cache_key,
        "model": made.model if made else None,
        "latency_ms": made.latency_ms if made else None,
        "prompt_tokens": made.prompt_tokens if made else None,
        "completion_tokens": made.completion_tokens if made else None,
        "created_at": at,
    }


def run_digest(session: Session, run: Run) -> str:
    """Return the digest of a complete run: what was tested, with which engines, and what came out.

    Latencies and the way a text was come by are left out: a run resumed after a crash has the same digest.
    """
    head = canonical_bytes(
        {
            "candidate": run.candidate.digest,
            "golden_set": run.golden_revision.sha256,
            "repeats": run.repeats,
            "engines": run.engines,
            "samples": [],
        }
    )
    # "samples" is the last key in canonical order, and the form of a list is the forms of its items.
    total = hashlib.sha256(head.removesuffix(b"]}"))
    for number, identity in enumerate(_identities(session, run.id)):
        total.update(b"," if number else b"")
        total.update(identity)
    total.update(b"]}")
    return total.hexdigest()


def _identities(session: Session, run_id: int) -> Iterator[bytes]:
    """Yield what the digest knows of each sample, in the order of case and repeat, in canonical form."""
    verdicts: defaultdict[int, list[bytes]] = defaultdict(list)
    judged = session.execute(
        select(
            CheckVerdict.sample_id,
            CheckVerdict.check,
            CheckVerdict.outcome,
            cast(CheckVerdict.findings, Text),
            cast(CheckVerdict.scores, Text),
        ).where(CheckVerdict.run_id == run_id)
    )
    for sample_id, *verdict in sorted(judged, key=itemgetter(0, 1)):
        verdicts[sample_id].append(_verdict_identity(*verdict))
    samples = session.execute(
        select(Sample.case_key, Sample.repeat_index, Sample.id, Sample.text, Sample.passed).where(
            Sample.run_id == run_id
        )
    )
    for case_key, repeat_index, sample_id, text, passed in sorted(samples, key=itemgetter(0, 1)):
        identity = {
            "case": case_key,
            "repeat": repeat_index,
            "text": None if text is None else sha256_hex(text.encode("utf-8", "surrogatepass")),
            "passed": passed,
            "verdicts": [],
        }
        yield canonical_bytes(identity).removesuffix(b"]}") + b",".join(verdicts[sample_id]) + b"]}"


@lru_cache(maxsize=4096)
def _verdict_identity(check: str, outcome: str, findings: str, scores: str) -> bytes:
    # Most verdicts of a run are one of a few: nothing found, or the same rule again.
    said = {
        "check": check,
        "outcome": outcome,
        "findings": json.loads(findings),
        "scores": json.loads(scores),
    }
    return canonical_bytes(said)
