"""The amounts of a prompt's variables: a text may repeat them whatever the fact sheets say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from copydesk.checks.contract import Context
from copydesk.checks.facts.values import currency_digits
from copydesk.checks.numbers import Amount, AmountKind, parse_amounts


def variable_amounts(context: Context) -> frozenset[tuple[AmountKind, str, Decimal, Decimal]]:
    """Return the typed amounts of the prompt's variables; a bare number stands for any unit."""
    found = set()
    for value in _flat(context.variables):
        if isinstance(value, Mapping) and {"minor", "currency"} <= set(value):
            number = Decimal(str(value["minor"])).scaleb(-currency_digits(str(value["currency"])))
            found.add((AmountKind.MONEY, str(value["currency"]), number, number))
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            found.add((AmountKind.NUMBER, "", Decimal(value), Decimal(value)))
        elif isinstance(value, str):
            found |= {(a.kind, a.unit, a.low, a.high) for a in parse_amounts(value, context.locale)}
    return frozenset(found)


def is_variable(amount: Amount, variables: Collection[tuple[AmountKind, str, Decimal, Decimal]]) -> bool:
    """Tell whether an amount is one of the prompt's variables."""
    for kind, unit, low, high in variables:
        same = (low, high) == (amount.low, amount.high)
        if same and (kind is AmountKind.NUMBER or (kind, unit) == (amount.kind, amount.unit)):
            return kind is not AmountKind.DATE or amount.kind is AmountKind.DATE
    return False


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping) and not {"minor", "currency"} <= set(value):
        for item in value.values():
            yield from _flat(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value
