"""What a draft does to labelled cases, shown on the page that saves it: worked out here, or by a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from console.assets.queries import find_asset
from console.extensions import db
from console.jobs import ledger
from console.permissions import Permission
from console.quality import building, effects, operations
from console.quality.blueprint import bp, home
from console.quality.effects import Question
from console.quality.judging import Effect
from console.quality.labels import RESULTS
from console.quality.pages import EffectView, FlipView
from console.runs.labels import check_label
from console.web.access import is_fragment, reads_only, requires, workspace
from console.web.paging import cursor
from copydesk.checks.contract import Span
from copydesk.checks.personal_data import hide_personal_data
from copydesk.errors import ContentError
from models import Asset, LabelEffect, WorkState

EFFECT_URL = "/w/<workspace_slug>/assets/<kind>/<name>/effect"
MAX_SHOWN = 20


@bp.get(EFFECT_URL)
@requires(Permission.READ)
def effect(kind: str, name: str) -> Any:
    """Show what is known of a draft's effect on labelled cases (of `revision`: of bringing it back)."""
    asset = find_asset(db.session, workspace().id, kind, name)
    return _page(asset, _views(asset))


@bp.post(EFFECT_URL)
@reads_only  # judging takes its time; reports go in by short transactions of their own
@requires(Permission.EDIT)
def judge_effect(kind: str, name: str) -> Any:
    """Judge the labelled cases by the draft where that is quick, or have a job do it."""
    asset = find_asset(db.session, workspace().id, kind, name)
    asked = _asked(asset)
    if not isinstance(asked, ContentError):
        for question in asked:
            _settle(question)
        # What the transactions above wrote is read anew.
        db.session.rollback()
        asset = find_asset(db.session, workspace().id, kind, name)
    return _page(asset, _views(asset))


def _settle(question: Question) -> None:
    if not question.labels:
        return
    known = effects.find_report(db.session, question)
    if known is not None and known.state in {WorkState.DONE, WorkState.RUNNING}:
        return
    found = effects.try_to_answer(question, home())
    if isinstance(found, ContentError):
        return
    with db.write() as session:
        if isinstance(found, Effect):
            effects.close_report(session, question, found)
            return
        row = effects.open_report(session, question)
        if row.state == WorkState.FAILED:
            row.state, row.failure = WorkState.QUEUED, None
        arguments = {"effect_id": row.id, "revision": _revision()}
        key = f"{effects.JOB}:{row.id}:{row.finished_at.isoformat() if row.finished_at else ''}"
        ledger.submit(session, effects.JOB, key, arguments)


def _revision() -> int | None:
    return cursor(request.values.get("revision"))


def _asked(asset: Asset) -> tuple[Question, ...] | ContentError:
    try:
        return effects.questions(db.session, asset, effects.content_tried(db.session, asset, _revision()))
    except ContentError as error:
        return error


def _views(asset: Asset) -> tuple[EffectView, ...]:
    asked = _asked(asset)
    if isinstance(asked, ContentError):
        return (EffectView("", "broken", 0, 0),)
    return tuple(_view(question) for question in asked if question.labels)


def _view(question: Question) -> EffectView:
    row: LabelEffect | None = effects.find_report(db.session, question)
    total = len(question.labels)
    if row is None:
        return EffectView(question.policy_name, "unknown", total, 0)
    if row.state == WorkState.FAILED:
        return EffectView(question.policy_name, "failed", total, 0, failure=row.failure or "")
    if row.state != WorkState.DONE:
        return EffectView(question.policy_name, "waiting", total, row.done)
    report = row.report
    return EffectView(
        question.policy_name,
        "done",
        total,
        total,
        worse=tuple(_flip(question, flip) for flip in report["worse"]),
        better=tuple(_flip(question, flip) for flip in report["better"]),
        unchanged=report["unchanged"],
    )


def _flip(question: Question, flip: Mapping[str, Any]) -> FlipView:
    return FlipView(
        number=flip["number"],
        url=url_for("quality.case", policy_slug=question.policy_slug, number=flip["number"]),
        check=check_label(flip["check"]),
        segments=building.span_segments(
            hide_personal_data(flip["text"]), [Span(*span) for span in flip["spans"]]
        ),
        was=str(RESULTS[flip["before"]]),
        becomes=str(RESULTS[flip["after"]]),
        messages=tuple(flip["messages"]) or ((flip["reason"],) if flip["reason"] else ()),
    )


def _page(asset: Asset, views: tuple[EffectView, ...]) -> Any:
    values = {
        "subject": asset,
        "views": views,
        "revision": _revision(),
        "blocks": operations.is_blocking(workspace()),
        "max_shown": MAX_SHOWN,
    }
    if is_fragment():
        return render_template("quality/_effect.html", **values)
    return render_template("quality/effect.html", title=_("Effect on labelled cases"), **values)
