"""Form fields for the typed variables of a prompt: JSON data in, the words people type, JSON data out.

Every field keeps what was typed when it can't be read, and shows stored data of another type as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision, is_currency
from flask_babel import gettext as _
from wtforms import Field, SelectField, StringField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice

from console.assets.line_format import plain_ends
from console.assets.projection import describe
from copydesk.assets.prompt import Variable, VariableType

_MONEY = re.compile(r"(?P<amount>-?\d{1,12}(?:\.\d{1,4})?)\s*(?P<currency>[A-Za-z]{3})")
LONG_TEXT_CHARS = 120


class JsonField(StringField):
    """A value written as text; `read` makes JSON data of it. An empty field means: not given."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else show(self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        text = plain_ends(valuelist[0] if valuelist else "").strip()
        self.data = None
        if text:
            self.data = self.read(text)

    def read(self, text: str) -> Any:
        """Return the JSON data of a text.

        Raises:
            ValueError: the text is nothing of this type; the message says how to write it.
        """
        return text


class LongTextField(JsonField):
    """A text of several lines."""

    widget = widgets.TextArea()


class WholeNumberField(JsonField):
    """A whole number."""

    def read(self, text: str) -> int:
        """Return the number."""
        return read_integer(text)


class DecimalTextField(JsonField):
    """A decimal, kept as text."""

    def read(self, text: str) -> str:
        """Return the decimal as it is written."""
        return read_decimal(text)


class MoneyField(JsonField):
    """An amount with its currency: `49.99 GBP`."""

    def read(self, text: str) -> dict[str, Any]:
        """Return minor units and currency."""
        return read_money(text)


class IsoDateField(JsonField):
    """A day."""

    widget = widgets.DateInput()

    def read(self, text: str) -> str:
        """Return the day as ISO 8601."""
        return read_date(text)


class ListField(TextAreaField):
    """A list of texts, a line each; whole numbers that were numbers stay numbers."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        values = self.data if isinstance(self.data, list | tuple) else [self.data] if self.data else []
        return "\n".join(show(value) for value in values)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the lines."""
        before = self.object_data if isinstance(self.object_data, list | tuple) else []
        numbers = {str(value): value for value in before if type(value) is int}
        lines = [line.strip() for line in (valuelist[0] if valuelist else "").splitlines()]
        self.data = [numbers.get(line, line) for line in lines if line] or None


class TruthField(SelectField):
    """Yes, no, or not given."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        choices = [
            SelectChoice("", _("Not given")),
            SelectChoice("true", _("Yes")),
            SelectChoice("false", _("No")),
        ]
        super().__init__(label, choices=choices, coerce=_truth_key, **kwargs)


def _truth_key(value: Any) -> str:
    return (
        {True: "true", False: "false", None: ""}.get(value, str(value))
        if not isinstance(value, str)
        else value
    )


def field_for(variable: Variable, value: Any) -> Field:
    """Return an unbound field for a declared variable.

    Args:
        value: the stored value, so that one outside the choices is offered instead of lost.
    """
    given = variable.required and variable.default is None
    name = variable.name.replace("_", " ").capitalize()
    label = name if given else _("%(name)s, if known", name=name)
    hint = _hint(variable)
    match variable.type:
        case VariableType.CHOICE:
            options = [SelectChoice("", _("Not given"))]
            options += [SelectChoice(choice, choice) for choice in variable.choices]
            if value and value not in variable.choices:
                options.append(
                    SelectChoice(show(value), _("%(value)s (not a choice any more)", value=show(value)))
                )
            return SelectField(label, choices=options, description=hint)
        case VariableType.BOOLEAN:
            return TruthField(label, description=hint)
        case VariableType.LIST:
            return ListField(label, description=hint, render_kw={"rows": 3})
        case VariableType.TEXT if variable.max_characters > LONG_TEXT_CHARS:
            return LongTextField(label, description=hint, render_kw={"rows": 2})
    kinds: dict[str, type[JsonField]] = {
        VariableType.INTEGER: WholeNumberField,
        VariableType.DECIMAL: DecimalTextField,
        VariableType.MONEY: MoneyField,
        VariableType.DATE: IsoDateField,
    }
    return kinds.get(variable.type, JsonField)(label, description=hint)


def value_of(field: Any) -> Any:
    """Return the JSON data of a variable's field; None: not given."""
    if field.type == "TruthField":
        return {"true": True, "false": False}.get(field.data)
    return field.data or None if field.type == "SelectField" else field.data


def _hint(variable: Variable) -> str:
    types = {
        VariableType.INTEGER: _("A whole number."),
        VariableType.DECIMAL: _("A number such as 1.5."),
        VariableType.MONEY: _("An amount with its currency, such as 49.99 GBP."),
        VariableType.LIST: _("One per line."),
    }
    parts = [
        variable.description.rstrip(".") + "." if variable.description else "",
        types.get(variable.type, ""),
    ]
    if variable.default is not None:
        parts.append(_("Default: %(value)s.", value=show(variable.default)))
    return " ".join(part for part in parts if part)


def show(value: Any) -> str:
    """Return a value as one types it."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and set(value) == {"minor", "currency"}:
        return describe(value)
    return json.dumps(value, ensure_ascii=False)


def read_typed(variable: Variable, text: str) -> Any:
    """Return the JSON data of a variable from text, as tables hold it.

    Raises:
        ValueError: the text is nothing of this type; the message says how to write it.
    """
    match variable.type:
        case VariableType.INTEGER:
            return read_integer(text)
        case VariableType.DECIMAL:
            return read_decimal(text)
        case VariableType.MONEY:
            return read_money(text)
        case VariableType.DATE:
            return read_date(text)
        case VariableType.BOOLEAN:
            return read_truth(text)
        case VariableType.LIST:
            return read_list(text)
    return text


def read_integer(text: str) -> int:
    """Read a whole number."""
    if not re.fullmatch(r"-?[0-9]{1,16}", text.strip()):
        raise ValueError(_("Write a whole number, such as 3."))
    return int(text)


def read_decimal(text: str) -> str:
    """Read a decimal; it stays text."""
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text.strip()):
        raise ValueError(_("Write a number such as 1.5, with a point."))
    return text.strip()


def read_money(text: str) -> dict[str, Any]:
    """Read an amount such as `49.99 GBP`, or its JSON form."""
    if text.lstrip().startswith("{"):
        return _money_json(text)
    found = _MONEY.fullmatch(text.strip())
    if not found or not is_currency(found["currency"].upper()):
        raise ValueError(_("Write an amount with its currency, such as 49.99 GBP."))
    currency = found["currency"].upper()
    try:
        minor = Decimal(found["amount"]).scaleb(get_currency_precision(currency))
    except InvalidOperation:
        raise ValueError(_("Write an amount with its currency, such as 49.99 GBP.")) from None
    if minor != minor.to_integral_value():
        raise ValueError(_("%(currency)s has no such small parts.", currency=currency))
    return {"minor": int(minor), "currency": currency}


def _money_json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and set(value) == {"minor", "currency"} and type(value["minor"]) is int:
        return value
    raise ValueError(_("Write an amount with its currency, such as 49.99 GBP."))


def read_date(text: str) -> str:
    """Read a day as ISO 8601."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise ValueError(_("Write the date as year-month-day, such as 2026-11-04.")) from None


def read_truth(text: str) -> bool:
    """Read yes or no."""
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    try:
        return words[text.strip().lower()]
    except KeyError:
        raise ValueError(_("Write yes or no.")) from None


def read_list(text: str) -> list[Any]:
    """Read a list: JSON, or an item per line, or items between semicolons."""
    if text.lstrip().startswith("["):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, list) and all(isinstance(item, str) or type(item) is int for item in value):
            return value
        raise ValueError(_("Write one item per line."))
    parts = text.splitlines() if "\n" in text else text.split(";")
    return [part.strip() for part in parts if part.strip()]
