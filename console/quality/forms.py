"""The shape of input for labelled cases, imports and thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from console.assets.line_format import plain_ends
from console.judge.judging import NAME
from console.judge.terms import JudgeTerms
from console.quality.content import LABELLED_CHECKS, read_start
from console.quality.variable_lines import VariablesField
from console.runs.labels import check_label

CONTEXT_FIELDS = ("prompt", "audience", "channel", "locale", "segment")


class LabelForm(FlaskForm):
    """A labelled case; `sample` and `origin` say where its text is from."""

    expects = RadioField(
        _l("What the check must do"),
        choices=[
            SelectChoice("finding", _l("Find something in this text")),
            SelectChoice("none", _l("Leave this text alone")),
        ],
        validators=[DataRequired(_l("Say what the check must do."))],
    )
    check = SelectField(
        _l("Check"), choices=(), validators=[DataRequired(_l("Choose the check that is meant."))]
    )
    criterion = SelectField(
        _l("Criterion"),
        description=_l("The one question of the style guide that the label answers."),
        choices=(),
        validate_choice=False,  # one that the newest style guide has no more is said on the judge's page
    )
    text = TextAreaField(
        _l("Text"),
        render_kw={"rows": 8, "class": "serif"},
        validators=[DataRequired(_l("Give the text.")), Length(max=20_000)],
    )
    quote = StringField(
        _l("Words that are meant"),
        description=_l("Copied from the text. Empty: the text as a whole."),
        validators=[Length(max=20_000)],
    )
    start = HiddenField()
    rule = StringField(
        _l("Rule"),
        description=_l("Such as house-glossary/outlet. Empty: any rule of the check."),
        validators=[Length(max=200)],
    )
    prompt = StringField(_l("Prompt"), validators=[Length(max=64)])
    audience = StringField(_l("Audience"), validators=[Length(max=64)])
    channel = StringField(_l("Channel"), validators=[Length(max=64)])
    locale = StringField(_l("Locale"), description=_l("Such as en-GB."), validators=[Length(max=16)])
    segment = StringField(_l("Customer segment"), validators=[Length(max=64)])
    variables = VariablesField(
        _l("Variables"),
        description=_l(
            "One per line, such as first_name => Ada. Injected instructions are looked for in these alone."
        ),
        render_kw={"rows": 4},
    )
    note = TextAreaField(
        _l("Note"), description=_l("Why, for whoever reads it later."), render_kw={"rows": 2}
    )
    sample = HiddenField()
    origin = HiddenField()

    def offer(self, criteria: Sequence[tuple[str, str]]) -> None:
        """Offer every check, and the judge with its criteria.

        Args:
            criteria: as (rule id, title).
        """
        self.check.choices = [SelectChoice(name, check_label(name)) for name in LABELLED_CHECKS]
        if not self.check.data:
            # No check is the likely one: the first of the list would be labelled for by mistake.
            self.check.choices.insert(0, SelectChoice("", _l("Choose a check")))
        known = [SelectChoice(rule_id, title) for rule_id, title in criteria]
        chosen = self.criterion.data or ""
        if chosen and chosen not in dict(criteria):
            known.append(SelectChoice(chosen, chosen))
        self.criterion.choices = [SelectChoice("", _l("Choose a criterion")), *known]
        if self.check.data == NAME:
            self.expects.choices = [
                SelectChoice("finding", _l("Fail this text")),
                SelectChoice("none", _l("Pass this text")),
            ]

    def validate_criterion(self, field: SelectField) -> None:
        """Ask for a criterion where the judge is meant."""
        if self.check.data == NAME and not (field.data or (self.rule.data or "").strip()):
            raise ValidationError(_l("Choose the criterion the label is about."))

    def piece(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the case that was typed; what has no field stays as it was."""
        text = plain_ends(self.text.data or "")
        quote = plain_ends(self.quote.data or "")
        return {
            **before,
            "expects": self.expects.data,
            "check": self.check.data,
            "text": text,
            "quote": quote,
            "start": read_start(self.start.data or ""),
            "rule": self._rule(),
            **{name: (self[name].data or "").strip() or None for name in CONTEXT_FIELDS},
            **({} if self.variables.data is None else {"variables": self.variables.data}),
            "note": plain_ends(self.note.data or ""),
        }

    def _rule(self) -> str:
        named = self.criterion.data if self.check.data == NAME else None
        return (named or self.rule.data or "").strip()


class WithdrawForm(FlaskForm):
    """Why a case does not count any more."""

    reason = TextAreaField(
        _l("Why it does not count any more"),
        validators=[
            DataRequired(_l("Say in a few words why the case does not count any more.")),
            Length(max=2000, message=_l("At most 2,000 characters.")),
        ],
    )


class CaseFileForm(FlaskForm):
    """A file of labelled cases."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])


class RateForm(FlaskForm):
    """A false-positive rate to set a threshold by."""

    rate = RadioField(_l("False alarms on approved copy"), validators=[DataRequired(_l("Choose a rate."))])

    def offer(self, rates: Sequence[tuple[str, str]]) -> None:
        """Offer rates as (value, label)."""
        self.rate.choices = [SelectChoice(value, label) for value, label in rates]


class JudgeForm(FlaskForm):
    """The terms of a policy's judge."""

    model = StringField(
        _l("Model"),
        description=_l("As the model server names it; of another family than the one that writes."),
        validators=[DataRequired(_l("Name the model.")), Length(max=200)],
    )
    votes = SelectField(
        _l("Votes on a fail"),
        choices=[SelectChoice("1", "1"), SelectChoice("3", "3"), SelectChoice("5", "5")],
        default="3",
    )
    max_calls = IntegerField(
        _l("Calls per run or measurement, at most"),
        default=2000,
        validators=[
            InputRequired(_l("Write a whole number.")),
            NumberRange(1, 1_000_000, _l("From 1 to 1,000,000.")),
        ],
    )
    max_cost_cents = IntegerField(
        _l("Cost per run or measurement, at most"),
        description=_l("In cents; needs the model's price in the workspace's settings."),
        validators=[Optional(), NumberRange(1, 10_000_000, _l("From 1 to 10,000,000."))],
    )
    counts = BooleanField(
        _l("Counts in the gate"),
        description=_l("Only once its agreement with editors is measured and good enough."),
    )

    def terms(self) -> JudgeTerms:
        """Return what was typed."""
        return JudgeTerms.model_validate(
            {
                "model": str(self.model.data).strip(),
                "votes": int(self.votes.data),
                "max_calls": self.max_calls.data,
                "max_cost_cents": self.max_cost_cents.data,
                "counts": self.counts.data,
            }
        )


class EmptyForm(FlaskForm):
    """Nothing but the token."""
