"""The shape of input for candidates, runs and the gate."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DecimalField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from console.runs.gate import FLOOR_CHECKS
from console.runs.labels import check_label


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


class PercentField(DecimalField):
    """A percentage, or nothing; a decimal comma is read too."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        bounds = NumberRange(min=0, max=100, message=_l("Between 0 and 100."))
        super().__init__(label, validators=[Optional(), bounds], places=None, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format(self.data.normalize(), "f")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the percentage."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = Decimal(valuelist[0].strip().replace(",", "."))
            except InvalidOperation:
                raise ValueError(_l("Write a percentage from 0 to 100, such as 97.5.")) from None


class GateForm(FlaskForm):
    """The conditions of the gate; `gate_form` adds a floor per check, `floor-<check>` and `binds-<check>`."""

    segment_floor = PercentField(_l("Overall pass rate in every segment, percent"))
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


def gate_form(**arguments: Any) -> GateForm:
    """Return the form of a gate, filled with `data` or with what was posted."""

    class Bound(GateForm):
        pass

    for check in FLOOR_CHECKS:
        setattr(Bound, f"floor-{check}", PercentField(check_label(check)))
        setattr(Bound, f"binds-{check}", BooleanField(check_label(check)))
    return Bound(**arguments)
