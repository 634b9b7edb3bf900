"""Pages of candidates, runs and the gate."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms.fields.choices import SelectChoice

from console.assets.drafting import find_revision
from console.assets.offer_building import with_offers
from console.errors import ConsoleError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.runs import operations, queries, reading
from console.runs.comparison import compare_page
from console.runs.forms import CandidateForm, GateForm, RunForm, gate_form
from console.runs.gate import FLOOR_CHECKS, GateContent
from console.runs.pages import Filters, GatePage, MovedProduction
from console.runs.sample_reading import find_sample, sample_page
from console.web.access import actor, is_fragment, policy, requires, workspace
from console.web.forms import put_refusal
from console.web.navigation import policies_of
from console.web.paging import cursor
from models import Candidate, GoldenRevision, GoldenSet, Policy, Review, Run

bp = Blueprint("runs", __name__)


@bp.get("/w/<workspace_slug>/runs")
@requires(Permission.READ)
def index() -> Any:
    """Show candidates' runs, newest first."""
    arguments = request.args
    page = reading.runs_page(
        db.session,
        workspace().id,
        actor(),
        state=arguments.get("state", ""),
        before=cursor(arguments.get("before")),
        after=cursor(arguments.get("after")),
    )
    return render_template("runs/index.html", page=page, form=_candidate_form())


@bp.post("/w/<workspace_slug>/candidates")
@requires(Permission.RUN)
def build_candidate() -> Any:
    """Pin the newest revisions of a policy into a candidate."""
    form, status = _candidate_form(), 422
    if form.validate_on_submit():
        chosen = db.session.get_one(Policy, form.policy.data)
        try:
            candidate = operations.build_candidate(db.session, chosen, title=str(form.title.data), by=actor())
            db.session.commit()
            return redirect(_candidate_url(candidate.id), 303)
        except ConsoleError as error:
            db.session.rollback()
            status = put_refusal(form, error)
    page = reading.runs_page(db.session, workspace().id, actor(), state="", before=None, after=None)
    return render_template("runs/index.html", page=page, form=form), status


@bp.get("/w/<workspace_slug>/candidates/<int:candidate_id>")
@requires(Permission.READ)
def candidate(candidate_id: int) -> Any:
    """Show a candidate: what it pins, its runs."""
    found = queries.find_candidate(db.session, workspace().id, candidate_id)
    page = reading.candidate_page(db.session, found, actor())
    return render_template("runs/candidate.html", page=page, form=_run_form(page.golden_sets))


@bp.post("/w/<workspace_slug>/candidates/<int:candidate_id>/runs")
@requires(Permission.RUN)
def start_run(candidate_id: int) -> Any:
    """Start a run of a candidate."""
    found = queries.find_candidate(db.session, workspace().id, candidate_id)
    page = reading.candidate_page(db.session, found, actor())
    form = _run_form(page.golden_sets)
    status = 422
    if form.validate_on_submit():
        try:
            run_id = _start(found, form)
            return redirect(url_for("runs.run", workspace_slug=workspace().slug, run_id=run_id), 303)
        except ConsoleError as error:
            db.session.rollback()
            status = put_refusal(form, error)
    return render_template("runs/candidate.html", page=page, form=form), status


def _start(candidate: Candidate, form: RunForm) -> int:
    golden = db.session.get_one(GoldenSet, form.golden_set.data)
    revision = cast("GoldenRevision", find_revision(db.session, golden, golden.last_revision_number))
    repeats = int(form.repeats.data or 1)
    run = operations.start_run(db.session, candidate, revision, by=actor(), repeats=repeats)
    db.session.commit()
    return run.id


@bp.get("/w/<workspace_slug>/runs/<int:run_id>")
@requires(Permission.READ)
def run(run_id: int) -> Any:
    """Show a run: progress, or figures, gate and samples."""
    found = queries.find_run(db.session, workspace().id, run_id)
    page = reading.run_page(
        db.session,
        found,
        actor(),
        filters=_filters(),
        before=cursor(request.args.get("from")),
        review_url=_review_url(found.id),
    )
    return render_template("runs/run.html", page=page, moved=_moved(found), is_part=is_fragment())


@bp.post("/w/<workspace_slug>/runs/<int:run_id>/cancel")
@requires(Permission.RUN)
def cancel_run(run_id: int) -> Any:
    """Stop a run."""
    found = queries.find_run(db.session, workspace().id, run_id)
    operations.cancel_run(db.session, found, by=actor())
    db.session.commit()
    flash(_("The run stops before its next case. What is checked so far is kept."), "info")
    return redirect(url_for("runs.run", workspace_slug=workspace().slug, run_id=run_id), 303)


@bp.get("/w/<workspace_slug>/runs/<int:run_id>/samples/<int:sample_id>")
@requires(Permission.READ)
def sample(run_id: int, sample_id: int) -> Any:
    """Show one sample with its findings marked in the text."""
    found = queries.find_run(db.session, workspace().id, run_id)
    page = sample_page(db.session, found, find_sample(db.session, found, sample_id), actor())
    if actor().may(Permission.EDIT):
        policy_id = found.candidate.policy_id
        page = replace(page, findings=with_offers(db.session, workspace().id, [policy_id], page.findings))
    return render_template("runs/sample.html", page=page)


@bp.get("/w/<workspace_slug>/runs/<int:run_id>/compare")
@requires(Permission.READ)
def compare(run_id: int) -> Any:
    """Show two runs side by side."""
    right = queries.find_run(db.session, workspace().id, run_id)
    other = cursor(request.args.get("with"))
    if other is None:
        raise NotFoundError("Choose the run to compare with.")
    left = queries.find_run(db.session, workspace().id, other)
    page = compare_page(db.session, left, right, show=request.args.get("show", ""))
    return render_template("runs/compare.html", page=page)


@bp.get("/w/<workspace_slug>/p/<policy_slug>/gate")
@requires(Permission.READ)
def gate() -> Any:
    """Show the gate of a policy."""
    content = queries.gate_content(queries.gate_setting(db.session, policy().id))
    floors = [floor for floor in content.floors if floor.segment is None]
    values = {
        "segment_floor": _percent(content.segment_floor),
        "segment_min_cases": content.segment_min_cases,
        "paired_alpha": _percent(content.paired_alpha),
        "is_paired": content.is_paired,
        "stop_on_blockers": content.stop_on_blockers,
        **{f"floor-{floor.check}": _percent(floor.rate) for floor in floors},
        **{f"binds-{floor.check}": floor.binds == "lower" for floor in floors},
    }
    return render_template("runs/gate.html", form=gate_form(data=values), page=_gate_page())


@bp.post("/w/<workspace_slug>/p/<policy_slug>/gate")
@requires(Permission.EDIT)
def set_gate() -> Any:
    """Write the gate of a policy anew."""
    form = gate_form()
    if not form.validate_on_submit():
        return render_template("runs/gate.html", form=form, page=_gate_page()), 422
    before = queries.gate_content(queries.gate_setting(db.session, policy().id))
    operations.set_gate(db.session, policy(), _gate_from(form, before), by=actor())
    db.session.commit()
    flash(
        _("Gate saved. Runs that end from now on are judged by it; open reviews need new signatures."), "pass"
    )
    return redirect(url_for("runs.gate", workspace_slug=workspace().slug, policy_slug=policy().slug), 303)


def _moved(found: Run) -> MovedProduction | None:
    """Say against what the run was compared when that is in production no more."""
    if not found.summary or not queries.production_moved(db.session, found):
        return None
    before = found.baseline_run.candidate if found.baseline_run else None
    return MovedProduction(
        compared_version=queries.version_of(db.session, before),
        golden_set_id=found.golden_revision.golden_set_id,
        repeats=found.repeats,
    )


def _candidate_form() -> CandidateForm:
    form = CandidateForm()
    form.policy.choices = [SelectChoice(p.id, p.name) for p in policies_of(workspace().id)]
    return form


def _run_form(golden_sets: tuple[tuple[int, str], ...]) -> RunForm:
    form = RunForm()
    form.golden_set.choices = [SelectChoice(value, label) for value, label in golden_sets]
    return form


def _candidate_url(candidate_id: int) -> str:
    return url_for("runs.candidate", workspace_slug=workspace().slug, candidate_id=candidate_id)


def _filters() -> Filters:
    names = ("show", "check", "prompt", "audience", "locale", "segment")
    return Filters(**{name: request.args.get(name, "") for name in names})


def _review_url(run_id: int) -> str | None:
    review_id = db.session.scalar(
        select(Review.id).where(Review.run_id == run_id).order_by(Review.id.desc()).limit(1)
    )
    return f"/w/{workspace().slug}/reviews/{review_id}" if review_id else None


def _percent(rate: str | None) -> Decimal | None:
    return None if rate is None else Decimal(rate) * 100


def _rate(percent: Decimal | int) -> str:
    """Write a percentage as a probability with at most six digits, the form that is hashed."""
    return format((Decimal(percent) / 100).quantize(Decimal("0.000001")).normalize(), "f")


def _gate_from(form: GateForm, before: GateContent) -> GateContent:
    # The page has no fields for floors of single segments and for the judge: they stay as they are.
    floors = [floor.to_json() for floor in before.floors if floor.segment is not None]
    for check in FLOOR_CHECKS:
        percent = form[f"floor-{check}"].data
        if percent is not None:
            binds = "lower" if form[f"binds-{check}"].data else "point"
            floors.append({"check": check, "rate": _rate(percent), "binds": binds})
    return GateContent.model_validate(
        {
            "floors": floors,
            "judge": before.judge.to_json() if before.judge else None,
            "segment_floor": None if form.segment_floor.data is None else _rate(form.segment_floor.data),
            "segment_min_cases": form.segment_min_cases.data,
            "paired_alpha": _rate(form.paired_alpha.data or 0),
            "is_paired": bool(form.is_paired.data),
            "stop_on_blockers": bool(form.stop_on_blockers.data),
        }
    )


def _gate_page() -> GatePage:
    setting = queries.gate_setting(db.session, policy().id)
    return GatePage(
        number=setting.number if setting else 0,
        author=queries.person_name(db.session, setting.author_id) if setting else None,
        since=setting.created_at if setting else None,
        checks=FLOOR_CHECKS,
        may_edit=actor().may(Permission.EDIT),
    )
