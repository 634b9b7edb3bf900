"""Forms of facts: a class per type of value; and of the sheet that holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from console.assets.fields import AmountField, LinesField, choices
from console.assets.forms import ContentForm, HeadForm
from console.assets.item_forms import ID_HINT, LONG, SCOPE_HEADING, SCOPE_NAMES, ScopedForm
from copydesk.assets.fact_sheet import Fact, FactSheet
from copydesk.errors import Problem

Json = Mapping[str, Any]


class FactForm(ScopedForm):
    """A fact; a class per type of value adds the fields of the value."""

    model = Fact
    value_names: Sequence[str] = ()
    id = StringField(_l("Id"), description=ID_HINT)
    subject = StringField(_l("What it is about"), description=_l("A product, a service, a term."))
    subject_aliases = LinesField(_l("Also called"), description=_l("One per line."))
    attribute = StringField(_l("What is said of it"), description=_l("Price, guarantee, weight …"))
    attribute_aliases = LinesField(_l("Also said as"), description=_l("One per line: costs, weighs, takes."))
    tolerance = StringField(_l("Tolerance"), description=_l("Difference still right."), default="0")
    status = SelectField(
        _l("Status"),
        choices=choices(
            ("verified", _l("Verified: may be claimed")),
            ("unverified", _l("Unverified: as the sheet says")),
            ("retired", _l("Retired: is wrong")),
        ),
    )
    source = StringField(_l("Source"))
    valid_from = StringField(
        _l("Valid from"), description=_l("Such as 2026-11-04."), filters=[lambda v: v or None]
    )
    valid_to = StringField(
        _l("Valid until"), description=_l("Such as 2026-11-04."), filters=[lambda v: v or None]
    )
    required_wording = StringField(
        _l("Required wording"), description=_l("Must be used when the fact is stated.")
    )
    claim_words = LinesField(
        _l("Claim words it licenses"), description=_l("One per line, such as guaranteed.")
    )

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        value = tuple(f"value__{name}" for name in cls.value_names)
        cls.groups = (
            (_l("The fact"), ("subject", "attribute", *value, "tolerance", "status")),
            (_l("Proof"), ("source", "valid_from", "valid_to")),
            (_l("Other words for it"), ("subject_aliases", "attribute_aliases")),
            (_l("Claims"), ("required_wording", "claim_words", "id")),
            (SCOPE_HEADING, SCOPE_NAMES),
        )


class MoneyFactForm(FactForm):
    """An amount of money."""

    value_names = ("minor", "currency")
    value__minor = AmountField(_l("Amount"), description=_l("Such as 49.99."))
    value__currency = StringField(_l("Currency"), description=_l("Such as GBP."), default="GBP")

    @classmethod
    def over(cls, piece: Json, **arguments: Any) -> ContentForm:
        """Return the form; the amount is written with the decimals of its currency."""
        form = super().over(piece, **arguments)
        form["value__minor"].currency = str(form["value__currency"].data or "GBP")
        return form

    def typed(self, field: Any) -> Any:
        """Return the JSON value of a field; the amount in minor units."""
        if field.name == "value__minor":
            try:
                return field.to_minor(str(self.value__currency.data or "").strip())
            except ValueError as error:
                self.show([Problem("value.minor", str(error))])
                return 0
        return super().typed(field)


class PercentFactForm(FactForm):
    """A percentage."""

    value_names = ("number",)
    value__number = StringField(_l("Percent"))


class QuantityFactForm(FactForm):
    """A number with a unit."""

    value_names = ("number", "unit")
    value__number = StringField(_l("Number"))
    value__unit = StringField(_l("Unit"), description=_l("Such as litre, gram, piece."))


class DurationFactForm(FactForm):
    """A span of time or a range of it."""

    value_names = ("number", "number_max", "unit")
    value__number = StringField(_l("Time"))
    value__number_max = StringField(_l("to (for a range)"), filters=[lambda v: v or None])
    value__unit = SelectField(
        _l("Unit"),
        choices=choices(
            *(
                (u, u.replace("_", " "))
                for u in ("minute", "hour", "day", "working_day", "week", "month", "year")
            )
        ),
    )


class DateFactForm(FactForm):
    """A date."""

    value_names = ("date",)
    value__date = StringField(_l("Date"), description=_l("Such as 2026-11-04."))


class EnumFactForm(FactForm):
    """Words that are right, and known wrong ones."""

    value_names = ("values", "others")
    value__values = LinesField(_l("Right words"), description=_l("One per line."))
    value__others = LinesField(_l("Known wrong words"), description=_l("One per line."))


class TextFactForm(FactForm):
    """Free text, looked for as written."""

    value_names = ("text",)
    value__text = StringField(_l("Text"))


FACT_FORMS: Mapping[str, type[FactForm]] = {
    "money": MoneyFactForm,
    "percent": PercentFactForm,
    "quantity": QuantityFactForm,
    "duration": DurationFactForm,
    "date": DateFactForm,
    "enum": EnumFactForm,
    "text": TextFactForm,
}
FACT_TYPES: Mapping[str, Any] = {
    "money": _l("Money"),
    "percent": _l("Percentage"),
    "quantity": _l("Number with a unit"),
    "duration": _l("Time span"),
    "date": _l("Date"),
    "enum": _l("Set of words"),
    "text": _l("Text"),
}


class FactsHeadForm(HeadForm):
    """Title of a fact sheet, and what its claims need."""

    model = FactSheet
    guarded_claims = LinesField(
        _l("Guarded claim words"),
        description=_l("One per line: need a fact that licenses them."),
        render_kw=LONG,
    )
    common_claims = SelectField(
        _l("Superlatives and guarantees"),
        choices=choices(
            ("review", _l("All: reviewed where no fact licenses them")),
            ("off", _l("Only the guarded claim words")),
        ),
        description=_l(
            "Such as best, lightest, clinically proven, in English and German, said of a subject."
        ),
        default="review",
    )
    unverified = SelectField(
        _l("Unverified facts"),
        choices=choices(
            ("hedge", _l("Pass with a word such as “expected”, else are reviewed")),
            ("forbid", _l("Must not be stated: fail a text")),
            ("allow", _l("May be stated: are noted")),
        ),
        default="hedge",
    )
    groups = (
        (_l("Text"), ("title",)),
        (_l("Claims"), ("guarded_claims", "common_claims", "unverified")),
    )
