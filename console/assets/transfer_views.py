"""Pages that take files in and give files out."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from console.assets import building, operations, spreadsheets, transfer
from console.assets.blueprint import ASSET_URL, back_to_editor, bp, found_asset
from console.assets.drafting import find_revision
from console.assets.editing import working_copy
from console.assets.errors import DraftConflictError
from console.assets.forms import ImportForm
from console.assets.pages import ImportPage
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, reads_only, requires
from copydesk.assets import Kind
from models import Asset

TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = {
    Kind.GLOSSARY: ".csv, .xlsx, .json",
    Kind.STYLE_GUIDE: ".zip, .json",
}


@bp.get(f"{ASSET_URL}/export.<form>")
@requires(Permission.READ)
def export(kind: str, name: str, form: str) -> Any:
    """Give the draft, or with `?revision=` a frozen revision, as a file."""
    asset = found_asset(kind, name)
    if form not in transfer.formats_of(kind):
        raise NotFoundError("There is no export of this kind in this format.")
    number = request.args.get("revision", type=int)
    content = (
        find_revision(db.session, asset, number).content
        if number
        else working_copy(db.session, asset).content
    )
    if form == "json":
        data = transfer.to_json(content)
    else:
        rows = transfer.export_terms(content)
        data = spreadsheets.to_csv(rows) if form == "csv" else spreadsheets.to_xlsx(rows, asset.title)
    return _download(data, f"{asset.name}.{form}", TYPES[form])


def _download(data: bytes, filename: str, content_type: str) -> Response:
    answer = Response(data, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route(f"{ASSET_URL}/import", methods=["GET", "POST"])
@requires(Permission.EDIT)
def import_file(kind: str, name: str) -> Any:
    """Read a file into the draft; good rows are kept, bad ones reported row by row."""
    asset = found_asset(kind, name)
    form = ImportForm()
    report, status = None, 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            report = _read(asset, form)
            if report.good or kind != Kind.GLOSSARY:
                operations.save_draft(
                    db.session, asset, report.content, base_lock=int(form.base.data or 0), by=actor()
                )
            db.session.commit()
            status = 200
        except InvalidError as error:
            form.file.errors = [
                *form.file.errors,
                *(
                    f"{p.path}: {p.message}" if p.path not in {"file", ""} else p.message
                    for p in error.problems[:20]
                ),
            ]
        except DraftConflictError as error:
            status, report = 409, None
            form.form_errors.append(
                _(
                    "%(name)s saved this draft meanwhile. Nothing was imported; import again.",
                    name=error.saved_by,
                )
            )
        if report is None:
            db.session.rollback()
            db.session.refresh(asset)
    if report is not None and not report.problems:
        flash(_report_words(report), "pass")
        return back_to_editor()
    page = ImportPage(building.heading(asset), report, FORMATS.get(Kind(kind), ".json"), _packed(report))
    form.base.data = str(page.heading.lock)
    return render_template("assets/import.html", page=page, form=form), status


def _report_words(report: transfer.ImportReport) -> str:
    return _(
        "%(rows)s: %(added)s new, %(changed)s changed, %(same)s as they were.",
        rows=ngettext("%(num)d entry read", "%(num)d entries read", report.good),
        added=report.added,
        changed=report.changed,
        same=report.unchanged,
    )


def _read(asset: Asset, form: ImportForm) -> transfer.ImportReport:
    upload = form.file.data
    data, filename = upload.read(), str(upload.filename or "")
    keep = form.mode.data == "keep"
    content = working_copy(db.session, asset).content
    is_zip = data[:2] == b"PK"
    if asset.kind == Kind.STYLE_GUIDE and is_zip:
        return transfer.import_vale(content, data, keep_present=keep)
    if asset.kind == Kind.GLOSSARY and (is_zip or not filename.lower().endswith(".json")):
        return transfer.import_terms(content, data, filename, keep_present=keep)
    return transfer.ImportReport(content=transfer.import_json(asset.kind, data), changed=1)


def _packed(report: transfer.ImportReport | None) -> str:
    """Pack the bad rows so that the page can offer them as a file without the console keeping them."""
    if report is None or not report.bad_rows:
        return ""
    messages = dict.fromkeys({problem.row for problem in report.problems}, "")
    for problem in report.problems:
        messages[problem.row] += (
            "; " if messages[problem.row] else ""
        ) + f"{problem.column}: {problem.message}"
    rows = [[*row, words] for row, words in zip(report.bad_rows, messages.values(), strict=False)]
    data = json.dumps([[*report.header, "problem"], *rows], ensure_ascii=False).encode()
    return base64.b64encode(zlib.compress(data)).decode()


@bp.post(f"{ASSET_URL}/bad-rows.csv")
@reads_only
@requires(Permission.READ)
def bad_rows(kind: str, name: str) -> Any:
    """Give the rows that did not fit as CSV, with what is wrong in a last column."""
    asset = found_asset(kind, name)
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(
            base64.b64decode(request.form.get("rows", ""), validate=True), spreadsheets.MAX_UNPACKED_BYTES
        )
        rows = [[str(cell) for cell in row] for row in json.loads(data)]
    except (ValueError, TypeError, zlib.error, RecursionError):
        raise InvalidError([]) from None
    return _download(spreadsheets.to_csv(rows), f"{asset.name}-bad-rows.csv", TYPES["csv"])
