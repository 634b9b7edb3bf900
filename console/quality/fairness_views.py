"""The page that says whether checks judge texts by whom they are about."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from console.errors import NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.quality import fairness_reports
from console.quality.blueprint import CHECKS_URL, bp
from console.quality.case_views import prefilled_page
from console.quality.fairness import CheckFlip, Flip
from console.quality.fairness_building import fairness_page, progress_of
from console.quality.forms import EmptyForm
from console.web.access import actor, policy, requires
from console.web.paging import cursor
from models import FairnessMeasurement

URL = f"{CHECKS_URL}/fairness"


@bp.get(URL)
@requires(Permission.READ)
def fairness() -> Any:
    """Show what the checks say when words for people change places in own texts."""
    first = cursor(request.args.get("first")) or 0
    page = fairness_page(db.session, policy(), actor(), cause=request.args.get("show", ""), first=first)
    return render_template("quality/fairness.html", page=page)


@bp.post(URL)
@requires(Permission.LABEL)
def measure_fairness() -> Any:
    """Have own texts judged with words for people exchanged."""
    if EmptyForm().validate_on_submit():
        fairness_reports.ask_for_report(db.session, policy(), by=actor())
        db.session.commit()
        flash(_("The texts are being judged. The figures below change when that is done."), "info")
    return redirect(url_for("quality.fairness"), 303)


@bp.get(f"{URL}/progress")
@requires(Permission.READ)
def fairness_progress() -> Any:
    """Show how far the measurement under way is."""
    return render_template("quality/_progress.html", progress=progress_of(db.session, policy().id))


@bp.get(f"{URL}/<int:measurement_id>/flips/<int:number>/label")
@requires(Permission.LABEL)
def label_flip(measurement_id: int, number: int) -> Any:
    """Show the form of a labelled case, filled in with the finding that tells two texts apart."""
    row = db.session.get(FairnessMeasurement, measurement_id)
    report = fairness_reports.report_of(row)
    if row is None or row.policy_id != policy().id or report is None or number >= len(report.flips):
        raise NotFoundError(_("This comparison was made anew since. Open the page again."))
    flip = report.flips[number]
    wanted = request.args.get("check", "")
    return prefilled_page(_values(flip, next((c for c in flip.checks if c.check == wanted), flip.checks[0])))


def _values(flip: Flip, of: CheckFlip) -> dict[str, Any]:
    """Return what the form of a new case knows: the text with the finding, which is to be left alone."""
    text, context = (flip.variant, flip.variant_context) if of.in_variant else (flip.text, flip.context)
    values = {
        "text": text,
        "check": of.check,
        "expects": "none",
        "rule": "" if of.check == "toxicity" else of.rule_id,  # its rules are the weights of one remark
        **{name: context[name] for name in ("prompt", "audience", "channel", "locale", "segment")},
        "variables": context["variables"],
    }
    if of.span is not None:
        values |= {"quote": text[of.span.start : of.span.end], "start": str(of.span.start)}
    if flip.sample_id is not None and not of.in_variant:
        values |= {"sample": str(flip.sample_id), "origin": "sample"}
    return values
