"""Pages of golden sets: the list, the cases, coverage, import and export."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from console.assets.errors import NameTakenError
from console.assets.items import make_id
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.golden import (
    building,
    case_views,  # noqa: F401 - its views belong to this blueprint
    draft_views,  # noqa: F401 - its views belong to this blueprint
    operations,
    queries,
    transfer,
)
from console.golden.blueprint import GOLDEN_URL, SET_URL, bp, found_set
from console.golden.editing import working_copy
from console.golden.forms import GoldenSetForm, ImportForm
from console.golden.importing import import_into_draft
from console.golden.pages import ImportPage
from console.permissions import Permission
from console.web.access import actor, reads_only, requires, workspace
from console.web.forms import put_problems
from console.web.navigation import policies_of
from console.web.paging import cursor
from models import Policy

__all__ = ["bp"]


@bp.get(GOLDEN_URL)
@requires(Permission.READ)
def index() -> Any:
    """Show the golden sets of the workspace, newest first."""
    form = GoldenSetForm()
    form.offer(policies_of(workspace().id))
    return render_template("golden/index.html", page=_index_page(), form=form)


def _index_page() -> Any:
    words = request.args.get("q", "")
    before, after = cursor(request.args.get("before")), cursor(request.args.get("after"))
    found = queries.list_golden_sets(db.session, workspace().id, words=words, before=before, after=after)
    return building.index_page(found, workspace().id, words=words)


@bp.post(GOLDEN_URL)
@requires(Permission.EDIT)
def create() -> Any:
    """Open a golden set for a policy."""
    form = GoldenSetForm()
    form.offer(policies_of(workspace().id))
    if form.validate_on_submit():
        title = str(form.title.data)
        try:
            golden = operations.create_golden_set(
                db.session,
                db.session.get_one(Policy, form.policy.data),
                name=form.name.data or make_id(title, ()),
                title=title,
                by=actor(),
            )
            db.session.commit()
            return redirect(url_for("golden.show", name=golden.name), 303)
        except NameTakenError as error:
            form.name.errors = [*form.name.errors, str(error)]
        except InvalidError as error:
            put_problems(form, error)
        db.session.rollback()
    return render_template("golden/index.html", page=_index_page(), form=form), 422


@bp.get(SET_URL)
@requires(Permission.READ)
def show(name: str) -> Any:
    """Show the cases of a golden set."""
    page = building.cases_page(
        found_set(name),
        chosen={key: request.args.get(key, "") for key in building.FILTERS},
        words=request.args.get("q", ""),
        show=request.args.get("show", ""),
        start=cursor(request.args.get("start")) or 0,
    )
    return render_template("golden/show.html", page=page)


@bp.get(f"{SET_URL}/coverage")
@requires(Permission.READ)
def coverage(name: str) -> Any:
    """Show which combinations of prompt, audience, locale and segment have cases."""
    return render_template("golden/coverage.html", page=building.coverage_page(found_set(name)))


@bp.route(f"{SET_URL}/import", methods=["GET", "POST"])
@reads_only  # a large file is read without queueing among the writers; the merge has its own transaction
@requires(Permission.EDIT)
def import_cases(name: str) -> Any:
    """Read a file of cases into the draft and report row by row."""
    golden = found_set(name)
    words = building.words_of(golden, working_copy(db.session, golden).content)
    form = ImportForm()
    form.offer(words)
    report, error = None, ""
    if form.validate_on_submit():
        upload, prompt = form.file.data, str(form.prompt.data or "")
        try:
            found = transfer.read_import(upload.filename or "", upload.read(), words, prompt=prompt)
            report, _lock = import_into_draft(golden.id, found, mode=str(form.mode.data), by=actor())
            db.session.rollback()  # see what the other transaction wrote
        except InvalidError as refused:
            error = str(refused)
    status = 422 if form.is_submitted() and report is None else 200
    page = ImportPage(building.heading(golden), report, error)
    return render_template("golden/import.html", page=page, form=form), status


@bp.get(f"{SET_URL}/export.<form>")
@requires(Permission.READ)
def export(name: str, form: str) -> Any:
    """Send the cases as CSV or JSON lines."""
    golden = found_set(name)
    content = working_copy(db.session, golden).content
    if form == "csv":
        body, mimetype = transfer.export_csv(content), "text/csv"
    elif form == "jsonl":
        body, mimetype = transfer.export_jsonl(content), "application/x-ndjson"
    else:
        raise NotFoundError("Cases are exported as csv or jsonl.")
    response = Response(body, content_type=f"{mimetype}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{golden.name}.{form}"'
    return response
