"""The shape of input for the settings of a workspace."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectMultipleField,
    StringField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp

from console.settings.operations import MAX_PRICE
from models import Role


class MultiCheckboxField(SelectMultipleField):
    """Several choices as a list of checkboxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class ApprovalsForm(FlaskForm):
    """Whose approvals a candidate needs."""

    roles = MultiCheckboxField(
        _l("One approval of each is needed"),
        choices=[
            SelectChoice(Role.BRAND_REVIEWER, _l("Brand reviewer")),
            SelectChoice(Role.LEGAL, _l("Legal")),
        ],
        validators=[DataRequired(_l("Choose at least one role."))],
    )


class PriceForm(Form):
    """The price of one model; without a model the row is left out."""

    model = StringField(
        _l("Model"), validators=[Optional(), Length(max=200)], filters=[lambda v: v and v.strip()]
    )
    prompt = IntegerField(_l("Prompt tokens"), validators=[Optional(), NumberRange(0, MAX_PRICE)])
    completion = IntegerField(_l("Completion tokens"), validators=[Optional(), NumberRange(0, MAX_PRICE)])
    currency = StringField(
        _l("Currency"),
        default="EUR",
        validators=[Optional(), Regexp(r"^[A-Za-z]{3}$", message=_l("Three letters, like EUR."))],
        filters=[lambda v: v and v.strip()],
    )


class PricesForm(FlaskForm):
    """What models cost."""

    prices = FieldList(FormField(PriceForm), max_entries=50)


class MaskingForm(FlaskForm):
    """Whether personal data is masked."""

    is_on = BooleanField(_l("Mask personal data"))


class PolicyForm(FlaskForm):
    """A new policy."""

    name = StringField(
        _l("Name of the policy"), validators=[DataRequired(_l("Give it a name.")), Length(max=200)]
    )
    slug = StringField(
        _l("Short name in addresses"),
        validators=[
            DataRequired(_l("Give it a short name.")),
            Regexp(
                r"^[a-z0-9][a-z0-9-]{0,62}$",
                message=_l("Small letters, digits and hyphens, like order-mails."),
            ),
        ],
    )
