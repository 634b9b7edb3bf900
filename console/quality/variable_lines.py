"""Variables of a labelled case in a form: one per line, `name => value`, and back without loss."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from console.assets.fields import PairsField
from console.assets.line_format import PAIR_SIGN
from console.web import strict_json


class VariablesField(PairsField):
    """An object of names to JSON values: a line each; a value that is no JSON is a text."""

    data: Any  # as `process_formdata` says, JSON values or None

    def shown(self, value: Any) -> str:
        """Return the values as lines."""
        return "\n".join(f"{name} {PAIR_SIGN} {shown(inner)}" for name, inner in (value or {}).items())

    def sides_of(self, line: str) -> tuple[str, str] | None:
        """Return name and value as they stand: the quotes of a value are JSON's."""
        left, sign, right = (part.strip() for part in line.partition(PAIR_SIGN))
        return (left, right) if sign and left else None

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
