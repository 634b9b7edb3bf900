"""Rows of samples and their verdicts: written so that writing twice is writing once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, selectinload

from console.clock import now
from console.generation.provider import Generated
from copydesk.canonical import digest, sha256_hex
from copydesk.checks.contract import Context
from models import CheckVerdict, Run, Sample


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
    there = stored_keys(session, run_id)
    new = [row for row in rows if (row.case_key, row.repeat_index) not in there]
    if not new:
        return 0
    # Writers queue, so nobody stores the same key between the look above and these inserts.
    statement = insert(Sample).returning(Sample.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, [_sample_values(run_id, row) for row in new]).all()
    verdicts = [
        {"run_id": run_id, "sample_id": sample_id, **verdict}
        for sample_id, row in zip(ids, new, strict=True)
        for verdict in row.verdicts
    ]
    if verdicts:
        session.execute(insert(CheckVerdict), verdicts)
    return len(new)


def stored_keys(session: Session, run_id: int) -> set[tuple[str, int]]:
    """Return (case, repeat) of the samples that are stored."""
    statement = select(Sample.case_key, Sample.repeat_index).where(Sample.run_id == run_id)
    return {(row[0], row[1]) for row in session.execute(statement)}


def _sample_values(run_id: int, row: SampleRow) -> dict[str, Any]:
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
        "created_at": now(),
    }


def run_digest(session: Session, run: Run) -> str:
    """Return the digest of a complete run: what was tested, with which engines, and what came out.

    Latencies and the way a text was come by are left out: a run resumed after a crash has the same digest.
    """
    statement = (
        select(Sample)
        .where(Sample.run_id == run.id)
        .options(selectinload(Sample.verdicts))
        .order_by(Sample.case_key, Sample.repeat_index)
    )
    return digest(
        {
            "candidate": run.candidate.digest,
            "golden_set": run.golden_revision.sha256,
            "repeats": run.repeats,
            "engines": run.engines,
            "samples": [_sample_identity(sample) for sample in session.scalars(statement)],
        }
    )


def _sample_identity(sample: Sample) -> dict[str, Any]:
    text = None if sample.text is None else sha256_hex(sample.text.encode("utf-8", "surrogatepass"))
    return {
        "case": sample.case_key,
        "repeat": sample.repeat_index,
        "text": text,
        "passed": sample.passed,
        "verdicts": [
            {"check": v.check, "outcome": v.outcome, "findings": v.findings, "scores": v.scores}
            for v in sample.verdicts
        ],
    }
