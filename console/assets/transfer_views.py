"""Pages that take files in and give files out."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from pathlib import PurePosixPath
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from pydantic import ValidationError

from console.assets import building, operations, queries, spreadsheets, transfer, vale_transfer
from console.assets.blueprint import ASSET_URL, back_to_editor, bp, found_asset
from console.assets.drafting import find_revision
from console.assets.editing import working_copy
from console.assets.errors import DraftConflictError
from console.assets.forms import ImportForm
from console.assets.pages import FileRow, ImportPage, PackagePage
from console.assets.transfer import COLUMNS, ImportReport
from console.assets.vale_transfer import ValeReport
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, reads_only, requires
from copydesk.assets import Kind
from copydesk.errors import Problem
from copydesk.vale import Fate, Vocabulary
from models import Asset

MAX_ROWS_SHOWN = 500
MAX_PROBLEMS_SHOWN = 20

TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
FORMATS = {
    Kind.GLOSSARY: ".csv, .xlsx, .json",
    Kind.STYLE_GUIDE: ".zip, .yml, .yaml, .json",
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
    elif form == "zip":
        data = vale_transfer.export_package(content, asset.name)
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
@reads_only  # a large file is read without queueing among the writers; what it gave is saved in one go
@requires(Permission.EDIT)
def import_file(kind: str, name: str) -> Any:
    """Read a file into the draft; good rows are kept, bad ones reported row by row."""
    asset = found_asset(kind, name)
    form = ImportForm()
    report, status = None, 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            report = _read(asset, form)
            if isinstance(report, ValeReport) or report.good or kind != Kind.GLOSSARY:
                _save(asset, report.content, int(form.base.data or 0))
            status = 200
        except InvalidError as error:
            report = None
            form.file.errors = [*form.file.errors, *_places(error)]
        except DraftConflictError as error:
            status, report = 409, None
            words = _(
                "%(name)s saved this draft meanwhile. Nothing was imported; import again.",
                name=error.saved_by,
            )
            form.form_errors.append(words)
        db.session.rollback()  # see what the other transaction wrote
        db.session.refresh(asset)
    if isinstance(report, ImportReport) and not report.problems:
        flash(_report_words(report), "warn" if report.ignored_columns else "pass")
        return back_to_editor()
    page = _import_page(asset, report)
    form.base.data = str(page.heading.lock)
    return render_template("assets/import.html", page=page, form=form), status


def _save(asset: Asset, content: Any, base_lock: int) -> None:
    with db.write() as session:
        found = session.get_one(Asset, asset.id)
        operations.save_draft(session, found, content, base_lock=base_lock, by=actor())


def _places(error: InvalidError) -> list[str]:
    return [f"{p.path}: {p.message}" if p.path else p.message for p in error.problems[:MAX_PROBLEMS_SHOWN]]


def _import_page(asset: Asset, report: ImportReport | ValeReport | None) -> ImportPage:
    rows = report if isinstance(report, ImportReport) else None
    return ImportPage(
        building.heading(asset),
        rows,
        FORMATS.get(Kind(asset.kind), ".json"),
        _packed_rows(rows),
        package=_package_page(asset, report) if isinstance(report, ValeReport) else None,
        columns=COLUMNS if asset.kind == Kind.GLOSSARY else (),
    )


def _package_page(asset: Asset, report: ValeReport) -> PackagePage:
    counts = Counter(row.fate for row in report.rows)
    words = {
        Fate.ENFORCED: (_("Enforced"), "pass"),
        Fate.KEPT: (_("Kept, not enforced"), "warn"),
        Fate.OFF: (_("Switched off"), ""),
        Fate.REFUSED: (_("Left out"), "fail"),
        Fate.READ: (_("Read"), "info"),
    }
    rows = tuple(
        FileRow(row.path, row.line, *words[row.fate], row.message, _rule_url(row.rule_id))
        for row in report.rows[:MAX_ROWS_SHOWN]
    )
    accept, reject = report.vocabulary.accept, report.vocabulary.reject
    names = queries.titles_of_kind(db.session, asset.workspace_id, Kind.GLOSSARY) if accept or reject else ()
    return PackagePage(
        report.added,
        report.changed,
        report.unchanged,
        ", ".join(f"{label}: {counts[fate]}" for fate, (label, _kind) in words.items() if counts[fate]),
        rows,
        len(report.rows),
        bool(counts[Fate.REFUSED]),
        accept,
        reject,
        tuple(names),
        _packed([list(accept), list(reject)]) if names else "",
    )


def _rule_url(rule_id: str | None) -> str | None:
    return url_for("assets.edit_item", list_name="rules", key=rule_id) if rule_id else None


@bp.post(f"{ASSET_URL}/import/words")
@requires(Permission.EDIT)
def import_words(kind: str, name: str) -> Any:
    """Put the words of an imported package into a glossary's draft as terms."""
    asset = found_asset(kind, name)
    glossary = queries.find_asset(
        db.session, asset.workspace_id, Kind.GLOSSARY, request.form.get("glossary", "")
    )
    words = _unpacked(request.form.get("words", ""))
    copy = working_copy(db.session, glossary)
    vocabulary = Vocabulary(*(tuple(part) for part in words[:2])) if len(words) == 2 else Vocabulary()
    try:
        content, added = vale_transfer.add_words(copy.content, vocabulary)
    except ValidationError:
        raise InvalidError([Problem("words", _("These are not the words of an import."))]) from None
    if added:
        operations.save_draft(db.session, glossary, content, base_lock=copy.lock, by=actor())
        db.session.commit()
    flash(
        ngettext("%(num)d term is new in the draft.", "%(num)d terms are new in the draft.", added)
        if added
        else _("The glossary has all of these words already."),
        "pass" if added else "info",
    )
    return redirect(url_for("assets.show", kind=Kind.GLOSSARY, name=glossary.name), 303)


def _report_words(report: ImportReport) -> str:
    words = _(
        "%(rows)s: %(added)s new, %(changed)s changed, %(same)s as they were.",
        rows=ngettext("%(num)d entry read", "%(num)d entries read", report.good),
        added=report.added,
        changed=report.changed,
        same=report.unchanged,
    )
    if not report.ignored_columns:
        return words
    names = ", ".join(report.ignored_columns)
    return f"{words} {_('Columns nobody knows were left out: %(names)s.', names=names)}"


def _read(asset: Asset, form: ImportForm) -> ImportReport | ValeReport:
    keep = form.mode.data == "keep"
    content = working_copy(db.session, asset).content
    if asset.kind == Kind.STYLE_GUIDE and form.folder.data:
        # Browsers name a folder's files by their paths in it.
        files = ((str(one.filename), one.read()) for one in form.folder.data)
        return vale_transfer.import_package(content, vale_transfer.pack_folder(files), keep_present=keep)
    upload = form.file.data
    if not upload:
        raise InvalidError([Problem("", _("Choose a file."))])
    data, filename = upload.read(), str(upload.filename or "")
    is_zip = data[:2] == b"PK"
    if asset.kind == Kind.STYLE_GUIDE and is_zip:
        return vale_transfer.import_package(content, data, keep_present=keep)
    if filename.lower().endswith(".zip") and not is_zip:
        words = _("This is no zip archive, whatever its name says, or a damaged one. Pack the files anew.")
        raise InvalidError([Problem("", words)])
    is_yaml = filename.lower().endswith((".yml", ".yaml"))
    if asset.kind == Kind.STYLE_GUIDE and is_yaml:
        single = vale_transfer.pack_folder([(PurePosixPath(filename.replace("\\", "/")).name, data)])
        return vale_transfer.import_package(content, single, keep_present=keep)
    if is_yaml or (is_zip and asset.kind != Kind.GLOSSARY):
        what = _("YAML") if is_yaml else _("a workbook or a zip archive")
        known = FORMATS.get(Kind(asset.kind), ".json")
        words = _("This is %(what)s. Here a file may be: %(formats)s.", what=what, formats=known)
        raise InvalidError([Problem("", words)])
    if asset.kind == Kind.GLOSSARY and (is_zip or not filename.lower().endswith(".json")):
        return transfer.import_terms(content, data, filename, keep_present=keep)
    return ImportReport(content=transfer.import_json(asset.kind, data), changed=1)


def _packed_rows(report: ImportReport | None) -> str:
    """Pack the bad rows so that the page can offer them as a file without the console keeping them."""
    if report is None or not report.bad_rows:
        return ""
    messages = dict.fromkeys({problem.row for problem in report.problems}, "")
    for problem in report.problems:
        words = ": ".join(filter(None, (problem.column, problem.message)))
        messages[problem.row] += ("; " if messages[problem.row] else "") + words
    width = len(report.header)
    rows = [
        [*row[:width], *[""] * (width - len(row)), words, *row[width:]]
        for row, words in zip(report.bad_rows, messages.values(), strict=False)
    ]
    return _packed([[*report.header, "problem"], *rows])


def _packed(rows: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(rows, ensure_ascii=False).encode())).decode()


def _unpacked(text: str) -> list[list[str]]:
    """Return what `_packed` packed.

    Raises:
        InvalidError: it is something else.
    """
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(text, validate=True), spreadsheets.MAX_UNPACKED_BYTES)
        return [[str(cell) for cell in row] for row in json.loads(data)]
    except (ValueError, TypeError, zlib.error, RecursionError):
        message = _("This is not what an import page sends. Import the file again.")
        raise InvalidError([Problem("rows", message)]) from None


@bp.post(f"{ASSET_URL}/bad-rows.csv")
@reads_only
@requires(Permission.READ)
def bad_rows(kind: str, name: str) -> Any:
    """Give the rows that did not fit as CSV, with what is wrong in a last column."""
    asset = found_asset(kind, name)
    rows = _unpacked(request.form.get("rows", ""))
    return _download(spreadsheets.to_csv(rows), f"{asset.name}-bad-rows.csv", TYPES["csv"])
