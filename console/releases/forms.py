"""The shape of input for releases."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange

from console.web.paging import MAX_ID

MAX_REASON_CHARS = 4_000


class PublishForm(FlaskForm):
    """Publishing an approved review as the next version."""

    review = IntegerField(
        _l("Review"),
        validators=[
            DataRequired(_l("Choose the review to publish.")),
            NumberRange(1, MAX_ID, _l("There is no review of this number.")),
        ],
    )
    channel = SelectField(
        _l("Channel"),
        choices=[SelectChoice("staging", _l("Staging")), SelectChoice("production", _l("Production"))],
    )
    changelog = TextAreaField(_l("What changes for readers"), validators=[Length(max=MAX_REASON_CHARS)])


class MoveForm(FlaskForm):
    """Putting a published version on a channel."""

    version = IntegerField(
        _l("Version"),
        validators=[
            DataRequired(_l("Choose a version.")),
            NumberRange(1, MAX_ID, _l("There is no version of this number.")),
        ],
    )
    reason = TextAreaField(_l("Reason, kept in the audit trail"), validators=[Length(max=MAX_REASON_CHARS)])


class RevokeForm(FlaskForm):
    """Revoking a version for good."""

    reason = TextAreaField(
        _l("Reason, kept in the audit trail"),
        validators=[
            DataRequired(_l("Give a reason; it is kept in the audit trail.")),
            Length(max=MAX_REASON_CHARS),
        ],
    )
