"""The amounts of a prompt's variables: a text may repeat them whatever the fact sheets say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from copydesk.checks.contract import Context
from copydesk.checks.facts.values import currency_digits
from copydesk.checks.numbers import Amount, AmountKind, parse_amounts

MAX_DIGITS: Final = 30


def variable_amounts(context: Context) -> frozenset[tuple[AmountKind, str, Decimal, Decimal]]:
    """Return the typed amounts of the prompt's variables; a bare number stands for any unit.

    A service hands in what it likes: what is no amount is none, and never keeps the facts from being checked.
    """
    found = set()
    for value in _flat(context.variables):
        if isinstance(value, Mapping):
            minor, currency = _number(value["minor"]), str(value["currency"])
            if minor is not None:
                number = minor.scaleb(-currency_digits(currency))
                found.add((AmountKind.MONEY, currency, number, number))
        elif isinstance(value, str):
            found |= {(a.kind, a.unit, a.low, a.high) for a in parse_amounts(value, context.locale)}
        elif isinstance(value, int | Decimal) and (bare := _number(value)) is not None:
            found.add((AmountKind.NUMBER, "", bare, bare))
    return frozenset(found)


def is_variable(amount: Amount, variables: Collection[tuple[AmountKind, str, Decimal, Decimal]]) -> bool:
    """Tell whether an amount is one of the prompt's variables."""
    for kind, unit, low, high in variables:
        same = (low, high) == (amount.low, amount.high)
        if same and (kind is AmountKind.NUMBER or (kind, unit) == (amount.kind, amount.unit)):
            return kind is not AmountKind.DATE or amount.kind is AmountKind.DATE
    return False


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MAX_DIGITS else None


def _flat(variables: Any) -> Iterator[Any]:
    """Yield every value that holds no others, and amounts of money; each list and mapping is opened once."""
    waiting, seen = [variables], set[int]()
    while waiting:
        value = waiting.pop()
        is_money = isinstance(value, Mapping) and {"minor", "currency"} <= set(value)
        if is_money or not isinstance(value, Mapping | list | tuple):
            yield value
        elif id(value) not in seen:
            seen.add(id(value))
            waiting += value.values() if isinstance(value, Mapping) else value
