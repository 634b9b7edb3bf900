"""The shape of input for reviews."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from models import DecisionOutcome

MAX_NOTE_CHARS = 4_000


class DecisionForm(FlaskForm):
    """A decision on a review; `seen` is the evidence digest of the page it was made on."""

    outcome = RadioField(
        _l("Decision"),
        choices=[
            SelectChoice(DecisionOutcome.APPROVE, _l("Approve")),
            SelectChoice(DecisionOutcome.REQUEST_CHANGES, _l("Ask for changes")),
            SelectChoice(DecisionOutcome.REJECT, _l("Refuse; this ends the review")),
        ],
        default=DecisionOutcome.APPROVE,
        validators=[DataRequired(_l("Choose a decision."))],
    )
    comment = TextAreaField(_l("Comment"), validators=[Length(max=MAX_NOTE_CHARS)])
    seen = HiddenField()


class WaiverForm(FlaskForm):
    """An accepted failure, until a day."""

    condition = SelectField(_l("Condition that is not met"))
    reason = TextAreaField(
        _l("Why this is acceptable"),
        validators=[DataRequired(_l("Say why this failure is acceptable.")), Length(max=MAX_NOTE_CHARS)],
    )
    expires_on = DateField(_l("Until"), validators=[DataRequired(_l("Choose the last day it holds."))])


class CommentForm(FlaskForm):
    """A remark on a review."""

    text = TextAreaField(
        _l("Comment"), validators=[DataRequired(_l("Write something first.")), Length(max=MAX_NOTE_CHARS)]
    )
