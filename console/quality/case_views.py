"""Pages of labelled cases: write one, from nothing, a sample or the editor's live findings; change it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from console.assets.line_format import plain_ends
from console.assets.queries import find_asset
from console.errors import ConflictError, InvalidError, NotFoundError
from console.extensions import db
from console.judge.judging import ADVICE, NAME
from console.permissions import Permission
from console.quality import agreeing, case_building, measuring, operations, queries
from console.quality.blueprint import CASES_URL, bp, home
from console.quality.content import LABELLED_CHECKS, read_case
from console.quality.errors import AlreadyLabelledError
from console.quality.forms import EmptyForm, LabelForm, WithdrawForm
from console.quality.importing import case_json
from console.quality.pages import CasePage
from console.web.access import actor, policy, reads_only, requires, workspace
from console.web.forms import put_problems
from copydesk.checks.personal_data import NAME as PERSONAL_DATA
from copydesk.checks.personal_data import find_personal_values
from copydesk.errors import ContentError
from models import LabelledCase, LabelSource, Sample


@bp.get(f"{CASES_URL}/new")
@requires(Permission.LABEL)
def new_case() -> Any:
    """Show an empty form, or one filled in from a sample (`sample`, `finding`) or an address."""
    return _new_page(_form(_given(request.args)))


@bp.route("/w/<workspace_slug>/assets/<kind>/<name>/label", methods=["GET", "POST"])
@reads_only
@requires(Permission.LABEL)
def label_live(kind: str, name: str) -> Any:
    """Show the form filled in from a live finding; its text is posted, being too long for an address."""
    asset = find_asset(db.session, workspace().id, kind, name)
    policies = queries.policies_of_asset(db.session, asset.id)
    if not policies:
        raise NotFoundError(_("This asset ships in no policy, so no check reads it."))
    g.policy = policies[0]
    return _new_page(_form(_given(request.values)))


def _given(source: Mapping[str, str]) -> dict[str, Any]:
    """Return what is known of a new case; a finding is named by its key, `check:rule:start`."""
    values: dict[str, Any] = {
        name: plain_ends(source[name])
        for name in ("text", "quote", "start", "rule", "prompt", "audience", "channel", "locale", "segment")
        if source.get(name)
    }
    values["origin"] = "live" if source.get("text") else ""
    check, _sep, rest = source.get("finding", "").partition(":")
    rule, _sep, start = rest.rpartition(":")
    check = NAME if check == ADVICE else check
    values["check"] = check if check in LABELLED_CHECKS else source.get("check", "")
    values["expects"] = source.get("expects", "")
    if check in LABELLED_CHECKS:
        values["expects"] = "none"
        values["rule"] = "" if check == "toxicity" else rule  # its rules are the weights of one remark
        values["start"] = start
    if check == PERSONAL_DATA and not values.get("quote"):
        values["quote"] = _value_at(values.get("text", ""), start, values.get("locale"))
    sample = _sample(source.get("sample", ""))
    if sample is not None:
        values |= _of_sample(sample, source.get("finding", ""))
    return values


def _value_at(text: str, start: str, locale: str | None) -> str:
    """Return the personal value that begins at a place: its finding quotes a mask, its address nothing."""
    found = find_personal_values(text, locale)
    return next((value.text for value in found if str(value.span.start) == start), "")


def _sample(value: str) -> Sample | None:
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        return None
    return queries.find_policy_sample(db.session, policy().id, int(value))


def _of_sample(sample: Sample, key: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "sample": str(sample.id),
        "text": sample.text or "",
        "prompt": sample.prompt,
        "audience": sample.audience,
        "channel": sample.channel,
        "locale": sample.locale,
        "segment": sample.segment,
        "origin": "sample",
        "variables": _known(sample)["variables"],
    }
    for verdict in sample.verdicts:
        for finding in verdict.findings:
            if finding["span"] is None:
                continue
            start, end = finding["span"]
            if key == f"{verdict.check}:{finding['rule_id']}:{start}":
                values |= {"quote": (sample.text or "")[start:end], "start": str(start)}
    return values


def _known(sample: Sample | None) -> dict[str, Any]:
    """Return what the checks knew of a sample beside what the form shows, so that they judge the same."""
    case = queries.golden_case_of(db.session, sample) if sample is not None else {}
    return {"variables": case.get("variables") or {}, "must_mention": case.get("must_mention") or []}


def _form(values: Mapping[str, Any]) -> LabelForm:
    form = LabelForm(formdata=None, data={**values, "criterion": values.get("rule")})
    form.offer(_criteria())
    return form


def prefilled_page(values: Mapping[str, Any]) -> Any:
    """Show the form of a new case with what is known of it; names are those of its fields."""
    return _new_page(_form(values))


def _criteria() -> list[tuple[str, str]]:
    """Return what the judge can be labelled for; none where the style guide can't be read any more."""
    with suppress(ContentError):
        state = agreeing.judge_state(db.session, policy().id)
        return [(asked.rule_id, asked.criterion.title) for asked in state.criteria]
    return []


def _new_page(form: LabelForm, status: int = 200) -> Any:
    sample = _sample(form.sample.data or "")
    page = CasePage(
        number=0,
        title=_("Label a text"),
        check=str(form.check.data or ""),
        check_label="",
        result="",
        result_kind="",
        segments=(),
        messages=(),
        reason="",
        facts=(),
        sample_url=case_building.sample_url(db.session, policy(), sample),
        is_withdrawn=False,
        withdrawn="",
        may_label=True,
    )
    return render_template(
        "quality/case.html", page=page, form=form, withdraw=WithdrawForm(formdata=None)
    ), status


@bp.post(CASES_URL)
@requires(Permission.LABEL)
def add_case() -> Any:
    """Store a new labelled case; it counts at once."""
    form = LabelForm()
    form.offer(_criteria())
    if form.validate_on_submit():
        sample = _sample(form.sample.data or "")
        known = _known(sample)
        source = LabelSource.SAMPLE if sample else LabelSource.LIVE if form.origin.data == "live" else None
        try:
            case = operations.add_case(
                db.session,
                policy(),
                read_case(form.piece(known)),
                source=source or LabelSource.FORM,
                sample_id=sample.id if sample else None,
                by=actor(),
            )
            return _saved(case, _("Labelled. The case counts from now on."), tells=True)
        except InvalidError as error:
            put_problems(form, error)
        except (AlreadyLabelledError, ConflictError) as error:
            form.form_errors.append(str(error))
        db.session.rollback()
    return _new_page(form, 422)


@bp.get(f"{CASES_URL}/<int:number>")
@requires(Permission.READ)
def case(number: int) -> Any:
    """Show a labelled case with what its check says of it now."""
    found = queries.find_case(db.session, policy().id, number)
    values = case_json(found)
    if not found.variables and found.sample_id is not None:
        # Labelled before cases had variables: the sample still knows them, and saving adds them.
        values["variables"] = _known(_sample(str(found.sample_id)))["variables"]
    return _case_page(found, _form(values))


@bp.post(f"{CASES_URL}/<int:number>")
@requires(Permission.LABEL)
def edit_case(number: int) -> Any:
    """Write a labelled case anew."""
    found = queries.find_case(db.session, policy().id, number)
    form = LabelForm()
    form.offer(_criteria())
    if form.validate_on_submit():
        before = {"variables": found.variables, "must_mention": found.must_mention}
        try:
            operations.edit_case(db.session, found, read_case(form.piece(before)), by=actor())
            return _saved(found, _("Saved."), tells=True)
        except InvalidError as error:
            put_problems(form, error)
        except (AlreadyLabelledError, ConflictError) as error:
            form.form_errors.append(str(error))
        db.session.rollback()
        db.session.refresh(found)
    return _case_page(found, form, 422)


def _case_page(
    found: LabelledCase, form: LabelForm, status: int = 200, *, withdraw: WithdrawForm | None = None
) -> Any:
    page = case_building.case_page(db.session, policy(), found, actor(), home())
    withdraw = withdraw or WithdrawForm(formdata=None)
    return render_template("quality/case.html", page=page, form=form, withdraw=withdraw), status


@bp.post(f"{CASES_URL}/<int:number>/withdraw")
@requires(Permission.LABEL)
def withdraw_case(number: int) -> Any:
    """Take a labelled case out of all figures."""
    found = queries.find_case(db.session, policy().id, number)
    form = WithdrawForm()
    if form.validate_on_submit():
        operations.withdraw_case(db.session, found, reason=str(form.reason.data), by=actor())
        return _saved(found, _("Withdrawn. The case does not count any more."))
    return _case_page(found, _form(case_json(found)), 422, withdraw=form)


@bp.post(f"{CASES_URL}/<int:number>/bring-back")
@requires(Permission.LABEL)
def bring_back_case(number: int) -> Any:
    """Let a withdrawn case count again."""
    found = queries.find_case(db.session, policy().id, number)
    if EmptyForm().validate_on_submit():
        operations.bring_back_case(db.session, found, by=actor())
        return _saved(found, _("The case counts again."), tells=True)
    return redirect(url_for("quality.case", number=number), 303)


def _saved(found: LabelledCase, text: str, *, tells: bool = False) -> Any:
    """Lead to the check's page; `tells`: it says there what the case does to the figures."""
    measuring.ask_for_measurement(db.session, policy(), found.check, by=actor())
    db.session.commit()
    flash(text, "pass")
    case = found.number if tells and found.check != NAME else None
    return redirect(url_for("quality.check", check=found.check, case=case), 303)
