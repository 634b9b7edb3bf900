"""The shape of input: how many texts to write, and which of them to take."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

MAX_WANTED = 200


class WantedForm(FlaskForm):
    """How many texts to ask the model for."""

    wanted = IntegerField(
        _l("How many texts"),
        description=_l("Fifty on either side teach a voice; a hundred teach it well."),
        validators=[
            InputRequired(_l("Say how many texts you want.")),
            NumberRange(1, MAX_WANTED, _l("Give a number from 1 to 200.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class TakeForm(FlaskForm):
    """Which texts of a batch go into the draft, by their place from 0."""

    texts = SelectMultipleField(_l("Texts"), choices=(), coerce=int)

    def offer(self, count: int) -> None:
        """Offer the texts of a batch."""
        self.texts.choices = [SelectChoice(number, str(number + 1)) for number in range(count)]
