"""Pages of a golden set's draft and revisions: save, discard, rename, history, compare, restore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from console.assets.drafting import find_revision
from console.assets.errors import DraftConflictError, NoSuchRevisionError, UnchangedError
from console.assets.forms import BaseForm, RestoreForm, RevisionForm
from console.assets.queries import people
from console.errors import ConflictError, ConsoleError
from console.extensions import db
from console.golden import building, operations, queries
from console.golden.blueprint import SET_URL, back_to_cases, bp, found_set
from console.golden.editing import working_copy
from console.golden.forms import TitleForm
from console.golden.pages import HistoryPage, RevisionPage, SavePage
from console.golden.projection import compare, passages
from console.permissions import Permission
from console.web.access import actor, requires
from console.web.forms import put_refusal
from console.web.paging import cursor
from copydesk.errors import ContentError
from models import GoldenSet

DRAFT = "draft"
Json = Mapping[str, Any]


@bp.route(f"{SET_URL}/save", methods=["GET", "POST"])
@requires(Permission.EDIT)
def save(name: str) -> Any:
    """Show what changed since the last revision and freeze it with a message."""
    golden = found_set(name)
    form = RevisionForm()
    moved_by, status = "", 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            made = operations.save_revision(
                db.session,
                golden,
                base_lock=int(form.base.data or 0),
                message=str(form.message.data),
                by=actor(),
            )
            db.session.commit()
            flash(_("Saved as r%(number)s. Runs started from now on use it.", number=made.number), "pass")
            return back_to_cases()
        except DraftConflictError as error:
            moved_by, status = error.saved_by, 409
        except UnchangedError as error:
            form.form_errors.append(str(error))
        except ContentError as error:
            form.form_errors.append(str(error))
        db.session.rollback()
        db.session.refresh(golden)
    content = working_copy(db.session, golden).content
    before: Json = {}
    if golden.last_revision_number:
        before = find_revision(db.session, golden, golden.last_revision_number).content
    page = SavePage(
        building.heading(golden), compare(before, content), building.all_problems(golden, content), moved_by
    )
    form.base.raw_data, form.base.data = None, str(page.heading.lock)
    return render_template("golden/save.html", page=page, form=form), status


@bp.post(f"{SET_URL}/discard")
@requires(Permission.EDIT)
def discard(name: str) -> Any:
    """Throw the draft away."""
    golden = found_set(name)
    form = BaseForm()
    if form.validate_on_submit():
        operations.discard_draft(db.session, golden, base_lock=int(form.base.data or 0), by=actor())
        db.session.commit()
        flash(_("The draft is gone; r%(number)s counts again.", number=golden.last_revision_number), "pass")
    return back_to_cases()


@bp.post(f"{SET_URL}/title")
@requires(Permission.EDIT)
def rename(name: str) -> Any:
    """Give the golden set another title, in its draft."""
    golden = found_set(name)
    form, status = TitleForm(), 422
    if form.validate_on_submit():
        content = {**working_copy(db.session, golden).content, "title": str(form.title.data).strip()}
        try:
            operations.save_draft(db.session, golden, content, base_lock=int(form.base.data or 0), by=actor())
            db.session.commit()
            flash(_("Title changed in the draft."), "pass")
            return back_to_cases()
        except ConsoleError as error:
            db.session.rollback()
            status = put_refusal(form, error)
    page = building.cases_page(found_set(name), chosen=dict.fromkeys(building.FILTERS, ""), words="")
    return render_template("golden/show.html", page=page, title_form=form), status


@bp.get(f"{SET_URL}/history")
@requires(Permission.READ)
def history(name: str) -> Any:
    """Show the revisions, and the comparison of any two of them or of the draft."""
    golden = found_set(name)
    before, after = cursor(request.args.get("before")), cursor(request.args.get("after"))
    listed = queries.list_revisions(db.session, golden, before=before, after=after)
    new = request.args.get("new") or (DRAFT if golden.draft else str(golden.last_revision_number))
    old = request.args.get("old") or _one_before(golden, new)
    sections = compare(_content(golden, old), _content(golden, new))
    page = HistoryPage(
        heading=building.heading(golden),
        entries=building.history_entries(listed.items),
        choices=_choices(golden, [revision.number for revision in listed.items], old, new),
        old=old,
        new=new,
        old_label=_label(old),
        new_label=_label(new),
        sections=sections,
        added_words=sum(section.added_words for section in sections),
        removed_words=sum(section.removed_words for section in sections),
        older_url=url_for("golden.history", before=listed.older, old=old, new=new) if listed.older else None,
        newer_url=url_for("golden.history", after=listed.newer, old=old, new=new) if listed.newer else None,
    )
    return render_template("golden/history.html", page=page)


def _one_before(golden: GoldenSet, new: str) -> str:
    if new == DRAFT:
        return str(golden.last_revision_number)
    return str(max(0, (cursor(new) or 1) - 1))


def _content(golden: GoldenSet, which: str) -> Json:
    """Return the content of a revision or the draft; `0` is the nothing before the first revision."""
    if which == DRAFT:
        return working_copy(db.session, golden).content
    number = cursor(which)
    if number is None:
        raise NoSuchRevisionError(0)
    return find_revision(db.session, golden, number).content if number else {}


def _label(which: str) -> str:
    return _("the draft") if which == DRAFT else f"r{which}" if which != "0" else _("nothing")


def _choices(golden: GoldenSet, listed: list[int], old: str, new: str) -> tuple[tuple[str, str], ...]:
    numbers = sorted({*listed, *(n for n in (cursor(old), cursor(new)) if n)}, reverse=True)
    found = [(str(number), f"r{number}") for number in numbers]
    return tuple([(DRAFT, _("Draft"))] * (golden.draft is not None) + found)


@bp.get(f"{SET_URL}/revisions/<int:number>")
@requires(Permission.READ)
def revision(name: str, number: int) -> Any:
    """Show one frozen revision to read."""
    return _revision_page(found_set(name), number, RestoreForm(formdata=None))


def _revision_page(golden: GoldenSet, number: int, form: RestoreForm) -> str:
    found = find_revision(db.session, golden, number)
    page = RevisionPage(
        heading=building.heading(golden),
        number=number,
        message=found.message,
        author=found.author.name,
        coauthors=tuple(people(db.session, found.coauthor_ids).values()),
        created_at=found.created_at,
        sha256=found.sha256,
        restored_from=found.restored_from_number,
        passages=passages(found.content)[1:],
    )
    return render_template("golden/revision.html", page=page, form=form)


@bp.post(f"{SET_URL}/revisions/<int:number>/restore")
@requires(Permission.EDIT)
def restore(name: str, number: int) -> Any:
    """Make an old revision's cases the newest ones."""
    golden = found_set(name)
    form, status = RestoreForm(), 422
    if form.validate_on_submit():
        try:
            made = operations.restore(
                db.session, golden, number, message=str(form.message.data or ""), by=actor()
            )
            db.session.commit()
            flash(_("Revision %(old)s is back as r%(new)s.", old=number, new=made.number), "pass")
            return redirect(url_for("golden.show"), 303)
        except (ConflictError, ContentError) as error:
            db.session.rollback()
            status = put_refusal(form, error)
    return _revision_page(found_set(name), number, form), status
