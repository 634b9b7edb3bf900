"""Pages of reviews."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice

from console.errors import ConsoleError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.reviews import building, invariant, operations, reading
from console.reviews.forms import CommentForm, DecisionForm, WaiverForm
from console.reviews.pages import ReviewPage
from console.runs import queries as runs
from console.runs.labels import condition_label
from console.web.access import actor, is_fragment, requires, workspace
from console.web.forms import name_apart, put_refusal
from console.web.paging import cursor
from models import DecisionOutcome, Review, Waiver

bp = Blueprint("reviews", __name__)
DECIDED = {
    DecisionOutcome.APPROVE: _l("Signed: you approved this."),
    DecisionOutcome.REQUEST_CHANGES: _l("Signed: you asked for changes. This review has ended."),
    DecisionOutcome.REJECT: _l("Signed: you refused this. This review has ended."),
}


@bp.get("/w/<workspace_slug>/reviews")
@requires(Permission.READ)
def index() -> Any:
    """Show reviews, newest first."""
    page = reading.reviews_page(
        db.session,
        workspace().id,
        actor(),
        state=request.args.get("state", ""),
        before=cursor(request.args.get("before")),
        after=cursor(request.args.get("after")),
    )
    return render_template("reviews/index.html", page=page)


@bp.post("/w/<workspace_slug>/runs/<int:run_id>/reviews")
@requires(Permission.REQUEST_REVIEW)
def request_review(run_id: int) -> Any:
    """Open a review of a run's candidate."""
    run = runs.find_run(db.session, workspace().id, run_id)
    review = operations.request_review(db.session, run, note=request.form.get("note", ""), by=actor())
    db.session.commit()
    flash(_("Review requested. The approvers see it in their work."), "pass")
    return _to_review(review.id)


@bp.get("/w/<workspace_slug>/reviews/<int:review_id>")
@requires(Permission.READ)
def review(review_id: int) -> Any:
    """Show a review."""
    return _render(_find(review_id))


@bp.post("/w/<workspace_slug>/reviews/<int:review_id>/decision")
@requires(Permission.DECIDE)
def decide(review_id: int) -> Any:
    """Sign a decision."""
    found = _find(review_id)
    form = DecisionForm()
    status = 422
    if form.validate_on_submit():
        try:
            operations.decide(
                db.session,
                found,
                outcome=DecisionOutcome(form.outcome.data),
                note=form.comment.data or "",
                seen_digest=form.seen.data or "",
                by=actor(),
            )
            db.session.commit()
            flash(str(DECIDED[DecisionOutcome(form.outcome.data)]), "pass")
            return _to_review(review_id)
        except ConsoleError as error:
            db.session.rollback()
            status = put_refusal(form, error)
    return _render(_find(review_id), decision_form=form), status


@bp.post("/w/<workspace_slug>/reviews/<int:review_id>/withdraw")
@requires(Permission.REQUEST_REVIEW)
def withdraw(review_id: int) -> Any:
    """End a review without a decision."""
    operations.withdraw(db.session, _find(review_id), by=actor())
    db.session.commit()
    return _to_review(review_id)


@bp.post("/w/<workspace_slug>/reviews/<int:review_id>/waivers")
@requires(Permission.WAIVE)
def add_waiver(review_id: int) -> Any:
    """Accept a failure until a day."""
    found = _find(review_id)
    form, status = _waiver_form(found), 422
    if form.validate_on_submit() and form.expires_on.data is not None:
        try:
            operations.add_waiver(
                db.session,
                found,
                condition=form.condition.data,
                case_keys=(),
                reason=str(form.reason.data),
                expires_at=datetime.combine(form.expires_on.data, time.max, UTC).replace(microsecond=0),
                by=actor(),
            )
            db.session.commit()
            flash(_("Waived. Signatures given before are void and have to be given again."), "info")
            return _to_review(review_id)
        except ConsoleError as error:
            db.session.rollback()
            status = put_refusal(form, error)
    return _render(_find(review_id), waiver_form=form), status


@bp.post("/w/<workspace_slug>/reviews/<int:review_id>/waivers/<int:waiver_id>/revoke")
@requires(Permission.WAIVE)
def revoke_waiver(review_id: int, waiver_id: int) -> Any:
    """Take a waiver back."""
    found = _find(review_id)
    waiver = db.session.get(Waiver, waiver_id)
    if waiver is None or waiver.review_id != found.id:
        raise NotFoundError("This review has no such waiver.")
    operations.revoke_waiver(db.session, waiver, by=actor())
    db.session.commit()
    return _to_review(review_id)


@bp.post("/w/<workspace_slug>/reviews/<int:review_id>/comments")
@requires(Permission.COMMENT)
def comment(review_id: int) -> Any:
    """Remark on a review or one of its changes."""
    found = _find(review_id)
    form = CommentForm()
    asset_id = cursor(request.form.get("asset_id"))
    if not form.validate_on_submit():
        return _render(found, comment_form=form, commented_id=asset_id), 422
    if asset_id is not None:
        reading.asset_of(db.session, workspace(), asset_id)
    operations.add_comment(
        db.session, found, text=str(form.text.data), asset_id=asset_id, place="", by=actor()
    )
    db.session.commit()
    return _to_review(review_id, anchor=f"asset-{asset_id}" if asset_id else "talk")


@bp.post("/w/<workspace_slug>/reviews/<int:review_id>/read/<int:asset_id>")
@requires(Permission.READ)
def mark_read(review_id: int, asset_id: int) -> Any:
    """Tick or untick a change as read."""
    found = _find(review_id)
    asset = reading.asset_of(db.session, workspace(), asset_id)
    is_read = request.form.get("read") == "1"
    operations.mark_read(db.session, found, asset.id, is_read=is_read, by=actor())
    db.session.commit()
    return _to_review(review_id, anchor=f"read-{asset_id}")


def _find(review_id: int) -> Review:
    return reading.find_review(db.session, workspace().id, review_id)


def _to_review(review_id: int, anchor: str | None = None) -> Any:
    url = url_for("reviews.review", workspace_slug=workspace().slug, review_id=review_id, _anchor=anchor)
    if is_fragment():
        return "", 200, {"HX-Redirect": url}
    return redirect(url, 303)


def _render(
    found: Review,
    *,
    decision_form: DecisionForm | None = None,
    waiver_form: WaiverForm | None = None,
    comment_form: CommentForm | None = None,
    commented_id: int | None = None,
) -> str:
    """Show a review; a form that was refused is shown as it was typed, whether or not it is still of use.

    Args:
        commented_id: the changed asset that the comment is about; None: the review as a whole.
    """
    page = building.review_page(db.session, found, actor())
    form = decision_form or DecisionForm(formdata=None)
    form.seen.data = page.evidence_digest
    if page.run.needs_reason:
        count = len((found.run.summary or {})["newly_failing"])
        form.comment.description = ngettext(
            "%(num)d case newly fails. Say why that is acceptable.",
            "%(num)d cases newly fail. Say why that is acceptable.",
            count,
        )
    if commented_id not in {change.asset_id for change in page.changes}:
        commented_id = None
    shown = {"page": page, "form": form if page.rights.may_decide or decision_form else None}
    if decision_form and is_fragment():
        return render_template("reviews/_sign_off.html", **shown)
    return render_template(
        "reviews/review.html",
        **shown,
        waiver_form=waiver_form or _waiver_form(found, empty=True),
        comment_form=(None if commented_id else comment_form) or CommentForm(formdata=None),
        change_comments=_change_comments(page, comment_form, commented_id),
    )


def _change_comments(
    page: ReviewPage, refused: CommentForm | None, commented_id: int | None
) -> dict[int, CommentForm]:
    """Return a form per changed asset; the one that was refused holds what was typed."""
    forms = {change.asset_id: CommentForm(formdata=None) for change in page.changes}
    if refused is not None and commented_id is not None:
        forms[commented_id] = refused
    for asset_id, form in forms.items():
        name_apart(form, f"c{asset_id}")
    return forms


def _waiver_form(found: Review, *, empty: bool = False) -> WaiverForm:
    form = WaiverForm(formdata=None) if empty else WaiverForm()
    waived = {waiver.condition for waiver in invariant.live_waivers(db.session, found)}
    failures = invariant.current_gate(db.session, found.run).failures
    form.condition.choices = [
        SelectChoice(failure.id, condition_label(failure.id))
        for failure in failures
        if failure.id not in waived
    ]
    return form
