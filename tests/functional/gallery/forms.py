"""Forms of the gallery: each kind of control once."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange


class SampleForm(FlaskForm):
    """One field of every kind."""

    term = StringField("Term", [InputRequired("Write the term, for example standing charge.")])
    why = TextAreaField("Why", description="Shown beside the text of whoever uses the term.")
    limit = IntegerField("Longest text, characters", [InputRequired("Give a number."), NumberRange(1, 500)])
    state = SelectField(
        "State",
        choices=[SelectChoice("use", "Use"), SelectChoice("avoid", "Avoid"), SelectChoice("ask", "Ask")],
    )
    secret = PasswordField(
        "Password",
        render_kw={"autocomplete": "new-password"},
        validators=[Length(min=8, message="Use 8 characters or more.")],
    )
    upload = FileField("Terms as CSV or XLSX")
    scope = RadioField(
        "Applies to",
        choices=[SelectChoice("all", "All channels"), SelectChoice("mail", "E-mail only")],
        default="all",
    )
    strict = BooleanField("Block review when it is broken")


class SignOffForm(FlaskForm):
    """The decision of an approver."""

    outcome = RadioField(
        choices=[
            SelectChoice("approve", "Approve"),
            SelectChoice("request_changes", "Ask for changes"),
            SelectChoice("reject", "Refuse"),
        ],
        default="approve",
    )
    comment = TextAreaField("Comment", description="2 cases newly fail. Say why that is acceptable.")


class ReasonForm(FlaskForm):
    """Why something is done that has to be explained."""

    reason = TextAreaField("Reason, kept in the audit trail", [InputRequired("Give a reason.")])
