"""The JSON API of golden sets: what an editor does in the browser, for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from console.assets.drafting import find_revision
from console.assets.errors import DraftConflictError
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.golden import operations, queries, transfer
from console.golden.editing import cases_of, working_copy
from console.golden.forms import case_problems
from console.golden.importing import import_into_draft
from console.golden.vocabulary import vocabulary
from console.permissions import Permission
from console.web.access import actor, find_policy, reads_only, workspace
from console.web.api_access import api_requires
from console.web.paging import cursor
from console.web.problems import PROBLEM_JSON
from copydesk.errors import Problem
from models import GoldenDraft, GoldenRevision, GoldenSet

bp = Blueprint("golden_api", __name__)
SETS_URL = "/api/v1/workspaces/<workspace_slug>/golden-sets"
SET_URL = f"{SETS_URL}/<name>"


@bp.errorhandler(DraftConflictError)
def _conflict(error: DraftConflictError) -> Any:
    """Answer with both texts (RFC 9457 with extension members), so that a program can merge."""
    answer = jsonify(
        type=f"urn:copydesk:{error.code}",
        title=str(error),
        status=error.status,
        saved_by=error.saved_by,
        lock=error.lock_number,
        mine=dict(error.mine),
        theirs=dict(error.theirs),
    )
    answer.status_code, answer.mimetype = error.status, PROBLEM_JSON
    return answer


@bp.get(SETS_URL)
@api_requires(Permission.READ)
def list_sets() -> Any:
    """List the golden sets, newest first; `before` continues after the last one seen."""
    words, before = request.args.get("q", ""), cursor(request.args.get("before"))
    page = queries.list_golden_sets(db.session, workspace().id, words=words, before=before)
    slugs = {key: policy.slug for key, policy in queries.policies_by_id(db.session, workspace().id).items()}
    drafts = queries.drafts_of(db.session, page.items)
    items = [
        {
            "name": golden.name,
            "title": golden.title,
            "policy": slugs[golden.policy_id],
            "revision": golden.last_revision_number,
            "has_draft": golden.id in drafts,
        }
        for golden in page.items
    ]
    return jsonify(items=items, before=page.older)


@bp.post(SETS_URL)
@api_requires(Permission.EDIT)
def create() -> Any:
    """Open a golden set: `{"policy", "name", "title", "content"?}`."""
    body = _body()
    policy = find_policy(workspace().id, _text(body, "policy"))
    content = body.get("content")
    if content is not None and not isinstance(content, dict):
        raise InvalidError([Problem("content", "must be an object with title and cases")])
    golden = operations.create_golden_set(
        db.session,
        policy,
        name=_text(body, "name"),
        title=_text(body, "title"),
        by=actor(),
        content=content,
    )
    db.session.commit()
    return jsonify(_described(golden)), 201


@bp.get(SET_URL)
@api_requires(Permission.READ)
def show(name: str) -> Any:
    """Return a golden set with what is edited now; `revision=N` returns that revision instead."""
    golden = queries.find_golden_set(db.session, workspace().id, name)
    if "revision" not in request.args:
        return jsonify(_described(golden))
    number = cursor(request.args.get("revision"))
    if number is None:
        raise NotFoundError("A revision is a number, such as 3.")
    found = find_revision(db.session, golden, number)
    return jsonify(_revision(golden, found))


@bp.put(f"{SET_URL}/draft")
@api_requires(Permission.EDIT)
def put_draft(name: str) -> Any:
    """Write the draft: `{"content", "base_lock"}`; 409 with both texts when somebody saved in between."""
    golden = queries.find_golden_set(db.session, workspace().id, name)
    body = _body()
    content = body.get("content")
    if not isinstance(content, dict):
        raise InvalidError([Problem("content", "must be an object with title and cases")])
    draft = operations.save_draft(db.session, golden, content, base_lock=_lock(body), by=actor())
    db.session.commit()
    return jsonify(lock=draft.lock_number, problems=_problems(golden, draft))


@bp.post(f"{SET_URL}/revisions")
@api_requires(Permission.EDIT)
def save_revision(name: str) -> Any:
    """Freeze the draft: `{"base_lock", "message"}`."""
    golden = queries.find_golden_set(db.session, workspace().id, name)
    body = _body()
    made = operations.save_revision(
        db.session, golden, base_lock=_lock(body), message=_text(body, "message"), by=actor()
    )
    db.session.commit()
    return jsonify(_revision(golden, made)), 201


@bp.post(f"{SET_URL}/import")
@reads_only  # a large file is read without queueing among the writers; the merge has its own transaction
@api_requires(Permission.EDIT)
def import_cases(name: str) -> Any:
    """Read a file of cases into the draft: multipart `file`, or the file as the body with `?filename=`.

    `mode` is replace (default) or keep; `prompt` names the prompt of promptfoo tests.
    """
    golden = queries.find_golden_set(db.session, workspace().id, name)
    mode = request.values.get("mode", "replace")
    if mode not in {"replace", "keep"}:
        raise InvalidError([Problem("mode", "must be replace or keep")])
    upload = request.files.get("file")
    data = upload.read() if upload else request.get_data()
    filename = (upload.filename if upload else request.args.get("filename")) or "cases.csv"
    cases = cases_of(working_copy(db.session, golden).content)
    words = vocabulary(db.session, golden.policy_id, cases)
    found = transfer.read_import(filename, data, words, prompt=request.values.get("prompt", ""))
    report, lock = import_into_draft(golden.id, found, mode=mode, by=actor())
    return jsonify(_report(report, lock))


@bp.get(f"{SET_URL}/export.<form>")
@api_requires(Permission.READ)
def export(name: str, form: str) -> Any:
    """Return the cases as CSV or JSON lines."""
    content = working_copy(db.session, queries.find_golden_set(db.session, workspace().id, name)).content
    if form == "csv":
        return Response(transfer.export_csv(content), content_type="text/csv; charset=utf-8")
    if form == "jsonl":
        return Response(transfer.export_jsonl(content), content_type="application/x-ndjson; charset=utf-8")
    raise NotFoundError("Cases are exported as csv or jsonl.")


def _described(golden: GoldenSet) -> dict[str, Any]:
    copy = working_copy(db.session, golden)
    return {
        "name": golden.name,
        "title": golden.title,
        "revision": golden.last_revision_number,
        "lock": copy.lock,
        "has_draft": golden.draft is not None,
        "saved_by": copy.saved_by,
        "content": copy.content,
    }


def _revision(golden: GoldenSet, found: Any) -> dict[str, Any]:
    assert isinstance(found, GoldenRevision)  # noqa: S101 - a golden set's revisions are of this class
    return {
        "name": golden.name,
        "revision": found.number,
        "sha256": found.sha256,
        "case_count": found.case_count,
        "message": found.message,
        "author": found.author.name,
        "created_at": found.created_at.isoformat(),
        "content": found.content,
    }


def _problems(golden: GoldenSet, draft: GoldenDraft) -> list[dict[str, str]]:
    """Return what would keep cases of the draft from being run; a draft may hold them."""
    cases = cases_of(draft.content)
    words = vocabulary(db.session, golden.policy_id, cases)
    return [
        {"case": str(case.get("id", "")), "pointer": problem.path, "detail": problem.message}
        for case in cases
        for problem in case_problems(case, words)
    ]


def _report(report: transfer.ImportReport, lock: int) -> dict[str, Any]:
    def notes(found: Any) -> list[dict[str, Any]]:
        return [
            {"row": note.row, "column": note.column, "value": note.value, "remedy": note.remedy}
            for note in found
        ]

    return {
        "format": report.format,
        "added": report.added,
        "replaced": report.replaced,
        "kept": report.kept,
        "refused": notes(report.refused),
        "left_out": notes(report.left_out),
        "lock": lock,
    }


def _body() -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise InvalidError([Problem("", "must be a JSON object")])
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidError([Problem(name, "must be a text that is not empty")])
    return value


def _lock(body: dict[str, Any]) -> int:
    value = body.get("base_lock")
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidError([Problem("base_lock", "must be the lock number you started from")])
    return value
