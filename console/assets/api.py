"""JSON API of assets: list, read, write drafts, save revisions, import glossary rows and Vale packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, jsonify, request

from console.assets import conflicts, freezing, operations, queries, transfer, vale_transfer
from console.assets.api_shapes import (
    AssetBody,
    AssetJson,
    AssetList,
    AssetSummary,
    ChangedSection,
    ConflictJson,
    ConflictList,
    DiffJson,
    DraftBody,
    FileReport,
    PackageReport,
    PlaceJson,
    RestoreBody,
    RevisionBody,
    RevisionJson,
    RevisionList,
    RevisionWithContent,
    RowProblemJson,
    RowsBody,
    RowsReport,
)
from console.assets.blueprint import offered_model
from console.assets.diff import diff_contents
from console.assets.drafting import find_revision
from console.assets.editing import working_copy
from console.assets.errors import DraftConflictError
from console.assets.items import empty_content
from console.assets.term_conflicts import Conflict
from console.assets.text_files import MAX_COLUMNS
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, find_policy, reads_only, workspace
from console.web.api_access import api_requires
from console.web.api_json import api_json
from console.web.paging import cursor
from console.web.problems import PROBLEM_JSON, in_bounds
from copydesk.assets import Kind
from copydesk.errors import Problem, clipped
from models import Asset, Revision

bp = Blueprint("assets_api", __name__)
LIST_URL = "/api/v1/workspaces/<workspace_slug>/assets"
URL = f"{LIST_URL}/<kind>/<name>"


@bp.errorhandler(DraftConflictError)
def _draft_conflict(error: DraftConflictError) -> Any:
    """Answer with both texts (RFC 9457 with extension members), so that a program can merge."""
    answer = jsonify(
        type=f"urn:copydesk:{error.code}",
        title=str(error),
        status=error.status,
        theirs=error.theirs,
        mine=error.mine,
        lock=error.lock_number,
    )
    answer.status_code, answer.mimetype = error.status, PROBLEM_JSON
    return answer


@bp.get(LIST_URL)
@api_requires(Permission.READ)
@api_json(answer=AssetList)
def list_assets() -> AssetList:
    """List assets, newest first: `?kind=`, `?q=`, `?archived=1`, `?before=` (the cursor `older`)."""
    kinds = [_kind(request.args["kind"])] if "kind" in request.args else list(Kind)
    found: list[Asset] = []
    older = None
    for kind in kinds:
        page = queries.list_assets(
            db.session,
            workspace().id,
            kind,
            words=request.args.get("q", "")[:200],
            archived=request.args.get("archived") == "1",
            before=cursor(request.args.get("before")),
        )
        found += page.items
        older = page.older if len(kinds) == 1 else None
    return AssetList(tuple(AssetSummary(**_summary(asset)) for asset in found), older)


@bp.post(LIST_URL)
@api_requires(Permission.EDIT)
@api_json(body=AssetBody, answer=AssetJson, status=201)
def create(body: AssetBody) -> AssetJson:
    """Create an asset with a first draft."""
    asset = operations.create_asset(
        db.session,
        workspace().id,
        [find_policy(workspace().id, slug) for slug in body.policies],
        kind=body.kind,
        name=body.name,
        content={"title": body.name, **empty_content(body.kind, offered_model()), **body.content},
        by=actor(),
    )
    db.session.commit()
    return _whole(asset)


@bp.get(URL)
@api_requires(Permission.READ)
@api_json(answer=AssetJson)
def get_asset(kind: str, name: str) -> AssetJson:
    """Return an asset with the content that is edited now, and the lock number to save it with."""
    return _whole(_found(kind, name))


@bp.put(f"{URL}/draft")
@api_requires(Permission.EDIT)
@api_json(body=DraftBody, answer=AssetJson)
def put_draft(kind: str, name: str, body: DraftBody) -> AssetJson:
    """Write the draft; 409 with both texts when somebody saved in between."""
    asset = _found(kind, name)
    operations.save_draft(db.session, asset, body.content, base_lock=body.base_lock, by=actor())
    db.session.commit()
    return _whole(asset)


@bp.delete(f"{URL}/draft")
@api_requires(Permission.EDIT)
@api_json(answer=AssetJson)
def discard_draft(kind: str, name: str) -> AssetJson:
    """Throw the draft away: `?base_lock=`."""
    asset = _found(kind, name)
    operations.discard_draft(
        db.session, asset, base_lock=request.args.get("base_lock", type=int, default=-1), by=actor()
    )
    db.session.commit()
    return _whole(asset)


@bp.get(f"{URL}/revisions")
@api_requires(Permission.READ)
@api_json(answer=RevisionList)
def list_revisions(kind: str, name: str) -> RevisionList:
    """List the revisions of an asset, newest first."""
    page = queries.list_revisions(db.session, _found(kind, name), before=cursor(request.args.get("before")))
    return RevisionList(tuple(RevisionJson(**_revision(found)) for found in page.items), page.older)


@bp.post(f"{URL}/revisions")
@reads_only  # the save has its own short transaction
@api_requires(Permission.EDIT)
@api_json(body=RevisionBody, answer=RevisionJson, status=201)
def save_revision(kind: str, name: str, body: RevisionBody) -> RevisionJson:
    """Freeze the draft."""
    asset = _found(kind, name)
    made = freezing.save_revision(asset.id, base_lock=body.base_lock, message=body.message, by=actor())
    return RevisionJson(**_revision(made))


@bp.get(f"{URL}/revisions/<int:number>")
@api_requires(Permission.READ)
@api_json(answer=RevisionWithContent)
def get_revision(kind: str, name: str, number: int) -> RevisionWithContent:
    """Return one revision with its content."""
    found = find_revision(db.session, _found(kind, name), number)
    assert isinstance(found, Revision)  # noqa: S101 - an asset's revisions are of this class
    return RevisionWithContent(**_revision(found), content=found.content)


@bp.post(f"{URL}/revisions/<int:number>/restore")
@reads_only
@api_requires(Permission.EDIT)
@api_json(body=RestoreBody, answer=RevisionJson, status=201)
def restore(kind: str, name: str, number: int, body: RestoreBody) -> RevisionJson:
    """Make an old revision's content the newest one."""
    made = freezing.restore(_found(kind, name).id, number, message=body.message, by=actor())
    return RevisionJson(**_revision(made))


@bp.get(f"{URL}/diff")
@api_requires(Permission.READ)
@api_json(answer=DiffJson)
def diff(kind: str, name: str) -> DiffJson:
    """Compare two revisions word by word: `?old=13&new=14`, `draft` for the draft, `0` for nothing."""
    asset = _found(kind, name)
    contents = [_content_of(asset, request.args.get(side, "")) for side in ("old", "new")]
    return DiffJson(
        tuple(
            ChangedSection(
                section.key,
                section.title,
                section.kind,
                section.added_words,
                section.removed_words,
                tuple(tuple((op, text) for op, text in row.parts) for row in section.rows if not row.folded),
            )
            for section in diff_contents(kind, *contents)
        )
    )


@bp.get(f"{URL}/conflicts")
@api_requires(Permission.READ)
@api_json(answer=ConflictList)
def conflicts_of_asset(kind: str, name: str) -> ConflictList:
    """List where a glossary or style guide, as edited now, does not agree with what ships with it."""
    asset = _found(kind, name)
    found = conflicts.conflicts_of(db.session, asset, working_copy(db.session, asset).content) or ()
    return ConflictList(tuple(_conflict_json(conflict) for conflict in found))


def _conflict_json(conflict: Conflict) -> ConflictJson:
    places = (conflict.first, conflict.second)
    return ConflictJson(
        conflict.sort,
        conflict.form,
        conflict.message,
        conflict.is_blocking,
        tuple(PlaceJson(place.kind, place.asset, place.list_name, place.key) for place in places),
    )


@bp.post(f"{URL}/rows")
@api_requires(Permission.EDIT)
@api_json(body=RowsBody, answer=RowsReport)
def import_rows(kind: str, name: str, body: RowsBody) -> RowsReport:
    """Import glossary rows into the draft; good ones are kept, each bad one is reported."""
    asset = _found(kind, name)
    if kind != Kind.GLOSSARY:
        raise NotFoundError("Only a glossary has rows to import.")
    report = transfer.import_rows(
        working_copy(db.session, asset).content, _table(body.rows), keep_present=body.keep_present
    )
    operations.save_draft(db.session, asset, report.content, base_lock=body.base_lock, by=actor())
    db.session.commit()
    told, left_out = in_bounds(report.problems)
    problems = tuple(RowProblemJson(p.row - 1, clipped(p.column), clipped(p.message)) for p in told)
    lock = working_copy(db.session, asset).lock
    return RowsReport(report.added, report.changed, report.unchanged, problems, lock, left_out)


@bp.post(f"{URL}/vale-package")
@reads_only  # the archive is read without queueing among the writers
@api_requires(Permission.EDIT)
@api_json(answer=PackageReport)
def import_package(kind: str, name: str) -> PackageReport:
    """Import a Vale package, the zip archive as the body: `?base_lock=`, `?keep_present=1`."""
    asset = _found(kind, name)
    if kind != Kind.STYLE_GUIDE:
        raise NotFoundError("Only a style guide takes a Vale package.")
    lock = request.args.get("base_lock", type=int)
    if lock is None:
        raise InvalidError([Problem("base_lock", "must be the lock number you started from (0: no draft)")])
    report = vale_transfer.import_package(
        working_copy(db.session, asset).content,
        request.get_data(),
        keep_present=request.args.get("keep_present") == "1",
    )
    with db.write() as session:
        found = session.get_one(Asset, asset.id)
        draft = operations.save_draft(session, found, report.content, base_lock=lock, by=actor())
        lock = draft.lock_number
    files = tuple(FileReport(r.path, r.line, r.fate, r.rule_id, r.message) for r in report.rows)
    return PackageReport(report.added, report.changed, report.unchanged, files, lock)


def _table(rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    columns = sorted({str(name) for row in rows for name in row})
    if len(columns) > MAX_COLUMNS:
        raise InvalidError([Problem("rows", f"name more than {MAX_COLUMNS} columns between them")])
    return [columns, *([_cell(row.get(name)) for name in columns] for row in rows)]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{left}={right}" for left, right in value.items())
    return "yes" if value is True else "no" if value is False else "" if value is None else str(value)


def _found(kind: str, name: str) -> Asset:
    return queries.find_asset(db.session, workspace().id, kind, name)


def _kind(value: str) -> Kind:
    if value not in set(Kind):
        raise InvalidError([Problem("kind", f"is not a kind of asset; known: {', '.join(Kind)}")])
    return Kind(value)


def _content_of(asset: Asset, which: str) -> Mapping[str, Any]:
    if which == "draft":
        return working_copy(db.session, asset).content
    number = cursor(which)
    if number is None:
        raise InvalidError([Problem("old, new", "must be revision numbers, 0 or draft")])
    return find_revision(db.session, asset, number).content if number else {}


def _summary(asset: Asset) -> dict[str, Any]:
    return {
        "kind": Kind(asset.kind),
        "name": asset.name,
        "title": asset.title,
        "last_revision": asset.last_revision_number,
        "has_draft": asset.draft is not None,
        "archived": asset.archived_at is not None,
    }


def _whole(asset: Asset) -> AssetJson:
    copy = working_copy(db.session, asset)
    return AssetJson(**_summary(asset), content=copy.content, lock=copy.lock, saved_by=copy.saved_by)


def _revision(found: Revision) -> dict[str, Any]:
    return {
        "number": found.number,
        "sha256": found.sha256,
        "message": found.message,
        "author_id": found.author_id,
        "coauthor_ids": tuple(found.coauthor_ids),
        "restored_from": found.restored_from_number,
        "created_at": found.created_at,
    }
