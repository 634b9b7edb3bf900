"""Pages of thresholds: set on the workspace's own approved copy, by the false alarms it may raise there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from console.errors import ConflictError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.quality import building, queries, scoring, setting
from console.quality.blueprint import CHECKS_URL, bp, home
from console.quality.compiling import compiled, setting_of
from console.quality.forms import RateForm
from console.quality.labels import level_label
from console.quality.pages import Progress, RateRow, ThresholdPage
from console.quality.state import PolicyState
from console.quality.thresholds import (
    RATES,
    Choice,
    bins,
    choose,
    flagged_share,
    is_flagged,
    lowest_rate,
    needed_texts,
    place_in_picture,
)
from console.quality.voice_thresholds import voice_threshold
from console.runs.labels import check_label
from console.web.access import actor, policy, requires, workspace
from console.web.components import Bin, Tab
from copydesk.assets import Kind
from copydesk.checks.toxicity import ToxicityCheck
from copydesk.errors import ContentError
from models import ScoreSet, WorkState

URL = f"{CHECKS_URL}/<check>/threshold"
Scores = Sequence[float]


@bp.get(URL)
@requires(Permission.READ)
def threshold(check: str) -> Any:
    """Show how approved copy scores, and what each false-positive rate would give."""
    state = queries.policy_state(db.session, policy().id)
    level = _level(check, state)
    page = _page(check, level, state)
    return render_template("quality/threshold.html", page=page, form=_form(page))


@bp.get(f"{URL}/progress")
@requires(Permission.READ)
def threshold_progress(check: str) -> Any:
    """Show how far the scoring is."""
    state = queries.policy_state(db.session, policy().id)
    level = _level(check, state)
    found = scoring.find(db.session, policy().id, check, level, state)
    return render_template("quality/_progress.html", progress=_progress(found, check, level))


@bp.post(f"{URL}/score")
@requires(Permission.LABEL)
def score_copy(check: str) -> Any:
    """Have approved copy scored by a job."""
    state = queries.policy_state(db.session, policy().id)
    level = _level(check, state)
    scoring.ask_for_scores(db.session, policy(), check, level)
    db.session.commit()
    return redirect(url_for("quality.threshold", check=check, level=level), 303)


@bp.post(URL)
@requires(Permission.EDIT)
def set_threshold(check: str) -> Any:
    """Put the threshold of a chosen rate into the draft of the asset that holds it."""
    state = queries.policy_state(db.session, policy().id)
    level = _level(check, state)
    row = scoring.find(db.session, policy().id, check, level, state)
    form, scores = RateForm(), _approved(row)
    form.offer([(rate, rate) for rate in RATES])
    if form.validate_on_submit() and scores:
        try:
            choice = _choices(check, row, scores)[str(form.rate.data)]
            asset = setting.put_threshold(db.session, policy().id, check, level, choice, by=actor())
            db.session.commit()
            flash(_("The threshold is in the draft. Look at what it changes, and save the revision."), "pass")
            return redirect(
                url_for("assets.save", workspace_slug=workspace().slug, kind=asset.kind, name=asset.name), 303
            )
        except ConflictError as error:
            form.form_errors.append(str(error))
        db.session.rollback()
    elif not scores:
        form.form_errors.append(_("Approved copy has no scores yet. Have it scored first."))
    page = _page(check, level, queries.policy_state(db.session, policy().id))
    form.offer(_offered(page))
    return render_template("quality/threshold.html", page=page, form=form), 422


def _level(check: str, state: PolicyState) -> str:
    known = [level for level, _title in scoring.levels(check, state)]
    wanted = request.values.get("level") or (known[0] if known else "")
    if wanted not in known:
        raise NotFoundError(_("There is no such threshold."))
    return wanted


def _form(page: ThresholdPage) -> RateForm:
    form = RateForm(formdata=None)
    form.offer(_offered(page))
    return form


def _offered(page: ThresholdPage) -> list[tuple[str, str]]:
    return [(row.rate, row.percent) for row in page.rows]


def _approved(row: ScoreSet | None) -> list[float]:
    if row is None or row.state != WorkState.DONE:
        return []
    return [float(score) for _source, _place, score in row.scores["approved"]]


def _texts(check: str, state: PolicyState) -> tuple[scoring.ApprovedText, ...] | None:
    """Return the approved copy; None where an older console saved it and this one does not understand it."""
    with suppress(ContentError):
        return scoring.approved_copy(db.session, policy().id, state, check)
    return None


def _off_brand(row: ScoreSet | None) -> list[float]:
    return [float(score) for score in row.scores.get("off_brand", ())] if row is not None else []


def _choices(check: str, row: ScoreSet | None, scores: Scores) -> Mapping[str, Choice]:
    """Return a threshold per rate: from approved copy, or for a topic from training it at that rate."""
    above = scoring.flags_above(check)
    options = row.scores.get("options", {}) if row is not None else {}
    if not options:
        return {rate: choose(scores, rate, flags_above=above) for rate in RATES}
    return {
        rate: Choice(
            rate,
            option["threshold"],
            flagged_share(scores, option["threshold"], flags_above=above),
            needed_texts(float(rate)),
        )
        for rate, option in options.items()
        if "threshold" in option
    }


def _page(check: str, level: str, state: PolicyState) -> ThresholdPage:
    texts = _texts(check, state)
    row = scoring.find(db.session, policy().id, check, level, state, texts) if texts is not None else None
    scores = _approved(row)
    labelled = row.scores["labelled"] if scores and row is not None else []
    current, note = _current(check, level, state, row)
    wanted = [float(score) for _number, expects, score in labelled if expects]
    holder = setting.holder_of(db.session, policy().id, check, level)
    return ThresholdPage(
        check=check,
        check_label=check_label(check),
        level=level,
        level_label=_titles(check, state)[level],
        tabs=building.check_tabs(check, state, "threshold"),
        levels=_levels(check, level, state),
        current=current,
        current_note=note,
        holder=holder.title if holder is not None else "",
        sources=_sources(check, Counter(text.source for text in texts or ())),
        copy_count=len(texts or ()),
        text_count=len(scores),
        unscored=row.scores["unscored"] if scores and row is not None else 0,
        unscored_reason=_unscored_reason(row),
        approved=_bins(scores),
        labelled=_bins(wanted),
        off_brand=_bins(_off_brand(row)),
        threshold_place=place_in_picture(float(current)) if current else None,
        now=_now(check, row, scores, labelled, current) if scores and current else None,
        rows=_rows(check, row, scores, labelled, current) if scores else (),
        too_few=_too_few(scores) if row is not None and row.state == WorkState.DONE else "",
        progress=_progress(row, check, level),
        is_scored=row is not None and row.state == WorkState.DONE,
        may_edit=actor().may(Permission.EDIT),
        may_score=actor().may(Permission.LABEL),
    )


def _titles(check: str, state: PolicyState) -> Mapping[str, str]:
    return {level: level_label(check, level, title) for level, title in scoring.levels(check, state)}


def _levels(check: str, current: str, state: PolicyState) -> tuple[Tab, ...]:
    found = _titles(check, state)
    if len(found) < 2:
        return ()
    return tuple(
        Tab(title, url_for("quality.threshold", check=check, level=level), level == current)
        for level, title in found.items()
    )


def _unscored_reason(row: ScoreSet | None) -> str:
    return str(row.scores.get("reason", "")) if row is not None and row.scores else ""


def _current(check: str, level: str, state: PolicyState, row: ScoreSet | None) -> tuple[str, str]:
    """Return the threshold in force and where it is from; a topic's is known once copy is scored."""
    if check == "forbidden_topics":
        asset, _sep, topic_id = level.partition("/")
        topics = state.contents.get(Kind.FORBIDDEN_TOPICS, {}).get(asset, {}).get("topics", ())
        rate = next((t.get("max_background_false_positive_rate") for t in topics if t["id"] == topic_id), "")
        share = building.percent(float(rate or 0))
        options = row.scores.get("options", {}) if row is not None else {}
        trained = [
            one.get("threshold", "") for key, one in options.items() if float(key) == float(rate or -1)
        ]
        note = _("Trained to raise at most %(share)s false alarms on its background texts.", share=share)
        return trained[0] if trained else "", note
    if check == scoring.VOICE:
        made = None
        with suppress(ContentError):  # an older console's content, of which the page says why it is not read
            made = compiled(check, state, home(), may_train=False)
        return voice_threshold(state, made)
    setting_now = setting_of(check, state)
    own = setting_now.review_threshold if level == "review" else setting_now.block_threshold
    if own is not None:
        return own, _("Set in this policy.")
    made = compiled(check, state, home(), may_train=False)
    only = made.policy.checks[0] if made is not None and made.policy.checks else None
    if not isinstance(only, ToxicityCheck):
        return "", _("The engine is not installed here.")
    value = only.review_threshold if level == "review" else only.block_threshold
    return f"{value:.6f}".rstrip("0"), _("The engine's own, set on public clean copy and not on yours.")


def _sources(check: str, counts: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
    words = {"example": _("On-brand examples")} if check == scoring.VOICE else {}
    words |= {
        "fallback": _("Fallback copy"),
        "golden": _("Golden texts that are to pass"),
        "sample": _("Samples of approved runs"),
    }
    return tuple((label, str(counts.get(source, 0))) for source, label in words.items())


def _bins(scores: Scores) -> tuple[Bin, ...]:
    return tuple(
        Bin(_("%(low)s to %(high)s", low=f"{low:g}", high=f"{high:g}"), count)
        for low, high, count in bins(scores)
    )


def _too_few(scores: Scores) -> str:
    needed = needed_texts(float(RATES[-1]))
    lowest = lowest_rate(len(scores))
    if len(scores) >= needed_texts(float(RATES[0])):
        return ""
    if lowest is None or len(scores) < needed:
        return _(
            "Too few approved texts to set a threshold: %(n)s have a score, and even 10 %% needs %(needed)s.",
            n=len(scores),
            needed=needed,
        )
    return _(
        "%(n)s approved texts can show a rate of %(lowest)s at best; lower rates need more texts.",
        n=len(scores),
        lowest=building.percent(lowest),
    )


def _rows(
    check: str, row: ScoreSet | None, scores: Scores, labelled: Sequence[Any], current: str
) -> tuple[RateRow, ...]:
    above = scoring.flags_above(check)
    options = row.scores.get("options", {}) if row is not None else {}
    # Several rates may train a topic's threshold to the same place: none of them is marked as chosen.
    current = "" if options else current
    return tuple(
        _rate_row(choice, labelled, current, above, _note(row, choice, options.get(choice.rate, {})))
        for choice in _choices(check, row, scores).values()
    )


def _note(row: ScoreSet | None, choice: Choice, option: Mapping[str, Any]) -> str:
    """Say what a threshold does to examples of what it is to find."""
    if option:
        recall = building.percent(float(option["recall"]))
        return _("Finds %(recall)s of its own examples, each left out once.", recall=recall)
    off_brand = _off_brand(row)
    if not off_brand:
        return ""
    found = sum(is_flagged(score, choice.threshold, flags_above=False) for score in off_brand)
    return _(
        "Finds %(found)s of %(n)s off-brand examples, each left out once.", found=found, n=len(off_brand)
    )


def _now(check: str, row: ScoreSet | None, scores: Scores, labelled: Sequence[Any], current: str) -> RateRow:
    """Return what the threshold in force gives."""
    above = scoring.flags_above(check)
    choice = Choice("", current, flagged_share(scores, current, flags_above=above), 0)
    # What a topic's own rate finds stands in the row of that rate.
    return _rate_row(choice, labelled, current, above, _note(row, choice, {}))


def _rate_row(choice: Choice, labelled: Sequence[Any], current: str, above: bool, note: str) -> RateRow:
    def hits(expected: bool) -> tuple[int, int]:
        group = [float(score) for _number, expects, score in labelled if expects is expected]
        return sum(is_flagged(s, choice.threshold, flags_above=above) for s in group), len(group)

    found, must = hits(True)
    wrongly, must_not = hits(False)
    return RateRow(
        rate=choice.rate,
        percent=f"{float(choice.rate) * 100:g} %" if choice.rate else "",
        threshold=choice.threshold,
        flagged=_(
            "%(share)s of %(n)s, %(interval)s",
            share=building.percent(choice.flagged.value or 0.0),
            n=choice.flagged.n,
            interval=building.interval(choice.flagged),
        ),
        found=ngettext("%(found)d of %(num)d", "%(found)d of %(num)d", must, found=found) if must else "–",
        wrongly=ngettext("%(found)d of %(num)d", "%(found)d of %(num)d", must_not, found=wrongly)
        if must_not
        else "–",
        is_shown=choice.is_shown,
        needed=choice.needed,
        note=note,
        is_current=bool(current) and float(current) == float(choice.threshold),
    )


def _progress(row: ScoreSet | None, check: str, level: str) -> Progress | None:
    if row is None or row.state == WorkState.DONE:
        return None
    failure = row.failure if row.state == WorkState.FAILED else None
    url = url_for("quality.threshold_progress", check=check, level=level)
    return Progress(row.done, row.total, failure, url)
