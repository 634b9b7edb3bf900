"""JSON API of assets: list, read, write drafts, save revisions, import glossary rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request

from console.assets import conflicts, freezing, operations, queries, spreadsheets, transfer
from console.assets.diff import diff_contents
from console.assets.drafting import find_revision
from console.assets.editing import working_copy
from console.assets.errors import DraftConflictError
from console.assets.items import EMPTY_CONTENTS
from console.assets.term_conflicts import Conflict
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, find_policy, reads_only, workspace
from console.web.api_access import api_requires
from console.web.paging import cursor
from copydesk.assets import Kind
from copydesk.errors import Problem
from models import Asset, Revision

bp = Blueprint("assets_api", __name__)
LIST_URL = "/api/v1/workspaces/<workspace_slug>/assets"
URL = f"{LIST_URL}/<kind>/<name>"


@bp.get(LIST_URL)
@api_requires(Permission.READ)
def list_assets() -> Any:
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
    return jsonify({"assets": [_summary(asset) for asset in found], "older": older})


@bp.post(LIST_URL)
@api_requires(Permission.EDIT)
def create() -> Any:
    """Create an asset with a first draft: `{kind, name, content, policies: [slug]}`."""
    body = _body()
    kind, name = _kind(_text(body, "kind")), _text(body, "name")
    policies = body.get("policies", [])
    if not isinstance(policies, list) or not all(isinstance(slug, str) for slug in policies):
        raise InvalidError([Problem("policies", "must be a list of policy slugs")])
    content = {"title": name, **EMPTY_CONTENTS.get(kind, {}), **_object(body, "content")}
    asset = operations.create_asset(
        db.session,
        workspace().id,
        [find_policy(workspace().id, slug) for slug in policies],
        kind=kind,
        name=name,
        content=content,
        by=actor(),
    )
    db.session.commit()
    return jsonify(_whole(asset)), 201


@bp.get(URL)
@api_requires(Permission.READ)
def get_asset(kind: str, name: str) -> Any:
    """Return an asset with the content that is edited now, and the lock number to save it with."""
    return jsonify(_whole(_found(kind, name)))


@bp.put(f"{URL}/draft")
@api_requires(Permission.EDIT)
def put_draft(kind: str, name: str) -> Any:
    """Write the draft: `{content, base_lock}`; 409 with both texts when somebody saved in between."""
    asset = _found(kind, name)
    body = _body()
    lock = _lock(body)
    try:
        operations.save_draft(db.session, asset, _object(body, "content"), base_lock=lock, by=actor())
    except DraftConflictError as error:
        return _conflict(error)
    db.session.commit()
    return jsonify(_whole(asset))


@bp.delete(f"{URL}/draft")
@api_requires(Permission.EDIT)
def discard_draft(kind: str, name: str) -> Any:
    """Throw the draft away: `?base_lock=`."""
    asset = _found(kind, name)
    try:
        operations.discard_draft(
            db.session, asset, base_lock=request.args.get("base_lock", type=int, default=-1), by=actor()
        )
    except DraftConflictError as error:
        return _conflict(error)
    db.session.commit()
    return jsonify(_whole(asset))


@bp.get(f"{URL}/revisions")
@api_requires(Permission.READ)
def list_revisions(kind: str, name: str) -> Any:
    """List the revisions of an asset, newest first."""
    page = queries.list_revisions(db.session, _found(kind, name), before=cursor(request.args.get("before")))
    return jsonify({"revisions": [_revision(found) for found in page.items], "older": page.older})


@bp.post(f"{URL}/revisions")
@reads_only  # the save has its own short transaction
@api_requires(Permission.EDIT)
def save_revision(kind: str, name: str) -> Any:
    """Freeze the draft: `{message, base_lock}`."""
    asset = _found(kind, name)
    body = _body()
    try:
        made = freezing.save_revision(
            asset.id, base_lock=_lock(body), message=_text(body, "message"), by=actor()
        )
    except DraftConflictError as error:
        return _conflict(error)
    return jsonify(_revision(made)), 201


@bp.get(f"{URL}/revisions/<int:number>")
@api_requires(Permission.READ)
def get_revision(kind: str, name: str, number: int) -> Any:
    """Return one revision with its content."""
    found = find_revision(db.session, _found(kind, name), number)
    assert isinstance(found, Revision)  # noqa: S101 - an asset's revisions are of this class
    return jsonify({**_revision(found), "content": found.content})


@bp.post(f"{URL}/revisions/<int:number>/restore")
@reads_only
@api_requires(Permission.EDIT)
def restore(kind: str, name: str, number: int) -> Any:
    """Make an old revision's content the newest one: `{message}`."""
    body = _body()
    asset = _found(kind, name)
    made = freezing.restore(asset.id, number, message=str(body.get("message") or ""), by=actor())
    return jsonify(_revision(made)), 201


@bp.get(f"{URL}/diff")
@api_requires(Permission.READ)
def diff(kind: str, name: str) -> Any:
    """Compare two revisions word by word: `?old=13&new=14`, `draft` for the draft, `0` for nothing."""
    asset = _found(kind, name)
    contents = [_content_of(asset, request.args.get(side, "")) for side in ("old", "new")]
    sections = [
        {
            "key": section.key,
            "title": section.title,
            "kind": section.kind,
            "added_words": section.added_words,
            "removed_words": section.removed_words,
            "paragraphs": [list(map(list, row.parts)) for row in section.rows if not row.folded],
        }
        for section in diff_contents(kind, *contents)
    ]
    return jsonify({"sections": sections})


@bp.get(f"{URL}/conflicts")
@api_requires(Permission.READ)
def list_conflicts(kind: str, name: str) -> Any:
    """List where a glossary or style guide, as edited now, does not agree with what ships with it."""
    asset = _found(kind, name)
    found = conflicts.conflicts_of(db.session, asset, working_copy(db.session, asset).content) or ()
    return jsonify({"conflicts": [_conflict_of_words(conflict) for conflict in found]})


def _conflict_of_words(conflict: Conflict) -> dict[str, Any]:
    return {
        "sort": conflict.sort,
        "form": conflict.form,
        "message": conflict.message,
        "is_blocking": conflict.is_blocking,
        "places": [
            {"kind": p.kind, "asset": p.asset, "list": p.list_name, "key": p.key}
            for p in (conflict.first, conflict.second)
        ],
    }


@bp.post(f"{URL}/rows")
@api_requires(Permission.EDIT)
def import_rows(kind: str, name: str) -> Any:
    """Import glossary rows into the draft: `{rows: [{term, status, …}], base_lock, keep_present}`.

    Lists are texts between `;`, or JSON lists. Good rows are kept; each bad one is reported.
    """
    asset = _found(kind, name)
    if kind != Kind.GLOSSARY:
        raise NotFoundError("Only a glossary has rows to import.")
    body = _body()
    report = transfer.import_rows(
        working_copy(db.session, asset).content, _table(body), keep_present=body.get("keep_present") is True
    )
    try:
        operations.save_draft(db.session, asset, report.content, base_lock=_lock(body), by=actor())
    except DraftConflictError as error:
        return _conflict(error)
    db.session.commit()
    problems = [{"row": p.row - 1, "column": p.column, "detail": p.message} for p in report.problems]
    counts = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    return jsonify({**counts, "problems": problems, "lock": working_copy(db.session, asset).lock})


def _table(body: Mapping[str, Any]) -> list[list[str]]:
    rows = body.get("rows")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InvalidError([Problem("rows", "must be a list of objects, one per term")])
    if len(rows) > spreadsheets.MAX_ROWS:
        raise InvalidError(
            [Problem("rows", f"holds more than {spreadsheets.MAX_ROWS} rows; send them in parts")]
        )
    columns = sorted({str(name) for row in rows for name in row})
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


def _body() -> Mapping[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidError([Problem("", "send a JSON object with the content type application/json")])
    return body


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise InvalidError([Problem(name, "must be a text")])
    return value


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise InvalidError([Problem(name, "must be an object")])
    return value


def _lock(body: Mapping[str, Any]) -> int:
    value = body.get("base_lock")
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidError([Problem("base_lock", "must be the lock number you started from (0: no draft)")])
    return value


def _summary(asset: Asset) -> dict[str, Any]:
    return {
        "kind": asset.kind,
        "name": asset.name,
        "title": asset.title,
        "last_revision": asset.last_revision_number,
        "has_draft": asset.draft is not None,
        "archived": asset.archived_at is not None,
    }


def _whole(asset: Asset) -> dict[str, Any]:
    copy = working_copy(db.session, asset)
    return {**_summary(asset), "content": copy.content, "lock": copy.lock, "saved_by": copy.saved_by}


def _revision(found: Revision) -> dict[str, Any]:
    return {
        "number": found.number,
        "sha256": found.sha256,
        "message": found.message,
        "author_id": found.author_id,
        "coauthor_ids": found.coauthor_ids,
        "restored_from": found.restored_from_number,
        "created_at": found.created_at.isoformat(),
    }


def _conflict(error: DraftConflictError) -> Any:
    db.session.rollback()
    body = {
        "type": f"urn:copydesk:{error.code}",
        "title": str(error),
        "status": error.status,
        "theirs": error.theirs,
        "mine": error.mine,
        "lock": error.lock_number,
    }
    answer = jsonify(body)
    answer.mimetype = "application/problem+json"
    return answer, error.status
