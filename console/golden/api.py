"""The JSON API of golden sets: what an editor does in the browser, for programs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from console.assets.drafting import find_revision
from console.assets.errors import DraftConflictError
from console.errors import InvalidError, NotFoundError
from console.extensions import db
from console.golden import operations, queries, transfer
from console.golden.api_shapes import (
    CaseImportReport,
    CaseProblem,
    GoldenDraftBody,
    GoldenDraftSaved,
    GoldenRevisionBody,
    GoldenRevisionJson,
    GoldenSetBody,
    GoldenSetJson,
    GoldenSetList,
    GoldenSetSummary,
)
from console.golden.editing import cases_of, working_copy
from console.golden.forms import case_problems
from console.golden.importing import import_into_draft
from console.golden.vocabulary import vocabulary
from console.permissions import Permission
from console.web.access import actor, find_policy, reads_only, workspace
from console.web.api_access import api_requires
from console.web.api_json import api_json
from console.web.paging import cursor
from console.web.problems import PROBLEM_JSON, in_bounds
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
@api_json(answer=GoldenSetList)
def list_sets() -> GoldenSetList:
    """List the golden sets, newest first; `before` continues after the last one seen."""
    words, before = request.args.get("q", ""), cursor(request.args.get("before"))
    page = queries.list_golden_sets(db.session, workspace().id, words=words, before=before)
    slugs = {key: policy.slug for key, policy in queries.policies_by_id(db.session, workspace().id).items()}
    drafts = queries.drafts_of(db.session, page.items)
    items = tuple(
        GoldenSetSummary(
            golden.name,
            golden.title,
            slugs[golden.policy_id],
            golden.last_revision_number,
            golden.id in drafts,
        )
        for golden in page.items
    )
    return GoldenSetList(items, page.older)


@bp.post(SETS_URL)
@api_requires(Permission.EDIT)
@api_json(body=GoldenSetBody, answer=GoldenSetJson, status=201)
def create(body: GoldenSetBody) -> GoldenSetJson:
    """Open a golden set."""
    golden = operations.create_golden_set(
        db.session,
        find_policy(workspace().id, body.policy),
        name=body.name,
        title=body.title,
        by=actor(),
        content=body.content,
    )
    db.session.commit()
    return _described(golden)


@bp.get(SET_URL)
@api_requires(Permission.READ)
@api_json(answer=GoldenSetJson)
def show(name: str) -> GoldenSetJson:
    """Return a golden set with what is edited now."""
    return _described(queries.find_golden_set(db.session, workspace().id, name))


@bp.put(f"{SET_URL}/draft")
@api_requires(Permission.EDIT)
@api_json(body=GoldenDraftBody, answer=GoldenDraftSaved)
def put_draft(name: str, body: GoldenDraftBody) -> GoldenDraftSaved:
    """Write the draft; 409 with both texts when somebody saved in between."""
    golden = queries.find_golden_set(db.session, workspace().id, name)
    draft = operations.save_draft(db.session, golden, body.content, base_lock=body.base_lock, by=actor())
    db.session.commit()
    return GoldenDraftSaved(draft.lock_number, *in_bounds(_problems(golden, draft)))


@bp.get(f"{SET_URL}/revisions/<int:number>")
@api_requires(Permission.READ)
@api_json(answer=GoldenRevisionJson)
def get_revision(name: str, number: int) -> GoldenRevisionJson:
    """Return one revision with its cases."""
    golden = queries.find_golden_set(db.session, workspace().id, name)
    return _revision(golden, find_revision(db.session, golden, number))


@bp.post(f"{SET_URL}/revisions")
@api_requires(Permission.EDIT)
@api_json(body=GoldenRevisionBody, answer=GoldenRevisionJson, status=201)
def save_revision(name: str, body: GoldenRevisionBody) -> GoldenRevisionJson:
    """Freeze the draft."""
    golden = queries.find_golden_set(db.session, workspace().id, name)
    made = operations.save_revision(
        db.session, golden, base_lock=body.base_lock, message=body.message, by=actor()
    )
    db.session.commit()
    return _revision(golden, made)


@bp.post(f"{SET_URL}/import")
@reads_only  # a large file is read without queueing among the writers; the merge has its own transaction
@api_requires(Permission.EDIT)
@api_json(answer=CaseImportReport)
def import_cases(name: str) -> CaseImportReport:
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
    refused, more_refused = in_bounds(report.refused)
    left_out, more_left_out = in_bounds(report.left_out)
    return CaseImportReport(
        report.format,
        report.added,
        report.replaced,
        report.kept,
        refused,
        left_out,
        lock,
        more_refused,
        more_left_out,
    )


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


def _described(golden: GoldenSet) -> GoldenSetJson:
    copy = working_copy(db.session, golden)
    return GoldenSetJson(
        golden.name,
        golden.title,
        golden.last_revision_number,
        copy.lock,
        golden.draft is not None,
        copy.saved_by,
        copy.content,
    )


def _revision(golden: GoldenSet, found: Any) -> GoldenRevisionJson:
    assert isinstance(found, GoldenRevision)  # noqa: S101 - a golden set's revisions are of this class
    return GoldenRevisionJson(
        golden.name,
        found.number,
        found.sha256,
        found.case_count,
        found.message,
        found.author.name,
        found.created_at,
        found.content,
    )


def _problems(golden: GoldenSet, draft: GoldenDraft) -> tuple[CaseProblem, ...]:
    """Return what would keep cases of the draft from being run; a draft may hold them."""
    cases = cases_of(draft.content)
    words = vocabulary(db.session, golden.policy_id, cases)
    return tuple(
        CaseProblem(str(case.get("id", "")), problem.path, problem.message)
        for case in cases
        for problem in case_problems(case, words)
    )
