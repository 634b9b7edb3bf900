"""Background work: asking slow checks what a draft would change on stored samples."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask

from console.config import Settings
from console.extensions import db
from console.jobs import tracking
from console.quality.effects import content_tried
from console.workbench import previews
from copydesk.errors import CopydeskError
from models import Asset, ImpactReport, WorkState

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
        tracking.fail(ImpactReport, report_id, MOVED_ON)
        return
    tell = tracking.teller(ImpactReport, report_id, stop)
    if not tell(0):  # training comes first: whoever waits is told that the work began
        return
    try:
        made = previews.set_up(question, checks, settings.home)
        with db.read() as session:
            stored = previews.stored_of(session, question, made)
        left = previews.count_unknown(question, checks, stored)
        tell = tracking.teller(ImpactReport, report_id, stop, total=left)
        found = previews.answer_by_job(question, checks, stored, settings.home, tell)
    except CopydeskError as error:
        tracking.fail(ImpactReport, report_id, str(error))
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


def gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of a report that failed at every attempt why."""
    tracking.fail(ImpactReport, int(arguments["report_id"]), reason)


HANDLERS = {previews.JOB: preview}
GAVE_UP = {previews.JOB: gave_up}
