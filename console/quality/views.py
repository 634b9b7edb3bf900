"""Pages of a policy's checks: how right each is, on which cases; whether cases that get worse stop a save."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from console.extensions import db
from console.permissions import Permission
from console.quality import (
    building,
    case_views,  # noqa: F401  its views belong to this blueprint
    draft_views,  # noqa: F401
    fairness_views,  # noqa: F401
    judge_views,  # noqa: F401
    measuring,
    operations,
    queries,
    threshold_views,  # noqa: F401
    transfer_views,  # noqa: F401
)
from console.quality.blueprint import CHECKS_URL, bp, home
from console.web.access import actor, policy, requires, workspace
from copydesk.checks.registry import CHECK_NAMES
from models import Policy

__all__ = ["bp"]


@bp.get("/w/<workspace_slug>/checks")
@requires(Permission.READ)
def index() -> Any:
    """Lead to the checks of the only policy, or let choose one."""
    statement = select(Policy).where(Policy.workspace_id == workspace().id).order_by(Policy.name)
    found = db.session.scalars(statement).all()
    if len(found) == 1:
        return redirect(url_for("quality.checks", policy_slug=found[0].slug), 302)
    rows = tuple((p.name, p.slug, queries.count_active(db.session, p.id)) for p in found)
    return render_template("quality/index.html", rows=rows)


@bp.get(CHECKS_URL)
@requires(Permission.READ)
def checks() -> Any:
    """Show all checks of a policy with their figures on labelled cases."""
    page = building.checks_page(db.session, workspace(), policy(), actor(), home())
    return render_template("quality/checks.html", page=page)


@bp.get(f"{CHECKS_URL}/<check>")
@requires(Permission.READ)
def check(check: str) -> Any:
    """Show one check: what it does, how right it is, its labelled cases."""
    name = measuring.require_check(check, CHECK_NAMES)
    page = building.check_page(db.session, policy(), name, actor(), home(), request.args)
    return render_template("quality/check.html", page=page)


@bp.get(f"{CHECKS_URL}/<check>/progress")
@requires(Permission.READ)
def progress(check: str) -> Any:
    """Show how far the measurement under way is."""
    name = measuring.require_check(check, CHECK_NAMES)
    found = building.progress_of(queries.open_measurement(db.session, policy().id, name), name)
    return render_template("quality/_progress.html", progress=found)


@bp.post(f"{CHECKS_URL}/<check>/measure")
@requires(Permission.LABEL)
def measure(check: str) -> Any:
    """Have a check asked about all its labelled cases by a job."""
    name = measuring.require_check(check, CHECK_NAMES)
    measuring.ask_for_measurement(db.session, policy(), name, by=actor())
    db.session.commit()
    flash(_("The check is being measured. The figures below change when it is done."), "info")
    return redirect(url_for("quality.check", check=name), 303)


@bp.post("/w/<workspace_slug>/checks/blocking")
@requires(Permission.MANAGE_SETTINGS)
def set_blocking() -> Any:
    """Say whether revisions that make labelled cases worse may be saved."""
    operations.set_blocking(db.session, workspace(), blocks=request.form.get("blocks") == "1", by=actor())
    db.session.commit()
    flash(_("Saved."), "pass")
    return redirect(url_for("quality.index"), 303)
