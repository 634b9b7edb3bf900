"""The variables of a prompt: declared types, defaults filled in first, every problem named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import is_currency

from copydesk.assets.prompt import Prompt, Variable, VariableType
from copydesk.canonical import MAX_SAFE_INTEGER
from copydesk.errors import Problem, VariableError
from copydesk.templating import DateValue, MoneyValue

MAX_LIST_ITEMS = 100
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Unfit(Exception):
    """A value that does not fit its declaration; the message is a predicate of the variable."""


def fill_variables(prompt: Prompt, given: Mapping[str, Any], locale: str) -> dict[str, object]:
    """Return one typed value for every declared variable: the given one, else its default, else nothing.

    Args:
        prompt: declares names, types, defaults and lengths.
        given: JSON data by variable name; None counts as not given.
        locale: how money and dates are printed.

    Raises:
        VariableError: a problem for each unknown, missing or ill-typed variable.
    """
    declared = {variable.name: variable for variable in prompt.variables}
    problems = [Problem(str(name), _unknown(declared)) for name in given if name not in declared]
    values: dict[str, object] = {}
    for name, variable in declared.items():
        raw = given.get(name)
        raw = variable.default if raw is None else raw
        if raw is None:
            values[name] = None
            if variable.required:
                problems.append(Problem(name, f"is missing; give {_WANTED[variable.type]}"))
            continue
        try:
            values[name] = _READERS[variable.type](raw, variable, locale)
        except _Unfit as unfit:
            problems.append(Problem(name, str(unfit)))
    if problems:
        raise VariableError(problems)
    return values


def default_problems(prompt: Prompt) -> list[Problem]:
    """Return a problem for each declared default that does not fit its own variable's type."""
    problems = []
    for index, variable in enumerate(prompt.variables):
        if variable.default is None:
            continue
        try:
            _READERS[variable.type](variable.default, variable, "en")
        except _Unfit as unfit:
            problems.append(Problem(f"variables.{index}.default", str(unfit)))
    return problems


def sample_values(variables: tuple[Variable, ...], locale: str) -> dict[str, object]:
    """Return a plausible typed value for every variable, for trying a template out."""
    samples: dict[VariableType, object] = {
        VariableType.INTEGER: 2,
        VariableType.DECIMAL: Decimal("1.5"),
        VariableType.MONEY: MoneyValue(4999, "GBP", locale),
        VariableType.DATE: DateValue(date(2026, 1, 15), locale),
        VariableType.BOOLEAN: True,
        VariableType.LIST: ["first sample", "second sample"],
    }
    return {v.name: samples.get(v.type, v.choices[0] if v.choices else "sample") for v in variables}


def _unknown(declared: Mapping[str, Variable]) -> str:
    known = ", ".join(sorted(declared)) or "none"
    return f"is not a variable of this prompt; known: {known}"


def _text(raw: Any, variable: Variable, _locale: str) -> str:
    if not isinstance(raw, str):
        raise _Unfit(f"must be text, not {type(raw).__name__}")
    if len(raw) > variable.max_characters:
        raise _Unfit(f"has {len(raw)} characters; at most {variable.max_characters} fit")
    if "\x00" in raw or any("\ud800" <= char <= "\udfff" for char in raw):
        raise _Unfit("holds a NUL or half a character (a lone surrogate); remove it")
    return raw


def _integer(raw: Any, _variable: Variable, _locale: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _Unfit("must be a whole number such as 3")
    if abs(raw) > MAX_SAFE_INTEGER:
        raise _Unfit("is too large; at most 2^53 - 1")
    return raw


def _decimal(raw: Any, _variable: Variable, _locale: str) -> Decimal:
    text = str(raw) if isinstance(raw, int | Decimal) and not isinstance(raw, bool) else raw
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise _Unfit('must be a decimal written as text, such as "1.5"')
    return Decimal(text)


def _money(raw: Any, _variable: Variable, locale: str) -> MoneyValue:
    wanted = 'must be minor units and a currency, such as {"minor": 4999, "currency": "GBP"}'
    if not isinstance(raw, Mapping) or set(raw) != {"minor", "currency"}:
        raise _Unfit(wanted)
    minor, currency = raw["minor"], raw["currency"]
    if isinstance(minor, bool) or not isinstance(minor, int) or abs(minor) > 10**12:
        raise _Unfit(wanted)
    if not isinstance(currency, str) or not is_currency(currency):
        raise _Unfit(f"has the currency {currency!r}; use an ISO 4217 code such as GBP")
    return MoneyValue(minor, currency, locale)


def _date(raw: Any, _variable: Variable, locale: str) -> DateValue:
    if type(raw) is date:
        return DateValue(raw, locale)
    if isinstance(raw, str) and _ISO_DATE.fullmatch(raw):
        try:
            return DateValue(date.fromisoformat(raw), locale)
        except ValueError:
            raise _Unfit(f"is {raw!r}, a day that does not exist") from None
    raise _Unfit("must be a date such as 2026-11-04")


def _boolean(raw: Any, _variable: Variable, _locale: str) -> bool:
    if not isinstance(raw, bool):
        raise _Unfit("must be true or false")
    return raw


def _choice(raw: Any, variable: Variable, _locale: str) -> str:
    if raw not in variable.choices:
        raise _Unfit(f"is {raw!r}; choose one of {', '.join(variable.choices)}")
    return str(raw)


def _list(raw: Any, variable: Variable, locale: str) -> list[str | int]:
    if not isinstance(raw, list | tuple):
        raise _Unfit("must be a list")
    if len(raw) > MAX_LIST_ITEMS:
        raise _Unfit(f"has {len(raw)} items; at most {MAX_LIST_ITEMS} fit")
    return [
        _integer(item, variable, locale) if type(item) is int else _text(item, variable, locale)
        for item in raw
    ]


_READERS: Mapping[VariableType, Callable[[Any, Variable, str], object]] = {
    VariableType.TEXT: _text,
    VariableType.INTEGER: _integer,
    VariableType.DECIMAL: _decimal,
    VariableType.MONEY: _money,
    VariableType.DATE: _date,
    VariableType.BOOLEAN: _boolean,
    VariableType.CHOICE: _choice,
    VariableType.LIST: _list,
}
_WANTED: Mapping[VariableType, str] = {
    VariableType.TEXT: "a text",
    VariableType.INTEGER: "a whole number",
    VariableType.DECIMAL: 'a decimal written as text, such as "1.5"',
    VariableType.MONEY: 'an amount such as {"minor": 4999, "currency": "GBP"}',
    VariableType.DATE: "a date such as 2026-11-04",
    VariableType.BOOLEAN: "true or false",
    VariableType.CHOICE: "one of its choices",
    VariableType.LIST: "a list",
}
