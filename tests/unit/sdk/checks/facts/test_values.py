"""Values of facts as messages write them."""

from __future__ import annotations

import pytest

from copydesk.assets.fact_sheet import Quantity
from copydesk.checks.facts.values import describe


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("1", "litre", "1 litre"),
        ("1.9", "kilogram", "1.9 kilograms"),
        ("0.5", "litre", "0.5 litres"),
        ("3", "inch", "3 inches"),
        ("6", "foot", "6 feet"),
        ("2", "person", "2 people"),
        ("2", "kg", "2 kg"),
        ("70", "cuin", "70 cuin"),
    ],
)
def test_a_quantity_is_counted_as_english_counts_it(number: str, unit: str, said: str) -> None:
    assert describe(Quantity(number=number, unit=unit), "en-GB") == said
