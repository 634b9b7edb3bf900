"""The page "My work"."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from console.extensions import db
from console.inbox.queries import inbox_page
from console.notices.operations import mark_read
from console.permissions import Permission
from console.web.access import actor, requires, workspace

bp = Blueprint("inbox", __name__)
MAX_NOTICE_IDS = 200
NOTICE_ID = re.compile("[0-9]{1,9}")


@bp.get("/w/<workspace_slug>/")
@requires(Permission.READ)
def index() -> Any:
    """Show what waits for the person, and where the policies stand."""
    return render_template("inbox/index.html", page=inbox_page(db.session, workspace(), actor()))


@bp.post("/w/<workspace_slug>/notices/read")
@requires(Permission.READ)
def read_notices() -> Any:
    """Mark the named notifications as read, or all of them when none is named."""
    ids = [int(value) for value in request.form.getlist("notice") if NOTICE_ID.fullmatch(value)]
    chosen = None if "all" in request.form else ids[:MAX_NOTICE_IDS]
    mark_read(db.session, workspace().id, actor().user, chosen)
    db.session.commit()
    return redirect(url_for("inbox.index", workspace_slug=workspace().slug), 303)
