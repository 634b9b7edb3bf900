"""Form fields for content: lists a line each, words between commas, pairs, amounts, optional numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from console.assets.projection import major_units
from console.assets.text_files import read_object

PAIR_SIGN = "=>"
MIN_END = 3  # plus signs that end a text of several lines


def texts_of(value: Any) -> list[str]:
    """Return what a draft holds where a list of texts belongs; a draft may hold anything, all is shown."""
    values = value if isinstance(value, list | tuple) else [] if value in (None, "", {}) else [value]
    return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in values]


class LinesField(TextAreaField):
    """A list of texts, one per line; empty lines are left out.

    Where a text has several lines, each text ends with a line of plus signs, more of them than it has in one.
    """

    def _value(self) -> str:
        texts = texts_of(self.data)
        if not any(len(text.splitlines()) > 1 for text in texts):
            return "\n".join(texts)
        own = [len(line) for text in texts for line in _ends(text.split("\n"))]
        end = "+" * max(MIN_END, *(length + 1 for length in own), 0)
        return "\n".join(f"{text}\n{end}" for text in texts)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the lines, or the texts that end with a line of plus signs."""
        text = valuelist[0] if valuelist else ""
        lines = (line.strip() for line in text.splitlines())
        ended = _ended_texts(text)
        self.data = ended if ended is not None else [line for line in lines if line]


def _ends(lines: Iterable[str]) -> list[str]:
    """Return the lines that can end a text: nothing but plus signs."""
    stripped = (line.strip() for line in lines)
    return [line for line in stripped if len(line) >= MIN_END and not line.strip("+")]


def _ended_texts(text: str) -> list[str] | None:
    """Return the texts that end with the longest line of plus signs; None where there is no such line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = max(_ends(lines), key=len, default=None)
    if end is None:
        return None
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip() == end:
            found.append([])
        else:
            found[-1].append(line)
    texts = ("\n".join(part).strip("\n") for part in found)
    return [one for one in texts if one.strip()]


class WordsField(StringField):
    """A list of short texts between commas."""

    def _value(self) -> str:
        return ", ".join(texts_of(self.data))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the words."""
        text = valuelist[0] if valuelist else ""
        self.data = [word.strip() for word in text.split(",") if word.strip()]


class PairsField(TextAreaField):
    """An object of texts to texts: a line each, `found => wanted`."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if not isinstance(self.data, Mapping):
            return "\n".join(texts_of(self.data))
        return "\n".join(f"{left} {PAIR_SIGN} {right}" for left, right in self.data.items())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the pairs; a line without the sign is refused with its number."""
        pairs: dict[str, str] = {}
        text = valuelist[0] if valuelist else ""
        for number, line in enumerate(text.splitlines(), start=1):
            left, sign, right = (part.strip() for part in line.partition(PAIR_SIGN))
            if not line.strip():
                continue
            if not sign or not left:
                raise ValueError(_("Line %(number)s: write two sides with => between them.", number=number))
            if left in pairs:
                raise ValueError(
                    _("Line %(number)s: “%(left)s” stands there twice.", number=number, left=left)
                )
            pairs[left] = right
        self.data = pairs


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
        except InvalidOperation:
            raise ValueError(_("Write an amount such as 49.99, with a point.")) from None
        if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > 10**12:
            raise ValueError(_("This currency has no such small parts. Write an amount such as 49.99."))
        return int(minor)


def choices(*pairs: tuple[str, Any]) -> list[SelectChoice]:
    """Return the choices of a select field from values and labels."""
    return [SelectChoice(value, label) for value, label in pairs]
