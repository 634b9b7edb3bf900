"""Background work: having a model write off-brand texts."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask

from console.assets.editing import part_of, working_copy
from console.clock import now
from console.config import Settings
from console.errors import ConsoleError
from console.extensions import db
from console.generation.masking import Masker, is_masking
from console.generation.provider import make_provider
from console.jobs import tracking
from console.jobs.ledger import NotYetError
from console.voice import operations, queries
from console.voice.batches import read_report
from console.voice.briefs import Brief, Entry, briefs_of, requests_of
from console.voice.writing import Answer, write_texts
from copydesk.assets import PolicyAssets
from models import Asset, OffBrandBatch, Workspace, WorkState

# An answer in four that is long enough and new will do; small models write many short ones.
ASKED_PER_TEXT = 4
# Fifty texts take a small model minutes; who waits for another job gets a turn in between.
TURN_S = 20.0
NOTHING_TO_RENDER = (
    "No golden case could be rendered into a brief: look at their variables on the golden set's page."
)


class _Batch:
    """Writes answers into the row of a batch, which a person may have ended meanwhile."""

    def __init__(self, batch_id: int, wanted: int, there: frozenset[str]) -> None:
        self._id, self._wanted, self._there = batch_id, wanted, there
        self._until = time.monotonic() + TURN_S

    def take(self, answer: Answer) -> bool:
        """Keep an answer; tell whether to ask for more in this turn."""
        entry = answer.entry
        with db.write() as session:
            row = session.get(OffBrandBatch, self._id, with_for_update=True)
            if row is None or row.state not in queries.OPEN:
                return False
            report = read_report(row.report)
            if answer.made is None:
                report = report.with_failure(entry.number)
            else:
                report = report.with_answer(entry.number, entry.brief, answer.made, self._there)
            row.report, row.done, row.state = report.to_json(), len(report.texts), WorkState.RUNNING
            return len(report.texts) < self._wanted and time.monotonic() < self._until

    def end_turn(self, gave_up: str, entries: Sequence[Entry]) -> None:
        """Close the batch where nothing is left to ask; texts that are there stay.

        Args:
            gave_up: why asking is of no use.
            entries: all that may be asked for.

        Raises:
            NotYetError: more is to be asked for in another turn.
        """
        with db.write() as session:
            row = session.get(OffBrandBatch, self._id, with_for_update=True)
            if row is None or row.state not in queries.OPEN:
                return
            handled = read_report(row.report).handled
            if not gave_up and row.done < self._wanted and not {e.number for e in entries} <= {*handled}:
                raise NotYetError
            row.state = WorkState.FAILED if gave_up else WorkState.DONE
            row.failure, row.finished_at = gave_up or None, now()


def write(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Ask the model for texts from the briefs of golden cases until enough are there, some in each turn.

    Each answer is kept at once: a killed worker's successor asks only for what was under way.
    """
    settings: Settings = app.extensions["copydesk_settings"]
    batch_id = int(arguments["batch_id"])
    with db.read() as session:
        row = session.get(OffBrandBatch, batch_id)
        if row is None or row.state not in queries.OPEN:
            return
        wanted, asset = row.total, session.get_one(Asset, row.asset_id)
        handled = frozenset(read_report(row.report).handled)
        part = part_of(asset.kind, working_copy(session, asset).content, operations.PART)
        sources = queries.sources(session, asset)
        masks = is_masking(session.get_one(Workspace, asset.workspace_id))
    briefs: dict[str, Brief] = {}
    for source in sources:
        masker = Masker(PolicyAssets(prompt=source.prompts)) if masks else None
        briefs |= {brief.text: brief for brief in briefs_of(source.cases, source.prompts, masker)}
    if not briefs:
        tracking.fail(OffBrandBatch, batch_id, NOTHING_TO_RENDER)
        return
    entries = list(requests_of(tuple(briefs.values()), batch_id, wanted * ASKED_PER_TEXT))
    batch = _Batch(batch_id, wanted, frozenset(str(text) for text in part.get("off_brand", ())))
    gave_up = _ask(settings, [entry for entry in entries if entry.number not in handled], batch, stop)
    if not stop.is_set():
        batch.end_turn(gave_up, entries)


def _ask(settings: Settings, entries: Sequence[Entry], batch: _Batch, stop: threading.Event) -> str:
    try:
        provider = make_provider(settings)
    except ConsoleError as error:
        return str(error)
    try:
        concurrency = settings.generation_concurrency
        return write_texts(entries, provider, concurrency=concurrency, stop=stop, take=batch.take)
    finally:
        provider.close()


def gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of texts whose job failed at every attempt why."""
    tracking.fail(OffBrandBatch, int(arguments["batch_id"]), reason)


HANDLERS = {operations.JOB: write}
GAVE_UP = {operations.JOB: gave_up}
