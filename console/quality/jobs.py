"""Background work: checks on labelled cases, effects of drafts, scores of approved copy, fairness."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask

from console.config import Settings
from console.errors import ConsoleError
from console.extensions import db
from console.generation.provider import make_provider
from console.jobs import tracking
from console.judge.judging import Judge
from console.judge.queries import OPEN
from console.quality import agreeing, effects, fairness_reports, measuring, queries, scoring
from console.quality.compiling import compiled
from console.quality.judging import judge_all
from copydesk.errors import CopydeskError
from models import (
    Asset,
    CheckMeasurement,
    FairnessMeasurement,
    JudgeAgreement,
    LabelEffect,
    Policy,
    ScoreSet,
    WorkState,
)


def measure(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Ask a check about all its labelled cases, by the policy as it stands when the job runs."""
    settings: Settings = app.extensions["copydesk_settings"]
    row_id = int(arguments["measurement_id"])
    with db.write() as session:
        row = session.get_one(CheckMeasurement, row_id)
        if row.state == WorkState.DONE:
            return
        # Who labels from now on asks for another measurement: this one does not see it any more.
        row.state, row.failure = WorkState.RUNNING, None
        policy_id, check = row.policy_id, row.check
    with db.read() as session:
        state = queries.policy_state(session, policy_id)
        labels = queries.active_labels(session, policy_id, [check])
    try:
        made = compiled(check, state, settings.home, may_train=True)
    except CopydeskError as error:
        tracking.fail(CheckMeasurement, row_id, f"The policy can't be compiled: {error}")
        return
    assert made is not None  # noqa: S101 - a job may train
    judgements = judge_all(
        made.policy, labels, tracking.teller(CheckMeasurement, row_id, stop, total=len(labels))
    )
    if not stop.is_set():
        with db.write() as session:
            row = session.get_one(CheckMeasurement, row_id)
            measuring.finish_measurement(session, row, made, state, judgements)


def effect(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Judge the labelled cases by a draft (or a revision to bring back) and write the report down."""
    settings: Settings = app.extensions["copydesk_settings"]
    effect_id, revision = int(arguments["effect_id"]), arguments.get("revision")
    with db.read() as session:
        row = session.get_one(LabelEffect, effect_id)
        asset = session.get_one(Asset, row.asset_id)
        content = effects.content_tried(session, asset, revision)
        try:
            asked = effects.questions(session, asset, content)
        except CopydeskError:
            asked = ()
        wanted = (row.policy_id, row.base_sha256, row.content_sha256, row.cases_sha256)
    question = next(
        (q for q in asked if (q.policy_id, q.before.sha256, q.content_sha256, q.cases_sha256) == wanted), None
    )
    if question is None:
        tracking.fail(LabelEffect, effect_id, "The draft, the policy or the cases changed meanwhile.")
        return
    try:
        tell = tracking.teller(LabelEffect, effect_id, stop, total=len(question.labels))
        found = effects.answer(question, settings.home, may_train=True, progress=tell)
    except CopydeskError as error:
        tracking.fail(LabelEffect, effect_id, str(error))
        return
    if not stop.is_set() and not isinstance(found, effects.Untrained):
        with db.write() as session:
            effects.close_report(session, question, found)


def score(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Score approved copy and labelled cases by a model-tier check."""
    settings: Settings = app.extensions["copydesk_settings"]
    row_id = int(arguments["score_set_id"])
    with db.read() as session:
        row = session.get_one(ScoreSet, row_id)
        policy = session.get_one(Policy, row.policy_id)
        state = queries.policy_state(session, policy.id)
        texts = scoring.approved_copy(session, policy.id, state, row.check)
        labels = queries.active_labels(session, policy.id, [row.check])
        check, level = row.check, row.level
    try:
        tell = tracking.teller(ScoreSet, row_id, stop, total=len(texts) + len(labels))
        scores = scoring.score_all(check, level, state, texts, labels, settings.home, tell)
    except CopydeskError as error:
        tracking.fail(ScoreSet, row_id, str(error))
        return
    if not stop.is_set():
        with db.write() as session:
            scoring.store(session.get_one(ScoreSet, row_id), scores)


def agreement(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Ask a policy's judge about all texts that are labelled for it."""
    settings: Settings = app.extensions["copydesk_settings"]
    row_id = int(arguments["agreement_id"])
    with db.read() as session:
        row = session.get_one(JudgeAgreement, row_id)
        if row.state not in OPEN:
            return
        policy = session.get_one(Policy, row.policy_id)
        state = agreeing.judge_state(session, policy.id)
        purse = agreeing.purse_for(row, policy, state, db)
    if purse is None:
        tracking.fail(JudgeAgreement, row_id, "The judge or the labelled texts changed meanwhile. Ask again.")
        return
    try:
        provider = make_provider(settings)
    except ConsoleError as error:
        tracking.fail(JudgeAgreement, row_id, str(error))
        return
    judge = Judge(purse.terms, state.criteria, provider, purse, stop)
    try:
        tell = tracking.teller(JudgeAgreement, row_id, stop, total=len(state.labels))
        figures = agreeing.measure(judge, state.labels, tell, concurrency=settings.generation_concurrency)
    finally:
        provider.close()
    if figures is not None and not stop.is_set():
        with db.write() as session:
            agreeing.finish(session, session.get_one(JudgeAgreement, row_id), figures)


def fairness(app: Flask, arguments: Mapping[str, Any], stop: threading.Event) -> None:
    """Judge a policy's own texts with words for people exchanged, by the policy as it stands."""
    settings: Settings = app.extensions["copydesk_settings"]
    row_id = int(arguments["fairness_id"])
    try:
        with db.read() as session:
            policy_id = session.get_one(FairnessMeasurement, row_id).policy_id
            state = queries.policy_state(session, policy_id)
            planned = fairness_reports.plan(session, policy_id, state)
        tell = tracking.teller(FairnessMeasurement, row_id, stop, total=len(planned.items))
        report = fairness_reports.make_report(planned, state, settings.home, tell)
    except CopydeskError as error:
        tracking.fail(FairnessMeasurement, row_id, f"The policy can't be compiled: {error}")
        return
    if report is not None:
        with db.write() as session:
            row = session.get_one(FairnessMeasurement, row_id)
            fairness_reports.finish(session, row, report, state)


def measure_gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of a measurement that failed at every attempt why."""
    tracking.fail(CheckMeasurement, int(arguments["measurement_id"]), reason)


def effect_gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of a report that failed at every attempt why."""
    tracking.fail(LabelEffect, int(arguments["effect_id"]), reason)


def score_gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of scores that failed at every attempt why."""
    tracking.fail(ScoreSet, int(arguments["score_set_id"]), reason)


def agreement_gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of a measurement of agreement that failed at every attempt why."""
    tracking.fail(JudgeAgreement, int(arguments["agreement_id"]), reason)


def fairness_gave_up(_app: Flask, arguments: Mapping[str, Any], reason: str) -> None:
    """Say of a measurement of fairness that failed at every attempt why."""
    tracking.fail(FairnessMeasurement, int(arguments["fairness_id"]), reason)


HANDLERS = {
    measuring.JOB: measure,
    effects.JOB: effect,
    scoring.JOB: score,
    agreeing.JOB: agreement,
    fairness_reports.JOB: fairness,
}
GAVE_UP = {
    measuring.JOB: measure_gave_up,
    effects.JOB: effect_gave_up,
    scoring.JOB: score_gave_up,
    agreeing.JOB: agreement_gave_up,
    fairness_reports.JOB: fairness_gave_up,
}
