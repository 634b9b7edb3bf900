"""Background work: asking slow checks what a draft would change on stored samples."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from console.clock import now
from console.config import Settings
from console.extensions import db
from console.quality.effects import content_tried
from console.workbench import previews
from copydesk.errors import CopydeskError
from models import Asset, ImpactReport, WorkState

PROGRESS_S = 0.5
MOVED_ON = "The draft, the policy or the samples changed meanwhile."


def preview(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Ask the slow checks about the samples, by the policy as it stands and with the draft in it."""
    settings: Settings = app.extensions["copydesk_settings"]
    report_id, checks = int(arguments["report_id"]), tuple(arguments["checks"])
    with db.read() as session:
        row = session.get(ImpactReport, report_id)
        if row is None or row.state == WorkState.DONE:
            return
        asset = session.get_one(Asset, row.asset_id)
        try:
            content = content_tried(session, asset, arguments.get("revision"))
            asked = previews.questions(session, asset, content)
        except CopydeskError:
            asked = ()
        question = next((q for q in asked if _is_asked(row, q, checks)), None)
    if question is None:
        _fail(report_id, MOVED_ON)
        return
    try:
        made = previews.set_up(question, checks, settings.home)
        with db.read() as session:
            stored = previews.stored_of(session, question, made)
        found = previews.answer_by_job(question, checks, stored, settings.home, _teller(report_id, stop))
    except CopydeskError as error:
        _fail(report_id, str(error))
        return
    if found is not None:
        with db.write() as session:
            row = session.get(ImpactReport, report_id)
            if row is not None:
                previews.close_report(session, row, found)


def _is_asked(row: ImpactReport, question: previews.Question, checks: tuple[str, ...]) -> bool:
    return (row.policy_id, row.inputs_sha256, row.samples_sha256) == (
        question.policy_id,
        previews.inputs_sha256(question, checks),
        question.samples.sha256,
    )


def _teller(report_id: int, stop: threading.Event) -> Callable[[int], bool]:
    """Return what writes progress now and then, and says whether anybody still waits for the report."""
    told, goes_on = [0.0], [True]

    def tell(done: int) -> bool:
        if time.monotonic() - told[0] > PROGRESS_S:
            told[0] = time.monotonic()
            with db.write() as session:
                row = session.get(ImpactReport, report_id)
                goes_on[0] = row is not None
                if row is not None:
                    row.state, row.done = WorkState.RUNNING, done
        return goes_on[0] and not stop.is_set()

    return tell


def _fail(report_id: int, reason: str) -> None:
    with db.write() as session:
        row = session.get(ImpactReport, report_id)
        if row is not None:
            row.state, row.failure, row.finished_at = WorkState.FAILED, reason, now()


def gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of a report that failed at every attempt why."""
    _fail(int(arguments["report_id"]), reason)


HANDLERS = {previews.JOB: preview}
GAVE_UP = {previews.JOB: gave_up}
