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
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from console.judge.terms import JudgeTerms
from console.quality.content import LABELLED_CHECKS
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
    check = SelectField(_l("Check"), choices=())
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
    note = TextAreaField(
        _l("Note"), description=_l("Why, for whoever reads it later."), render_kw={"rows": 2}
    )
    sample = HiddenField()
    origin = HiddenField()

    def offer(self) -> None:
        """Offer every check, and the judge."""
        self.check.choices = [SelectChoice(name, check_label(name)) for name in LABELLED_CHECKS]

    def piece(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the case that was typed; what has no field (variables, facts) stays as it was."""
        text = newlines(self.text.data)
        quote = newlines(self.quote.data)
        start = (self.start.data or "").strip()
        return {
            **before,
            "expects": self.expects.data,
            "check": self.check.data,
            "text": text,
            "quote": quote,
            "start": int(start) if start.isascii() and start.isdigit() and len(start) < 9 else None,
            "rule": (self.rule.data or "").strip(),
            **{name: (self[name].data or "").strip() or None for name in CONTEXT_FIELDS},
            "note": newlines(self.note.data),
        }


class WithdrawForm(FlaskForm):
    """Why a case does not count any more."""

    reason = TextAreaField(_l("Why"), validators=[Length(max=2000)])


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
        _l("Calls per run, at most"),
        default=2000,
        validators=[
            InputRequired(_l("Write a whole number.")),
            NumberRange(1, 1_000_000, _l("From 1 to 1,000,000.")),
        ],
    )
    max_cost_cents = IntegerField(
        _l("Cost per run, at most"),
        description=_l("In cents; needs the model's price in the settings."),
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


def newlines(text: str | None) -> str:
    """Return a text with the line ends that generated texts have; browsers send two characters."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")
