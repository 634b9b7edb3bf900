"""The form of a group of words for people, which may stand in each other's place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from console.assets.fields import texts_of
from console.assets.forms import ContentForm
from copydesk.assets.style_guide import DescriptorGroup

FORM_SIGN = ","


class TermsField(TextAreaField):
    """Terms in their forms: a line per term, its forms between commas."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        terms = self.data if isinstance(self.data, list | tuple) else texts_of(self.data)
        return "\n".join(f"{FORM_SIGN} ".join(texts_of(term)) for term in terms)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the lines; blank ones are left out."""
        lines = (valuelist[0] if valuelist else "").splitlines()
        terms = ([form.strip() for form in line.split(FORM_SIGN) if form.strip()] for line in lines)
        self.data: Any = [term for term in terms if term]


class DescriptorGroupForm(ContentForm):
    """Words for people that may stand in each other's place."""

    model = DescriptorGroup
    id = StringField(_l("Id"), description=_l("For reports; empty: made for you."))
    title = StringField(_l("Group"), description=_l("A few words, such as: stages of life."))
    terms = TermsField(
        _l("Words"),
        description=_l(
            "One per line, its forms between commas: student, students. What is right to say of one"
            " has to be right of all."
        ),
        render_kw={"class": "serif", "rows": 10},
    )
    groups = ((_l("The group"), ("title", "terms", "id")),)
