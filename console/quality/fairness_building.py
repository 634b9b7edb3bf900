"""Builds the page on fairness from the last report and the policy as it stands."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from console.permissions import Actor, Permission
from console.quality import fairness_reports, queries
from console.quality.building import interval, percent
from console.quality.fairness import (
    Cause,
    CheckFigures,
    CheckFlip,
    FairnessReport,
    Flip,
    Spread,
)
from console.quality.fairness_pages import (
    CheckRow,
    FairnessPage,
    FlipList,
    FlipRow,
    FlipView,
    GroupRow,
    Measured,
    Parts,
)
from console.quality.fairness_reports import GroupPlace
from console.quality.figures import wilson_rate
from console.quality.pages import Progress
from console.quality.state import PolicyState
from console.quality.swapping import sentence_around
from console.runs.labels import check_label
from console.web.access import workspace
from console.web.components import Stat, Tab
from copydesk.assets import Kind
from copydesk.checks.contract import Outcome, Span
from copydesk.checks.registry import CHECK_NAMES
from copydesk.errors import ContentError
from models import FairnessMeasurement, Policy, WorkState

FLIPS_SHOWN = 20
MAX_EXCERPT_CHARS = 600


def fairness_page(session: Session, policy: Policy, actor: Actor, *, cause: str, first: int) -> FairnessPage:
    """Return the page.

    Args:
        cause: of the flips to list; anything unknown lists the gravest that occur.
        first: how many of them were shown on the pages before.
    """
    state = queries.policy_state(session, policy.id)
    try:
        groups, failure = fairness_reports.groups_of(state), ""
    except ContentError as error:
        groups, failure = (), str(error)
    done = fairness_reports.newest_measurement(session, policy.id, WorkState.DONE)
    report = fairness_reports.report_of(done)
    report = fairness_reports.hidden_report(report) if report is not None else None
    measured = None
    if done is not None and report is not None:
        flips = _flip_list(done.id, report, groups, cause, first, actor.may(Permission.LABEL))
        measured = _measured(done, report, state, flips)
    return FairnessPage(
        policy_name=policy.name,
        groups=tuple(_group_row(place, report) for place in groups),
        guides=tuple(
            (name, str(content.get("title", name)))
            for name, content in sorted(state.contents.get(Kind.STYLE_GUIDE, {}).items())
        ),
        failure=failure,
        measured=measured,
        progress=progress_of(session, policy.id),
        may_label=actor.may(Permission.LABEL),
        may_edit=actor.may(Permission.EDIT),
    )


def progress_of(session: Session, policy_id: int) -> Progress | None:
    """Return how far the newest measurement is; None where none is under way and none failed."""
    row = fairness_reports.newest_measurement(session, policy_id)
    if row is None or row.state == WorkState.DONE:
        return None
    failure = row.failure if row.state == WorkState.FAILED else None
    return Progress(row.done, row.total, failure, url_for("quality.fairness_progress"))


def _group_row(place: GroupPlace, report: FairnessReport | None) -> GroupRow:
    figures = next((one for one in report.groups if one.group_id == place.key), None) if report else None
    return GroupRow(
        title=place.group.title,
        words=", ".join(term[0] for term in place.group.terms),
        url=url_for(
            "assets.edit_item",
            workspace_slug=workspace().slug,
            kind=Kind.STYLE_GUIDE,
            name=place.asset,
            list_name="descriptors",
            key=place.group.id,
        ),
        texts=figures.texts if figures else 0 if report else None,
        variants=figures.variants if figures else 0 if report else None,
    )


def _measured(
    row: FairnessMeasurement, report: FairnessReport, state: PolicyState, flips: FlipList
) -> Measured:
    judged = {figures.check for figures in report.checks}
    return Measured(
        at=row.finished_at,
        is_stale=row.inputs_sha256 != fairness_reports.inputs_sha256(state),
        is_cut=report.is_cut,
        texts=report.texts,
        holding=report.holding,
        stats=_stats(report),
        checks=tuple(_check_row(figures) for figures in report.checks),
        switched_off=tuple(check_label(check) for check in CHECK_NAMES if check not in judged),
        flips=flips,
    )


def _flip_list(
    measurement_id: int,
    report: FairnessReport,
    groups: tuple[GroupPlace, ...],
    wanted: str,
    first: int,
    may_label: bool,
) -> FlipList:
    gravest = next((one for one in Cause if report.flip_counts.get(one)), Cause.MODEL)
    cause = next((one for one in Cause if one == wanted), gravest)
    kept = [(number, flip) for number, flip in enumerate(report.flips) if flip.cause is cause]
    first = first if first < len(kept) else 0
    shown = kept[first : first + FLIPS_SHOWN]
    titles = {place.key: place.group.title for place in groups}
    after = first + FLIPS_SHOWN
    return FlipList(
        tabs=_tabs(report, cause),
        about=_about(cause),
        rows=tuple(_flip_view(measurement_id, number, flip, titles, may_label) for number, flip in shown),
        count=report.flip_counts.get(cause, 0),
        kept=len(kept),
        before_url=_page_url(cause, max(0, first - FLIPS_SHOWN)) if first else None,
        after_url=_page_url(cause, after) if after < len(kept) else None,
        shown=_("%(first)s to %(last)s of %(n)s", first=first + 1, last=first + len(shown), n=len(kept)),
    )


def _page_url(cause: Cause, first: int) -> str:
    return url_for("quality.fairness", show=cause.value, first=first or None, _anchor="flips")


def _stats(report: FairnessReport) -> tuple[Stat, ...]:
    spreads = [(one.largest_spread, one.check) for one in report.checks if one.largest_spread is not None]
    widest = max(spreads, key=lambda pair: pair[0].width, default=None)
    return (
        _verdict_stat(_("Judged differently by a model"), report.model_flips, report.holding, is_bias=True),
        _verdict_stat(_("Judged differently by a rule"), report.rule_flips, report.holding, is_bias=False),
        Stat(
            _("Largest spread of a score"),
            f"{widest[0].width:.2f}" if widest is not None else "–",
            check_label(widest[1]) if widest is not None else _("no check gave a score"),
        ),
    )


def _verdict_stat(label: str, flips: int, texts: int, *, is_bias: bool) -> Stat:
    rate = wilson_rate(flips, texts)
    if rate.value is None:
        return Stat(label, "–", _("no text names anybody"), kind="meh")
    return Stat(
        label,
        str(flips),
        f"{percent(rate.value)}; {interval(rate)}",
        kind=("bad" if flips else "ok") if is_bias else "",
        small=ngettext("of %(num)d text", "of %(num)d texts", texts),
    )


def _check_row(figures: CheckFigures) -> CheckRow:
    return CheckRow(
        label=check_label(figures.check),
        url=url_for("quality.check", check=figures.check),
        texts=figures.texts,
        flips=figures.flips,
        share=wilson_rate(figures.flips, figures.texts),
        median_spread=_score(figures.median_spread),
        largest_spread=_score(figures.largest_spread.width if figures.largest_spread else None),
        widest=_spread_words(figures.largest_spread),
        not_run=ngettext(
            "not run on %(num)d text: %(why)s",
            "not run on %(num)d texts: %(why)s",
            figures.not_run,
            why=figures.reason,
        )
        if figures.not_run
        else "",
    )


def _spread_words(spread: Spread | None) -> str:
    if spread is None or not spread.width:
        return ""
    return _(
        "Widest in “%(title)s”: %(low)s with %(low_word)s, %(high)s with %(high_word)s.",
        title=spread.title,
        low=f"{spread.low:.3f}",
        low_word=spread.low_word or _("the word that stands there"),
        high=f"{spread.high:.3f}",
        high_word=spread.high_word or _("the word that stands there"),
    )


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _tabs(report: FairnessReport, current: Cause) -> tuple[Tab, ...]:
    labels = {
        Cause.MODEL: _("A model reads it differently"),
        Cause.MEASURE: _("A rule measures it differently"),
        Cause.WORD: _("A rule names the word"),
    }
    return tuple(
        Tab(labels[cause], _page_url(cause, 0), cause is current, report.flip_counts.get(cause, 0))
        for cause in Cause
    )


def _about(cause: Cause) -> str:
    match cause:
        case Cause.MODEL:
            return _("Nobody wrote a rule about these words: the model learned to judge by them.")
        case Cause.MEASURE:
            return _("Another word is longer or shorter, and the text passes a limit or not.")
        case Cause.WORD:
            return _("A list or a rule says something of this very word. Read whether it is meant to.")


def _flip_view(
    measurement_id: int, number: int, flip: Flip, titles: dict[str, str], may_label: bool
) -> FlipView:
    return FlipView(
        title=flip.title,
        source=_source(flip, titles),
        sample_url=_sample_url(flip),
        found=flip.found,
        put=flip.put,
        before=parts_of(flip.text, flip.spans, "-"),
        after=parts_of(flip.variant, flip.variant_spans, "+"),
        was=flip.before,
        becomes=flip.after,
        checks=tuple(_flip_row(measurement_id, number, one, may_label) for one in flip.checks),
    )


def _sample_url(flip: Flip) -> str | None:
    if flip.sample_id is None:
        return None
    slug = workspace().slug
    return url_for("runs.sample", workspace_slug=slug, run_id=flip.run_id, sample_id=flip.sample_id)


def _source(flip: Flip, titles: dict[str, str]) -> str:
    words = {"sample": _("Sample"), "fallback": _("Fallback copy"), "golden": _("Golden text")}
    return ", ".join(part for part in (words.get(flip.source, ""), titles.get(flip.group_id, "")) if part)


def _flip_row(measurement_id: int, number: int, flip: CheckFlip, may_label: bool) -> FlipRow:
    why = {
        Cause.MODEL: _("a model reads it differently"),
        Cause.MEASURE: _("a rule measures it differently"),
        Cause.WORD: _("a rule names the word"),
    }
    place: dict[str, Any] = {"measurement_id": measurement_id, "number": number, "check": flip.check}
    return FlipRow(
        label=check_label(flip.check),
        before=outcome_word(flip.before),
        after=outcome_word(flip.after),
        why=why[flip.cause],
        message=flip.message,
        scores=f"{flip.scores[0]:.3f} → {flip.scores[1]:.3f}" if flip.scores else "",
        label_url=url_for("quality.label_flip", **place) if may_label and flip.message else None,
    )


def outcome_word(outcome: Outcome) -> str:
    """Return what an outcome is called inside a sentence."""
    return {
        Outcome.PASS: _("pass"),
        Outcome.WARN: _("warning"),
        Outcome.FAIL: _("fail"),
        Outcome.NOT_RUN: _("not run"),
    }[outcome]


def parts_of(text: str, spans: tuple[Span, ...], op: str) -> Parts:
    """Cut the sentences around the exchanged places: the places get the op, the rest is unchanged."""
    if not spans:
        return (("=", text[:MAX_EXCERPT_CHARS]),)
    around = sentence_around(text, spans)
    last = min(around.end, max(around.start + MAX_EXCERPT_CHARS, spans[0].end))
    parts: list[tuple[str, str]] = [("=", "… ")] if around.start else []
    end = around.start
    for span in spans:
        if span.end > last:
            break
        parts += [("=", text[end : span.start]), (op, text[span.start : span.end])]
        end = span.end
    parts.append(("=", text[end:last] + (" …" if last < len(text.rstrip()) else "")))
    return tuple(part for part in parts if part[1])
