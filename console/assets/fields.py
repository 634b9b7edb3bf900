"""Form fields for content: lists a line each, words between commas, pairs, amounts, optional numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from console.assets.line_format import (
    plain_ends,
    read_list,
    read_pair,
    read_text,
    written_list,
    written_pair,
    written_text,
)
from console.assets.projection import major_units
from console.assets.text_files import read_object

MAX_WORDS = 1_000


def texts_of(value: Any) -> list[str]:
    """Return what a draft holds where a list of texts belongs; a draft may hold anything, all is shown."""
    values = value if isinstance(value, list | tuple) else [] if value in (None, "", {}) else [value]
    return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in values]


class SameTextField:
    """A field that knows whether what was sent is what it had shown."""

    name: str
    raw_data: Any
    data: Any

    def shown(self, value: Any) -> str:
        """Return a value as the field shows it."""
        raise NotImplementedError

    def is_as_shown(self, value: Any) -> bool:
        """Tell whether the text sent is that of a value, so that the value can stay to the last character.

        A value of another shape than the field's never stays: what is sent mends it.
        """
        texts = value.values() if isinstance(value, Mapping) else [value] if isinstance(value, str) else value
        if type(value) is not type(self.data) or not all(isinstance(text, str) for text in texts):
            return False
        sent = str(self.raw_data[0]) if self.raw_data else ""
        return plain_ends(sent).strip("\n") == plain_ends(self.shown(value)).strip("\n")


class LinesField(SameTextField, TextAreaField):
    """A list of texts, one per line; empty lines are left out.

    Where a text has several lines, each text ends with a line of plus signs, more of them than it has in one.
    """

    def _value(self) -> str:
        return self.shown(self.data)

    def shown(self, value: Any) -> str:
        """Return the texts as lines; those with outer spaces in quotes."""
        return written_list(texts_of(value))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the lines, or the texts that end with a line of plus signs."""
        self.data = read_list(valuelist[0] if valuelist else "")


class PatternField(SameTextField, StringField):
    """A text in one line whose outer spaces matter; it stands in quotes where it has any."""

    def _value(self) -> str:
        return self.shown(self.data)

    def shown(self, value: Any) -> str:
        """Return the text, in quotes where it has outer spaces."""
        texts = texts_of(value)
        return written_text(texts[0]) if texts else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the text."""
        self.data = read_text(valuelist[0] if valuelist else "")


class WordsField(StringField):
    """A list of short texts between commas."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.process_errors else ", ".join(texts_of(self.data))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the words; more than anybody lists between commas are refused."""
        text = valuelist[0] if valuelist else ""
        self.data = [word.strip() for word in text.split(",") if word.strip()]
        if len(self.data) > MAX_WORDS:
            given, self.data = len(self.data), []
            words = _("These are %(given)s entries; write at most %(most)s.", given=given, most=MAX_WORDS)
            raise ValueError(words)


class PairsField(SameTextField, TextAreaField):
    """An object of texts to texts: a line each, `found => wanted`."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.shown(self.data)

    def shown(self, value: Any) -> str:
        """Return the pairs as lines; sides with outer spaces in quotes."""
        if not isinstance(value, Mapping):
            return "\n".join(texts_of(value))
        return "\n".join(written_pair(str(left), _one_text(right)) for left, right in value.items())

    def sides_of(self, line: str) -> tuple[str, str] | None:
        """Return the two sides of a line, or None where it has no sign or nothing before it."""
        return read_pair(line)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the pairs; a line without the sign is refused with its number."""
        pairs: dict[str, str] = {}
        text = plain_ends(valuelist[0] if valuelist else "")
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            sides = self.sides_of(line)
            if sides is None:
                raise ValueError(_("Line %(number)s: write two sides with => between them.", number=number))
            left, right = sides
            if left in pairs:
                raise ValueError(
                    _("Line %(number)s: “%(left)s” stands there twice.", number=number, left=left)
                )
            pairs[left] = right
        self.data = pairs


def _one_text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def audience_severities() -> Any:
    """Return the field of what a rule weighs for single audiences."""
    return PairsField(
        _l("Severity per audience"),
        description=_l(
            "A line each, such as: students => off. Severities: info, warning, error, blocker; off where the "
            "rule does not hold. For all other audiences the severity above counts."
        ),
        render_kw={"rows": 3},
    )


class JsonField(TextAreaField):
    """A JSON object, or nothing; what is no JSON is refused with its line and column."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else json.dumps(self.data, ensure_ascii=False, indent=2)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the object."""
        text = valuelist[0] if valuelist else ""
        self.data = read_object(text) if text.strip() else None


class NumberField(IntegerField):
    """A whole number, or nothing."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("validators", [Optional()])
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = int(valuelist[0])
        except ValueError:
            self.data = None
            raise ValueError(_("Write a whole number.")) from None


class AmountField(StringField):
    """Minor units of a currency, written as people write amounts: `49.99`. The form gives the currency."""

    currency = "GBP"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else major_units(self.data, self.currency)

    def to_minor(self, currency: str) -> int | None:
        """Return the typed amount in minor units of a currency.

        Raises:
            ValueError: no amount, or more decimals than the currency has.
        """
        text = str(self.raw_data[0] if self.raw_data else "").strip()
        if not text:
            return None
        try:
            minor = Decimal(text).scaleb(get_currency_precision(currency))
        except (InvalidOperation, Overflow):
            raise ValueError(_("Write an amount such as 49.99, with a point.")) from None
        if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > 10**12:
            raise ValueError(_("This currency has no such small parts. Write an amount such as 49.99."))
        return int(minor)


def choices(*pairs: tuple[str, Any]) -> list[SelectChoice]:
    """Return the choices of a select field from values and labels."""
    return [SelectChoice(value, label) for value, label in pairs]
