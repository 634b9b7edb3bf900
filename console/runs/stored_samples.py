"""Stored samples as values to judge again: those of the newest complete run first, then older ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.canonical import digest
from copydesk.checks.contract import Context
from models import GoldenRevision, Run, RunState, Sample

MAX_SAMPLES = 2000
# Runs repeat each other's texts: so many rows are read to find that many different ones, and no more.
MAX_READ = 3 * MAX_SAMPLES
MAX_RUNS = 20


@dataclass(frozen=True, slots=True)
class StoredSample:
    """One text that a run has stored, with what was known about it then.

    `expects` is what its case expects, as in the golden set's content.
    """

    id: int
    run_id: int
    run_number: int
    case_key: str
    title: str
    repeat_index: int
    text: str
    context: Context
    expects: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one policy, no text twice in the same context.

    `newest_run_id` is the complete run whose samples come first; `is_cut`: there are more than were taken.
    """

    items: tuple[StoredSample, ...] = ()
    newest_run_id: int | None = None
    is_cut: bool = False

    @property
    def sha256(self) -> str:
        """Digest of which samples these are: what is stored of a run never changes."""
        return digest([sample.id for sample in self.items])


def read_samples(session: Session, policy_id: int, limit: int = MAX_SAMPLES) -> Samples:
    """Read the newest samples of a policy that have a text.

    Args:
        limit: how many at most.
    """
    found: dict[tuple[Any, ...], StoredSample] = {}
    runs, read = _runs(session, policy_id), 0
    for run in runs:
        rows = _rows(session, run.id, max(0, MAX_READ - read))
        read += len(rows)
        for key, sample in _of_run(session, run, rows):
            if key not in found and len(found) == limit:
                return Samples(tuple(found.values()), _newest(runs), is_cut=True)
            found.setdefault(key, sample)
        if read >= MAX_READ:
            return Samples(tuple(found.values()), _newest(runs), is_cut=True)
    return Samples(tuple(found.values()), _newest(runs), is_cut=len(runs) == MAX_RUNS)


def _runs(session: Session, policy_id: int) -> list[Any]:
    """Return the newest complete run, then the others from the newest on."""
    statement = (
        select(Run.id, Run.number, Run.state, Run.created_at, Run.golden_revision_id)
        .where(Run.policy_id == policy_id, Run.state.not_in([RunState.QUEUED, RunState.RUNNING]))
        .order_by(Run.id.desc())
        .limit(MAX_RUNS)
    )
    rows = list(session.execute(statement))
    first = next((row for row in rows if row.state == RunState.COMPLETE), None)
    return rows if first is None else [first, *(row for row in rows if row is not first)]


def _newest(runs: Sequence[Any]) -> int | None:
    return runs[0].id if runs and runs[0].state == RunState.COMPLETE else None


def _rows(session: Session, run_id: int, limit: int) -> Sequence[Any]:
    # Plain rows: as objects, thousands of samples would take longer to read than to judge.
    statement = (
        select(
            Sample.id,
            Sample.case_key,
            Sample.repeat_index,
            Sample.text,
            Sample.prompt,
            Sample.audience,
            Sample.channel,
            Sample.locale,
            Sample.segment,
        )
        .where(Sample.run_id == run_id, Sample.text.is_not(None))
        .order_by(Sample.id)
        .limit(limit)
    )
    return session.execute(statement).all()


def _of_run(session: Session, run: Any, rows: Sequence[Any]) -> list[tuple[tuple[Any, ...], StoredSample]]:
    """Return the samples of one run, each with the key under which another one is the same."""
    if not rows:
        return []
    content = session.scalar(
        select(GoldenRevision.content).where(GoldenRevision.id == run.golden_revision_id)
    )
    cases = {case["id"]: case for case in (content or {}).get("cases", ())}
    variables = {name: json.dumps(_variables(case), sort_keys=True) for name, case in cases.items()}
    return [_sample(run, row, cases.get(row[1], {}), variables.get(row[1], "")) for row in rows]


def _sample(
    run: Any, row: Any, case: Mapping[str, Any], variables: str
) -> tuple[tuple[Any, ...], StoredSample]:
    sample_id, case_key, repeat_index, text, prompt, audience, channel, locale, segment = row
    mention = tuple(case.get("must_mention") or ())
    day: date = run.created_at.date()
    # Judged as of the day of its run, so that a fact that lapsed since is no effect of a draft.
    context = Context(prompt, audience, channel, locale, segment, _variables(case), mention, day.isoformat())
    sample = StoredSample(
        sample_id, run.id, run.number, case_key, case.get("title", case_key), repeat_index, text, context,
        case.get("expect") or {},
    )  # fmt: skip
    return (text, prompt, audience, channel, locale, segment, variables, mention), sample


def _variables(case: Mapping[str, Any]) -> Mapping[str, Any]:
    return case.get("variables") or {}
