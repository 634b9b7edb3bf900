"""Pages of the audit trail: search it, take it along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Select

from console.audit.pages import AuditFilters
from console.audit.proofs import entry_line, export_lines
from console.audit.queries import audit_page, filtered_entries, may_export_chain
from console.errors import ForbiddenError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, requires, workspace
from console.web.paging import cursor
from models import AuditEntry

bp = Blueprint("audit", __name__)
MAX_FILTER_CHARS = 100
ENTRIES_PER_FETCH = 500


def _filters() -> AuditFilters:
    names = ("action", "person", "subject_kind", "subject_id", "since", "until")
    return AuditFilters(**{name: request.args.get(name, "").strip()[:MAX_FILTER_CHARS] for name in names})


@bp.get("/w/<workspace_slug>/audit")
@requires(Permission.READ_AUDIT)
def index() -> Any:
    """Show the entries of this workspace, newest first."""
    page = audit_page(
        db.session,
        workspace(),
        actor(),
        _filters(),
        before=cursor(request.args.get("before")),
        after=cursor(request.args.get("after")),
    )
    return render_template("audit/index.html", page=page), 422 if page.problems else 200


@bp.get("/w/<workspace_slug>/audit/entries.jsonl")
@requires(Permission.READ_AUDIT)
def export_entries() -> Any:
    """Hand out the entries that fit the filters, oldest first, one JSON object a line."""
    statement, _problems = filtered_entries(workspace().id, _filters())
    return _download(_entry_lines(statement.order_by(AuditEntry.seq)), f"audit-{workspace().slug}.jsonl")


@bp.get("/w/<workspace_slug>/audit/chain.jsonl")
@requires(Permission.READ_AUDIT)
def export_chain() -> Any:
    """Hand out the whole log with its checkpoints, as `copydesk audit verify` reads it."""
    if not may_export_chain(db.session, actor()):
        # The chain runs through all workspaces; one of them does not give the others away.
        raise ForbiddenError(
            "The whole chain is for those who may read the audit trail of every workspace. "
            "Ask the operator for `flask audit export`."
        )
    return _download(_chain_lines(), "audit-chain.jsonl")


def _entry_lines(statement: Select[AuditEntry]) -> Iterator[str]:
    with db.read() as session:
        found = session.scalars(statement.execution_options(yield_per=ENTRIES_PER_FETCH))
        yield from (f"{entry_line(entry)}\n" for entry in found)


def _chain_lines() -> Iterator[str]:
    with db.read() as session:
        yield from (f"{line}\n" for line in export_lines(session))


def _download(lines: Iterator[str], name: str) -> Response:
    response = Response(lines, mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
