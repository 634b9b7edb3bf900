"""Background work: having a model write off-brand texts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask

from console.assets.editing import part_of, working_copy
from console.clock import now
from console.config import Settings
from console.errors import ConsoleError
from console.extensions import db
from console.generation import cache
from console.generation.provider import Generated, make_provider
from console.jobs import tracking
from console.voice import operations, queries
from console.voice.batches import BatchReport, read_report
from console.voice.briefs import Brief, briefs_of, requests_of
from console.voice.writing import Answer, Entry, write_texts
from models import Asset, OffBrandBatch, WorkState

# An answer in four that is long enough and new will do; small models write many short ones.
ASKED_PER_TEXT = 4
NOTHING_TO_RENDER = (
    "No golden case could be rendered into a brief: look at their variables on the golden set's page."
)


class _Batch:
    """Writes answers into the row of a batch, which a person may have ended meanwhile."""

    def __init__(self, batch_id: int, wanted: int, there: frozenset[str]) -> None:
        self._id, self._wanted, self._there = batch_id, wanted, there

    def take(self, answer: Answer) -> bool:
        """Keep an answer; tell whether more are wanted."""
        with db.write() as session:
            if answer.made is not None and not answer.is_known:
                cache.keep(session, answer.request, answer.made)
            row = session.get(OffBrandBatch, self._id, with_for_update=True)
            if row is None or row.state not in queries.OPEN:
                return False
            report = read_report(row.report)
            if answer.made is None:
                report = report.with_failure()
            else:
                report = report.with_answer(answer.brief, answer.made, self._there)
            row.report, row.done, row.state = report.to_json(), len(report.texts), WorkState.RUNNING
            return len(report.texts) < self._wanted

    def end(self, gave_up: str) -> None:
        """Close the batch; texts that are there stay."""
        with db.write() as session:
            row = session.get(OffBrandBatch, self._id, with_for_update=True)
            if row is not None and row.state in queries.OPEN:
                row.state = WorkState.FAILED if gave_up else WorkState.DONE
                row.failure, row.finished_at = gave_up or None, now()


def write(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Ask the model for texts from the briefs of golden cases until enough are there.

    Each answer is kept at once: a killed worker's successor asks only for what was under way.
    """
    settings: Settings = app.extensions["copydesk_settings"]
    batch_id = int(arguments["batch_id"])
    with db.write() as session:
        row = session.get(OffBrandBatch, batch_id, with_for_update=True)
        if row is None or row.state not in queries.OPEN:
            return
        row.report, row.done = BatchReport().to_json(), 0  # kept answers are read again from the cache
        wanted, asset = row.total, session.get_one(Asset, row.asset_id)
        part = part_of(asset.kind, working_copy(session, asset).content, operations.PART)
        sources = queries.sources(session, asset)
    briefs: dict[str, Brief] = {}
    for source in sources:
        briefs |= {brief.text: brief for brief in briefs_of(source.cases, source.prompts)}
    if not briefs:
        tracking.fail(OffBrandBatch, batch_id, NOTHING_TO_RENDER)
        return
    entries = list(requests_of(tuple(briefs.values()), batch_id, wanted * ASKED_PER_TEXT))
    batch = _Batch(batch_id, wanted, frozenset(str(text) for text in part.get("off_brand", ())))
    gave_up = _ask(settings, entries, batch, stop)
    if not stop.is_set():
        batch.end(gave_up)


def _ask(settings: Settings, entries: list[Entry], batch: _Batch, stop: threading.Event) -> str:
    with db.read() as session:
        known = {
            key: Generated(e.text, e.model, e.latency_ms, e.prompt_tokens, e.completion_tokens)
            for key, e in cache.find(session, [request.key for _, request in entries]).items()
        }
    try:
        provider = make_provider(settings)
    except ConsoleError as error:
        return str(error)
    try:
        return write_texts(
            entries,
            known,
            provider,
            concurrency=settings.generation_concurrency,
            stop=stop,
            take=batch.take,
        )
    finally:
        provider.close()


def gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of texts whose job failed at every attempt why."""
    tracking.fail(OffBrandBatch, int(arguments["batch_id"]), reason)


HANDLERS = {operations.JOB: write}
GAVE_UP = {operations.JOB: gave_up}
