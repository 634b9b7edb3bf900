"""What a claim is bound to, and how far it is from there."""

from __future__ import annotations

from typing import NamedTuple

from copydesk.checks.facts.sheet import CompiledFact
from copydesk.checks.numbers import Amount, AmountKind


class Binding(NamedTuple):
    """An amount or value bound to a fact's slot; `strong` when subject and attribute are beyond doubt."""

    compiled: CompiledFact
    cost: int
    strong: bool
    carried: bool
    named: bool


class Claim(NamedTuple):
    """A claim's range, where what leads up to it begins, and its amount; None for a word."""

    start: int
    end: int
    opening: int
    amount: Amount | None

    @property
    def kind(self) -> AmountKind | None:
        """The kind of its amount."""
        return self.amount.kind if self.amount else None


class Place(NamedTuple):
    """How far a subject is from a claim, and the range from which the claim is linked to it."""

    cost: int
    carried: bool
    start: int
    end: int
