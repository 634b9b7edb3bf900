"""Pages of single cases: the form, deleting several, undoing that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from console.assets.editing import base_token
from console.clock import now
from console.errors import ConflictError, InvalidError
from console.extensions import db
from console.golden import building, editing
from console.golden.blueprint import SET_URL, back_to_cases, bp, found_set
from console.golden.editing import CASES, cases_of, working_copy
from console.golden.errors import CaseConflictError
from console.golden.forms import CaseForm, case_form
from console.golden.pages import CasePage
from console.golden.projection import case_lines, compare_cases
from console.golden.vocabulary import Vocabulary
from console.permissions import Permission
from console.web.access import actor, is_fragment, requires
from models import GoldenSet

PREFILLED = ("audience", "channel", "locale", "segment")
Json = Mapping[str, Any]


@bp.route(f"{SET_URL}/new-case", methods=["GET", "POST"])
@requires(Permission.EDIT)
def new_case(name: str) -> Any:
    """Show the form of a new case; `like` names a case to start from."""
    golden = found_set(name)
    copy = working_copy(db.session, golden)
    words = building.words_of(golden, copy.content)
    if not words.prompts:
        raise ConflictError(_("The policy has no prompt yet. A case needs one; write it first."))
    start = _beginnings(copy.content, words)
    return _edit(golden, words, {**start, "id": None}, key=None)


def _beginnings(content: Json, words: Vocabulary) -> dict[str, Any]:
    like = request.args.get("like")
    if like:
        original = editing.find_case(content, like)
        return {**original, "title": _("%(title)s (copy)", title=original.get("title", ""))}
    prompt = request.args.get("prompt", "")
    prompt = prompt if prompt in words.prompts else next(iter(words.prompts))
    given = {name: request.args.get(name) or None for name in PREFILLED}
    return {**given, "channel": given["channel"] or words.prompts[prompt].channel, "prompt": prompt}


@bp.route(f"{SET_URL}/cases/<key>", methods=["GET", "POST"])
@requires(Permission.READ)
def case(name: str, key: str) -> Any:
    """Show a case and its form."""
    golden = found_set(name)
    content = working_copy(db.session, golden).content
    words = building.words_of(golden, content)
    stored = next((item for item in cases_of(content) if CASES.key(item) == key), None)
    if stored is None and request.method == "GET":
        editing.find_case(content, key)
    if request.method == "POST":
        actor().require(Permission.EDIT)
    # Taken out meanwhile: what was typed is shown with the conflict.
    return _edit(golden, words, stored or {"id": key}, key=key)


@bp.post(f"{SET_URL}/cases/<key>/autosave")
@requires(Permission.EDIT)
def autosave_case(name: str, key: str) -> Any:
    """Save a case while it is typed; answers with a fragment for the status line."""
    golden = found_set(name)
    content = working_copy(db.session, golden).content
    words = building.words_of(golden, content)
    stored = _stored_piece(content, key) or {"id": key}
    form = case_form(words, stored, prompt=request.form.get("prompt", ""), typed=request.form)
    typed = form.piece(stored)
    if not (form.validate() and form.fits(typed, words)):
        labels = [field.label.text for field in form if field.errors]
        return render_template("assets/_autosave.html", state="invalid", labels=labels), 422
    try:
        draft = editing.save_case(
            db.session, golden, typed, replaces=key, base=str(form.base.data or ""), by=actor()
        )
        db.session.commit()
    except CaseConflictError as error:
        db.session.rollback()
        said = {"state": "conflict", "saved_by": error.saved_by, "form_id": "case-form"}
        return render_template("assets/_autosave.html", **said), 409
    except InvalidError as error:
        db.session.rollback()
        return render_template("assets/_autosave.html", state="invalid", labels=[str(error)]), 422
    answer = make_response(render_template("assets/_autosave.html", state="saved", when=now()))
    answer.headers["Copydesk-Base"] = base_token(draft.lock_number, typed)
    return answer


def _edit(golden: GoldenSet, words: Vocabulary, stored: Json, *, key: str | None) -> Any:
    prompt = request.form.get("prompt") or str(stored.get("prompt") or "")
    form = case_form(words, stored, prompt=prompt, typed=request.form)
    copy = working_copy(db.session, golden)
    if not form.is_submitted():
        form.base.data = base_token(copy.lock, _stored_piece(copy.content, key))
        return _page(golden, words, form, key)
    if "change_prompt" in request.form:
        return _page(golden, words, form, key)
    typed = form.piece(stored, [CASES.key(item) for item in cases_of(copy.content)])
    if not (form.validate_on_submit() and form.fits(typed, words)):
        return _page(golden, words, form, key), 422
    try:
        editing.save_case(db.session, golden, typed, replaces=key, base=str(form.base.data or ""), by=actor())
        db.session.commit()
    except CaseConflictError as conflict:
        db.session.rollback()
        form.base.raw_data, form.base.data = None, conflict.base
        return _page(golden, words, form, key, conflict), 409
    except (ConflictError, InvalidError) as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return _page(golden, words, form, key), error.status
    flash(_("Saved in the draft: %(title)s.", title=typed["title"]), "pass")
    if "again" in request.form:
        return redirect(url_for("golden.new_case", like=typed["id"]), 303)
    return redirect(url_for("golden.show", _anchor="cases"), 303)


def _stored_piece(content: Json, key: str | None) -> Json | None:
    return next((item for item in cases_of(content) if CASES.key(item) == key), None)


def _page(
    golden: GoldenSet,
    words: Vocabulary,
    form: CaseForm,
    key: str | None,
    conflict: CaseConflictError | None = None,
) -> str:
    copy = working_copy(db.session, golden)
    cases = cases_of(copy.content)
    at = next((place for place, item in enumerate(cases) if CASES.key(item) == key), None)
    stored = _stored_piece(copy.content, key)
    prompt = words.prompts.get(str(form.prompt.data or ""))
    page = CasePage(
        heading=building.heading(golden, copy),
        title=str(stored.get("title") or key) if stored else key or _("New case"),
        key=key,
        action=url_for("golden.case", key=key) if key else url_for("golden.new_case"),
        # After a conflict nothing saves itself before somebody has looked at both texts.
        autosave_url=url_for("golden.autosave_case", key=key) if key and conflict is None else None,
        suggestions={name: getattr(words, f"{name}s") for name in PREFILLED},
        prompt_title=prompt.title if prompt else str(form.prompt.data or ""),
        previous_url=building.case_url(cases[at - 1]) if at else None,
        next_url=building.case_url(cases[at + 1]) if at is not None and at + 1 < len(cases) else None,
        saved_by=conflict.saved_by if conflict else "",
        was_removed=bool(conflict and conflict.theirs is None),
        conflict=compare_cases(conflict.theirs, conflict.mine) if conflict else (),
        has_conflict=conflict is not None,
        lines=case_lines(stored) if stored else (),
    )
    is_part = "change_prompt" in request.form and is_fragment()
    return render_template("golden/_variables.html" if is_part else "golden/case.html", page=page, form=form)


@bp.post(f"{SET_URL}/delete-cases")
@requires(Permission.EDIT)
def delete_cases(name: str) -> Any:
    """Take the chosen cases out of the draft; the answer offers to undo it."""
    golden = found_set(name)
    keys = set(request.form.getlist("case"))
    base = request.form.get("base", "")
    before: list[tuple[int, dict[str, Any]]] = []
    if keys:
        lock_text = base.partition("-")[0]  # the form of a case sends its whole base
        lock = int(lock_text) if lock_text.isdecimal() and len(lock_text) < 10 else -1
        before = editing.delete_cases(db.session, golden, keys, base_lock=lock, by=actor())
        db.session.commit()
    if not before:
        flash(_("Choose the cases to delete first."), "info")
        return back_to_cases()
    flash(
        ngettext(
            "%(num)d case deleted from the draft.", "%(num)d cases deleted from the draft.", len(before)
        ),
        "pass",
    )
    page = building.cases_page(
        golden,
        chosen=dict.fromkeys(building.FILTERS, ""),
        words="",
        undo=(json.dumps(before, ensure_ascii=False), len(before)),
    )
    return render_template("golden/show.html", page=page)


@bp.post(f"{SET_URL}/put-back-cases")
@requires(Permission.EDIT)
def put_back_cases(name: str) -> Any:
    """Undo a deletion."""
    golden = found_set(name)
    try:
        removed = json.loads(request.form.get("removed", ""))
        before = [(int(place), dict(item)) for place, item in removed]
    except (ValueError, TypeError, RecursionError, OverflowError):
        raise ConflictError(_("There is nothing to undo. Restore the cases from the history.")) from None
    editing.put_back(db.session, golden, before, by=actor())
    db.session.commit()
    flash(ngettext("%(num)d case is back.", "%(num)d cases are back.", len(before)), "pass")
    return back_to_cases()
