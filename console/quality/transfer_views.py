"""Labelled cases in files: import with a report of every row, export of what the filters show."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.quality import importing, measuring, operations, queries
from console.quality.blueprint import CASES_URL, bp
from console.quality.forms import CaseFileForm
from console.web.access import actor, policy, reads_only, requires
from models import LabelSource, Policy


@bp.get(f"{CASES_URL}/import")
@requires(Permission.LABEL)
def import_cases() -> Any:
    """Show how to import labelled cases."""
    return render_template("quality/import.html", form=CaseFileForm(), report=None, error="")


@bp.post(f"{CASES_URL}/import")
@reads_only  # a file is read without queueing among the writers; the cases have their own transaction
@requires(Permission.LABEL)
def read_import() -> Any:
    """Read a file: good rows count at once, the others are listed with how to mend them."""
    form, report, error = CaseFileForm(), None, ""
    if form.validate_on_submit():
        upload = form.file.data
        try:
            report = take_in(policy().id, upload.filename or "", upload.read())
        except InvalidError as refused:
            error = "; ".join(problem.message for problem in refused.problems)
    status = 200 if report is not None else 422
    return render_template("quality/import.html", form=form, report=report, error=error), status


def take_in(policy_id: int, filename: str, data: bytes) -> importing.CaseReport:
    """Read a file and label its good rows in one transaction.

    Raises:
        InvalidError: the file can't be read at all.
        ConflictError: the policy would hold too many cases.
    """
    found = importing.read_cases(filename, data)
    contents = [content for _row, content in found.cases]
    with db.write() as session:
        chosen = session.get_one(Policy, policy_id)
        added, there = operations.add_cases(session, chosen, contents, source=LabelSource.IMPORT, by=actor())
        for check in sorted({content.check for content in contents}):
            measuring.ask_for_measurement(session, chosen, check, by=actor())
    return importing.CaseReport(found.format, added, there, found.refused)


@bp.get(f"{CASES_URL}/export.<form>")
@requires(Permission.READ)
def export_cases(form: str) -> Any:
    """Return labelled cases as CSV or JSON lines, narrowed as on the page; with dots for readers."""
    arguments = request.args
    narrowed = queries.CaseFilter(
        words=arguments.get("q", "")[:200],
        check=arguments.get("check", ""),
        expects=arguments.get("expects", ""),
        source=arguments.get("source", ""),
        show=arguments.get("show", ""),
    )
    if form not in {"csv", "jsonl"}:
        raise NotFoundError(_("Cases are exported as csv or jsonl."))
    cases = queries.all_cases(db.session, policy().id, narrowed)
    is_csv, hides = form == "csv", not actor().may(Permission.LABEL)
    answer = Response(
        importing.as_csv(cases, hides=hides) if is_csv else importing.as_jsonl(cases, hides=hides),
        content_type="text/csv; charset=utf-8" if is_csv else "application/x-ndjson; charset=utf-8",
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="labelled-cases-{policy().slug}.{form}"'
    return answer
