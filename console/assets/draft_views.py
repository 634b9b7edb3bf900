"""Pages of an asset's draft and revisions: save, discard, history, compare, restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from console.assets import building, conflict_building, conflicts, freezing, operations, queries
from console.assets.blueprint import ASSET_URL, back_to_editor, bp, found_asset
from console.assets.diff import DiffSection, diff_contents
from console.assets.drafting import find_revision
from console.assets.editing import working_copy
from console.assets.errors import DraftConflictError, NoSuchRevisionError, UnchangedError
from console.assets.forms import BaseForm, RestoreForm, RevisionForm
from console.assets.guards import RefusedByGuardError
from console.assets.pages import HistoryPage, RevisionPage, SavePage
from console.assets.projection import passages
from console.errors import ConflictError, NotFoundError
from console.extensions import db
from console.permissions import Permission
from console.web.access import actor, reads_only, requires
from console.web.forms import put_refusal
from console.web.paging import cursor
from copydesk.errors import ContentError, Problem
from models import Asset

DRAFT = "draft"


@bp.route(f"{ASSET_URL}/save", methods=["GET", "POST"])
@reads_only  # examples are measured without queueing among the writers; the save has its own transaction
@requires(Permission.EDIT)
def save(kind: str, name: str) -> Any:
    """Show what changed since the last revision and freeze it with a message."""
    asset = found_asset(kind, name)
    form = RevisionForm()
    moved_by, status = "", 422 if form.is_submitted() else 200
    refused: Sequence[Problem] = ()
    if form.validate_on_submit():
        try:
            revision = freezing.save_revision(
                asset.id, base_lock=int(form.base.data or 0), message=str(form.message.data), by=actor()
            )
            flash(_("Saved as r%(number)s.", number=revision.number), "pass")
            return back_to_editor()
        except DraftConflictError as error:
            moved_by, status = error.saved_by, 409
        except (UnchangedError, RefusedByGuardError) as error:
            form.form_errors.append(str(error))
        except ContentError as error:
            refused = error.problems
            form.form_errors.append(_("The draft does not hold together yet. Mend what is listed here."))
        db.session.rollback()
        db.session.refresh(asset)
    content = working_copy(db.session, asset).content
    compared = conflicts.conflicts_of(db.session, asset, content, wait_s=building.LONG_WAIT_S)
    page = SavePage(
        building.heading(asset),
        _changes_of_draft(asset),
        building.problem_views(kind, content, refused),
        is_moved_by=moved_by,
        measures=building.measures_view(asset, content),
        conflicts=conflict_building.conflict_views(compared or ()),
        is_comparing=compared is None,
    )
    form.base.data = str(page.heading.lock)
    form.base.raw_data = None
    return render_template("assets/save.html", page=page, form=form), status


@bp.get(f"{ASSET_URL}/measures")
@requires(Permission.READ)
def measures(kind: str, name: str) -> Any:
    """Show how well the examples of topics work, as far as they are measured by now."""
    asset = found_asset(kind, name)
    view = building.measures_view(asset, working_copy(db.session, asset).content)
    if view is None:
        raise NotFoundError(_("There is no such page."))
    return render_template("assets/_measures.html", measures=view)


def _changes_of_draft(asset: Asset) -> tuple[DiffSection, ...]:
    before: Mapping[str, Any] = {}
    if asset.last_revision_number:
        before = find_revision(db.session, asset, asset.last_revision_number).content
    return diff_contents(asset.kind, before, working_copy(db.session, asset).content)


@bp.post(f"{ASSET_URL}/discard")
@requires(Permission.EDIT)
def discard(kind: str, name: str) -> Any:
    """Throw the draft away."""
    asset = found_asset(kind, name)
    form = BaseForm()
    if form.validate_on_submit():
        operations.discard_draft(db.session, asset, base_lock=int(form.base.data or 0), by=actor())
        db.session.commit()
        flash(_("The draft is gone; r%(number)s counts again.", number=asset.last_revision_number), "pass")
    return back_to_editor()


@bp.get(f"{ASSET_URL}/history")
@requires(Permission.READ)
def history(kind: str, name: str) -> Any:
    """Show the revisions, and the comparison of any two of them or of the draft."""
    asset = found_asset(kind, name)
    before, after = cursor(request.args.get("before")), cursor(request.args.get("after"))
    listed = queries.list_revisions(db.session, asset, before=before, after=after)
    new = request.args.get("new") or (DRAFT if asset.draft else str(asset.last_revision_number))
    old = request.args.get("old") or _one_before(asset, new)
    sections = diff_contents(kind, _content(asset, old), _content(asset, new))
    page = HistoryPage(
        heading=building.heading(asset, current=cursor(new)),
        entries=building.history_entries(listed.items),
        choices=_choices(asset, [r.number for r in listed.items], old, new),
        old=old,
        new=new,
        old_label=_label(old),
        new_label=_label(new),
        sections=sections,
        added_words=sum(section.added_words for section in sections),
        removed_words=sum(section.removed_words for section in sections),
        restorable=cursor(old) if cursor(old) and cursor(old) != asset.last_revision_number else None,
        older_url=url_for("assets.history", before=listed.older, old=old, new=new) if listed.older else None,
        newer_url=url_for("assets.history", after=listed.newer, old=old, new=new) if listed.newer else None,
    )
    return render_template("assets/history.html", page=page, form=RestoreForm())


def _one_before(asset: Asset, new: str) -> str:
    if new == DRAFT:
        return str(asset.last_revision_number)
    return str(max(0, (cursor(new) or 1) - 1))


def _content(asset: Asset, which: str) -> Mapping[str, Any]:
    """Return the content of a revision or the draft; `0` is the nothing before the first revision."""
    if which == DRAFT:
        return working_copy(db.session, asset).content
    number = cursor(which)
    if number is None:
        raise NoSuchRevisionError(0)
    return find_revision(db.session, asset, number).content if number else {}


def _label(which: str) -> str:
    return _("the draft") if which == DRAFT else f"r{which}" if which != "0" else _("nothing")


def _choices(asset: Asset, listed: list[int], old: str, new: str) -> tuple[tuple[str, str], ...]:
    numbers = sorted({*listed, *(n for n in (cursor(old), cursor(new)) if n)}, reverse=True)
    found = [(str(number), f"r{number}") for number in numbers]
    return tuple([(DRAFT, _("Draft"))] * (asset.draft is not None) + found)


@bp.get(f"{ASSET_URL}/revisions/<int:number>")
@requires(Permission.READ)
def revision(kind: str, name: str, number: int) -> Any:
    """Show one frozen revision to read."""
    return _revision_page(found_asset(kind, name), number, RestoreForm(formdata=None))


def _revision_page(asset: Asset, number: int, form: RestoreForm) -> str:
    found = find_revision(db.session, asset, number)
    names = queries.people(db.session, found.coauthor_ids)
    page = RevisionPage(
        heading=building.heading(asset, current=number),
        number=number,
        message=found.message,
        author=found.author.name,
        coauthors=tuple(names.values()),
        created_at=found.created_at,
        sha256=found.sha256,
        restored_from=found.restored_from_number,
        passages=tuple(passage for passage in passages(asset.kind, found.content) if passage.paragraphs),
    )
    return render_template("assets/revision.html", page=page, form=form)


@bp.post(f"{ASSET_URL}/revisions/<int:number>/restore")
@reads_only
@requires(Permission.EDIT)
def restore(kind: str, name: str, number: int) -> Any:
    """Make an old revision's content the newest one."""
    asset = found_asset(kind, name)
    form, status = RestoreForm(), 422
    if form.validate_on_submit():
        try:
            made = freezing.restore(asset.id, number, message=str(form.message.data or ""), by=actor())
            flash(_("Revision %(old)s is back as r%(new)s.", old=number, new=made.number), "pass")
            return redirect(url_for("assets.show"), 303)
        except (ConflictError, ContentError) as error:
            status = put_refusal(form, error)
    return _revision_page(asset, number, form), status
