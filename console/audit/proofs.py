"""Proving the audit log: signed checkpoints, the export, and checking the live database by the same rules.

A hash chain alone shows changed, removed and reordered entries, but neither a cut tail nor a chain that
somebody recomputed as a whole. The checkpoints, signed with a key that is not in the database, show both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.audit.operations import entry_json
from console.clock import now
from copydesk.audit import AuditProblem, sign_checkpoint, verify_checkpoint, verify_export
from copydesk.bundle.keys import Signer, Trust
from copydesk.errors import VerificationError
from models import AuditCheckpoint, AuditEntry

_ENTRIES_PER_FETCH = 500


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What the log is worth.

    `proven` is the number of the last entry that a checkpoint covers; a cut among the entries after it can't
    be seen yet.
    """

    entries: int
    checkpoints: int
    proven: int
    problems: tuple[AuditProblem, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def write_checkpoint(
    session: Session, signer: Signer, *, at: datetime | None = None
) -> AuditCheckpoint | None:
    """Sign length and head of the chain; None for an empty log, the last one again when nothing was added."""
    head = session.execute(
        select(AuditEntry.seq, AuditEntry.entry_sha256).order_by(AuditEntry.seq.desc()).limit(1)
    ).first()
    if head is None:
        return None
    last = session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.id.desc()).limit(1))
    if last is not None and (last.seq, last.entry_sha256) == (head.seq, head.entry_sha256):
        return last
    at = (at or now()).replace(microsecond=0)
    made = AuditCheckpoint(
        at=at,
        seq=head.seq,
        entry_sha256=head.entry_sha256,
        jws=sign_checkpoint(head.seq, head.entry_sha256, at.strftime("%Y-%m-%dT%H:%M:%SZ"), signer),
    )
    session.add(made)
    session.flush()
    return made


def export_lines(session: Session) -> Iterator[str]:
    """Yield the whole log as `copydesk audit verify` reads it: entries, then checkpoints, one JSON a line."""
    # Checkpoints are read first: one that is signed meanwhile must not speak of entries not exported.
    checkpoints = session.scalars(select(AuditCheckpoint.jws).order_by(AuditCheckpoint.id)).all()
    entries = session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=_ENTRIES_PER_FETCH)
    )
    for entry in entries:
        yield entry_line(entry)
    for jws in checkpoints:
        yield _line({"checkpoint": jws})


def entry_line(entry: AuditEntry) -> str:
    """Return one entry as a line of the export."""
    return _line({**entry_json(entry), "entry_sha256": entry.entry_sha256})


def verify(session: Session, trust: Trust, *, earlier: Iterable[str] = ()) -> AuditReport:
    """Check the whole log of the live database.

    Args:
        trust: the keys that may have signed checkpoints; take them from outside the database.
        earlier: lines of an earlier export; its checkpoints must hold too, so that checkpoints deleted from
            the database are missed by nobody.
    """
    kept = [line for line in earlier if '"checkpoint"' in line and '"seq"' not in line]
    # Chained, not collected: the log may be larger than memory.
    verdict = verify_export(_chain(export_lines(session), kept), trust)
    missing = _miscounted(session, trust)
    return AuditReport(
        entries=verdict.entries,
        checkpoints=verdict.checkpoints,
        proven=_proven(session, trust),
        problems=(*verdict.problems, *missing),
    )


def _chain(first: Iterable[str], second: Iterable[str]) -> Iterator[str]:
    yield from first
    yield from second


def _miscounted(session: Session, trust: Trust) -> list[AuditProblem]:
    """Hold the plain columns of a checkpoint, which pages show, against what was signed."""
    problems = []
    for row in session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.id)):
        try:
            stated = verify_checkpoint(row.jws, trust)
        except VerificationError:
            continue  # said by verify_export
        if stated != (row.seq, row.entry_sha256):
            text = f"checkpoint {row.id} says {row.seq} entries, but {stated[0]} were signed: it was changed"
            problems.append(AuditProblem(None, text))
    return problems


def _proven(session: Session, trust: Trust) -> int:
    length = session.scalar(select(func.max(AuditEntry.seq))) or 0
    for jws in session.scalars(select(AuditCheckpoint.jws).order_by(AuditCheckpoint.id.desc())):
        try:
            return min(verify_checkpoint(jws, trust)[0], length)
        except VerificationError:
            continue
    return 0


def _line(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
