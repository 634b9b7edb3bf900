"""Variables of a labelled case in a form: one per line, `name => value`, and back without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from console.assets.fields import PAIR_SIGN, PairsField
from console.web import strict_json


class VariablesField(PairsField):
    """An object of names to JSON values: a line each; a value that is no JSON is a text."""

    data: Any  # as `process_formdata` says, JSON values or None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        values: Mapping[str, Any] = self.data or {}
        return "\n".join(f"{name} {PAIR_SIGN} {shown(value)}" for name, value in values.items())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the lines; None where a form without the field was sent."""
        if not valuelist:
            self.data = None
            return
        super().process_formdata(valuelist)
        self.data = {name: value_of(str(text)) for name, text in (self.data or {}).items()}


def shown(value: Any) -> str:
    """Return a JSON value as one line that `value_of` reads back; a text is plain where it can be."""
    if isinstance(value, str) and _is_line(value) and value_of(value) == value:
        return value
    readable = json.dumps(value, ensure_ascii=False)
    return readable if _is_line(readable) else json.dumps(value)


def _is_line(text: str) -> bool:
    return text == text.strip() and len(text.splitlines()) == 1


def value_of(text: str) -> Any:
    """Return the JSON value of a line, or else the line itself."""
    try:
        return strict_json.loads(text)
    except ValueError:
        return text
