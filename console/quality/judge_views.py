"""The page of a policy's judge: its terms, its criteria, and how far it agrees with editors."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from console.errors import ConflictError
from console.extensions import db
from console.generation.provider import is_named
from console.judge.queries import last_agreement
from console.judge.terms import JudgeTerms
from console.permissions import Permission
from console.quality import agreeing
from console.quality.blueprint import CHECKS_URL, bp, settings
from console.quality.forms import EmptyForm, JudgeForm
from console.quality.judge_pages import judge_page, progress_of, why_unasked
from console.web.access import actor, policy, requires

URL = f"{CHECKS_URL}/judge"


@bp.get(URL)
@requires(Permission.READ)
def judge() -> Any:
    """Show the judge of a policy."""
    return _page(None)


@bp.post(URL)
@requires(Permission.EDIT)
def set_judge() -> Any:
    """Write the judge's terms anew."""
    form = JudgeForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    agreeing.set_judge(db.session, policy(), form.terms(), by=actor())
    db.session.commit()
    reason = why_unasked(db.session, policy(), has_server=is_named(settings()))
    if reason:
        flash(_("Saved. The next run judges nothing: %(reason)s", reason=reason), "warn")
    else:
        flash(_("Saved. The next run asks this judge."), "pass")
    return redirect(url_for("quality.judge"), 303)


@bp.post(f"{URL}/remove")
@requires(Permission.EDIT)
def remove_judge() -> Any:
    """Take the judge out of the gate."""
    if EmptyForm().validate_on_submit():
        agreeing.set_judge(db.session, policy(), None, by=actor())
        db.session.commit()
        flash(_("The next run asks no judge. Its criteria and labelled texts stay."), "pass")
    return redirect(url_for("quality.judge"), 303)


@bp.post(f"{URL}/measure")
@requires(Permission.LABEL)
def measure_judge() -> Any:
    """Have the judge asked about all labelled texts."""
    if EmptyForm().validate_on_submit():
        try:
            agreeing.ask_for_agreement(db.session, policy(), by=actor())
        except ConflictError as error:
            db.session.rollback()
            flash(str(error), "fail")
        else:
            db.session.commit()
            flash(_("The judge is being asked. The figures below change when it is done."), "info")
    return redirect(url_for("quality.judge"), 303)


@bp.post(f"{URL}/measure/stop")
@requires(Permission.LABEL)
def stop_measuring_judge() -> Any:
    """End a measurement under way."""
    if EmptyForm().validate_on_submit():
        try:
            agreeing.stop_measuring(db.session, policy(), by=actor())
        except ConflictError as error:
            db.session.rollback()
            flash(str(error), "fail")
        else:
            db.session.commit()
            flash(_("Stopped. Nothing further is asked."), "info")
    return redirect(url_for("quality.judge"), 303)


@bp.get(f"{URL}/progress")
@requires(Permission.READ)
def judge_progress() -> Any:
    """Show how far the measurement under way is."""
    found = progress_of(last_agreement(db.session, policy().id), actor())
    return render_template("quality/_progress.html", progress=found)


def _page(form: JudgeForm | None, status: int = 200) -> Any:
    state = agreeing.judge_state(db.session, policy().id)
    if form is None:
        terms = state.terms or JudgeTerms(model="-")
        values = terms.to_json() | ({} if state.terms else {"model": ""})
        form = JudgeForm(formdata=None, data={**values, "votes": str(terms.votes)})
    page = judge_page(db.session, policy(), state, actor(), has_server=is_named(settings()))
    return render_template("quality/judge.html", page=page, form=form, empty=EmptyForm()), status
