"""The shape of input for candidates, runs and the gate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DecimalField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional


class CandidateForm(FlaskForm):
    """A new candidate: the newest revision of every asset of a policy."""

    policy = SelectField(_l("Policy"), coerce=int)
    title = StringField(
        _l("What it is for"),
        validators=[DataRequired(_l("Say in a few words what changes.")), Length(max=200)],
    )


class RunForm(FlaskForm):
    """A new run of a candidate."""

    golden_set = SelectField(_l("Golden set"), coerce=int)
    repeats = IntegerField(
        _l("Samples per case"),
        default=1,
        validators=[NumberRange(min=1, max=10, message=_l("Between 1 and 10."))],
    )


class GateForm(FlaskForm):
    """The general conditions of the gate; floors per check are fields of the page."""

    segment_floor = DecimalField(
        _l("Overall pass rate in every segment, percent"),
        validators=[Optional(), NumberRange(min=0, max=100, message=_l("Between 0 and 100."))],
    )
    segment_min_cases = IntegerField(
        _l("Least cases per segment"),
        default=5,
        validators=[NumberRange(min=1, max=1000, message=_l("Between 1 and 1000."))],
    )
    paired_alpha = DecimalField(
        _l("Chance of a false alarm when comparing with production, percent"),
        default=5,
        validators=[NumberRange(min=0, max=50, message=_l("Between 0 and 50."))],
    )
    is_paired = BooleanField(_l("Must not be worse than production beyond chance"), default=True)
    stop_on_blockers = BooleanField(_l("One blocking finding stops it"), default=True)
