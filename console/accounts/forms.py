"""The shape of input for accounts, members and tokens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, EqualTo, Length, Optional

from models import Role

ROLE_CHOICES = [
    SelectChoice(Role.VIEWER, _l("Viewer: reads everything")),
    SelectChoice(Role.EDITOR, _l("Editor: changes content, starts runs, requests reviews")),
    SelectChoice(Role.BRAND_REVIEWER, _l("Brand reviewer: decides for the brand")),
    SelectChoice(Role.LEGAL, _l("Legal: decides for legal")),
    SelectChoice(Role.RELEASER, _l("Releaser: publishes, promotes, rolls back, revokes")),
    SelectChoice(Role.ADMIN, _l("Admin: manages people, tokens and settings")),
    SelectChoice(Role.AUDITOR, _l("Auditor: reads everything and the audit trail")),
]


class MultiCheckboxField(SelectMultipleField):
    """Several choices as a list of checkboxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class SignInForm(FlaskForm):
    """E-mail and password."""

    email = EmailField(
        _l("E-mail address"), validators=[DataRequired(_l("Enter your e-mail address.")), Length(max=254)]
    )
    password = PasswordField(
        _l("Password"), validators=[DataRequired(_l("Enter your password.")), Length(max=200)]
    )
    next = HiddenField()
    submit = SubmitField(_l("Sign in"))


class ForgottenForm(FlaskForm):
    """Where to send a reset link."""

    email = EmailField(
        _l("E-mail address"),
        validators=[
            DataRequired(_l("Enter your e-mail address.")),
            Email(_l("Enter a whole e-mail address.")),
        ],
    )


class PasswordForm(FlaskForm):
    """A change of one's own password."""

    current = PasswordField(
        _l("Present password"), validators=[DataRequired(_l("Enter your present password."))]
    )
    new = PasswordField(_l("New password"), validators=[DataRequired(_l("Enter a new password."))])
    again = PasswordField(
        _l("New password again"), validators=[EqualTo("new", _l("The two new passwords differ."))]
    )


class ProfileForm(FlaskForm):
    """Name and preferences."""

    name = StringField(_l("Name"), validators=[DataRequired(_l("Enter your name.")), Length(max=200)])
    theme = RadioField(
        _l("Appearance"),
        choices=[
            SelectChoice("system", _l("Like the system")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
    )
    shortcuts = BooleanField(_l("Single-key shortcuts (/, ?, j, k)"))


class LinkForm(FlaskForm):
    """Opening an account from an invitation, or a new password from a reset link."""

    name = StringField(_l("Your name"), validators=[Optional(), Length(max=200)])
    password = PasswordField(_l("Password"), validators=[DataRequired(_l("Enter a password."))])
    again = PasswordField(
        _l("Password again"), validators=[EqualTo("password", _l("The two passwords differ."))]
    )


class InviteForm(FlaskForm):
    """Who is invited, as what."""

    email = EmailField(
        _l("E-mail address"),
        validators=[DataRequired(_l("Enter an e-mail address.")), Email(_l("Enter a whole e-mail address."))],
    )
    roles = MultiCheckboxField(
        _l("Roles"), choices=ROLE_CHOICES, validators=[DataRequired(_l("Choose at least one role."))]
    )


class RolesForm(FlaskForm):
    """The roles of one member."""

    roles = MultiCheckboxField(_l("Roles"), choices=ROLE_CHOICES)


class TokenForm(FlaskForm):
    """A new token of a program."""

    name = StringField(
        _l("Name"), validators=[DataRequired(_l("Say which program uses it.")), Length(max=100)]
    )
    scopes = MultiCheckboxField(_l("May"), validators=[DataRequired(_l("Choose at least one."))])
    policies = MultiCheckboxField(_l("Policies"))
    channels = MultiCheckboxField(_l("Channels"))
    expires_on = DateField(_l("Expires on"), validators=[Optional()])
